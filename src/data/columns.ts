// What each column is: numeric, categorical or ignored, and why.
// Letters: N rows.

import { borrow, release } from "../borrow.ts";
import { type PulloneError, quote } from "../errors.ts";
import { type CellCounts, countCells, countTexts, readCells, sortedNumbers } from "./cells.ts";
import { inferKind, type Verdict } from "./kinds.ts";
import { limits } from "./limits.ts";
import { checkColumnNames, checkOptionsFit, ownOptions } from "./options.ts";
import { mean, median } from "./scaling.ts";
import { alikeTexts, compareCodePoints } from "./spelling.ts";
import { countDistinct } from "./suspects.ts";
import type { RawColumn, Table } from "./table.ts";

export type ColumnKind = "numeric" | "categorical" | "ignored";
export type Scaling = "none" | "standard" | "robust" | "min_max" | "quantile_uniform" | "quantile_normal";
export type Imputation = "median" | "most_frequent" | "error";
export type UnseenPolicy = "error" | "ignore" | "bucket";

/** What the configuration says of one column; what it leaves out is inferred or taken from the defaults. */
export interface ColumnOptions {
  readonly kind?: ColumnKind;
  readonly scaling?: Scaling;
  readonly imputation?: Imputation;
  readonly unseen?: UnseenPolicy;
}

/** Column names to options, and what holds for the columns not named. */
export interface EncodingOptions {
  readonly columns: Readonly<Record<string, ColumnOptions>>;
  readonly missingValues: readonly string[];
  readonly scaling: Scaling;
  readonly imputation: Imputation;
  readonly unseen: UnseenPolicy;
}

/** What `inspect` shows of one column; counted over the rows it was profiled on. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Declared in the configuration, or inferred by the rules. */
  readonly declared: boolean;
  /** Why it is what it is, in a few words: "all 398 cells are numbers". */
  readonly reason: string;
  readonly rows: number;
  readonly missing: number;
  /** Distinct cells that are not missing; exact up to `limits.distinctTexts`, otherwise that many and more. */
  readonly distinct: number;
  /** Numeric columns with at least one number. */
  readonly numbers?: {
    readonly minimum: number;
    readonly median: number;
    readonly maximum: number;
    readonly mean: number;
  };
  /** Categorical columns: most frequent first, ties by code point. */
  readonly categories?: readonly { readonly text: string; readonly rows: number }[];
  /** Things a person should know: constant, identifier, date, near-unique categories, lost precision. */
  readonly remarks: readonly string[];
}

/**
 * What each column is, by these rules in this order. Only the given rows count, and only cells that are not missing;
 * "text" is a cell that is no number by the grammar of numbers.ts.
 *
 *  1. A kind declared in the configuration holds. A column declared numeric must have no text, and at least one
 *     number; a column declared categorical takes numbers as they are written.
 *  2. No cell at all, or all cells equal: ignored, as it tells nothing. (One category beside missing cells tells
 *     something: it is categorical.)
 *  3. All cells are numbers: numeric; or ignored as an identifier, by the rules of `identifierReason`.
 *  4. All text is numbers in another dress, such as 1,5 or 1,234 or 5% or $5: refused.
 *  5. At least half of the cells are text: categorical. But ignored when all of it is dates or times; and ignored as
 *     an identifier or free text, when there are ten and more categories with fewer than two rows each on average.
 *  6. Some text among more numbers: refused by the line of the first.
 *
 * Refused as well: a number beyond ±1e300 in a numeric column, and more than `limits.categories` categories.
 *
 * @param rows  ascending: the training rows, or all rows of a file that is only looked at
 * @param label the label column, which has no profile
 * @param parts the column that says which rows train: ignored
 * @returns one profile a column, in the order of the file
 * @throws {PulloneError} data_invalid as above; config_invalid for options that fit no column
 */
export function profileColumns(
  table: Table,
  rows: Int32Array,
  options: EncodingOptions,
  label?: string,
  parts?: string,
): ColumnProfile[] {
  return Array.from(examineColumns(table, rows, options, label, parts), (examined) => examined.profile);
}

/**
 * The same for a file that is only looked at: a column that training would refuse has a remark that says so, with
 * the line, the value and the way out.
 *
 * @throws {PulloneError} config_invalid for options that fit no column
 */
