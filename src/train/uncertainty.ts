// An interval beside every score of a report: how far it would have strayed on other rows of the same kind.
// Letters: N rows, K classes, M bins of the calibration error, B resamples.

import { sortNumbers } from "../matrix.ts";
import { type Random, randomStream } from "../random.ts";
import {
  accelerationOfMean,
  bcaInterval,
  drawStratified,
  middleInterval,
  reflectedInterval,
  strataOf,
} from "./bootstrap.ts";
import {
  classCounts,
  cohenKappa,
  macroAverage,
  matthewsCorrelation,
  predictedClasses,
  rightRows,
  weightedAverage,
} from "./confusion.ts";
import {
  type Interval,
  logitInterval,
  meanArea,
  meanShareInterval,
  percentile,
  wilsonInterval,
} from "./intervals.ts";
import { assertLength, assertProbabilities } from "./labelled.ts";
import { scoresOfClass } from "./multiclass.ts";
import { averagePrecisionOfDraws } from "./precision.ts";
import { RELIABILITY_BINS } from "./reliability.ts";
import { type RowScores, rowScores } from "./rowscores.ts";

/** 95 % intervals; null where the score means nothing, or the rows show no spread, as where all are right. */
export interface MetricIntervals {
  /** B: 2,000, fewer for many rows; see `resamplesFor`. */
  readonly resamples: number;
  readonly seed: number;
  /** Wilson. */
  readonly accuracy: Interval;
  /** Newcombe, from Wilson's interval of each recall. */
  readonly balancedAccuracy: Interval;
  /** Stratified bootstrap, BCa. */
  readonly logLoss: Interval | null;
  readonly brier: Interval | null;
  /** Stratified bootstrap, percentiles. */
  readonly macroF1: Interval | null;
  readonly weightedF1: Interval | null;
  readonly mcc: Interval | null;
  readonly kappa: Interval | null;
  /** DeLong's standard error on the logit scale; of more than two classes that of the mean area. */
  readonly rocAuc: Interval | null;
  /** The same with the standard error of the stratified bootstrap. */
  readonly averagePrecision: Interval | null;
  /** Stratified bootstrap, reflected; from 0 where a calibrated model could have shown as much. */
  readonly ece: Interval;
  /** The middle 95 % of the calibration error that a perfectly calibrated model would show on as many rows. */
  readonly eceIfCalibrated: Interval;
}

const MOST_RESAMPLES = 2000;
const FEWEST_RESAMPLES = 200;
/** Drawn rows times classes of one report; about a second and a half. */
const WORK = 4e7;

/** B: 2,000 up to 10,000 rows of two classes, then fewer, 200 from 100,000 on. */
export function resamplesFor(N: number, K: number): number {
  return Math.min(MOST_RESAMPLES, Math.max(FEWEST_RESAMPLES, Math.floor(WORK / (N * K))));
}

