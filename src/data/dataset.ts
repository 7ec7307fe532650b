// From a table to what training needs: parts, encoded rows, class indices.
// Letters: N rows, D encoded features, K classes.

import { borrow, release } from "../borrow.ts";
import { PulloneError, printable } from "../errors.ts";
import type { Matrix, Precision } from "../matrix.ts";
import type { ColumnProfile, EncodingOptions } from "./columns.ts";
import { equalRows } from "./duplicates.ts";
import { type Encoder, fitColumns } from "./encoder.ts";
import { rowsFingerprint } from "./fingerprint.ts";
import { fitLabels, type LabelSet, labelCodes, labelledRows } from "./labels.ts";
import { counted } from "./mentions.ts";
import { type AllocateRows, encodeParts } from "./parts.ts";
import { columnRemarks, duplicateRemarks, labelRemarks, missingRemarks, unseenRemarks } from "./remarks.ts";
import { type PartLengths, type Split, type SplitOptions, splitTable } from "./split.ts";
import type { Table } from "./table.ts";

export { rowsFingerprint };

export interface DataOptions extends EncodingOptions {
  readonly label: string;
  /** Class names in order; inferred from the training rows when absent. */
  readonly classes?: readonly string[];
  readonly missingLabel: "refuse" | "drop";
}

/** Encoded rows with their class indices. */
export interface Part {
  /** (N) row numbers in the table. */
  readonly rows: Int32Array;
  /** (N, D) */
  readonly features: Matrix;
  /** (N) 0 … K-1 */
  readonly labels: Int32Array;
}

export interface Dataset {
  readonly labels: LabelSet;
  readonly encoder: Encoder;
  readonly profiles: readonly ColumnProfile[];
  readonly split: Split;
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
  /** What a person should know: duplicates across parts, rare classes, dropped rows, ignored columns. */
  readonly remarks: readonly string[];
}

export type { PartLengths, SplitOptions };

/** What else is to be done with the table. */
export interface Passing {
  /** Takes the bytes of `rowsFingerprint`: of the training rows, then of the validation rows. */
  readonly fingerprint?: (bytes: Uint8Array) => void;
  /** The table is spent afterwards, and its memory given back bit by bit; see `encodeParts`. */
  readonly consume?: boolean;
  /** Makes the matrix of the training rows, where they stand better than in an ordinary one. */
  readonly allocate?: AllocateRows;
}

/**
 * Splits the labelled rows of a table, learns classes, column kinds and encoder from the training rows alone, and
 * encodes all three parts. No cell of a validation or test row changes anything learnt; their labels do where the
 * split is stratified, as they decide who goes where.
 *
 * @param lengths for a split of kind `files`: how many rows came from which file
 * @throws {PulloneError} data_invalid or config_invalid, with the place of the first fault
 */
export function buildDataset(
  table: Table,
  options: DataOptions,
  splitOptions: SplitOptions,
  seed: number,
  precision: Precision,
  lengths?: PartLengths,
  { fingerprint, consume = false, allocate }: Passing = {},
): Dataset {
  if (table.lines.length === 0) {
    throw new PulloneError("data_invalid", `${printable(table.source)}: expected rows of data, got 0 rows`);
  }
  const { split, remarks: remarksOnLabels } = splitLabelled(table, options, splitOptions, seed, lengths);

  const { label: column, missingValues, classes: given } = options;
  const labelOptions = { column, missingValues, ...(given && { classes: given }) };
  const labels = fitLabels(table, split.train, labelOptions);
  const partColumn = splitOptions.kind === "column" ? splitOptions.column : undefined;
  const { profiles, encoder } = fitColumns(table, split.train, options, options.label, partColumn);
  if (encoder.features.length === 0) throw noFeatures(table, profiles);

  const rows = [split.train, split.validation, split.test];
  const classes = rows.map((part) => labelCodes(labels, table, part));
  const remarksOnRows = remarksOn(table, rows, classes, encoder);
  if (fingerprint) {
    for (const part of [split.train, split.validation])
      rowsFingerprint(fingerprint, table, part, encoder, labels);
  }
  const encoded = encodeParts(encoder, table, rows, precision, consume, allocate);
  const partOf = (p: number): Part => ({
    rows: rows[p]!,
    features: encoded[p]!.features,
    labels: classes[p]!,
  });
  return {
    labels,
    encoder,
    profiles,
    split,
    train: partOf(0),
    validation: partOf(1),
    test: partOf(2),
    remarks: [
      ...remarksOnLabels,
      ...labelRemarks(labels.classes, {
        train: countClasses(classes[0]!, labels),
        validation: countClasses(classes[1]!, labels),
        test: countClasses(classes[2]!, labels),
      }),
      ...columnRemarks(profiles),
      ...remarksOnRows.cells,
      ...unseenRemarks(encoded[1]!.unseen, "validation"),
      ...unseenRemarks(encoded[2]!.unseen, "test"),
      ...remarksOnRows.copies,
    ],
  };
}

function countClasses(codes: Int32Array, labels: LabelSet): number[] {
  const counts = labels.classes.map(() => 0);
  for (const k of codes) counts[k]!++;
  return counts;
}

/** The rows that have a label dealt to the parts, and what there is to say of the others. */
function splitLabelled(
  table: Table,
  { label, missingLabel, missingValues }: DataOptions,
  options: SplitOptions,
  seed: number,
  lengths: PartLengths | undefined,
): { readonly split: Split; readonly remarks: readonly string[] } {
  const anyClasses = { column: label, missingValues };
  const labelled = labelledRows(table, anyClasses, missingLabel);
  const { rows } = labelled;
  if (rows.length === 0) {
    throw new PulloneError(
      "data_invalid",
      `${printable(table.source)}: expected rows with a label, got none`,
    );
  }
  const strata = labelCodes(fitLabels(table, rows, anyClasses), table, rows, borrow(Int32Array, rows.length));
  const split = splitTable(table, rows, strata, options, seed, lengths);
  const remarks = droppedRemarks(table, labelled);
  release(strata, rows);
  return { split, remarks };
}

/** What there is to say of the rows of all three parts together, while the table is still whole. */
function remarksOn(
  table: Table,
  rows: readonly Int32Array[],
  classes: readonly Int32Array[],
  encoder: Encoder,
): { readonly cells: readonly string[]; readonly copies: readonly string[] } {
  const all = joined(rows);
  const cells = missingRemarks(table, all, encoder);
  const first = equalRows(table, all, encoder);
  const labels = joined(classes);
  const sizes = { train: rows[0]!.length, validation: rows[1]!.length };
  const copies = duplicateRemarks(first, labels, (i) => table.lines[all[i]!]!, sizes);
  release(all, first, labels);
  return { cells, copies };
}

/** One behind the other, borrowed. */
function joined(arrays: readonly Int32Array[]): Int32Array {
  const all = borrow(
    Int32Array,
    arrays.reduce((sum, array) => sum + array.length, 0),
  );
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

function droppedRemarks(table: Table, labelled: ReturnType<typeof labelledRows>): string[] {
  if (labelled.dropped === 0) return [];
  const first = table.lines[labelled.firstDropped];
  return [`${counted(labelled.dropped, "row")} without a label left out, first line ${first}`];
}

function noFeatures(table: Table, profiles: readonly ColumnProfile[]): PulloneError {
  const [first] = profiles;
  return new PulloneError(
    "data_invalid",
    `${printable(table.source)}: expected a feature column beside the label, got ${first ? "only ignored columns" : "none"}`,
    first ? columnRemarks(profiles)[0] : undefined,
  );
}
