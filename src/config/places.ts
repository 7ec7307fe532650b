// Where a value stands in a configuration, and how a message says so.

import { PulloneError, printable, quote } from "../errors.ts";

export type JsonPath = readonly (string | number)[];

/** Where a value stands in the text: offsets, `end` exclusive; `key` is the offset of its key, if it has one. */
export interface Place {
  readonly start: number;
  end: number;
  readonly key: number | undefined;
  children?: Map<string | number, Place>;
}

/** A value as it was written. Objects have no prototype; `root` is absent when there was no text. */
export interface JsonDocument {
  readonly source: string;
  readonly text: string;
  readonly value: unknown;
  readonly root: Place | undefined;
}

/** A path for people, the way `--set` reads it: `model.hidden[0]`, `data.columns."mean radius".scaling`. */
export function printPath(path: JsonPath): string {
  return path
    .map((part, i) => {
      if (typeof part === "number") return `[${part}]`;
      return `${i === 0 ? "" : "."}${/^[\w$-]{1,40}$/.test(part) ? part : quote(part)}`;
    })
    .join("");
}

/**
 * `config.jsonc:12:5 train.learningRate`, lines and columns from 1; the place of the nearest parent when the path
 * does not occur.
 */
export function whereInDocument(
  document: JsonDocument,
  path: JsonPath,
  at: "key" | "value" = "value",
): string {
  if (!document.root) return `${document.source} ${printPath(path)}`.trimEnd();
  let place = document.root;
  for (const part of path) {
    const child = place.children?.get(part);
    if (!child) return where(document, place.start, path);
    place = child;
  }
  return where(document, at === "key" ? (place.key ?? place.start) : place.start, path);
}

/** Offset of the value at `path`, or undefined when it does not occur in the text. */
export function offsetInDocument(document: JsonDocument, path: JsonPath): number | undefined {
  return placeAt(document, path)?.start;
}

/** A value for a message: numbers as they were written, everything else through `quote`. */
export function quoteInDocument(document: JsonDocument, path: JsonPath, value: unknown): string {
  const place = typeof value === "number" ? placeAt(document, path) : undefined;
  return place ? shorten(document.text.slice(place.start, place.end)) : quote(value);
}

function placeAt(document: JsonDocument, path: JsonPath): Place | undefined {
  return path.reduce<Place | undefined>((place, part) => place?.children?.get(part), document.root);
}

/** `config.jsonc:12:5 train.learningRate` for an offset in the text. */
export function where(
  document: { readonly source: string; readonly text: string },
  offset: number,
  path: JsonPath,
): string {
  const place = `${document.source}:${lineAndColumn(document.text, offset)}`;
  return path.length === 0 ? place : `${place} ${printPath(path)}`;
}

/** `line:column` of an offset, both from 1; a line ends in LF, CRLF or CR. */
export function lineAndColumn(text: string, offset: number): string {
  const end = Math.min(offset, text.length);
  let line = 1;
  let start = 0;
  for (let i = 0; i < end; i++) {
    const character = text[i];
    if (character !== "\n" && (character !== "\r" || text[i + 1] === "\n")) continue;
    line++;
    start = i + 1;
  }
  return `${line}:${end - start + 1}`;
}

/** Text as it was written, printable, cut at 40 characters. */
export function shorten(text: string): string {
  return printable(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** The one form of every complaint about a configuration. */
export function invalid(place: string, expected: string, got: string, hint?: string): PulloneError {
  return new PulloneError("config_invalid", `${place}: expected ${expected}, got ${got}`, hint);
}
