// Rows to numbers, by what an encoder has learnt.
// Letters: N rows, D encoded features, C categories of a column.

import { didYouMean, PulloneError, printable, quote } from "../errors.ts";
import { allocateFloats, type FloatArray, type Precision, precisionOf } from "../matrix.ts";
import { type Cells, isMissingAt, isText, place, readCells, valueAt } from "./cells.ts";
import type { CategoricalFeature, Encoder, Feature, NumericFeature } from "./encoder.ts";
import { limits } from "./limits.ts";
import { columnPlace, listed, refuseCell } from "./mentions.ts";
import { applyScaling } from "./scaling.ts";
import { cellText, columnNames, findColumn, type RawColumn, type Table } from "./table.ts";

/** Cells of one column that no training row prepared for. */
export interface UnseenCells {
  readonly column: string;
  readonly rows: number;
  /** The first of them, without the blanks around it, and the line it stands on. */
  readonly text: string;
  readonly line: number;
}

/** D: one place for a numeric column, C + 1 for a categorical one, C + 2 when it has a bucket for the unseen. */
export function encodedWidth(encoder: Encoder): number {
  return encoder.features.reduce((sum, feature) => sum + featureWidth(feature), 0);
}

function featureWidth(feature: Feature): number {
  if (feature.kind === "numeric") return 1;
  return feature.categories.length + (feature.unseen === "bucket" ? 2 : 1);
}

/** (D) what each encoded feature stands for: `mass`, `island=Biscoe`, `sex=(missing)`, `sex=(unseen)`. */
export function featureNames(encoder: Encoder): string[] {
  return encoder.features.flatMap((feature) => {
    if (feature.kind === "numeric") return feature.column;
    const places = [...feature.categories, "(missing)", ...(feature.unseen === "bucket" ? ["(unseen)"] : [])];
    return places.map((name) => `${feature.column}=${name}`);
  });
}

/**
 * Encodes rows of a table. Columns are matched by name; other columns are left aside.
 *
 * @param rows numbers of the rows, or null for all
 * @param out  (N, D) row-major, overwritten; of the precision wanted
 * @returns the categorical columns with cells no training row prepared for
 * @throws {PulloneError} data_invalid for an absent column, for text in a numeric column, for a missing number where
 *   the imputation is `error`, for a number out of range after scaling, for an unseen category where the policy is
 *   `error`
 */
export function encode(
  encoder: Encoder,
  table: Table,
  rows: Int32Array | null,
  out: FloatArray,
): readonly UnseenCells[] {
  const chosen = rows ?? Int32Array.from(table.lines.keys());
  const width = encodedWidth(encoder);
  if (out.length < chosen.length * width) {
    throw new PulloneError(
      "internal",
      `encode: expected room for ${chosen.length * width} numbers, got ${out.length}`,
    );
  }
  out.fill(0, 0, chosen.length * width);
  return encodeInto(encoder, { table, rows: chosen, out, width });
}

/** Refuses what `encode` refuses, and keeps no number. */
export function checkRows(
  encoder: Encoder,
  table: Table,
  rows: Int32Array,
  precision: Precision,
): readonly UnseenCells[] {
  // With a width of 0 every row is written over the one before.
  return encodeInto(encoder, {
    table,
    rows,
    out: allocateFloats(precision, encodedWidth(encoder)),
    width: 0,
  });
}

function encodeInto(encoder: Encoder, into: Pick<Target, "table" | "rows" | "out" | "width">): UnseenCells[] {
  const columns = matchColumns(encoder, into.table);
  const { missingValues } = encoder;
  const unseen: UnseenCells[] = [];
  let offset = 0;
  encoder.features.forEach((feature, f) => {
    const cells = readCells(columns[f]!, missingValues);
    const target = { ...into, offset, missingValues };
    if (feature.kind === "numeric") encodeNumeric(feature, cells, target);
    else unseen.push(...encodeCategorical(feature, cells, target));
    offset += featureWidth(feature);
  });
  return unseen;
}

/** Where one feature is written: `out[i * width + offset …]` for the i-th of the rows. */
interface Target {
  readonly table: Table;
  readonly rows: Int32Array;
  readonly out: FloatArray;
  readonly offset: number;
  readonly width: number;
  readonly missingValues: readonly string[];
}

function encodeNumeric(feature: NumericFeature, cells: Cells, target: Target): void {
  const { rows, out, offset, width } = target;
  const filled = feature.imputation === "error" ? Number.NaN : applyScaling(feature, feature.fill);
  for (let i = 0; i < rows.length; i++) {
    const to = i * width + offset;
    out[to] = scaledAt(feature, cells, place(cells, rows[i]!), filled);
    if (!Number.isFinite(out[to])) refuseNumber(feature, cells, rows[i]!, target);
  }
}

