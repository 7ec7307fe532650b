// What a classifier says of labelled rows, row by row: where reports, intervals and comparisons begin.
// Letters: N rows, K classes.

import { type Classifier, type Predictions, predict, predictEncoded } from "./classifier.ts";
import type { Part } from "./data/dataset.ts";
import { labelCodes } from "./data/labels.ts";
import type { Table } from "./data/table.ts";
import { type DecisionRule, decide } from "./train/decisions.ts";
import { detailedMetrics, type MetricsReport } from "./train/metrics.ts";
import { logLossesFromLogits } from "./train/scores.ts";
import { type MetricIntervals, metricIntervals } from "./train/uncertainty.ts";

export interface ScoredRows {
  /** (K) names, in the order of the class indices */
  readonly classes: readonly string[];
  /** (N) true class */
  readonly labels: Int32Array;
  /** (N) predicted class */
  readonly predicted: Int32Array;
  /** (N, K) */
  readonly probabilities: ArrayLike<number>;
  /** (N) log loss in nats, from the logits, unclipped */
  readonly losses: Float64Array;
}

/**
 * Predicts and scores every row of `table`, which must hold the label column.
 *
 * @throws {PulloneError} data_invalid, also for a label that is none of the classes
 */
export function scoreTable(classifier: Classifier, table: Table): ScoredRows & Pick<Predictions, "unseen"> {
  const rows = Int32Array.from({ length: table.lines.length }, (_, row) => row);
  const labels = labelCodes(classifier.labels, table, rows);
  const { unseen, ...predictions } = predict(classifier, table);
  return { ...scored(classifier, predictions, labels), unseen };
}

/** Predicts and scores rows that are encoded already. */
export function scorePart(classifier: Classifier, part: Part): ScoredRows {
  return scored(classifier, predictEncoded(classifier, part.features), part.labels);
}

/** Some of the rows, in the order in which they are named. */
export function chosenRows(all: ScoredRows, rows: Int32Array): ScoredRows {
  const K = all.classes.length;
  return {
    classes: all.classes,
    labels: rows.map((row) => all.labels[row]!),
    predicted: rows.map((row) => all.predicted[row]!),
    probabilities: Float64Array.from(
      { length: rows.length * K },
      (_, i) => all.probabilities[rows[Math.floor(i / K)]! * K + (i % K)]!,
    ),
    losses: Float64Array.from(rows, (row) => all.losses[row]!),
  };
}

/** The same rows with the answers of another rule than the largest probability. */
export function answeredBy(rule: DecisionRule, scored: ScoredRows): ScoredRows {
  const { probabilities, labels, classes } = scored;
  return { ...scored, predicted: decide(probabilities, labels.length, classes.length, rule) };
}

/** The same rows with the classes in another order, which must be the same classes. */
export function inClassOrder(all: ScoredRows, classes: readonly string[]): ScoredRows {
  const K = classes.length;
  if (all.classes.every((name, k) => name === classes[k])) return all;
  const from = classes.map((name) => all.classes.indexOf(name));
  const to = all.classes.map((name) => classes.indexOf(name));
  return {
    classes,
    labels: all.labels.map((k) => to[k]!),
    predicted: all.predicted.map((k) => to[k]!),
    probabilities: Float64Array.from(
      { length: all.labels.length * K },
      (_, i) => all.probabilities[i - (i % K) + from[i % K]!]!,
    ),
    losses: all.losses,
  };
}

/** The whole report, as `evaluate` of classifier.ts gives it, of the answers in `predicted`. */
export function reportOf({ classes, labels, predicted, probabilities, losses }: ScoredRows): MetricsReport {
  let sum = 0;
  for (let r = 0; r < losses.length; r++) sum += losses[r]!;
  return { ...detailedMetrics(probabilities, labels, classes, predicted), logLoss: sum / losses.length };
}

/** The intervals beside the report; `seed` of the resamples. */
export function intervalsOf(scored: ScoredRows, seed: number): MetricIntervals {
  const { losses, probabilities, labels, classes, predicted } = scored;
  return metricIntervals(losses, probabilities, labels, classes.length, seed, predicted);
}

function scored(
  { labels: { classes } }: Classifier,
  { logits, probabilities, classes: predicted, rows }: Omit<Predictions, "unseen">,
  labels: Int32Array,
): ScoredRows {
  const losses = logLossesFromLogits(logits, labels, logits.length / rows);
  return { classes, labels, predicted, probabilities, losses };
}
