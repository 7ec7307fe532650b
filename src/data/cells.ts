// What the cells of a column mean: a number, missing, or text. Each distinct text is read once.
// Letters: N rows.

import { sortNumbers } from "../matrix.ts";
import { ABSENT } from "./decimals.ts";
import { missingTest, parseNumber, trimCell } from "./numbers.ts";
import type { Codes, RawColumn } from "./table.ts";

/**
 * The cells of one column, asked by `valueAt` and `isMissingAt`. The place of a row is `codes[row]`, or the row itself
 * when there are no codes. A cell is text when its value is NaN and it is not missing.
 */
export interface Cells {
  readonly codes: Codes | null;
  /** At each place its number times `divisor`: whole numbers when `missing` is null, see decimals.ts. */
  readonly values: Float64Array | Int32Array;
  readonly divisor: number;
  /** 1 at the places that hold nothing; null when `values` says so itself. */
  readonly missing: Uint8Array | null;
  /** Trimmed; null when the column had too many distinct cells to keep them. */
  readonly texts: readonly string[] | null;
}

/** Cells whose distinct texts were kept. */
export type TextCells = Cells & { readonly texts: readonly string[] };

export function isText(cells: Cells): cells is TextCells {
  return cells.texts !== null;
}

/** Reads every distinct cell of a column by the number grammar and the list of missing values. */
export function readCells(column: RawColumn, missingValues: readonly string[]): Cells {
  if (column.kind === "numbers") {
    return { codes: null, values: column.values, divisor: 1, missing: column.missing, texts: null };
  }
  if (column.kind === "decimals") {
    return { codes: null, values: column.integers, divisor: column.divisor, missing: null, texts: null };
  }
  const texts = column.texts.map(trimCell);
  const values = new Float64Array(texts.length);
  const missing = new Uint8Array(texts.length);
  const isMissing = missingTest(missingValues);
  for (let code = 0; code < texts.length; code++) {
    const text = texts[code]!;
    const absent = isMissing(text);
    missing[code] = absent ? 1 : 0;
    values[code] = absent ? Number.NaN : parseNumber(text);
  }
  return { codes: column.codes, values, divisor: 1, missing, texts };
}

/** Where the cell of a row stands. */
export function place(cells: Cells, row: number): number {
  return cells.codes === null ? row : cells.codes[row]!;
}

/** The number at a place; NaN where there is none, infinite where it is beyond the range of a double. */
export function valueAt({ values, divisor, missing }: Cells, at: number): number {
  const value = values[at]!;
  if (missing !== null) return value;
  return value === ABSENT ? Number.NaN : value / divisor;
}

export function isMissingAt({ values, missing }: Cells, at: number): boolean {
  return missing === null ? values[at] === ABSENT : missing[at] === 1;
}

/** How many of the given rows hold a number, nothing, or text. */
export interface CellCounts {
  readonly numbers: number;
  readonly missing: number;
  readonly texts: number;
}

export function countCells(cells: Cells, rows: Int32Array): CellCounts {
  let numbers = 0;
  let missing = 0;
  for (let i = 0; i < rows.length; i++) {
    const at = place(cells, rows[i]!);
    if (isMissingAt(cells, at)) missing++;
    else if (!Number.isNaN(valueAt(cells, at))) numbers++;
  }
  return { numbers, missing, texts: rows.length - numbers - missing };
}

/**
 * The numbers among the given rows, ascending, missing cells and text left out. What is computed from them in
 * this order does not depend on the order of the rows.
 *
 * @param room (rows.length) or longer, overwritten: the result is a view of it
 */
export function sortedNumbers(
  cells: Cells,
  rows: Int32Array,
  room: Float64Array = new Float64Array(rows.length),
): Float64Array {
  return cells.codes === null ? sortedValues(cells, rows, room) : sortedCodes(cells, cells.codes, rows, room);
}

function sortedValues(cells: Cells, rows: Int32Array, room: Float64Array): Float64Array {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = valueAt(cells, rows[i]!);
    if (!Number.isNaN(value)) room[count++] = value;
  }
  // No comparator: a typed array sorts by value, and six times as fast (a million in 144 ms against 859).
  return sortNumbers(room.subarray(0, count));
}

/** Sorts the few distinct values instead of the many rows. */
function sortedCodes(cells: Cells, codes: Codes, rows: Int32Array, room: Float64Array): Float64Array {
  const counts = countCodes(cells, codes, rows);
  const order: number[] = [];
  for (let code = 0; code < counts.length; code++) {
    if (counts[code] === 0 || Number.isNaN(cells.values[code]!)) continue;
    order.push(code);
  }
  order.sort((a, b) => cells.values[a]! - cells.values[b]!);
  let end = 0;
  for (const code of order) {
    const start = end;
    end += counts[code]!;
    room.fill(cells.values[code]!, start, end);
  }
  return room.subarray(0, end);
}

/** How often each code occurs among the given rows. */
function countCodes(cells: Cells, codes: Codes, rows: Int32Array): Uint32Array {
  const counts = new Uint32Array(cells.values.length);
  for (let i = 0; i < rows.length; i++) counts[codes[rows[i]!]!]!++;
  return counts;
}

/**
 * How many of the given rows hold each text, keyed by the trimmed text, missing cells left out. Empty for a
 * column whose texts were not kept.
 */
export function countTexts(cells: Cells, rows: Int32Array): Map<string, number> {
  const byText = new Map<string, number>();
  if (cells.codes === null || cells.texts === null) return byText;
  const counts = countCodes(cells, cells.codes, rows);
  for (let code = 0; code < counts.length; code++) {
    if (counts[code] === 0 || cells.missing![code] === 1) continue;
    const text = cells.texts[code]!;
    byText.set(text, (byText.get(text) ?? 0) + counts[code]!);
  }
  return byText;
}

/** The first row in the order of the file whose cell passes the test, or -1. */
export function findRow(cells: Cells, rows: number, test: (at: number) => boolean): number {
  for (let row = 0; row < rows; row++) if (test(place(cells, row))) return row;
  return -1;
}