/** The scaled number of a cell, `filled` for a missing one; not finite where it cannot be encoded. */
function scaledAt(feature: NumericFeature, cells: Cells, at: number, filled: number): number {
  const value = valueAt(cells, at);
  // A quantile scaling would make a number of an infinite value; it stays infinite, to be refused.
  if (Number.isFinite(value)) return applyScaling(feature, value);
  return isMissingAt(cells, at) ? filled : value;
}

/** Says why a cell gave no finite number. */
function refuseNumber(feature: NumericFeature, cells: Cells, row: number, target: Target): never {
  const at = place(cells, row);
  const cell = cellText(findColumn(target.table, feature.column)!, row);
  const text = quote(cell);
  const refuse = (expected: string, hint?: string) =>
    refuseCell(target.table, row, feature.column, expected, text, hint);
  if (isMissingAt(cells, at)) {
    throw refuse(
      "a number and not a missing value",
      'set the imputation of this column to "median", or fill the cell',
    );
  }
  if (Number.isNaN(valueAt(cells, at))) {
    throw refuse(
      "a number",
      `correct the cell, or leave it empty; a model trained with ${text} in data.missingValues takes it for missing`,
    );
  }
  const precision = precisionOf(target.out);
  throw refuse(`a number in the range of ${precision} after scaling`);
}

const DARK = -1;

function encodeCategorical(feature: CategoricalFeature, cells: Cells, target: Target): UnseenCells[] {
  const { rows, out, offset, width, table } = target;
  const texts = categoryTexts(cells, table, feature.column);
  const { lit, known } = litPlaces(feature, cells, texts);
  let count = 0;
  let first = -1;
  for (let i = 0; i < rows.length; i++) {
    const at = place(cells, rows[i]!);
    const to = lit[at]!;
    if (to !== DARK) out[i * width + offset + to] = 1;
    if (known[at] === 1) continue;
    if (count === 0) first = rows[i]!;
    count++;
  }
  if (count === 0) return [];
  const text = texts[place(cells, first)]!;
  if (feature.unseen === "error") {
    const expected = `a category of the training rows (${listed(feature.categories)})`;
    const hint = 'set data.unseen to "ignore" or "bucket"';
    throw refuseCell(table, first, feature.column, expected, quote(text), hint);
  }
  return [{ column: feature.column, rows: count, text, line: table.lines[first]! }];
}

/** For each distinct text: the place it lights, DARK for none, and whether training rows lit that place for it. */
function litPlaces(
  feature: CategoricalFeature,
  cells: Cells,
  texts: readonly string[],
): { readonly lit: Int32Array; readonly known: Uint8Array } {
  const missing = feature.categories.length;
  const bucket = feature.unseen === "bucket" && feature.unseenRows > 0 ? missing + 1 : DARK;
  const index = new Map(feature.categories.map((text, c) => [text, c]));
  const lit = new Int32Array(texts.length).fill(bucket);
  const known = new Uint8Array(texts.length);
  texts.forEach((text, at) => {
    const own = !isMissingAt(cells, at) ? index.get(text) : feature.missingRows > 0 ? missing : undefined;
    if (own === undefined) return;
    lit[at] = own;
    known[at] = 1;
  });
  return { lit, known };
}

/**
 * The distinct cells of a categorical column.
 *
 * @throws {PulloneError} data_invalid when there were too many to keep them
 */
export function categoryTexts(cells: Cells, table: Table, column: string): readonly string[] {
  if (isText(cells)) return cells.texts;
  throw new PulloneError(
    "data_invalid",
    `${columnPlace(table, column)}: expected at most ${limits.distinctTexts} distinct categories (the limit), got more`,
  );
}

/** The column of each feature, in the order of the features. */
function matchColumns(encoder: Encoder, table: Table): RawColumn[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const absent = encoder.features.map((feature) => feature.column).filter((name) => !byName.has(name));
  if (absent.length > 0) {
    const used = new Set(encoder.features.map((feature) => feature.column));
    const names = columnNames(table);
    const spare = names.filter((name) => !used.has(name));
    const hint = didYouMean(absent[0]!, spare) ?? `columns not used: ${listed(spare)}`;
    throw new PulloneError(
      "data_invalid",
      `${printable(table.source)}: expected ${absent.length === 1 ? "a column" : "columns"} ${listed(absent)}, got columns ${listed(names)}`,
      spare.length > 0 ? hint : undefined,
    );
  }
  return encoder.features.map((feature) => byName.get(feature.column)!);
}
