// Strict reading of JSON with comments: comments and a comma after the last item are fine, nothing else is.
// Size and depth are bounded before anything is believed; every value keeps its place in the text.

import { printParseErrorCode, visit } from "jsonc-parser";
import { limits } from "../data/limits.ts";
import { type PulloneError, quote } from "../errors.ts";
import {
  invalid,
  type JsonDocument,
  type JsonPath,
  lineAndColumn,
  type Place,
  shorten,
  where,
} from "./places.ts";

export const jsoncLimits = {
  bytes: 1_048_576,
  depth: 16,
  /** In one list: no key takes more. */
  items: limits.classes,
  /** In one object: a key for each column of the widest table. */
  keys: limits.columns,
} as const;

/** True for keys that could reach Object.prototype; refused at every depth, however they are written. */
export function isForbiddenKey(name: string): boolean {
  return name === "__proto__" || name === "constructor" || name === "prototype";
}

export type JsonObject = { [key: string]: unknown };

/** True for an object of JSON, which an array is not. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty object without a prototype: `toString` is no key of it. */
export function emptyJsonObject(): JsonObject {
  return Object.create(null) as JsonObject;
}

/**
 * Parses JSON with comments.
 *
 * @param source for messages: the name of the file
 * @throws {PulloneError} config_invalid with line and column: broken syntax, a duplicate or forbidden key, a number
 *   that a float64 does not hold, or more of anything than `jsoncLimits` allow
 */
export function parseJsonc(text: string, source: string): JsonDocument {
  if (/\.ya?ml$/i.test(source)) {
    throw invalid(source, "JSON with comments (.jsonc)", "a YAML file", "YAML is not read");
  }
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  assertSize(content.length, source);
  const at = (offset: number, path: JsonPath = []) => where({ source, text: content }, offset, path);
  const open: { readonly value: JsonObject | unknown[]; readonly place: Place }[] = [];
  let value: unknown;
  let root: Place | undefined;
  let key: { readonly name: string; readonly offset: number } | undefined;
  let next = ANY_VALUE;

  const attach = (item: unknown, start: number, end: number, path: JsonPath): Place => {
    const place: Place = { start, end, key: key?.offset };
    const parent = open.at(-1);
    const [most, things] = Array.isArray(parent?.value)
      ? [jsoncLimits.items, "items in a list"]
      : [jsoncLimits.keys, "keys in an object"];
    if ((parent?.place.children?.size ?? 0) >= most) {
      throw invalid(at(start, path), `at most ${most} ${things}`, "more");
    }
    if (!parent) {
      value = item;
      root = place;
    } else {
      const name = Array.isArray(parent.value) ? parent.value.length : key!.name;
      (parent.value as JsonObject)[name] = item;
      parent.place.children ??= new Map();
      parent.place.children.set(name, place);
    }
    key = undefined;
    return place;
  };
  const begin = (container: JsonObject | unknown[], offset: number, path: JsonPath) => {
    if (open.length >= jsoncLimits.depth) {
      throw invalid(at(offset, path), `at most ${jsoncLimits.depth} levels of brackets`, "more");
    }
    open.push({ value: container, place: attach(container, offset, offset + 1, path) });
    next = Array.isArray(container) ? ANY_VALUE : A_KEY;
  };
  const end = (offset: number) => {
    open.pop()!.place.end = offset + 1;
    next = open.length > 0 ? A_COMMA : THE_END;
  };

  visit(
    content,
    {
      onObjectBegin: (offset, _length, _line, _character, path) => begin(emptyJsonObject(), offset, path()),
      onArrayBegin: (offset, _length, _line, _character, path) => begin([], offset, path()),
      onObjectEnd: end,
      onArrayEnd: end,
      onObjectProperty: (name, offset, _length, _line, _character, parent) => {
        const { value: siblings, place } = open.at(-1)!;
        if (isForbiddenKey(name)) {
          throw invalid(at(offset, [...parent(), name]), "a key of the configuration", quote(name));
        }
        if (name in siblings) {
          const first = lineAndColumn(content, place.children!.get(name)!.key!);
          const got = `duplicate key ${quote(name)}`;
          throw invalid(
            at(offset, [...parent(), name]),
            "each key once",
            got,
            `it is first given at ${first}`,
          );
        }
        key = { name, offset };
        next = "a colon after the key";
      },
      onLiteralValue: (literal: unknown, offset, length, _line, _character, path) => {
        if (typeof literal === "number") {
          assertExact(literal, content.slice(offset, offset + length), () => at(offset, path()));
        }
        attach(literal, offset, offset + length, path());
        next = open.length > 0 ? A_COMMA : THE_END;
      },
      onSeparator: (mark) => {
        next = mark === "," && !Array.isArray(open.at(-1)!.value) ? A_KEY : ANY_VALUE;
      },
      onError: (code, offset, length) => {
        const expected = EXPECTED_BY_MISTAKE[printParseErrorCode(code)] ?? next;
        throw syntaxError(expected, content, offset, length, at(offset));
      },
    },
    { allowTrailingComma: true },
  );
  return { source, text: content, value, root };
}

