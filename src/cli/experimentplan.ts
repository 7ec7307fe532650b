// From the document of an experiment to all its runs, with every mistake found before the first of them begins.

import { dirname, isAbsolute, join } from "node:path";
import { decodeConfig, type RunConfig, resolveRunConfig } from "../config.ts";
import { PulloneError, quote } from "../errors.ts";
import {
  type ExperimentDocument,
  inlineBase,
  parseExperiment,
  resolveVariants,
  type Variant,
  whereInExperiment,
} from "../experiment/document.ts";
import { headsWordsOf } from "../experiment/headsschema.ts";
import { foldCount, foldNames, type PlannedRun, planRuns } from "../experiment/plan.ts";
import { experimentLimits, type Folds } from "../experiment/schema.ts";
import { tableOptions } from "../prepare.ts";
import { assertFile } from "./arguments.ts";
import { type ReadData, readData } from "./data.ts";
import { EXPERIMENT_FILE, RESULTS_FILE, SUMMARY_FILE } from "./experimentfolder.ts";
import { readWhole } from "./files.ts";
import { type HeadsTask, planHeads } from "./heads.ts";
import type { Io } from "./io.ts";
import { assertFolderCreatable, assertOutputIsNoInput } from "./outputs.ts";
import { type DataFiles, dataFiles, inputsOf, LARGEST_CONFIG } from "./plan.ts";
import { warnOverridden } from "./settings.ts";

export interface ExperimentOptions {
  readonly input: string;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly jobs?: number;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** An experiment before it begins: what is trained, on what, and where it is kept. */
export interface PlannedExperiment {
  readonly document: ExperimentDocument;
  /** The file of the document. */
  readonly input: string;
  /** The base, complete, and the files it names as this process can open them. */
  readonly base: RunConfig;
  readonly source: string;
  readonly files: DataFiles;
  readonly variants: readonly Variant[];
  readonly runs: readonly PlannedRun[];
  /** One for each way in which variants read the data; `tableOf` says which is whose. */
  readonly tables: readonly ReadData[];
  readonly tableOf: ReadonlyMap<string, number>;
  /** Parts that the rows are dealt to, once. */
  readonly folds: number;
  readonly folder: string;
  /** Null for a grid. */
  readonly heads: HeadsTask | null;
}

/** @throws {PulloneError} for anything that is wrong before the first run; nothing is written */
export async function planExperiment(io: Io, options: ExperimentOptions): Promise<PlannedExperiment> {
  const { input } = options;
  assertFile("the experiment", input, "an experiment can be resumed, standard input cannot");
  if (options.out !== undefined) assertFile("--out", options.out, "an experiment is a folder");
  if (options.jobs !== undefined && !(options.jobs >= 1 && options.jobs <= experimentLimits.jobs)) {
    throw new PulloneError(
      "usage_invalid",
      `--jobs: expected a whole number from 1 to ${experimentLimits.jobs}, got ${options.jobs}`,
    );
  }
  await warnOverridden(io, options.set ?? []);
  const read = async (path: string) =>
    decodeConfig(await readWhole(io.files, path, LARGEST_CONFIG, "config_invalid"), path);
  const document = parseExperiment(await read(input), options.set ?? [], input);
  const { words } = document;
  const source = typeof words.base === "string" ? beside(input, words.base) : input;
  const content = typeof words.base === "string" ? await read(source) : inlineBase(document);
  const base = resolveRunConfig(content, [], source);
  assertOneFile(base, source);
  assertFoldColumn(document, base);
  const variants = resolveVariants(document, content, source);
  const folder = options.out ?? join("runs", words.name);
  await assertFolderCreatable(io.files, folder);
  const files = dataFiles(base, dirname(source));
  const inputs = [input, ...inputsOf({ files, source })];
  for (const name of [RESULTS_FILE, SUMMARY_FILE])
    await assertOutputIsNoInput(io.files, join(folder, name), inputs);
  // The document may be the one of the folder itself; it then stays as it is.
  const others = inputs.filter((path) => path !== input);
  await assertOutputIsNoInput(io.files, join(folder, EXPERIMENT_FILE), others);

  const { tables, tableOf } = await readTables(io, words.folds, variants, files);
  const names =
    words.folds.kind === "column"
      ? foldNames(tables[0]!.table, words.folds.column, base.data.missingValues)
      : [];
  const runs = planRuns(document, {
    variants,
    data: tables[0]!.files.map(({ sha256 }) => sha256),
    version: io.version,
    foldNames: names,
  });
  const heads =
    words.kind === "heads"
      ? await planHeads(
          io,
          input,
          headsWordsOf(words.heads),
          variants,
          (name) => tables[tableOf.get(name)!]!.table,
        )
      : null;
  return {
    document,
    input,
    base,
    source,
    files,
    variants,
    runs,
    tables,
    tableOf,
    folds: foldCount(words.folds, names),
    folder,
    heads,
  };
}

/** Reads the file once for each way in which the variants want its columns kept. */
async function readTables(
  io: Io,
  folds: Folds,
  variants: readonly Variant[],
  files: DataFiles,
): Promise<Pick<PlannedExperiment, "tables" | "tableOf">> {
  const tables: ReadData[] = [];
  const tableOf = new Map<string, number>();
  const places = new Map<string, number>();
  for (const { name, config } of variants) {
    const split: RunConfig["split"] =
      folds.kind === "column"
        ? { kind: "column", column: folds.column, validation: [], test: [] }
        : { kind: "stratified", validation: 0, test: 0 };
    const reading = { ...config, split };
    const key = JSON.stringify(tableOptions(reading));
    if (!places.has(key)) {
      places.set(key, tables.length);
      tables.push(await readData(io, reading, files));
    }
    tableOf.set(name, places.get(key)!);
  }
  const [first, ...others] = tables.map((table) => table.files[0]!);
  if (others.some(({ sha256 }) => sha256 !== first!.sha256)) {
    throw new PulloneError(
      "data_invalid",
      `${first!.path}: expected a file at rest, but it was changed while being read`,
    );
  }
  return { tables, tableOf };
}

function beside(input: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(input), path);
}

function assertOneFile({ data, split }: RunConfig, source: string): void {
  if (data.file === undefined) {
    throw new PulloneError(
      "config_invalid",
      `${source} data.file: expected the path of a CSV file, got nothing`,
    );
  }
  if (split.kind !== "files") return;
  throw new PulloneError(
    "config_invalid",
    `${source} split.kind: expected all rows of an experiment in one file, got "files"`,
    "put the rows into one file, with a column for the folds",
  );
}

function assertFoldColumn(document: ExperimentDocument, { data }: RunConfig): void {
  const { folds } = document.words;
  if (folds.kind !== "column" || folds.column !== data.label) return;
  const where = whereInExperiment(document, ["folds", "column"]);
  throw new PulloneError(
    "config_invalid",
    `${where}: expected a column other than the label, got ${quote(folds.column)}`,
  );
}
