// Numeric, categorical or ignored: the rules that `profileColumns` lists, in their order.

import { PulloneError, quote } from "../errors.ts";
import { type CellCounts, type Cells, findRow, isMissingAt, valueAt } from "./cells.ts";
import type { ColumnKind } from "./columns.ts";
import { limits } from "./limits.ts";
import { columnPlace, counted, refuseCell, strayHint } from "./mentions.ts";
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
  /** Cells that mean "missing", for the hint that names one more. */
  readonly missingValues: readonly string[];
}

export interface Verdict {
  readonly kind: ColumnKind;
  readonly reason: string;
  readonly remarks: readonly string[];
  /** Why training cannot use the column; `kind` is then what its cells come nearest to. */
  readonly refusal?: PulloneError;
}

/** Beyond this, sums and differences of numbers may leave the range of float64. */
const LARGEST_NUMBER = 1e300;

/** Fewer categories than this are never called an identifier. */
const FEW_CATEGORIES = 10;

/** The kind of a column: as declared, else by the rules; with the refusal where training would not take it. */
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
  if (counts.texts > 0) return strayText(evidence);
  if (counts.numbers === 0) {
    const message = `${columnPlace(table, column.name)}: expected a number in at least one training row, got none`;
    return refused("numeric", "no cell is a number", new PulloneError("data_invalid", message));
  }
  const tooLarge = outOfRange(evidence);
  if (tooLarge) return tooLarge;
  const constant = sorted[0] === sorted[sorted.length - 1];
  const doubt = constant
    ? "constant: it tells the classes nothing apart"
    : identifierReason(cells, rows, sorted);
  return { kind: "numeric", reason: "declared numeric", remarks: doubt === undefined ? [] : [doubt] };
}

function declaredCategorical(evidence: Evidence): Verdict {
  const tooMany = tooManyCategories(evidence);
  if (tooMany) return tooMany;
  const near = nearUnique(evidence);
  return { kind: "categorical", reason: "declared categorical", remarks: near === undefined ? [] : [near] };
}

function inferred(evidence: Evidence): Verdict {
  const { cells, counts, rows, texts, sorted } = evidence;
  const present = counts.numbers + counts.texts;
  if (present === 0) return ignored("every cell is missing");
  if (counts.texts === 0) {
    const tooLarge = outOfRange(evidence);
    if (tooLarge) return tooLarge;
    if (sorted[0] === sorted[sorted.length - 1]) return ignored("constant");
    const identifier = identifierReason(cells, rows, sorted);
    if (identifier !== undefined) return ignored(identifier);
    return { kind: "numeric", reason: `all ${present} cells are numbers${besides(counts)}`, remarks: [] };
  }
  if (texts.size === 1 && counts.missing === 0) return ignored("constant");
  const words = distinctWords(evidence);
  if (words.length > 0 && words.every(looksLikeNumber)) return dressedNumbers(evidence);
  if (counts.texts < counts.numbers) return strayText(evidence);
  if (words.length > 0 && words.every(looksLikeDate))
    return ignored("dates or times, which are not understood");
  const tooMany = tooManyCategories(evidence);
  if (tooMany) return tooMany;
  const near = nearUnique(evidence);
  if (near !== undefined) return ignored(near);
  const mixed =
    counts.numbers > 0 ? [`${counts.numbers} of ${present} cells are numbers, taken as text`] : [];
  const dressed = words.find(looksLikeNumber);
  if (dressed !== undefined)
    mixed.push(`categories such as ${quote(dressed)} look like numbers, taken as text`);
  const reason = `${counted(texts.size, "category", "categories")} in ${present} cells${besides(counts)}`;
  return { kind: "categorical", reason, remarks: mixed };
}

function refused(kind: ColumnKind, reason: string, refusal: PulloneError): Verdict {
  return { kind, reason, remarks: [], refusal };
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
  const isText = new Map(cells.texts?.map((text, at) => [text, Number.isNaN(valueAt(cells, at))]));
  return Array.from(texts.keys()).filter((text) => isText.get(text));
}

function nearUnique({ texts, counts }: Evidence): string | undefined {
  const present = counts.numbers + counts.texts;
  if (texts.size < FEW_CATEGORIES || texts.size * 2 <= present) return undefined;
  return `${texts.size} distinct texts in ${present} cells: an identifier or free text`;
}

/** A column with more categories than there may be, or with more distinct cells than were kept. */
function tooManyCategories({ table, column, cells, texts }: Evidence): Verdict | undefined {
  if (cells.texts !== null && texts.size <= limits.categories) return undefined;
  const got = cells.texts === null ? "more" : String(texts.size);
  const error = new PulloneError(
    "data_invalid",
    `${columnPlace(table, column.name)}: expected at most ${limits.categories} categories (the limit), got ${got} distinct texts`,
    'declare the column ignored: { "kind": "ignored" } under its name in data.columns',
  );
  return refused("categorical", `more than ${limits.categories} categories`, error);
}

/** A column with numbers too large to compute with. */
function outOfRange({ table, column, cells, sorted }: Evidence): Verdict | undefined {
  if (sorted[0]! >= -LARGEST_NUMBER && sorted[sorted.length - 1]! <= LARGEST_NUMBER) return undefined;
  const isLarge = (at: number) => Math.abs(valueAt(cells, at)) > LARGEST_NUMBER;
  const row = findRow(cells, table.lines.length, isLarge);
  const hint = "give the column in a larger unit, or declare it ignored";
  const text = quote(cellText(column, row));
  const error = refuseCell(table, row, column.name, "a number in the range of ±1e300", text, hint);
  return refused("numeric", "a number beyond ±1e300", error);
}

/** Some text among numbers: named by the first in the file. */
function strayText(evidence: Evidence): Verdict {
  const { table, column, cells, missingValues } = evidence;
  const row = firstText(table, cells);
  const text = cellText(column, row);
  const hint = strayHint(text, column.name, missingValues);
  const error = refuseCell(table, row, column.name, "a number", quote(text), hint);
  return refused("numeric", noNumbers(evidence), error);
}

function noNumbers({ counts }: Evidence): string {
  const { texts, numbers } = counts;
  return `${texts} of ${numbers + texts} cells ${texts === 1 ? "is" : "are"} no number${besides(counts)}`;
}

function dressedNumbers(evidence: Evidence): Verdict {
  const { table, column, cells } = evidence;
  const row = firstText(table, cells);
  const hint =
    "write numbers with a decimal point, without thousands separators, currency or percent signs, or declare the column categorical";
  const text = quote(cellText(column, row));
  const error = refuseCell(table, row, column.name, "a number like 1234.5", text, hint);
  return refused("numeric", noNumbers(evidence), error);
}

function firstText(table: Table, cells: Cells): number {
  return findRow(
    cells,
    table.lines.length,
    (at) => !isMissingAt(cells, at) && Number.isNaN(valueAt(cells, at)),
  );
}
