// The verdict in a table and in one sentence that promises no more than the rows can show.

import type { Metrics } from "../classifier.ts";
import type { MetricsReport } from "../train/metrics.ts";
import type { McNemar } from "../train/statistics.ts";
import { type Alignment, aligned, counted, decimals, grouped, percent, percentRange, shown } from "./text.ts";

/** A line of the table of results. */
export interface Verdict {
  readonly name: string;
  readonly metrics: Metrics;
}

const COLUMNS: readonly (readonly [string, (metrics: Metrics) => string])[] = [
  ["rows", (m) => String(m.rows)],
  ["accuracy", (m) => percent(m.accuracy)],
  ["balanced", (m) => percent(m.balancedAccuracy)],
  ["log loss", (m) => decimals(m.logLoss, 4)],
  ["Brier", (m) => decimals(m.brier, 4)],
  ["macro F1", (m) => decimals(m.macroF1, 3)],
  ["ROC AUC", (m) => decimals(m.rocAuc, 3)],
];

/** Verdicts under one another; the first line names the figures. */
export function verdictTable(verdicts: readonly Verdict[]): string[] {
  const head = ["", ...COLUMNS.map(([name]) => name)];
  const rows = verdicts.map(({ name, metrics }) => [name, ...COLUMNS.map(([, text]) => text(metrics))]);
  const sides: Alignment[] = ["left", ...COLUMNS.map((): Alignment => "right")];
  return aligned([head, ...rows], sides);
}

/** Rows that were right; the accuracy is a share of whole rows. */
export function rightRows(metrics: Metrics): number {
  return Math.round(metrics.accuracy * metrics.rows);
}

export interface Judged {
  readonly test: MetricsReport;
  readonly logistic: Metrics;
  /** The test rows that only the network, or only logistic regression, gets right. */
  readonly disagreement: McNemar;
  readonly majority: Metrics;
  readonly majorityClass: string;
  /** The test rows that only the network, or only the majority class, gets right. */
  readonly overMajority: McNemar;
  /** The network has no hidden layer: it is the baseline itself. */
  readonly isLogistic: boolean;
}

/** What the test rows say of the network, and what they cannot say. */
export function honestSentences(judged: Judged): string[] {
  const { test, logistic, disagreement, majority, majorityClass, overMajority, isLogistic } = judged;
  const { lower, upper } = test.accuracyInterval;
  const range = `95 % interval ${percentRange(lower, upper)}`;
  const rows = counted(test.rows, "row");
  const always = `always saying "${shown(majorityClass)}" on ${rightRows(majority)}.`;
  const itself = `On ${rows} it had never seen it was right on ${rightRows(test)} (${percent(test.accuracy)}, ${range});`;
  const doubts = majorityDoubts(test.rows, majorityClass, overMajority);
  if (isLogistic) return [itself, always, ...doubts];
  return [
    itself,
    `logistic regression on ${rightRows(logistic)}; ${always}`,
    comparison(test.rows, disagreement),
    ...doubts,
  ];
}

/**
 * A sentence when the rows do not show that a model is right more often than one class for every row, else none.
 *
 * @param n rows of which McNemar's test counts those that only the model (b), or only that class (c), gets right
 */
export function majorityDoubts(n: number, majorityClass: string, { b, c, pExact }: McNemar): string[] {
  const always = `always saying "${shown(majorityClass)}"`;
  if (b <= c) return [`It is right no more often than ${always}.`];
  if (pExact <= UNLIKELY) return [];
  const rows = counted(b - c, "row");
  return [`That it is right more often than ${always} is not shown: ${rows} in ${grouped(n)} can be luck.`];
}

const UNLIKELY = 0.05;

/** Whether the difference could be luck, by McNemar's exact test on the rows that only one of the two gets right. */
function comparison(n: number, { b, c, pExact }: McNemar): string {
  if (b === c) return `With ${counted(n, "row")}, the network and logistic regression cannot be told apart.`;
  const rows = counted(Math.abs(b - c), "row");
  return pExact <= UNLIKELY
    ? `A difference of ${rows} in ${grouped(n)} is hardly luck.`
    : `With ${counted(n, "row")}, a difference of ${rows} cannot be told from luck.`;
}