export function surveyColumns(
  table: Table,
  rows: Int32Array,
  options: EncodingOptions,
  label?: string,
  parts?: string,
): ColumnProfile[] {
  return Array.from(examineColumns(table, rows, options, label, parts, true), ({ profile }) => profile);
}

/** A profile, and what it was read off: so that an encoder need not sort a million numbers again. */
export interface ExaminedColumn {
  readonly profile: ColumnProfile;
  /** Rows of each distinct cell, empty when there were too many to keep. */
  readonly texts: ReadonlyMap<string, number>;
  /** All numbers, ascending; empty when a cell is text. */
  readonly sorted: Float64Array;
}

/**
 * The columns one by one, as `profileColumns` has them; the next one overwrites the numbers of the one before.
 *
 * @param tolerant see `surveyColumns`
 */
export function* examineColumns(
  table: Table,
  rows: Int32Array,
  options: EncodingOptions,
  label?: string,
  parts?: string,
  tolerant = false,
): Generator<ExaminedColumn> {
  checkColumnNames(table, options, label);
  const room = borrow(Float64Array, rows.length);
  for (const column of table.columns) {
    if (column.name === label) continue;
    yield examineColumn(table, column, rows, options, column.name === parts, tolerant, room);
  }
  release(room);
}

function examineColumn(
  table: Table,
  column: RawColumn,
  rows: Int32Array,
  options: EncodingOptions,
  namesParts: boolean,
  tolerant: boolean,
  room: Float64Array,
): ExaminedColumn {
  const { name } = column;
  const { missingValues } = options;
  const cells = readCells(column, missingValues);
  const counts = countCells(cells, rows);
  const texts = countTexts(cells, rows);
  const sorted = counts.texts === 0 ? sortedNumbers(cells, rows, room) : new Float64Array(0);
  const declared = ownOptions(options, name);
  const verdict: Verdict = namesParts
    ? { kind: "ignored", reason: "it says which rows train, validate and test", remarks: [] }
    : inferKind({ table, column, rows, cells, counts, texts, sorted, missingValues }, declared.kind);
  const { refusal } = verdict;
  if (refusal && !tolerant) throw refusal;
  if (verdict.kind !== "ignored") checkOptionsFit(verdict.kind, declared, name);
  const spellings = verdict.kind === "categorical" ? spellingRemarks(texts) : [];
  const profile: ColumnProfile = {
    name,
    kind: verdict.kind,
    declared: declared.kind !== undefined,
    reason: verdict.reason,
    rows: rows.length,
    missing: counts.missing,
    distinct: countDistinctCells(counts, texts, sorted),
    ...(verdict.kind === "numeric" && !refusal && { numbers: summary(sorted) }),
    ...(verdict.kind === "categorical" && !refusal && { categories: byFrequency(texts) }),
    remarks: refusal ? [refusalRemark(refusal, name)] : [...verdict.remarks, ...spellings],
  };
  return { profile, texts, sorted };
}

/** Numbers by value, text as written; `limits.distinctTexts` where more texts than that were not kept. */
function countDistinctCells(
  counts: CellCounts,
  texts: ReadonlyMap<string, number>,
  sorted: Float64Array,
): number {
  if (counts.texts === 0) return countDistinct(sorted);
  return texts.size > 0 ? texts.size : limits.distinctTexts;
}

/** The refusal without its place: a remark stands beside the name of its column. */
function refusalRemark({ message, hint }: PulloneError, name: string): string {
  const place = `column ${quote(name)}: `;
  const complaint = message.slice(message.indexOf(place) + place.length);
  return `training refuses it: ${complaint}${hint === undefined ? "" : `; ${hint}`}`;
}

function summary(sorted: Float64Array): NonNullable<ColumnProfile["numbers"]> {
  return {
    minimum: sorted[0]!,
    median: median(sorted),
    maximum: sorted[sorted.length - 1]!,
    mean: mean(sorted),
  };
}

/** Most frequent first, ties by code point. */
function byFrequency(texts: ReadonlyMap<string, number>): { readonly text: string; readonly rows: number }[] {
  return Array.from(texts, ([text, rows]) => ({ text, rows })).sort(
    (a, b) => b.rows - a.rows || compareCodePoints(a.text, b.text),
  );
}

function spellingRemarks(texts: ReadonlyMap<string, number>): string[] {
  return alikeTexts(Array.from(texts.keys()).sort(compareCodePoints)).map(
    (group) => `categories ${group.map(quote).join(" and ")} differ only in their spelling`,
  );
}
