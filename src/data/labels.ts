// Class names: text outside, integer codes inside.
// Letters: K classes.

import { borrow } from "../borrow.ts";
import { PulloneError, quote } from "../errors.ts";
import { countTexts, findRow, isMissingAt, isText, place, readCells, type TextCells } from "./cells.ts";
import { shrink } from "./growth.ts";
import { limits } from "./limits.ts";
import { columnPlace, listed, refuseCell, requireColumn } from "./mentions.ts";
import { parseNumber, trimCell } from "./numbers.ts";
import { compareCodePoints } from "./spelling.ts";
import type { Table } from "./table.ts";

export interface LabelSet {
  /** Name of the label column. */
  readonly column: string;
  /** Class names in a stated order; a class index is a place in this list. */
  readonly classes: readonly string[];
}

/** What the configuration says of the label column. */
export interface LabelOptions {
  readonly column: string;
  /** Class names in the order wanted; inferred when absent. */
  readonly classes?: readonly string[];
  readonly missingValues: readonly string[];
}

/**
 * The rows that have a label, ascending and borrowed, and how many have none.
 *
 * @param missingLabel what to do about a row without: `refuse` it by its line, or `drop` it
 * @throws {PulloneError} data_invalid when the column is absent, or a label is missing and may not be
 */
export function labelledRows(
  table: Table,
  options: LabelOptions,
  missingLabel: "refuse" | "drop",
): { readonly rows: Int32Array; readonly dropped: number; readonly firstDropped: number } {
  const cells = readLabels(table, options.column, options.missingValues);
  const total = table.lines.length;
  const first = findRow(cells, total, (at) => isMissingAt(cells, at));
  if (first >= 0 && missingLabel === "refuse") {
    const hint =
      "train with --set data.missingLabel=drop to leave such rows out, or change data.missingValues";
    const got = `${quote(textOf(cells, first))}, which means missing,`;
    throw refuseCell(table, first, options.column, "a label", got, hint);
  }
  const rows = borrow(Int32Array, total);
  let count = 0;
  for (let row = 0; row < total; row++) if (!isMissingAt(cells, place(cells, row))) rows[count++] = row;
  return { rows: shrink(rows, count), dropped: total - count, firstDropped: first };
}

/**
 * The classes of the given rows, as text exactly as written but for blanks around it.
 *
 * Their order: as given; else by value, when every label is a number; else by code point.
 *
 * @throws {PulloneError} data_invalid for fewer than two classes, for a label that never repeats, for more than
 *   `limits.classes`, and for a label or a class that the other side does not know; config_invalid for repeated
 *   class names
 */
export function fitLabels(table: Table, rows: Int32Array, options: LabelOptions): LabelSet {
  const { column } = options;
  const where = columnPlace(table, column);
  const counts = countTexts(readLabels(table, column, options.missingValues), rows);
  const found = Array.from(counts.keys());
  if (found.length > limits.classes) throw tooManyClasses(where, String(found.length));
  if (found.length === 1) {
    throw new PulloneError(
      "data_invalid",
      `${where}: expected two classes or more, got only ${quote(found[0])}`,
    );
  }
  if (found.length === rows.length) {
    throw new PulloneError(
      "data_invalid",
      `${where}: expected classes that repeat, got ${found.length} distinct labels in ${rows.length} rows`,
      "name another column as the label: this one looks like an identifier",
    );
  }
  if (options.classes) return { column, classes: givenClasses(where, options.classes, counts) };
  return { column, classes: orderClasses(found) };
}

/** By value when every label is a number, else by code point; equal values ("1", "1.0") by code point. */
function orderClasses(names: readonly string[]): string[] {
  const byCodePoint = names.toSorted(compareCodePoints);
  const values = new Map(names.map((name) => [name, parseNumber(name)]));
  if (!names.every((name) => Number.isFinite(values.get(name)))) return byCodePoint;
  return byCodePoint.sort((a, b) => values.get(a)! - values.get(b)!);
}

function givenClasses(where: string, given: readonly string[], counts: Map<string, number>): string[] {
  const classes = given.map(trimCell);
  const repeated = classes.find((name, k) => classes.indexOf(name) !== k);
  if (repeated !== undefined) {
    throw new PulloneError(
      "config_invalid",
      `data.classes: expected distinct names, got ${quote(repeated)} twice`,
    );
  }
  const unknown = Array.from(counts.keys()).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new PulloneError(
      "data_invalid",
      `${where}: expected one of the classes ${listed(classes)} of data.classes, got ${quote(unknown)}`,
    );
  }
  const absent = classes.find((name) => !counts.has(name));
  if (absent !== undefined) {
    throw new PulloneError(
      "data_invalid",
      `${where}: expected training rows of every class in data.classes, got none of ${quote(absent)}`,
    );
  }
  return classes;
}

/**
 * The class index of each given row.
 *
 * @param codes (rows.length) overwritten and returned
 * @returns (rows.length), 0 … K-1
 * @throws {PulloneError} data_invalid for a label that is none of the classes, with its line
 */
export function labelCodes(
  labels: LabelSet,
  table: Table,
  rows: Int32Array,
  codes: Int32Array = new Int32Array(rows.length),
): Int32Array {
  const cells = readLabels(table, labels.column, []);
  const index = new Map(labels.classes.map((name, k) => [name, k]));
  const classOf = Int32Array.from(cells.texts, (text) => index.get(text) ?? -1);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const k = classOf[place(cells, row)]!;
    if (k < 0) {
      const expected = `one of the classes of the training rows (${listed(labels.classes)})`;
      throw refuseCell(table, row, labels.column, expected, quote(textOf(cells, row)));
    }
    codes[i] = k;
  }
  return codes;
}

/** The label column, which must be there and kept as text. */
function readLabels(table: Table, column: string, missingValues: readonly string[]): TextCells {
  const cells = readCells(requireColumn(table, column, "label column"), missingValues);
  if (!isText(cells)) throw tooManyClasses(columnPlace(table, column), "more");
  return cells;
}

function tooManyClasses(where: string, got: string): PulloneError {
  return new PulloneError(
    "data_invalid",
    `${where}: expected at most ${limits.classes} classes (the limit), got ${got} distinct labels`,
    "name another column as the label: classes repeat, identifiers and measurements do not",
  );
}

function textOf(cells: TextCells, row: number): string {
  return cells.texts[place(cells, row)]!;
}
