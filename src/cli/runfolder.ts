// The folder of a run: four files, and what each says.

import { join } from "node:path";
import type { PartReports } from "../baselines.ts";
import { type RunConfig, writeRunConfig } from "../config.ts";
import { PulloneError, quote } from "../errors.ts";
import { epochFigures, type History } from "../train/history.ts";
import type { ReadFile } from "./data.ts";
import type { Files } from "./files.ts";
import { assertFolderCreatable, creating } from "./outputs.ts";

export const MODEL_FILE = "model.safetensors";
export const CONFIG_FILE = "config.jsonc";
export const HISTORY_FILE = "history.csv";
export const METRICS_FILE = "metrics.json";

/**
 * In the order in which they get their names. The record first: it names the model, so that in a run that was replaced
 * by half the two do not fit. The model last: where it is, all are.
 */
export const RUN_FILES = [METRICS_FILE, CONFIG_FILE, HISTORY_FILE, MODEL_FILE];

/** What metrics.json holds: enough to judge again on the same rows, and to notice that they are not the same. */
export interface RunRecord {
  readonly name: string;
  readonly seed: number;
  readonly model: { readonly file: string; readonly bytes: number; readonly sha256: string };
  /** The CSV files as the configuration names them. */
  readonly data: readonly ReadFile[];
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly metrics: PartReports;
  readonly baselines: { readonly majority: PartReports; readonly logistic: PartReports };
}

/**
 * Refuses a folder that holds a run already, or that could not be written, before the run begins.
 *
 * @throws {PulloneError} output_uncreatable
 */
export async function assertNewRun(files: Files, folder: string, force: boolean): Promise<void> {
  await assertFolderCreatable(files, folder);
  for (const name of RUN_FILES.toReversed()) {
    const path = join(folder, name);
    const status = await creating(path, () => files.status(path));
    if (status === undefined || (force && status.kind === "file")) continue;
    throw new PulloneError(
      "output_uncreatable",
      `${folder}: expected no run there, got one with ${quote(name)}`,
      "use --force to replace it, or another --seed, --name or --out",
    );
  }
}

/** The bytes of a run's files, in the order of `RUN_FILES`. */
export function runFiles(
  config: RunConfig,
  history: History,
  record: RunRecord,
  model: Uint8Array,
): Map<string, Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text);
  return new Map([
    [METRICS_FILE, encode(`${JSON.stringify(record, null, 2)}\n`)],
    [CONFIG_FILE, encode(writeRunConfig(config))],
    [HISTORY_FILE, encode(historyCsv(history))],
    [MODEL_FILE, model],
  ]);
}

const HISTORY_COLUMNS = [
  "epoch",
  "learning_rate",
  "train_loss",
  "validation_loss",
  "validation_log_loss",
  "validation_accuracy",
  "validation_balanced_accuracy",
  "validation_macro_f1",
];

/** The curves of a run; numbers in their shortest exact form. */
function historyCsv(history: History): string {
  const lines = Array.from({ length: history.epochs }, (_, i) => {
    const { learningRate, trainLoss, validation } = epochFigures(history, i + 1);
    const judged = validation
      ? [
          validation.loss,
          validation.logLoss,
          validation.accuracy,
          validation.balancedAccuracy,
          validation.macroF1,
        ]
      : ["", "", "", "", ""];
    return [i + 1, learningRate, trainLoss, ...judged].join(",");
  });
  return `${[HISTORY_COLUMNS.join(","), ...lines].join("\n")}\n`;
}

/**
 * What metrics.json says of the model and the data.
 *
 * @throws {PulloneError} model_invalid when it is not ours
 */
export function readRecord(bytes: Uint8Array, path: string): Pick<RunRecord, "model" | "data"> {
  let record: unknown;
  try {
    record = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new PulloneError("model_invalid", `${path}: expected the record of a run, got no JSON`);
  }
  if (isRecord(record)) return record;
  throw new PulloneError("model_invalid", `${path}: expected the record of a run, got another JSON`);
}

function isRecord(value: unknown): value is Pick<RunRecord, "model" | "data"> {
  const { model, data } = (value ?? {}) as { readonly model?: { sha256?: unknown }; readonly data?: unknown };
  return (
    typeof model?.sha256 === "string" &&
    Array.isArray(data) &&
    data.every((file) => file?.sha256 !== undefined)
  );
}
