// What a person should know of a data set before believing a score on it.
// Letters: N rows, K classes.

import { quote } from "../errors.ts";
import { countCells, readCells } from "./cells.ts";
import type { ColumnProfile } from "./columns.ts";
import type { UnseenCells } from "./encode.ts";
import type { Encoder, Feature } from "./encoder.ts";
import { counted, listed, requireColumn } from "./mentions.ts";
import { parseNumber } from "./numbers.ts";
import type { OutlyingCells } from "./outlying.ts";
import { alikeTexts } from "./spelling.ts";
import type { Table } from "./table.ts";

/** (K) rows of each class, part by part. */
export interface ClassCounts {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

/** The largest class has so many times the rows of the smallest: accuracy alone then says little. */
const STRONG_IMBALANCE = 10;

/** Up to so many classes that are numbers are grades or digits. */
const MOST_GRADES = 10;
/** Whole numbers that come so often each may still be codes. */
const ROWS_OF_A_CODE = 10;

/** Remarks on the classes: spelt alike, a quantity, with one row, absent from a part, out of balance. */
export function labelRemarks(classes: readonly string[], counts: ClassCounts): string[] {
  const { train, validation, test } = counts;
  const remarks = alikeTexts(classes).map(
    (group) => `classes ${group.map(quote).join(" and ")} differ only in their spelling: they are kept apart`,
  );
  const total = [train, validation, test].flat().reduce((sum, count) => sum + count, 0);
  if (isQuantity(classes, total)) {
    remarks.push(
      `${classes.length} classes, all numbers, in ${total} rows: a quantity is learnt as names without an order; sort it into a few ranges first`,
    );
  }
  const single = classes.filter((_, k) => train[k]! + validation[k]! + test[k]! === 1);
  if (single.length > 0) {
    remarks.push(
      `${named(single, "class", "classes")} ${single.length === 1 ? "has one row" : "have one row each"}: too few to learn and to judge`,
    );
  }
  for (const [part, rows] of Object.entries({ validation, test })) {
    const absent = classes.filter((name, k) => rows[k] === 0 && !single.includes(name));
    if (absent.length === 0 || absent.length + single.length >= classes.length) continue;
    remarks.push(`no ${part} row is of ${named(absent, "class", "classes")}`);
  }
  const order = classes.map((_, k) => k).filter((k) => !single.includes(classes[k]!));
  order.sort((a, b) => train[b]! - train[a]!);
  const [most, least] = [order[0], order.at(-1)];
  if (most !== undefined && least !== undefined && train[most]! >= STRONG_IMBALANCE * train[least]!) {
    remarks.push(
      `classes are imbalanced: ${counted(train[most]!, "training row")} of ${quote(classes[most])}, ${train[least]} of ${quote(classes[least])}: look at balanced accuracy and at each class`,
    );
  }
  return remarks;
}

function isQuantity(classes: readonly string[], rows: number): boolean {
  if (classes.length <= MOST_GRADES) return false;
  const values = classes.map(parseNumber);
  if (!values.every(Number.isFinite)) return false;
  return rows < ROWS_OF_A_CODE * classes.length || !values.every(Number.isInteger);
}

/** The remarks of the profiles; columns with the same remark are named together. */
export function columnRemarks(profiles: readonly Pick<ColumnProfile, "name" | "remarks">[]): string[] {
  const columns = new Map<string, string[]>();
  for (const { name, remarks } of profiles) {
    for (const remark of remarks) columns.set(remark, [...(columns.get(remark) ?? []), name]);
  }
  return Array.from(columns, ([remark, names]) => `${named(names, "column", "columns")}: ${remark}`);
}

/** Remarks on missing cells that an encoder fills or sets apart, counted over the given rows. */
export function missingRemarks(table: Table, rows: Int32Array, encoder: Encoder): string[] {
  return columnRemarks(
    encoder.features.map((feature) => {
      const cells = readCells(requireColumn(table, feature.column, "feature column"), encoder.missingValues);
      const { missing } = countCells(cells, rows);
      const unprepared = feature.kind === "categorical" && feature.missingRows === 0; // see unseenRemarks
      const remark = `missing in ${missing} of ${rows.length} rows, ${treatment(feature)}`;
      return { name: feature.column, remarks: missing > 0 && !unprepared ? [remark] : [] };
    }),
  );
}

function treatment(feature: Feature): string {
  if (feature.kind === "categorical") return "taken as a category";
  const fill = feature.imputation === "median" ? "median" : "most frequent number";
  return `filled with the ${fill} of the training rows`;
}

/** `column "color": 3 test rows hold what no training row has, first "purple" on line 40` */
export function unseenRemarks(unseen: readonly UnseenCells[], part: string): string[] {
  return unseen.map(
    ({ column, rows, text, line }) =>
      `column ${quote(column)}: ${holding(rows, part)} a category that no training row has, first ${quote(text)} on line ${line}`,
  );
}

/** `column "age": 3 new rows hold a number far outside of those of the training rows, first 1e+40 on line 12` */
export function outlyingRemarks(outlying: readonly OutlyingCells[], part: string): string[] {
  return outlying.map(
    ({ column, rows, value, line }) =>
      `column ${quote(column)}: ${holding(rows, part)} a number far outside of those of the training rows, first ${value} on line ${line}`,
  );
}

function holding(rows: number, part: string): string {
  return `${counted(rows, `${part} row`)} ${rows === 1 ? "holds" : "hold"}`;
}

/**
 * Remarks on rows that are equal in every feature: copies of earlier parts, and copies of another class.
 *
 * @param first  (N) from `equalRows`, over the training, validation and test rows in this order
 * @param labels (N) class of each
 * @param lineOf the line of one
 */
export function duplicateRemarks(
  first: Int32Array,
  labels: Int32Array,
  lineOf: (row: number) => number,
  sizes: { readonly train: number; readonly validation: number },
): string[] {
  const firstTest = sizes.train + sizes.validation;
  let validation = 0;
  let test = 0;
  let testOfValidation = 0;
  for (let i = sizes.train; i < first.length; i++) {
    if (first[i]! < sizes.train) i < firstTest ? validation++ : test++;
    else if (i >= firstTest && first[i]! < firstTest) testOfValidation++;
  }
  const tests = first.length - firstTest;
  const duplicates = (count: number, total: number, part: string, of: string) =>
    count === 0
      ? []
      : [
          `${count} of ${total} ${part} rows are duplicates of ${of} rows, equal in every feature: they are easier than new rows`,
        ];
  return [
    ...duplicates(validation, sizes.validation, "validation", "training"),
    ...duplicates(test, tests, "test", "training"),
    ...duplicates(testOfValidation, tests, "test", "validation"),
    ...conflictRemarks(first, labels, lineOf),
  ];
}

function conflictRemarks(first: Int32Array, labels: Int32Array, lineOf: (row: number) => number): string[] {
  const conflicting = new Uint8Array(first.length);
  let example = -1;
  for (let i = 0; i < first.length; i++) {
    if (labels[i] === labels[first[i]!]) continue;
    conflicting[first[i]!] = 1;
    if (example < 0) example = i;
  }
  if (example < 0) return [];
  const rows = first.reduce((sum, at) => sum + conflicting[at]!, 0);
  const [a, b] = [lineOf(first[example]!), lineOf(example)];
  return [
    `${rows} rows are equal in every feature but not in their class, such as lines ${Math.min(a, b)} and ${Math.max(a, b)}: no model can tell them apart`,
  ];
}

function named(names: readonly string[], one: string, many: string): string {
  return `${names.length === 1 ? one : many} ${listed(names)}`;
}
