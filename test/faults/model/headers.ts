// Damage that knows the format: another header or spec behind a mended checksum.

import { close, type LooseJson, open } from "../../artifact/container.ts";
import type { Below } from "./damage.ts";

const values: readonly LooseJson[] = [
  ...[null, true, false, 0, -0, -1, 1, 1.5, 2, 8, 1e9, 2 ** 31, 2 ** 53, -1e308, 5e-324],
  ...[
    "",
    "x",
    "1",
    "2",
    "F32",
    "F64",
    "U8",
    "softmax",
    "sigmoid",
    "numeric",
    "categorical",
    "none",
    "vector",
  ],
  ...["__proto__", "constructor", "toString", "/etc/passwd", "http://127.0.0.1/x", "\u0000", "\ud800"],
  ...[[], {}, [1], [0, 8], [null], [[]], ["a", "a"], { kind: "numeric" }, { constructor: { prototype: {} } }],
];
const names = ["__proto__", "constructor", "toString", "path", "kind", "0", "", "format", "calibration"];
const snippets = [
  ...'0-1.,:[]{}"\\ '.split(""),
  ...[
    "1e999",
    "-0",
    "9007199254740993",
    "null",
    "true",
    '"__proto__":1,',
    "\0",
    "\ufeff",
    "é",
    "\\u0041",
    "0x1",
  ],
];

/** A file with a header that says something else, or says it otherwise; the checksum is right. */
export function damageHeader(bytes: Uint8Array, below: Below): Uint8Array {
  const { header, data } = open(bytes);
  for (;;) {
    const how = [damageText, respell, damageValue, damageValue][below(4)]!;
    const text = how(header, below);
    const file = close(text, data);
    if (Buffer.compare(file, bytes) !== 0) return file;
  }
}

function damageText(header: string, below: Below): string {
  let text = header;
  for (let n = 1 + below(3); n > 0; n--) {
    const at = below(text.length + 1);
    text = text.slice(0, at) + snippets[below(snippets.length)]! + text.slice(at + below(7));
  }
  return text;
}

/** The same header in other letters: a blank, a number written otherwise, a letter as its code. */
function respell(header: string, below: Below): string {
  const from = below(header.length);
  const rest = header.slice(from);
  const token = /[:,]|\d+(?=[,\]}])|[a-z]/.exec(rest);
  if (!token) return `${header} `.repeat(1 + below(2));
  const [found] = token;
  const otherwise = /\d/.test(found)
    ? [`${found}.0`, `${found}e0`, `0${found}`, `${found}E+0`][below(4)]!
    : /[a-z]/.test(found)
      ? `\\u00${found.charCodeAt(0).toString(16)}`
      : [`${found} `, ` ${found}`, `${found}\n`, `${found}\t`][below(4)]!;
  const at = from + token.index;
  return header.slice(0, at) + otherwise + header.slice(at + found.length);
}

/** One to three places of the header, or of the spec in it, hold something else. */
function damageValue(header: string, below: Below): string {
  const parsed: LooseJson = JSON.parse(header);
  const spec: LooseJson = JSON.parse(parsed.__metadata__.spec);
  for (let n = 1 + below(3); n > 0; n--) damagePlace(below(3) === 0 ? parsed : spec, below);
  if (
    typeof parsed.__metadata__ === "object" &&
    parsed.__metadata__ !== null &&
    !Array.isArray(parsed.__metadata__)
  ) {
    parsed.__metadata__.spec = JSON.stringify(spec);
  }
  return JSON.stringify(parsed);
}

/** Overwrites, drops, renames, doubles or exchanges what stands at a place below `root`. */
function damagePlace(root: LooseJson, below: Below): void {
  let parent = root;
  let key = keyOf(parent, below);
  while (isNode(parent[key]) && Object.keys(parent[key]).length > 0 && below(4) > 0) {
    parent = parent[key];
    key = keyOf(parent, below);
  }
  const value = parent[key];
  switch (below(8)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case 1:
      if (Array.isArray(parent)) parent.push(value);
      else define(parent, names[below(names.length)]!, value);
      return;
    case 2: {
      const other = keyOf(parent, below);
      [parent[key], parent[other]] = [parent[other], value];
      return;
    }
    case 3:
      // The same key, at the end: another order.
      if (Array.isArray(parent)) parent.reverse();
      else {
        delete parent[key];
        define(parent, key, value);
      }
      return;
    case 4:
      if (typeof value === "number") define(parent, key, value + [1, -1, 0.5, 1e-9, -2 * value][below(5)]!);
      else if (typeof value === "string")
        define(parent, key, value.slice(below(2)) + names[below(names.length)]!);
      return;
    default:
      // A copy: what is damaged next may lie in it.
      define(parent, key, structuredClone(values[below(values.length)]));
  }
}

const isNode = (value: LooseJson) => typeof value === "object" && value !== null;

function keyOf(parent: LooseJson, below: Below): string {
  const keys = Object.keys(parent);
  return keys[below(keys.length)] ?? "0";
}

/** As an own key, also "__proto__". */
function define(parent: LooseJson, key: string, value: LooseJson): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}
