// The verdict on a set of predictions: the few numbers of every table, and the whole report of `evaluate`.
// Letters: N rows, K classes.

import { release } from "../borrow.ts";
import type { Metrics } from "../classifier.ts";
import { borrowFloats, precisionOf } from "../matrix.ts";
import {
  accuracy,
  balancedAccuracy,
  type ClassScores,
  classCounts,
  cohenKappa,
  confusionMatrix,
  macroAverage,
  matthewsCorrelation,
  predictedClasses,
  rightRows,
  weightedAverage,
} from "./confusion.ts";
import { type CoverageLevel, coverageLevels } from "./decisions.ts";
import { delongInterval, type Interval, wilsonInterval } from "./intervals.ts";
import { assertProbabilities } from "./labelled.ts";
import { meanOfDefined, oneVersusRest, scoresOfClass } from "./multiclass.ts";
import { rocAuc } from "./ranking.ts";
import { type ReliabilityBin, topClassReliability } from "./reliability.ts";
import { brier, logLoss, logLossFromLogits, topKAccuracy } from "./scores.ts";

/** Further ranks of `topK`; k = 1 is the accuracy, k = K is certain. */
const RANKS = [2, 3, 5];

/** One row of the table of classes; the ranking numbers are null where the class has no row, or has them all. */
export interface ClassReport extends ClassScores {
  readonly class: string;
  /** True rows of the class. */
  readonly support: number;
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
}

/** All that `evaluate --json` prints of one part of the rows; holds neither NaN nor infinity. */
export interface MetricsReport extends Metrics {
  /** Wilson, 95 %. */
  readonly accuracyInterval: Interval;
  readonly kappa: number | null;
  readonly weightedF1: number;
  /** The largest gap of a reliability bin. */
  readonly mce: number;
  /** DeLong, 95 %; two classes only, null with fewer than two rows of either. */
  readonly rocAucInterval: Interval | null;
  /** Two classes: of the second class; more: mean of one against the rest. */
  readonly averagePrecision: number | null;
  /** For k = 2, 3 and 5 below K: the true class is among the k most probable. */
  readonly topK: Readonly<Record<string, number>>;
  readonly classes: readonly ClassReport[];
  /** Rows counted by true class, then by predicted class. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** Of the winning class. */
  readonly reliability: readonly ReliabilityBin[];
  /** What is left when answers below a probability are withheld. */
  readonly coverage: readonly CoverageLevel[];
  /** Names of the numbers above that mean nothing for these rows: 0 in the case of mcc, otherwise null. */
  readonly undefined: readonly string[];
}

/**
 * The few numbers that every table of results shows, from stated probabilities.
 *
 * The log loss is clipped at 2⁻⁵²; whoever holds the logits puts `logLossFromLogits` in its place. The Matthews
 * correlation is 0 where it is undefined, as for a model that predicts one class only.
 *
 * @param probabilities (N, K) in [0, 1]; of two classes the second is the positive one
 * @param labels        (N) 0 … K-1, N >= 1
 */
export function evaluateProbabilities(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): Metrics {
  assertProbabilities(probabilities, labels, K);
  const area =
    K === 2
      ? rocAuc(scoresOfClass(probabilities, K, 1), labels)
      : meanOfDefined(oneVersusRest(probabilities, labels, K).rocAuc);
  const predicted = predictedClasses(probabilities, labels.length, K);
  const { ece } = topClassReliability(probabilities, labels, K);
  return summarise(probabilities, labels, predicted, K, area, ece);
}

/**
 * All there is to say about stated probabilities, ready for JSON.
 *
 * @param probabilities (N, K) in [0, 1]; of two classes the second is the positive one
 * @param labels        (N) 0 … K-1, N >= 1
 * @param classes       (K) names, in the order of the class indices
 * @param predicted     (N) the answers, where they are others than the classes of largest probability
 */
export function detailedMetrics(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly string[],
  predicted: Int32Array = predictedClasses(probabilities, labels.length, classes.length),
): MetricsReport {
  const N = labels.length;
  const K = classes.length;
  const ranking = oneVersusRest(probabilities, labels, K);
  const ofTable = (values: readonly (number | null)[]) => (K === 2 ? values[1]! : meanOfDefined(values));
  const { ece, mce, bins } = topClassReliability(probabilities, labels, K);
  const metrics = summarise(probabilities, labels, predicted, K, ofTable(ranking.rocAuc), ece);
  const confusion = confusionMatrix(labels, predicted, K);
  const counts = classCounts(confusion, K);
  const kappa = cohenKappa(confusion, K);
  const averagePrecision = ofTable(ranking.averagePrecision);
  const meaning = { mcc: matthewsCorrelation(confusion, K), kappa, rocAuc: metrics.rocAuc, averagePrecision };
  return {
    ...metrics,
    accuracyInterval: wilsonInterval(rightRows(confusion, K), N),
    rocAucInterval: K === 2 ? areaInterval(probabilities, labels) : null,
    kappa,
    weightedF1: weightedAverage(counts).f1,
    mce,
    averagePrecision,
    topK: Object.fromEntries(
      RANKS.filter((k) => k < K).map((k) => [String(k), topKAccuracy(probabilities, labels, K, k)]),
    ),
    classes: counts.map(({ precision, recall, f1, support }, k) => ({
      class: classes[k]!,
      precision,
      recall,
      f1,
      support,
      rocAuc: ranking.rocAuc[k]!,
      averagePrecision: ranking.averagePrecision[k]!,
    })),
    confusionMatrix: classes.map((_, k) => Array.from(confusion.subarray(k * K, (k + 1) * K))),
    reliability: bins,
    coverage: coverageLevels(probabilities, labels, predicted, K),
    undefined: Object.entries(meaning).flatMap(([name, value]) => (value === null ? [name] : [])),
  };
}

/** The same with the log loss of the logits they came from, (N, outputs), unclipped. */
export function reportFromLogits(
  {
    logits,
    probabilities,
  }: { readonly logits: ArrayLike<number>; readonly probabilities: ArrayLike<number> },
  labels: ArrayLike<number>,
  classes: readonly string[],
): MetricsReport {
  const logLoss = logLossFromLogits(logits, labels, logits.length / labels.length);
  return { ...detailedMetrics(probabilities, labels, classes), logLoss };
}

/** The few numbers of a report. */
export function summaryOf(report: Metrics): Metrics {
  const { rows, accuracy, balancedAccuracy, logLoss, brier, macroF1, mcc, ece, rocAuc } = report;
  return { rows, accuracy, balancedAccuracy, logLoss, brier, macroF1, mcc, ece, rocAuc };
}

/** The summary around what is costly, the area under the ROC curve and the calibration error. */
function summarise(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  predicted: Int32Array,
  K: number,
  area: number | null,
  ece: number,
): Metrics {
  const confusion = confusionMatrix(labels, predicted, K);
  const counts = classCounts(confusion, K);
  return {
    rows: labels.length,
    accuracy: accuracy(confusion, K),
    balancedAccuracy: balancedAccuracy(counts),
    logLoss: logLoss(probabilities, labels, K),
    brier: brier(probabilities, labels, K),
    macroF1: macroAverage(counts).f1,
    mcc: matthewsCorrelation(confusion, K) ?? 0,
    ece,
    rocAuc: area,
  };
}

function areaInterval(probabilities: ArrayLike<number>, labels: ArrayLike<number>): Interval | null {
  const scores = borrowFloats(precisionOf(probabilities), labels.length);
  const interval = delongInterval(scoresOfClass(probabilities, 2, 1, scores), labels);
  release(scores);
  return interval && { lower: interval.lower, upper: interval.upper };
}
