// pullone experiment: variants × seeds × folds from one document, side by side, to a table and a verdict.

import { dirname, isAbsolute, join } from "node:path";
import { writeExperiment } from "../experiment/document.ts";
import { type PlannedRun, seedsOf } from "../experiment/plan.ts";
import { isFinal, type Outcome } from "../experiment/run.ts";
import { type Judged, type Summary, summarise } from "../experiment/summary.ts";
import { type Assignment, performAll } from "./crew.ts";
import { exitCodeAfter, exitCodeOf } from "./exit.ts";
import {
  assertNothingElse,
  EXPERIMENT_FILE,
  forgetResults,
  json,
  keepOutcome,
  keepText,
  RECORDS_FOLDER,
  RESULTS_FILE,
  readOutcomes,
  resultsCsv,
  SUMMARY_FILE,
} from "./experimentfolder.ts";
import { type ExperimentOptions, type PlannedExperiment, planExperiment } from "./experimentplan.ts";
import { createRunProgress, silentRunProgress, timeLines } from "./experimentprogress.ts";
import { experimentLines } from "./experimentreport.ts";
import { makeFolders, removeFolders } from "./folders.ts";
import { headsMiss, runHeads } from "./heads.ts";
import { headsLines } from "./headsreport.ts";
import { endingSignalOf, type Io } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { removeLeftovers } from "./leftovers.ts";
import { takeLock } from "./lock.ts";
import { assertFolderCreatable, assertReplaceable, isSamePlace } from "./outputs.ts";
import { configFor, pathFrom } from "./plan.ts";
import { paintFor, warnAll } from "./reporter.ts";
import { counted, duration, grouped, shown } from "./text.ts";

/**
 * Plans, runs what is not done yet, and reports; the exit code is that of the first run that failed.
 *
 * @throws {PulloneError} of every kind; finished runs are kept
 */
export async function experiment(io: Io, options: ExperimentOptions): Promise<number> {
  const planned = await planExperiment(io, options);
  try {
    const judged = await runExperiment(io, planned, options);
    return await reportExperiment(io, planned, judged, options);
  } catch (error) {
    const signal = endingSignalOf(io, error);
    if (!signal) throw error;
    await io.err
      .write(`stopped by ${signal}; finished runs are kept: the same command goes on from there\n`)
      .catch(() => {});
    return exitCodeAfter(signal);
  }
}

/**
 * Runs what the folder does not hold yet, and returns all outcomes in the order of the plan.
 *
 * @throws {PulloneError} busy while another process is at work there; output_uncreatable for records of something else
 */
async function runExperiment(
  io: Io,
  planned: PlannedExperiment,
  options: ExperimentOptions,
): Promise<readonly Judged[]> {
  const { folder, runs, tables } = planned;
  await warnAll(io, tables[0]!.remarks);
  await assertFolderCreatable(io.files, join(folder, RECORDS_FOLDER));
  const release = await takeLock(io, folder);
  let made: readonly string[] = [];
  try {
    made = await makeFolders(io.files, join(folder, RECORDS_FOLDER));
    for (const name of [EXPERIMENT_FILE, RESULTS_FILE, SUMMARY_FILE])
      await assertReplaceable(io.files, join(folder, name));
    await removeLeftovers(io, folder);
    await removeLeftovers(io, join(folder, RECORDS_FOLDER));
    const records = await readOutcomes(io, folder, runs, options.force === true);
    const isGiven = await isSamePlace(io.files, planned.input, join(folder, EXPERIMENT_FILE));
    const told = isGiven ? undefined : toldFrom(io, planned, folder);
    if (records.size === 0 && !options.force) await assertNothingElse(io, folder, told);
    const outcomes = new Map([...records].filter(([, outcome]) => isFinal(outcome)));
    const pending = runs.filter(({ id }) => !outcomes.has(id));
    if (pending.length > 0) await forgetResults(io, folder);
    if (told !== undefined) await keepText(io, folder, EXPERIMENT_FILE, told);
    await perform(io, planned, pending, outcomes, options);
    const judged = runs.map((run) => ({ run, outcome: outcomes.get(run.id)! }));
    await keepText(io, folder, RESULTS_FILE, resultsCsv(judged));
    await keepText(io, folder, SUMMARY_FILE, json(summaryOf(planned, judged)));
    return judged;
  } finally {
    await removeFolders(io.files, made);
    await release();
  }
}

/** The document as it reads from its folder, the base in it. */
function toldFrom(
  io: Io,
  { document, base, source, input, files }: PlannedExperiment,
  folder: string,
): string {
  const { heads, ...words } = document.words;
  const told = configFor(io, { config: base, source, files }, folder);
  if (heads?.more === undefined) return writeExperiment(document.words, told);
  const more = isAbsolute(heads.more) ? heads.more : join(dirname(input), heads.more);
  return writeExperiment({ ...words, heads: { ...heads, more: pathFrom(io, folder, more) } }, told);
}

