// Which runs an experiment is made of: variants × folds × seeds, each with a name that stays and a complete configuration.

import { invalid } from "../config/places.ts";
import type { RunConfig } from "../config.ts";
import { countCells, readCells } from "../data/cells.ts";
import { columnPlace, requireColumn } from "../data/mentions.ts";
import type { Table } from "../data/table.ts";
import { PulloneError } from "../errors.ts";
import { hex, sha256 } from "../hash.ts";
import { type ExperimentDocument, type Variant, whereInExperiment } from "./document.ts";
import { experimentLimits, type Folds } from "./schema.ts";

/** One run: a variant, trained with a seed, judged on a fold. */
export interface PlannedRun {
  /** The name of its record: "softmax-s1-r1-f3". */
  readonly id: string;
  readonly variant: string;
  readonly seed: number;
  /** Both count from 1; a fold column is dealt once. */
  readonly repeat: number;
  readonly fold: number;
  readonly config: RunConfig;
  /** Of all that its result depends on: configuration, data, version. */
  readonly fingerprint: string;
}

/** What the runs have in common. */
export interface RunContext {
  readonly variants: readonly Variant[];
  /** SHA-256 of each data file. */
  readonly data: readonly string[];
  /** Of the program. */
  readonly version: string;
  /** Names of the folds in a fold column, in order; empty for folds that are dealt. */
  readonly foldNames: readonly string[];
}

/** The seeds that the words of a document mean: a count stands for 1, 2, … */
export function seedsOf(seeds: number | readonly number[]): readonly number[] {
  return typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
}

/**
 * All runs, in the order of the report; the seeds of one fold stand together, because they share their rows.
 *
 * @throws {PulloneError} config_invalid for more runs than the limit, or a variant that asks for early stopping
 *   without saying which share of the rows may choose the epoch
 */
export function planRuns(document: ExperimentDocument, context: RunContext): readonly PlannedRun[] {
  const { folds } = document.words;
  const seeds = seedsOf(document.words.seeds);
  const places = foldPlaces(folds, context.foldNames);
  assertSize(document, places.length, seeds.length);
  return context.variants.flatMap((variant) => {
    const share = validationShare(document, variant);
    return places.flatMap(({ repeat, fold }) => {
      const split = splitOf(folds, repeat, fold, share, context.foldNames);
      return seeds.map((seed) => {
        const config: RunConfig = {
          ...variant.config,
          seed,
          split,
          train: { ...variant.config.train, threads: 1 },
        };
        return {
          id: `${variant.name}-s${seed}-r${repeat}-f${fold}`,
          variant: variant.name,
          seed,
          repeat,
          fold,
          config,
          fingerprint: fingerprintOf(config, context),
        };
      });
    });
  });
}

function foldPlaces(
  folds: Folds,
  names: readonly string[],
): { readonly repeat: number; readonly fold: number }[] {
  const [repeats, count] = folds.kind === "stratified" ? [folds.repeats, folds.folds] : [1, names.length];
  return Array.from({ length: repeats * count }, (_, i) => ({
    repeat: Math.floor(i / count) + 1,
    fold: (i % count) + 1,
  }));
}

/** How many parts the rows are dealt to, once. */
export function foldCount(folds: Folds, names: readonly string[]): number {
  return folds.kind === "stratified" ? folds.folds : names.length;
}

/** Refuses a grid beyond the limit before it is laid out. */
function assertSize(document: ExperimentDocument, places: number, seeds: number): void {
  const variants = Object.keys(document.words.variants).length;
  const runs = variants * seeds * places;
  if (runs <= experimentLimits.runs) return;
  const product = `${variants} variants × ${seeds} seeds × ${places} folds = ${runs}`;
  throw invalid(
    whereInExperiment(document, []),
    `at most ${experimentLimits.runs} runs`,
    product,
    "fewer seeds, repeats or variants",
  );
}

/** The repeats deal the rows by their number, so every variant and every seed has the same folds. */
function splitOf(
  folds: Folds,
  repeat: number,
  fold: number,
  share: number,
  names: readonly string[],
): RunConfig["split"] {
  if (folds.kind === "stratified") {
    return { kind: "folds", folds: folds.folds, fold, validation: share, foldSeed: repeat };
  }
  return {
    kind: "column",
    column: folds.column,
    validation: [],
    test: [names[fold - 1]!],
    ...(share > 0 && { validationShare: share }),
  };
}

/** The share of a fold's training rows that chooses the epoch: as in the base, and none where nothing is chosen. */
function validationShare(document: ExperimentDocument, { name, config }: Variant): number {
  if (config.train.earlyStopping === null) return 0;
  const { split } = config;
  const share = split.kind === "column" ? split.validationShare : split.validation;
  if (typeof share === "number" && share > 0) return share;
  throw invalid(
    `${whereInExperiment(document, ["variants", name])}, split.validation`,
    "the share of the rows that chooses the epoch",
    `a split of kind "${split.kind}" without one`,
    "give the base a split with a share, or set train.earlyStopping to null",
  );
}

/** Nothing of a path, a name or a machine: only what decides the numbers. */
function fingerprintOf({ data, seed, split, model, train }: RunConfig, context: RunContext): string {
  const { file: _, ...columns } = data;
  const told = {
    format: 1,
    version: context.version,
    files: context.data,
    seed,
    data: columns,
    split,
    model,
    train,
  };
  return hex(sha256(new TextEncoder().encode(JSON.stringify(told))));
}

/**
 * The names of the folds in a column: numbers by size, else texts by their code units.
 *
 * @throws {PulloneError} data_invalid for a missing cell, fewer than two folds, or more than a thousand
 */
export function foldNames(table: Table, column: string, missingValues: readonly string[]): readonly string[] {
  const where = columnPlace(table, column);
  const cells = readCells(requireColumn(table, column, "fold column"), missingValues);
  const { texts } = cells;
  const names = new Set(texts ?? []);
  if (
    countCells(
      cells,
      Int32Array.from(table.lines, (_, row) => row),
    ).missing > 0
  ) {
    throw new PulloneError("data_invalid", `${where}: expected a fold in every row, got a missing one`);
  }
  if (texts === null || names.size < 2 || names.size > 1_000) {
    const got = texts === null ? "more" : String(names.size);
    throw new PulloneError("data_invalid", `${where}: expected 2 to 1000 folds, got ${got}`);
  }
  const isNumber = [...names].every((name) => /^\d{1,15}$/.test(name));
  const order = isNumber ? (a: string, b: string) => Number(a) - Number(b) : byCodeUnits;
  return [...names].sort((a, b) => order(a, b) || byCodeUnits(a, b));
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
