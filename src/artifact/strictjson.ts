// JSON read without mercy: RFC 8259, less what `JSON.parse` lets pass in silence (a key written twice, `__proto__`,
// 1e999 as infinity) and less what is only ever written to do harm (endless depth, numbers of a thousand digits).

import { type ErrorCode, PulloneError, quote } from "../errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Has no prototype: `in`, `[]` and `Object.keys` see what was written and nothing else. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The reader recurses once a level, so this bounds its stack; our own files have about half as many levels. */
const DEEPEST_JSON = 16;
/** `JSON.stringify` writes no number longer than 25 characters. */
const LONGEST_NUMBER = 40;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, BACKSLASH] = [9, 10, 13, 32, 34, 92];

/** True for a JSON object, false for a list and for everything else. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The value of a JSON text, read in one pass.
 *
 * @param where begins every message
 * @throws {PulloneError} `code` if the text is not JSON, is nested deeper than 16 levels, repeats a key, has a key
 *   `__proto__`, or holds a number beyond the range of float64
 */
export function parseStrictJson(text: string, where: string, code: ErrorCode): Json {
  let at = 0;
  const value = readValue(0);
  skipBlanks();
  if (at < text.length) refuse("the end of the JSON text");
  return value;

  function readValue(depth: number): Json {
    skipBlanks();
    if (text[at] === '"') return readText();
    if (text[at] !== "{" && text[at] !== "[") return readWord();
    if (depth === DEEPEST_JSON) refuse(`at most ${DEEPEST_JSON} levels of JSON`, "one more");
    return text[at] === "{" ? readObject(depth + 1) : readList(depth + 1);
  }

  function readObject(depth: number): JsonObject {
    const object: Record<string, Json> = Object.create(null);
    at++;
    if (take("}")) return object;
    do {
      skipBlanks();
      if (text[at] !== '"') refuse("a key in double quotes");
      const key = readText();
      if (key === "__proto__") refuse("an ordinary key", quote(key));
      if (key in object) refuse("every key once", `a duplicate of ${quote(key)}`);
      if (!take(":")) refuse('":"');
      object[key] = readValue(depth);
    } while (take(","));
    if (!take("}")) refuse('"," or "}"');
    return object;
  }

  function readList(depth: number): readonly Json[] {
    at++;
    if (take("]")) return [];
    // Begun with its first item: an empty list would make room for 17 at its first push.
    const list = [readValue(depth)];
    while (take(",")) list.push(readValue(depth));
    if (!take("]")) refuse('"," or "]"');
    return list;
  }

  /** `JSON.parse` judges the escapes and control characters; only the closing quote is looked for here. */
  function readText(): string {
    const start = at;
    do at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    while (at < text.length && text.charCodeAt(at) !== QUOTE);
    at++;
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      at = start;
      return refuse("a JSON text between double quotes");
    }
  }

  function readWord(): Json {
    const start = at;
    while (isWordCode(text.charCodeAt(at))) at++;
    const word = text.slice(start, at);
    if (word === "null") return null;
    if (word === "true" || word === "false") return word === "true";
    at = start;
    if (word.length > LONGEST_NUMBER || !NUMBER.test(word)) return refuse("a JSON value");
    const number = Number(word);
    if (!Number.isFinite(number)) refuse("a number that float64 can hold");
    at += word.length;
    return number;
  }

  /** Steps over blanks and, if it comes next, the character. */
  function take(character: string): boolean {
    skipBlanks();
    const found = text[at] === character;
    if (found) at++;
    return found;
  }

  function skipBlanks(): void {
    while (isBlankCode(text.charCodeAt(at))) at++;
  }

  function refuse(expected: string, got?: string): never {
    const rest = at < text.length ? quote(text.slice(at, at + 20)) : "the end";
    throw new PulloneError(code, `${where}: expected ${expected} at character ${at + 1}, got ${got ?? rest}`);
  }
}

function isBlankCode(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === RETURN || code === TAB;
}

/** Letters, digits and signs: what numbers, true, false and null are made of; false for NaN, the end of a text. */
function isWordCode(code: number): boolean {
  const letter = code | 32;
  return (
    (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) || (code >= 43 && code <= 46 && code !== 44)
  );
}