/** Performs the runs that are left; overwrites `outcomes`. */
async function perform(
  io: Io,
  { folder, runs, document, variants, tables, tableOf }: PlannedExperiment,
  pending: readonly PlannedRun[],
  outcomes: Map<string, Outcome>,
  options: ExperimentOptions,
): Promise<void> {
  if (pending.length === 0) return;
  const silent = options.json === true || options.quiet === true;
  const progress = silent ? silentRunProgress : createRunProgress(io, runs.length, outcomes.size);
  const start = io.now();
  const kept = outcomes.size;
  if (kept > 0 && !silent)
    await io.err
      .write(`${counted(kept, "run")} of ${grouped(runs.length)} are there already\n`)
      .catch(() => {});
  const wanted = options.jobs ?? document.words.jobs;
  const jobs = wanted === "auto" ? ((await io.crew?.())?.parallelism ?? 1) : wanted;
  const assignments = pending.map((run): Assignment => ({ run, table: tableOf.get(run.variant)! }));
  const times = new Map(variants.map(({ name }) => [name, { runs: 0, seconds: 0 }]));
  let epochs = 0;
  let failed = 0;
  try {
    await performAll(io, tables, assignments, jobs, async (run, outcome, seconds) => {
      const time = times.get(run.variant)!;
      time.runs++;
      time.seconds += seconds;
      await keepOutcome(io, folder, run, outcome);
      outcomes.set(run.id, outcome);
      if (outcome.status === "done") epochs += outcome.epochs;
      else failed++;
      await progress.report(outcomes.size, failed);
    });
  } finally {
    await progress.finish();
  }
  if (silent) return;
  const seconds = (io.now() - start) / 1000;
  const lines = [
    ...timeLines(times),
    `${counted(pending.length, "run")}, ${counted(epochs, "epoch")} in ${duration(seconds)}`,
  ];
  await io.err.write(`${lines.join("\n")}\n`).catch(() => {});
}

/** What summary.json holds: nothing of a path, a time or a machine. */
export function summaryOf(
  { document, tables, folds }: PlannedExperiment,
  judged: readonly Judged[],
): ExperimentSummary {
  const { name, metrics, folds: dealt } = document.words;
  const summary = summarise(judged, { metrics, folds, canRepeat: dealt.kind === "stratified" });
  return { name, data: tables[0]!.files.map(({ sha256 }) => sha256), ...summary };
}

export interface ExperimentSummary extends Summary {
  readonly name: string;
  /** SHA-256 of each data file. */
  readonly data: readonly string[];
}

/** Prints, and returns the exit code: that of the first run that failed. */
async function reportExperiment(
  io: Io,
  planned: PlannedExperiment,
  judged: readonly Judged[],
  options: ExperimentOptions,
): Promise<number> {
  const summary = summaryOf(planned, judged);
  const heads = planned.heads && (await runHeads(io, planned.heads));
  const miss = heads && headsMiss(options.input, heads);
  if (options.json) {
    const error = miss && { error: { code: miss.code, message: miss.message } };
    await io.out.write(
      jsonDocument({ folder: planned.folder, ...summary, ...(heads && { heads }), ...error }),
    );
  } else if (!options.quiet) {
    const paint = paintFor(io.out, io.env);
    const lines = [
      ...experimentLines(headingOf(planned, summary), summary, paint),
      ...(heads ? headsLines(summary, planned.heads!.roles, heads, paint) : []),
    ];
    await io.out.write(
      `${lines.join("\n")}\n\n${shown(planned.folder, 200)}/: ${EXPERIMENT_FILE}, ${RESULTS_FILE}, ${SUMMARY_FILE}, a record of each run in ${RECORDS_FOLDER}/\n`,
    );
  }
  if (miss && options.json) return exitCodeOf(miss.code);
  if (miss) throw miss;
  const failure = judged.find(({ outcome }) => outcome.status === "failed")?.outcome;
  return failure?.status === "failed" ? exitCodeOf(failure.code) : 0;
}

function headingOf({ document, variants, folds }: PlannedExperiment, { runs, rows }: Summary): string {
  const { words } = document;
  const repeats =
    words.folds.kind === "stratified" && words.folds.repeats > 1
      ? ` × ${counted(words.folds.repeats, "repeat")}`
      : "";
  const seeds = seedsOf(words.seeds).length;
  const parts = `${counted(variants.length, "variant")} × ${counted(seeds, "seed")} × ${counted(folds, "fold")}${repeats}`;
  return `${words.name}: ${parts} = ${counted(runs.planned, "run")} on ${counted(rows, "row")}`;
}
