// An interval beside every score of a report: how far it would have strayed on other rows of the same kind.
// Letters: N rows, K classes, B resamples.

import { randomStream } from "../random.ts";
import { drawStratified, resamplesFor, strataOf } from "./bootstrap.ts";
import { binGaps, errorIfCalibrated, errorInterval } from "./calibrationerror.ts";
import { marginsOf, predictedClasses, rightRows } from "./confusion.ts";
import { meanArea, meanPrecision, type SpreadScore } from "./influence.ts";
import { type Interval, logitInterval, meanShareInterval, wilsonInterval } from "./intervals.ts";
import { assertLength, assertProbabilities } from "./labelled.ts";
import { confusionIntervals } from "./posterior.ts";
import { RELIABILITY_BINS } from "./reliability.ts";
import { rowScores } from "./rowscores.ts";
import { centreByClass, meanInterval, resampledMean } from "./studentised.ts";

/** 95 % intervals; null where the score means nothing, or the rows show no spread, as an area where all are right. */
export interface MetricIntervals {
  /** B: 2,000, fewer for many rows; see `resamplesFor`. */
  readonly resamples: number;
  readonly seed: number;
  /** Wilson. */
  readonly accuracy: Interval;
  /** Newcombe, from Wilson's interval of each recall. */
  readonly balancedAccuracy: Interval;
  /** Stratified bootstrap of the studentised mean, its skewness removed. */
  readonly logLoss: Interval | null;
  readonly brier: Interval | null;
  /** Bayesian bootstrap of the confusion matrix. */
  readonly macroF1: Interval;
  readonly weightedF1: Interval;
  readonly mcc: Interval;
  readonly kappa: Interval;
  /** DeLong's standard error on the logit scale; of more than two classes that of the mean area. */
  readonly rocAuc: Interval | null;
  /** The same with the standard error of the infinitesimal jackknife. */
  readonly averagePrecision: Interval | null;
  /** Stratified bootstrap turned around. */
  readonly ece: Interval;
  /** The middle 95 % of the calibration error that a perfectly calibrated model would show on as many rows. */
  readonly eceIfCalibrated: Interval;
}

/** The Brier score of a certain and wrong answer. */
const WORST_BRIER = 2;

/**
 * The intervals of a report. Which method for which score, and why, is in docs/statistics.md with the figures.
 *
 * @param losses        (N) log loss of each row
 * @param probabilities (N, K)
 * @param labels        (N) 0 … K-1
 * @param seed          of the resamples: the same seed gives the same intervals
 * @param predicted     (N) the answers, where they are others than the classes of largest probability
 * @param B             resamples
 */
export function metricIntervals(
  losses: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  seed: number,
  predicted: Int32Array = predictedClasses(probabilities, labels.length, K),
  B: number = resamplesFor(labels.length),
): MetricIntervals {
  const N = labels.length;
  assertProbabilities(probabilities, labels, K);
  assertLength(losses, N, "losses");
  const strata = strataOf(labels, K);
  const rows = rowScores(probabilities, labels, K, predicted, strata);
  const logLoss = centreByClass(losses, strata);
  const brier = centreByClass(rows.briers, strata);
  const logLosses = new Float64Array(B);
  const briers = new Float64Array(B);
  const gaps = new Float64Array(B * RELIABILITY_BINS);
  const random = randomStream(seed, "bootstrap");
  const drawn = new Int32Array(N);
  for (let b = 0; b < B; b++) {
    drawStratified(drawn, strata.starts, random);
    logLosses[b] = resampledMean(logLoss, drawn);
    briers[b] = resampledMean(brier, drawn);
    binGaps(rows, drawn, gaps.subarray(b * RELIABILITY_BINS, (b + 1) * RELIABILITY_BINS));
  }
  const ofAllRows = new Float64Array(RELIABILITY_BINS);
  binGaps(rows, null, ofAllRows);
  const { hits, support } = marginsOf(rows.confusion, K);
  return {
    resamples: B,
    seed,
    accuracy: wilsonInterval(rightRows(rows.confusion, K), N),
    balancedAccuracy: meanShareInterval(hits, support),
    logLoss: cut(meanInterval(logLoss, logLosses), Number.POSITIVE_INFINITY),
    brier: cut(meanInterval(brier, briers), WORST_BRIER),
    ...confusionIntervals(rows.confusion, K, B, random),
    rocAuc: shareInterval(meanArea(probabilities, labels, K)),
    averagePrecision: shareInterval(meanPrecision(probabilities, labels, K)),
    ece: errorInterval(ofAllRows, gaps, N),
    eceIfCalibrated: errorIfCalibrated(rows, B, random),
  };
}

/** What cannot occur belongs to no interval: below 0, above the worst. */
function cut(interval: Interval | null, worst: number): Interval | null {
  return interval && { lower: Math.max(0, interval.lower), upper: Math.min(worst, interval.upper) };
}

function shareInterval(score: SpreadScore | null): Interval | null {
  return score && logitInterval(score.value, score.standardError, score.degrees);
}