/**
 * The intervals of a report.
 *
 * Log loss and Brier score are means of skewed numbers: BCa. Scores of the confusion matrix: percentiles, which BCa
 * makes too wide. The calibration error is biased upwards, and its resamples twice: reflected. The two areas crowd
 * below 1: logit scale. The reasons in figures are in docs/statistics.md.
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
  B: number = resamplesFor(labels.length, K),
): MetricIntervals {
  const N = labels.length;
  assertProbabilities(probabilities, labels, K);
  assertLength(losses, N, "losses");
  const strata = strataOf(labels, K);
  const rows = rowScores(losses, probabilities, labels, K, predicted);
  const precision = Array.from({ length: K }, (_, k) => k)
    .slice(K === 2 ? 1 : 0)
    .map((k) => averagePrecisionOfDraws(scoresOfClass(probabilities, K, k), labels, k));
  const value = summarise(rows, K, null);
  const resampled = Object.fromEntries(NAMES.map((name) => [name, new Float64Array(B)])) as Record<
    Name,
    Float64Array
  >;
  const averagePrecision = new Float64Array(B);
  const random = randomStream(seed, "bootstrap");
  const drawn = new Int32Array(N);
  for (let b = 0; b < B; b++) {
    drawStratified(drawn, strata, random);
    const scores = summarise(rows, K, drawn);
    for (const name of NAMES) resampled[name][b] = scores[name];
    for (const ofDraws of precision) averagePrecision[b]! += (ofDraws?.(drawn) ?? 0) / precision.length;
  }
  const ifCalibrated = calibratedErrors(rows, B, random);
  const eceIfCalibrated = { lower: percentile(ifCalibrated, 0.025), upper: percentile(ifCalibrated, 0.975) };
  const { counts, confusion } = value;
  const area = meanArea(probabilities, labels, K);
  return {
    resamples: B,
    seed,
    accuracy: wilsonInterval(rightRows(confusion, K), N),
    balancedAccuracy: meanShareInterval(
      counts.map((_, k) => confusion[k * K + k]!),
      counts.map(({ support }) => support),
    ),
    logLoss: bcaInterval(resampled.logLoss, value.logLoss, accelerationOfMean(rows.losses, strata)),
    brier: bcaInterval(resampled.brier, value.brier, accelerationOfMean(rows.briers, strata)),
    macroF1: middleInterval(resampled.macroF1),
    weightedF1: middleInterval(resampled.weightedF1),
    mcc: middleInterval(resampled.mcc),
    kappa: middleInterval(resampled.kappa),
    rocAuc: area && logitInterval(area.area, area.standardError),
    averagePrecision: precisionInterval(precision, averagePrecision, N),
    ece: errorInterval(resampled.ece, value.ece, eceIfCalibrated.upper),
    eceIfCalibrated,
  };
}

const NAMES = ["logLoss", "brier", "macroF1", "weightedF1", "mcc", "kappa", "ece"] as const;
type Name = (typeof NAMES)[number];

/** The scores of the drawn rows, or of all rows once. */
function summarise(rows: RowScores, K: number, drawn: Int32Array | null) {
  const N = rows.cells.length;
  const confusion = new Int32Array(K * K);
  const gaps = new Float64Array(RELIABILITY_BINS);
  let loss = 0;
  let brier = 0;
  for (let i = 0; i < N; i++) {
    const r = drawn === null ? i : drawn[i]!;
    loss += rows.losses[r]!;
    brier += rows.briers[r]!;
    confusion[rows.cells[r]!]!++;
    gaps[rows.bins[r]!]! += rows.stated[r]! - rows.hits[r]!;
  }
  const counts = classCounts(confusion, K);
  return {
    counts,
    confusion,
    logLoss: loss / N,
    brier: brier / N,
    macroF1: macroAverage(counts).f1,
    weightedF1: weightedAverage(counts).f1,
    mcc: matthewsCorrelation(confusion, K) ?? 0,
    kappa: cohenKappa(confusion, K) ?? 0,
    ece: sumOfSizes(gaps) / N,
  };
}

/**
 * (B) ascending: the calibration error when every row comes true as often as it says.
 *
 * Source: Bröcker, Smith (2007), Increasing the reliability of reliability diagrams.
 */
function calibratedErrors({ stated, bins }: RowScores, B: number, random: Random): Float64Array {
  const errors = new Float64Array(B);
  const gaps = new Float64Array(RELIABILITY_BINS);
  for (let b = 0; b < B; b++) {
    gaps.fill(0);
    for (let r = 0; r < stated.length; r++) {
      gaps[bins[r]!]! += stated[r]! - (random() < stated[r]! ? 1 : 0);
    }
    errors[b] = sumOfSizes(gaps) / stated.length;
  }
  return sortNumbers(errors);
}

function errorInterval(resampled: Float64Array, value: number, chance: number): Interval {
  const reflected = reflectedInterval(resampled, value) ?? { lower: value, upper: value };
  return {
    lower: value <= chance ? 0 : Math.max(0, reflected.lower),
    upper: Math.min(1, Math.max(value, reflected.upper)),
  };
}

/** The spread of the resamples about the value itself, so that their bias counts too. */
function precisionInterval(
  ofDraws: readonly (((drawn: Int32Array) => number) | null)[],
  resampled: Float64Array,
  N: number,
): Interval | null {
  const all = Int32Array.from({ length: N }, (_, r) => r);
  let value = 0;
  for (const precision of ofDraws) {
    if (precision === null) return null;
    value += precision(all) / ofDraws.length;
  }
  let squares = 0;
  for (let b = 0; b < resampled.length; b++) squares += (resampled[b]! - value) * (resampled[b]! - value);
  return logitInterval(value, Math.sqrt(squares / resampled.length));
}

function sumOfSizes(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum;
}
