// An interval beside every score of a report: how far it would have strayed on other rows of the same kind.
// Letters: N rows, K classes, B resamples.

import { log } from "../elementary.ts";
import { randomStream } from "../random.ts";
import { drawStratified, resamplesFor, strataOf } from "./bootstrap.ts";
import { binGaps, errorIfCalibrated, errorInterval } from "./calibrationerror.ts";
import { marginsOf, predictedClasses, rightRows } from "./confusion.ts";
import { meanPrecision, type SpreadScore, spreadAreas } from "./influence.ts";
import {
  type Interval,
  largestExpectedMean,
  logitInterval,
  meanShareInterval,
  wilsonInterval,
} from "./intervals.ts";
import { assertLength, assertProbabilities } from "./labelled.ts";
import { confusionIntervals } from "./posterior.ts";
import { RELIABILITY_BINS } from "./reliability.ts";
import { rowScores } from "./rowscores.ts";
import { type CentredRows, centreByClass, meanInterval, resampledMean } from "./studentised.ts";

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
  /** (K) */
  readonly classes: readonly ClassIntervals[];
}

/** Of one class against all others; null where the score has no row to be read from. */
export interface ClassIntervals {
  /** Wilson, of the rows predicted so. */
  readonly precision: Interval | null;
  /** Wilson, of the true rows. */
  readonly recall: Interval | null;
  /** Bayesian bootstrap of the confusion matrix. */
  readonly f1: Interval;
  /** DeLong's standard error on the logit scale. */
  readonly rocAuc: Interval | null;
}

/** How each interval is made, in a word or two; docs/statistics.md says more. */
export const intervalMethods = {
  accuracy: "Wilson",
  balancedAccuracy: "Newcombe",
  logLoss: "bootstrap t",
  brier: "bootstrap t",
  macroF1: "Bayesian bootstrap",
  weightedF1: "Bayesian bootstrap",
  mcc: "Bayesian bootstrap",
  kappa: "Bayesian bootstrap",
  rocAuc: "DeLong, logit scale",
  averagePrecision: "jackknife, logit scale",
  ece: "inverted bootstrap",
  precision: "Wilson",
  recall: "Wilson",
  f1: "Bayesian bootstrap",
  cost: "Bayesian bootstrap",
} as const;

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
  const { hits, support, predicted: answered } = marginsOf(rows.confusion, K);
  const { f1s, ...ofMatrix } = confusionIntervals(rows.confusion, K, B, random);
  const areas = spreadAreas(probabilities, labels, K);
  const classes = f1s.map((f1, k) => ({
    precision: answered[k]! > 0 ? wilsonInterval(hits[k]!, answered[k]!) : null,
    recall: support[k]! > 0 ? wilsonInterval(hits[k]!, support[k]!) : null,
    f1,
    rocAuc: shareInterval(areas.classes[k]!),
  }));
  return {
    resamples: B,
    seed,
    accuracy: wilsonInterval(rightRows(rows.confusion, K), N),
    balancedAccuracy: meanShareInterval(hits, support),
    logLoss: cut(meanInterval(logLoss, logLosses), logLoss, worstLoss(probabilities, losses)),
    brier: cut(meanInterval(brier, briers), brier, WORST_BRIER),
    ...ofMatrix,
    rocAuc: shareInterval(areas.mean),
    averagePrecision: shareInterval(meanPrecision(probabilities, labels, K)),
    ece: errorInterval(ofAllRows, gaps, N),
    eceIfCalibrated: errorIfCalibrated(rows, B, random),
    classes,
  };
}

/** What cannot occur belongs to no interval: below 0, or above what so many rows that cost at most `worst` allow. */
function cut(interval: Interval | null, { mean, values }: CentredRows, worst: number): Interval | null {
  if (!interval) return null;
  const upper = Math.min(interval.upper, largestExpectedMean(mean, values.length, worst));
  return { lower: Math.max(0, interval.lower), upper };
}

/** The most that any of the rows could have cost, whatever its class: -ln of the smallest probability. */
function worstLoss(probabilities: ArrayLike<number>, losses: ArrayLike<number>): number {
  let least = 1;
  for (let i = 0; i < probabilities.length; i++) least = Math.min(least, probabilities[i]!);
  let worst = least > 0 ? -log(least) : Number.POSITIVE_INFINITY;
  for (let r = 0; r < losses.length; r++) worst = Math.max(worst, losses[r]!);
  return worst;
}

function shareInterval(score: SpreadScore | null): Interval | null {
  return score && logitInterval(score.value, score.standardError, score.degrees);
}
