// Random tables, and what damage does to their bytes: all of it from one seed.

import { type Random, randomStream } from "../../../src/random.ts";

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
const upTo = (random: Random, most: number) => Math.floor(random() * (most + 1));
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

const NUMBERS = [
  "0",
  "-0",
  "7",
  "12.5",
  ".5",
  "5.",
  "1e3",
  "1E-7",
  "+3",
  "-273.15",
  " 4 ",
  "1e400",
  "123456789012345678",
];
const NO_NUMBERS = ["", "NA", "null", "?", "-", "abc", "1,5", "0x1F", "1_000", "5%", "１２"];
const TEXTS = [
  "red",
  "é",
  "日本",
  "😀",
  "a\u200db",
  "\ufeffx",
  "  padded ",
  "'",
  "=1+1",
  "\u2028",
  "\v",
  "",
  "NA",
  " ",
];
const QUOTED = ['say "hi"', "a,b", "two\nlines", "two\r\nlines", "old\rmac", '"', '""', ",", "\n", 'x"\n,"y'];
const CLASSES = ["kiwi", "plum", "apple", 'the "one"', "a,b", "0", "__proto__"];

/** The names that a table begins with; those that begin with n hold numbers. */
export const NUMBER_NAMES = ["n1", "n2"];
export const LABEL = "class";

/** A table of 1 to 24 rows as bytes: numbers and texts, quoted where they must be and sometimes where they need not. */
export function randomTable(random: Random): Uint8Array {
  const numbers = NUMBER_NAMES.slice(0, 1 + upTo(random, 1));
  const texts = ["t1", "t 2"].slice(0, upTo(random, 2));
  const classes = times(2 + upTo(random, 1), () => pick(random, CLASSES));
  const awkward = random() < 0.5 ? 0.3 : 0;
  const end = pick(random, ["\n", "\n", "\r\n", "\r"]);
  const number = () => (random() < 0.9 ? (random() * 100).toFixed(upTo(random, 4)) : pick(random, NUMBERS));
  const text = () => pick(random, random() < awkward ? QUOTED : TEXTS);
  const rows = times(1 + upTo(random, 23), () => [
    ...numbers.map(() => (random() < 0.97 ? number() : pick(random, NO_NUMBERS))),
    ...texts.map(text),
    pick(random, classes),
  ]);
  const written = [[...numbers, ...texts, LABEL], ...rows].map((row) =>
    row.map((cell) => quoted(cell, random)).join(),
  );
  const mark = random() < 0.05 ? "\ufeff" : "";
  const last = random() < 0.8 ? end : "";
  return new TextEncoder().encode(mark + written.join(random() < 0.03 ? end + end : end) + last);
}

function quoted(cell: string, random: Random): string {
  return /[",\r\n]/.test(cell) || random() < 0.05 ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Bytes that mean something to a reader, and a few that mean nothing. */
const TELLING = [
  0x22, 0x22, 0x2c, 0x0a, 0x0d, 0x20, 0x09, 0x30, 0x2e, 0x2d, 0x65, 0x00, 0xff, 0xc3, 0xe2, 0xef, 0x3b, 0x5c,
];

/** Flips, drops, inserts, overwrites, doubles or moves bytes, or cuts the end off. */
function damageOnce(bytes: number[], random: Random): void {
  const at = upTo(random, bytes.length - 1);
  const length = 1 + upTo(random, 12);
  const kind = upTo(random, 6);
  if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << upTo(random, 7));
  else if (kind === 1) bytes.splice(at, 1 + upTo(random, 2));
  else if (kind === 2) bytes.splice(at, 0, pick(random, TELLING));
  else if (kind === 3) bytes[at] = pick(random, TELLING);
  else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + length));
  else if (kind === 5) bytes.splice(upTo(random, bytes.length), 0, ...bytes.splice(at, length));
  else bytes.length = at;
}

/** Case number `index`: a table with up to three faults; one in eight is sound. */
export function damagedTable(seed: number, index: number): Uint8Array {
  const random = randomStream(seed, "check", index);
  const bytes = Array.from(randomTable(random));
  const faults = Math.max(0, upTo(random, 7) - 4) + (random() < 0.5 ? 1 : 0);
  for (let i = 0; i < faults && bytes.length > 0; i++) damageOnce(bytes, random);
  return Uint8Array.from(bytes);
}
