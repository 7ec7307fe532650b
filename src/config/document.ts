// A configuration as text for people: two spaces, a comment above each key, short objects and lists on one line.

import type { ColumnProfile } from "../data/columns.ts";
import { printable } from "../errors.ts";
import { isJsonObject } from "./jsonc.ts";
import { type ConfigKey, keysAt } from "./keys.ts";
import type { JsonPath } from "./places.ts";

/** What is said beside a key: on the lines above it, or behind its value. */
export interface Note {
  readonly above?: string;
  readonly behind?: string;
  /** Lines below it. */
  readonly below?: readonly string[];
}
export type Notes = (path: JsonPath) => Note | undefined;

/** JSON with comments that parses to `value`; keys stay in their order. */
export function writeCommented(value: unknown, notes: Notes, heading: readonly string[] = []): string {
  return `${heading.map((line) => `// ${printable(line)}\n`).join("")}${writeValue(value, notes, [])}\n`;
}

function writeValue(value: unknown, notes: Notes, path: JsonPath): string {
  if (Array.isArray(value))
    return `[${value.map((item, i) => writeValue(item, notes, [...path, i])).join(", ")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const items = Object.entries(value).map(([name, item]) => ({
    text: `${JSON.stringify(name)}: ${writeValue(item, notes, [...path, name])}`,
    note: notes([...path, name]),
    isObject: isJsonObject(item),
  }));
  if (items.length === 0) return "{}";
  if (!items.some(({ note, isObject }) => note || isObject)) {
    return `{ ${items.map(({ text }) => text).join(", ")} }`;
  }
  const indent = "  ".repeat(path.length + 1);
  const lines = items.map(({ text, note }, i) => {
    const above = note?.above === undefined ? "" : wrap(note.above, `${indent}// `);
    const behind = note?.behind === undefined ? "" : ` // ${printable(note.behind)}`;
    const below = (note?.below ?? []).map((line) => `${indent}// ${line}\n`).join("");
    return `${above}${indent}${text}${i === items.length - 1 ? "" : ","}${behind}\n${below}`;
  });
  return `{\n${lines.join("")}${"  ".repeat(path.length)}}`;
}

/** Lines of at most 100 characters, each begun with `start` and ended with a line feed. */
function wrap(comment: string, start: string): string {
  const lines = [start];
  for (const word of printable(comment).split(" ")) {
    const line = lines.at(-1)!;
    if (line.length + word.length < 100 || line === start) lines[lines.length - 1] = `${line}${word} `;
    else lines.push(`${start}${word} `);
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

/** Above each key of the schema, what it means and what it takes; nothing for names out of the data. */
export function keyNotes(keys: readonly ConfigKey[], config: unknown): Notes {
  return (path) => {
    const [key] = keysAt(keys, path, config);
    if (!key || key.path.includes("*")) return undefined;
    const isPlain = key.isSection || key.isChooser || (key.isText && !key.expected.startsWith("one of "));
    return { above: isPlain ? key.meaning : `${key.meaning}; ${key.expected}` };
  };
}

/** Longer than this, a line of class names is no help. */
const LONGEST_LIST = 400;

/** Below the label its classes as they were found, to be uncommented where their order matters. */
export function classNotes(classes: readonly string[], others: Notes): Notes {
  const list = `"classes": [${classes.map((name) => JSON.stringify(name)).join(", ")}],`;
  const isPlain = classes.length > 0 && list.length <= LONGEST_LIST && printable(list) === list;
  return (path) => {
    const note = others(path);
    if (!isPlain || path.join(".") !== "data.label") return note;
    return { ...note, below: [`${others(["data", "classes"])?.above ?? "the classes in order"}:`, list] };
  };
}

/** Behind each column, why it is what it is: `all 398 cells are numbers; 6 missing`. */
export function columnNotes(columns: readonly ColumnProfile[], others: Notes): Notes {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return (path) => {
    const isColumn = path.length === 3 && path[0] === "data" && path[1] === "columns";
    const column = isColumn ? byName.get(String(path[2])) : undefined;
    if (!column) return others(path);
    const isTold = column.missing === 0 || column.reason.endsWith(" missing");
    const missing = isTold ? [] : [`${column.missing} missing`];
    // Of an ignored column the remark is the reason once more.
    const more = column.remarks.filter((remark) => !remark.endsWith(column.reason));
    return { behind: [column.reason, ...missing, ...more].join("; ") };
  };
}
