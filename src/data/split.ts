// Which rows train, which choose the epoch, which judge.
// Letters: N rows.

import { didYouMean, PulloneError, printable, quote } from "../errors.ts";
import { type Random, randomStream } from "../random.ts";
import { place, readCells } from "./cells.ts";
import { columnPlace, requireColumn } from "./mentions.ts";
import { trimCell } from "./numbers.ts";
import { splitByParts, stratifiedFolds, stratifiedSplit } from "./strata.ts";
import type { Table } from "./table.ts";

export { stratifiedFolds, stratifiedSplit };

/** Row numbers, each ascending; disjoint, and complete over the rows that were given. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export type SplitOptions =
  | { readonly kind: "stratified"; readonly validation: number; readonly test: number }
  | {
      readonly kind: "column";
      readonly column: string;
      readonly validation: readonly string[];
      readonly test: readonly string[];
      readonly validationShare?: number;
    }
  | { readonly kind: "files"; readonly validation?: string; readonly test?: string }
  | {
      readonly kind: "folds";
      readonly folds: number;
      readonly fold: number;
      readonly validation: number;
      readonly foldSeed?: number;
    };

/** Rows of the files that were joined into one table, training first, then validation, then test. */
export interface PartLengths {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/**
 * The split that a column of the file states: rows whose cell is among the named values validate or test, all
 * others train.
 *
 * @throws {PulloneError} data_invalid when the column or a named value is not there; config_invalid for a value
 *   named twice
 */
export function columnSplit(
  table: Table,
  rows: Int32Array,
  options: Extract<SplitOptions, { kind: "column" }>,
): Split {
  const where = columnPlace(table, options.column);
  const cells = readCells(requireColumn(table, options.column, "split column"), []);
  if (cells.texts === null) {
    throw new PulloneError(
      "data_invalid",
      `${where}: expected a few values that name the parts, got too many`,
    );
  }
  const partOf = new Map<string, number>();
  for (const [part, values] of [options.validation, options.test].entries()) {
    for (const value of values.map(trimCell)) {
      if (partOf.has(value)) {
        throw new PulloneError(
          "config_invalid",
          `split: expected each value once, got ${quote(value)} twice`,
        );
      }
      partOf.set(value, part + 1);
    }
  }
  for (const value of partOf.keys()) {
    if (cells.texts.includes(value)) continue;
    const hint = didYouMean(value, cells.texts);
    throw new PulloneError("data_invalid", `${where}: expected a row with ${quote(value)}, got none`, hint);
  }
  const codePart = Uint8Array.from(cells.texts, (text) => partOf.get(text) ?? 0);
  const parts = Uint8Array.from(rows, (row) => codePart[place(cells, row)]!);
  return rowsOf(splitByParts(parts), rows);
}

/**
 * Splits the given rows as the configuration says.
 *
 * @param rows  ascending
 * @param codes (rows.length) class of each row: the strata
 * @param lengths for `files`: how many rows of the table came from which
 * @throws {PulloneError} data_invalid or config_invalid; also when no row is left to train on
 */
export function splitTable(
  table: Table,
  rows: Int32Array,
  codes: Int32Array,
  options: SplitOptions,
  seed: number,
  lengths?: PartLengths,
): Split {
  const split = splitAs(table, rows, codes, options, seed, lengths);
  if (split.train.length === 0) {
    throw new PulloneError(
      "data_invalid",
      `${printable(table.source)}: expected training rows, got none after the split`,
    );
  }
  return split;
}

function splitAs(
  table: Table,
  rows: Int32Array,
  codes: Int32Array,
  options: SplitOptions,
  seed: number,
  lengths: PartLengths | undefined,
): Split {
  switch (options.kind) {
    case "stratified":
      return rowsOf(stratifiedSplit(codes, options, randomStream(seed, "split")), rows);
    case "folds":
      return rowsOf(foldSplit(codes, options, options.foldSeed ?? seed), rows);
    case "column": {
      const split = columnSplit(table, rows, options);
      const share = options.validationShare ?? 0;
      return share === 0 ? split : withValidation(split, rows, codes, share, randomStream(seed, "split"));
    }
    case "files":
      return fileSplit(table, rows, lengths);
  }
}

/** One fold, counted from 1, tests; a stratified share of the others validates. */
function foldSplit(
  codes: Int32Array,
  options: Extract<SplitOptions, { kind: "folds" }>,
  seed: number,
): Split {
  const { folds, fold } = options;
  const foldOf = stratifiedFolds(codes, folds, randomStream(seed, "folds"));
  if (!Number.isInteger(fold) || fold < 1 || fold > folds) {
    throw new PulloneError("config_invalid", `split.fold: expected 1 to ${folds}, got ${fold}`);
  }
  const { train: others, test } = splitByParts(Uint8Array.from(foldOf, (f) => (f === fold - 1 ? 2 : 0)));
  return { ...divide(others, codes, options.validation, randomStream(seed, "split", fold)), test };
}

/** A stratified share of the training rows validates, too. */
function withValidation(
  split: Split,
  rows: Int32Array,
  codes: Int32Array,
  share: number,
  random: Random,
): Split {
  const isTraining = new Set(split.train);
  const { train: places } = splitByParts(Uint8Array.from(rows, (row) => (isTraining.has(row) ? 0 : 1)));
  const { train, validation } = divide(places, codes, share, random);
  const at = (places: Int32Array) => places.map((i) => rows[i]!);
  return { train: at(train), validation: at(validation), test: split.test };
}

/** The given places, a stratified share of them for validation. */
function divide(
  places: Int32Array,
  codes: Int32Array,
  validation: number,
  random: Random,
): Pick<Split, "train" | "validation"> {
  const inner = stratifiedSplit(
    Int32Array.from(places, (at) => codes[at]!),
    { validation, test: 0 },
    random,
  );
  const at = (chosen: Int32Array) => chosen.map((i) => places[i]!);
  return { train: at(inner.train), validation: at(inner.validation) };
}

function fileSplit(table: Table, rows: Int32Array, lengths: PartLengths | undefined): Split {
  const total = lengths === undefined ? -1 : lengths.train + lengths.validation + lengths.test;
  if (lengths === undefined || total !== table.lines.length) {
    throw new PulloneError(
      "internal",
      `split: expected the lengths of the files to add up to the table, got ${total}`,
    );
  }
  const firstTest = lengths.train + lengths.validation;
  const part = (row: number) => (row < lengths.train ? 0 : row < firstTest ? 1 : 2);
  return rowsOf(splitByParts(Uint8Array.from(rows, part)), rows);
}

/** Places turned, where they are kept, into the row numbers that stand there. */
function rowsOf(split: Split, rows: Int32Array): Split {
  const at = (places: Int32Array) => {
    places.forEach((place, i) => {
      places[i] = rows[place]!;
    });
    return places;
  };
  return { train: at(split.train), validation: at(split.validation), test: at(split.test) };
}
