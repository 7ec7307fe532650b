// One run of an experiment: trained, judged on its fold, and told in a record that says all and nothing of the moment.

import { evaluatePart, type Metrics } from "../classifier.ts";
import type { RunConfig } from "../config.ts";
import type { PartLengths } from "../data/split.ts";
import type { Table } from "../data/table.ts";
import { type ErrorCode, PulloneError } from "../errors.ts";
import { fitInSlices } from "../fitting.ts";
import { hex, sha256 } from "../hash.ts";
import { prepare } from "../prepare.ts";
import type { Pause } from "../train/state.ts";
import type { PlannedRun } from "./plan.ts";
import { metricNames } from "./schema.ts";

/** What a run came to. */
export type Outcome = Finished | Failed;

export interface Finished {
  readonly status: "done";
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** SHA-256 of the row numbers that judged: variants are compared on the same rows or not at all. */
  readonly testRows: string;
  readonly parameters: number;
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Of the test rows. */
  readonly metrics: Omit<Metrics, "rows">;
}

/** A run that its data or its settings made impossible, and would again; or that crashed, with the code "internal". */
export interface Failed {
  readonly status: "failed";
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What is kept of a run. */
export interface RunRecord extends Omit<PlannedRun, "config"> {
  readonly outcome: Outcome;
}

/** What it takes to train; plain data, so that it can be sent to a thread. */
export interface RunTask {
  readonly config: RunConfig;
  readonly table: Table;
  readonly lengths: PartLengths | undefined;
}

/**
 * Trains and judges one run, in the thread that calls; yields at the pauses of its training. The test rows take part in nothing but
 * the metrics.
 *
 * @throws {PulloneError} internal, and what is no PulloneError: those are faults of ours, and the run has crashed
 */
export function* performRun({ config, table, lengths }: RunTask): Generator<Pause, Outcome> {
  try {
    const data = prepare(config, table, lengths);
    const { classifier } = yield* fitInSlices(config, data);
    const report = evaluatePart(classifier, data.test);
    if (!report) throw new PulloneError("data_invalid", "fold: expected test rows, got none");
    return {
      status: "done",
      rows: { ...classifier.record.rows, test: data.test.labels.length },
      testRows: hex(sha256(new TextEncoder().encode(data.test.rows.join()))),
      parameters: classifier.network.parameters.length,
      epochs: classifier.record.epochs,
      bestEpoch: classifier.record.bestEpoch,
      metrics: Object.fromEntries(
        metricNames.map((name) => [name, report[name]]),
      ) as unknown as Finished["metrics"],
    };
  } catch (error) {
    if (!(error instanceof PulloneError) || error.code === "internal") throw error;
    return { status: "failed", code: error.code, reason: error.message };
  }
}

/** The record of a run, as it is kept. */
export function recordOf({ config: _, ...run }: PlannedRun, outcome: Outcome): RunRecord {
  return { ...run, outcome };
}

/** Whether it would come out the same again: a crash need not, as when memory was short. */
export function isFinal(outcome: Outcome): boolean {
  return outcome.status === "done" || outcome.code !== "internal";
}

/** What a record says came out of `run`; undefined when it is of another configuration, other data, or damaged. */
export function outcomeIn(text: string, run: PlannedRun): Outcome | undefined {
  try {
    const { fingerprint, id, outcome } = JSON.parse(text) as RunRecord;
    if (fingerprint !== run.fingerprint || id !== run.id) return undefined;
    if (outcome.status === "failed") return typeof outcome.reason === "string" ? outcome : undefined;
    const isWhole = metricNames.every((name) => {
      const value: unknown = outcome.metrics[name];
      return typeof value === "number" || (name === "rocAuc" && value === null);
    });
    return outcome.status === "done" && isWhole && outcome.rows.test > 0 ? outcome : undefined;
  } catch {
    return undefined;
  }
}
