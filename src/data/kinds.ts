// Numeric, categorical or ignored: the rules that `profileColumns` lists, in their order.

import { PulloneError, quote } from "../errors.ts";
import { type CellCounts, type Cells, findRow } from "./cells.ts";
import type { ColumnKind } from "./columns.ts";
import { limits } from "./limits.ts";
import { columnPlace, counted, refuseCell } from "./mentions.ts";
import { trimCell } from "./numbers.ts";
import { identifierReason, looksLikeDate, looksLikeNumber } from "./suspects.ts";
import { cellText, type RawColumn, type Table } from "./table.ts";

/** A column, and what was counted of it over the given rows. */
export interface Evidence {
  readonly table: Table;
  readonly column: RawColumn;
  readonly rows: Int32Array;
  readonly cells: Cells;
  readonly counts: CellCounts;
  /** Rows of each distinct cell; empty when there were too many to keep. */
  readonly texts: ReadonlyMap<string, number>;
  /** All numbers, ascending; empty when a cell is text. */
  readonly sorted: Float64Array;
}

export interface Verdict {
  readonly kind: ColumnKind;
  readonly reason: string;
  readonly remarks: readonly string[];
}

/** Beyond this, sums and differences of numbers may leave the range of float64. */
const LARGEST_NUMBER = 1e300;

/** Fewer categories than this are never called an identifier. */
const FEW_CATEGORIES = 10;

/** The kind of a column: as declared, else by the rules. */
export function inferKind(evidence: Evidence, declared: ColumnKind | undefined): Verdict {
  switch (declared) {
    case "ignored":
      return { kind: "ignored", reason: "declared ignored", remarks: [] };
    case "numeric":
      return declaredNumeric(evidence);
    case "categorical":
      return declaredCategorical(evidence);
    case undefined:
      return inferred(evidence);
  }
}

function declaredNumeric(evidence: Evidence): Verdict {
  const { table, column, counts, cells, rows, sorted } = evidence;
  if (counts.texts > 0) throw strayText(evidence);
  if (counts.numbers === 0) {
    throw new PulloneError(
      "data_invalid",
      `${columnPlace(table, column.name)}: expected a number in at least one training row, got none`,
    );
  }
  checkRange(evidence);
  const constant = sorted[0] === sorted[sorted.length - 1];
  const doubt = constant
    ? "constant: it tells the classes nothing apart"
    : identifierReason(cells, rows, sorted);
  return { kind: "numeric", reason: "declared numeric", remarks: doubt === undefined ? [] : [doubt] };
}

function declaredCategorical(evidence: Evidence): Verdict {
  checkCategories(evidence);
  const near = nearUnique(evidence);
  return { kind: "categorical", reason: "declared categorical", remarks: near === undefined ? [] : [near] };
}

function inferred(evidence: Evidence): Verdict {
  const { cells, counts, rows, texts, sorted } = evidence;
  const present = counts.numbers + counts.texts;
  if (present === 0) return ignored("every cell is missing");
  if (counts.texts === 0) {
    checkRange(evidence);
    if (sorted[0] === sorted[sorted.length - 1]) return ignored("constant");
    const identifier = identifierReason(cells, rows, sorted);
    if (identifier !== undefined) return ignored(identifier);
    return { kind: "numeric", reason: `all ${present} cells are numbers${besides(counts)}`, remarks: [] };
  }
  if (texts.size === 1 && counts.missing === 0) return ignored("constant");
  const words = distinctWords(evidence);
  if (words.length > 0 && words.every(looksLikeNumber)) throw dressedNumbers(evidence);
  if (counts.texts < counts.numbers) throw strayText(evidence);
  if (words.length > 0 && words.every(looksLikeDate))
    return ignored("dates or times, which are not understood");
  checkCategories(evidence);
  const near = nearUnique(evidence);
  if (near !== undefined) return ignored(near);
  const mixed =
    counts.numbers > 0 ? [`${counts.numbers} of ${present} cells are numbers, taken as text`] : [];
  const reason = `${counted(texts.size, "category", "categories")} in ${present} cells${besides(counts)}`;
  return { kind: "categorical", reason, remarks: mixed };
}

function ignored(reason: string): Verdict {
  return { kind: "ignored", reason, remarks: [`ignored: ${reason}`] };
}

function besides(counts: CellCounts): string {
  return counts.missing > 0 ? `, ${counts.missing} missing` : "";
}

/** The distinct cells that are text; of a column with too many of them, the first few. */
function distinctWords({ column, rows, cells, texts }: Evidence): string[] {
  if (column.kind === "numbers") {
    const given = new Set(rows);
    return column.strays.filter((stray) => given.has(stray.row)).map((stray) => trimCell(stray.text));
  }
  const isText = new Map(cells.texts!.map((text, at) => [text, Number.isNaN(cells.values[at])]));
  return Array.from(texts.keys()).filter((text) => isText.get(text));
}

function nearUnique({ texts, counts }: Evidence): string | undefined {
  const present = counts.numbers + counts.texts;
  if (texts.size < FEW_CATEGORIES || texts.size * 2 <= present) return undefined;
  return `${texts.size} distinct texts in ${present} cells: an identifier or free text`;
}

/** Refuses a column with more categories than there may be, or with more distinct cells than were kept. */
function checkCategories({ table, column, cells, texts }: Evidence): void {
  if (cells.texts !== null && texts.size <= limits.categories) return;
  const got = cells.texts === null ? "more" : String(texts.size);
  throw new PulloneError(
    "data_invalid",
    `${columnPlace(table, column.name)}: expected at most ${limits.categories} categories (the limit), got ${got} distinct texts`,
    'declare the column ignored: { "kind": "ignored" } under its name in data.columns',
  );
}

/** Refuses numbers too large to compute with. */
function checkRange({ table, column, cells, sorted }: Evidence): void {
  if (sorted[0]! >= -LARGEST_NUMBER && sorted[sorted.length - 1]! <= LARGEST_NUMBER) return;
  const isLarge = (at: number) => Math.abs(cells.values[at]!) > LARGEST_NUMBER;
  const row = findRow(cells, table.lines.length, isLarge);
  const hint = "give the column in a larger unit, or declare it ignored";
  const text = quote(cellText(column, row));
  throw refuseCell(table, row, column.name, "a number in the range of ±1e300", text, hint);
}

/** Some text among numbers: named by the first in the file. */
function strayText({ table, column, cells }: Evidence): PulloneError {
  const row = firstText(table, cells);
  const text = quote(cellText(column, row));
  const hint = `list ${text} in data.missingValues, or declare the column categorical`;
  return refuseCell(table, row, column.name, "a number", text, hint);
}

function dressedNumbers({ table, column, cells }: Evidence): PulloneError {
  const row = firstText(table, cells);
  const hint =
    "write numbers with a decimal point and without thousands separators or signs, or declare the column categorical";
  return refuseCell(table, row, column.name, "a number like 1234.5", quote(cellText(column, row)), hint);
}

function firstText(table: Table, cells: Cells): number {
  return findRow(
    cells,
    table.lines.length,
    (at) => cells.missing[at] === 0 && Number.isNaN(cells.values[at]),
  );
}
