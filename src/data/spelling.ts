// Texts and their order: what counts as the same text, and which texts look too much alike.

import { parseNumber } from "./numbers.ts";

/**
 * Orders texts by code point, the same everywhere: a negative number when `a` comes first.
 *
 * JavaScript's `<` compares UTF-16 units, which puts U+1F600 before U+FB01; code points do not.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for the code points above U+FFFF, over all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * Groups of texts that differ only in letter case, in inner spacing, in how a number is written, or in how an
 * accent is composed: "ant" and "Ant", "1" and "1.0". In the order given; only groups of two and more.
 */
export function alikeTexts(texts: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const key = spellingKey(text);
    const group = groups.get(key);
    if (group) group.push(text);
    else groups.set(key, [text]);
  }
  return Array.from(groups.values()).filter((group) => group.length > 1);
}

function spellingKey(text: string): string {
  const value = parseNumber(text);
  if (Number.isFinite(value)) return `number ${value}`;
  return `text ${text.normalize("NFC").toLowerCase().replace(/\s+/g, " ")}`;
}