const A_KEY = "a key in double quotes";
const ANY_VALUE = "a value: text in double quotes, a number, true, false, null, a list or an object";
const A_COMMA = "a comma or a closing bracket";
const THE_END = "nothing more after the end of the configuration";

/** What should have been there; for the other mistakes it depends on what stands before. */
const EXPECTED_BY_MISTAKE: Readonly<Record<string, string>> = {
  CloseBraceExpected: "a closing brace }",
  CloseBracketExpected: "a closing bracket ]",
  UnexpectedEndOfComment: "*/ at the end of the comment",
  UnexpectedEndOfString: "a double quote at the end of the text, on the same line",
  UnexpectedEndOfNumber: "a digit",
  InvalidUnicode: "four hexadecimal digits after \\u",
  InvalidEscapeCharacter: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after a backslash',
  InvalidCharacter: "control characters of a text to be escaped",
};

function syntaxError(
  expected: string,
  text: string,
  offset: number,
  length: number,
  place: string,
): PulloneError {
  if (text.trim() === "") return invalid(place, "an object", "an empty file");
  const wrong = text.slice(offset, offset + Math.max(length, 1));
  const got = wrong.trim() === "" ? "the end of the file" : shorten(wrong);
  if (wrong.startsWith("'")) return invalid(place, expected, got, "put texts and keys in double quotes");
  if (/\d/.test(text[offset - 1] ?? "") && /^[\dxX]/.test(wrong)) {
    const number = shorten(text.slice(offset - 1, offset + length));
    return invalid(place, "a decimal number without leading zeros", number);
  }
  const isObject = /^\s*[{[/]/.test(text);
  return invalid(
    place,
    expected,
    got,
    isObject ? undefined : "the configuration is an object { … }; YAML is not read",
  );
}

/** Refuses what reading would turn into another number: 1e999 into infinity, 1e-999 into 0, 0.99999999999999999 into 1. */
function assertExact(value: number, written: string, place: () => string): void {
  if (!Number.isFinite(value)) throw invalid(place(), "a number within ±1.8e308", shorten(written));
  if (Number.isInteger(value) && !isWrittenWhole(written)) {
    throw invalid(place(), "a number that reading does not round to a whole one", shorten(written));
  }
}

/** True for 12, 1.20e1 and 0.0: nothing but zeros stands behind the decimal point once the exponent is applied. */
function isWrittenWhole(written: string): boolean {
  const [mantissa = "", exponent = "0"] = written.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = whole + fraction;
  let last = digits.length - 1;
  while (last >= 0 && (digits[last] === "0" || digits[last] === "-")) last--;
  return last < 0 || whole.length + Number(exponent) > last;
}

/** @throws {PulloneError} config_invalid above 1 MiB */
export function assertSize(length: number, source: string): void {
  if (length <= jsoncLimits.bytes) return;
  throw invalid(source, `a file of at most ${jsoncLimits.bytes} bytes`, `${length}: too large`);
}
