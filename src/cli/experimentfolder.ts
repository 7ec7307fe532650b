// The folder of an experiment: a record for each finished run, and at the end the table and the summary.

import { join } from "node:path";
import { PulloneError } from "../errors.ts";
import type { PlannedRun } from "../experiment/plan.ts";
import { type Outcome, outcomeIn, recordOf } from "../experiment/run.ts";
import { metricNames } from "../experiment/schema.ts";
import type { Judged } from "../experiment/summary.ts";
import { readWhole } from "./files.ts";
import type { Io } from "./io.ts";
import { creating } from "./outputs.ts";
import { csvCell } from "./predictions.ts";
import { writeWhole } from "./writing.ts";

export const EXPERIMENT_FILE = "experiment.jsonc";
export const RESULTS_FILE = "results.csv";
export const SUMMARY_FILE = "summary.json";
export const RECORDS_FOLDER = "runs";

const LARGEST_RECORD = 1 << 16;

function recordPath(folder: string, { id }: PlannedRun): string {
  return join(folder, RECORDS_FOLDER, `${id}.json`);
}

/**
 * The outcomes that are there already, by the id of the run; those that crashed too.
 *
 * @param force a record of something else counts as none, and will be replaced
 * @throws {PulloneError} output_uncreatable for a record of another configuration, other data or another version
 */
export async function readOutcomes(
  io: Io,
  folder: string,
  runs: readonly PlannedRun[],
  force: boolean,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const run of runs) {
    const path = recordPath(folder, run);
    const status = await creating(path, () => io.files.status(path));
    if (!status) continue;
    const text = new TextDecoder().decode(await readWhole(io.files, path, LARGEST_RECORD));
    const outcome = outcomeIn(text, run);
    if (outcome) outcomes.set(run.id, outcome);
    else if (!force) {
      throw new PulloneError(
        "output_uncreatable",
        `${path}: expected a record of this run, got one of another configuration, other data or another version`,
        "use --force to run it again, or another --out",
      );
    }
  }
  return outcomes;
}

/**
 * Refuses a folder that holds no record of this experiment, but a file that it would replace: that is of something else.
 *
 * @param told what experiment.jsonc is to say; undefined where it is the very document that was given
 * @throws {PulloneError} output_uncreatable
 */
export async function assertNothingElse(io: Io, folder: string, told: string | undefined): Promise<void> {
  for (const name of [EXPERIMENT_FILE, RESULTS_FILE, SUMMARY_FILE]) {
    const path = join(folder, name);
    const status = await io.files.status(path);
    if (!status || (name === EXPERIMENT_FILE && (told === undefined || (await says(io, path, told)))))
      continue;
    throw new PulloneError(
      "output_uncreatable",
      `${path}: expected a place for what this experiment writes, got a file of something else`,
      "use --force to replace it, or another --out",
    );
  }
}

async function says(io: Io, path: string, text: string): Promise<boolean> {
  const found = await readWhole(io.files, path, encode(text).length).catch(() => undefined);
  return found !== undefined && new TextDecoder().decode(found) === text;
}

/** Writes the record of a run, whole or not at all. */
export async function keepOutcome(io: Io, folder: string, run: PlannedRun, outcome: Outcome): Promise<void> {
  await writeWhole(io.files, recordPath(folder, run), encode(json(recordOf(run, outcome))));
}

/** The file as text that ends in a line feed. */
export async function keepText(io: Io, folder: string, name: string, text: string): Promise<void> {
  await writeWhole(io.files, join(folder, name), encode(text));
}

/** Takes away what was said of fewer or other runs, before more are made. */
export async function forgetResults(io: Io, folder: string): Promise<void> {
  for (const name of [SUMMARY_FILE, RESULTS_FILE]) await io.files.remove(join(folder, name)).catch(() => {});
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const RESULT_COLUMNS = [
  ...["run", "variant", "seed", "repeat", "fold", "status"],
  ...["train_rows", "validation_rows", "test_rows", "parameters", "epochs", "best_epoch"],
  ...metricNames.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  "reason",
];

/** One line a run, in the order of the plan; numbers in their shortest exact form. */
export function resultsCsv(judged: readonly Judged[]): string {
  const lines = judged.map(({ run, outcome }) => {
    const head = [run.id, run.variant, run.seed, run.repeat, run.fold, outcome.status];
    if (outcome.status === "failed") {
      const empty = RESULT_COLUMNS.slice(head.length + 1).map(() => "");
      return [...head, ...empty, csvCell(outcome.reason, false)].join(",");
    }
    const { rows, metrics } = outcome;
    const figures = [
      rows.train,
      rows.validation,
      rows.test,
      outcome.parameters,
      outcome.epochs,
      outcome.bestEpoch,
    ];
    return [...head, ...figures, ...metricNames.map((name) => metrics[name] ?? ""), ""].join(",");
  });
  return `${[RESULT_COLUMNS.join(","), ...lines].join("\n")}\n`;
}
