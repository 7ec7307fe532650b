// How well a score ranks the rows of one class above the rest: ROC and precision-recall curves, and their areas.
// Letters: N rows, T distinct scores, m positive and n negative rows.

import { PulloneError, quote } from "../errors.ts";
import { sortNumbers } from "../matrix.ts";
import { assertLength } from "./labelled.ts";

/** Scores of the positive and of the negative rows, each ascending, neither empty. */
export interface Sides {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** (T + 1): from threshold Infinity, where no row counts as positive, down through every distinct score. */
export interface RocCurve {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  readonly thresholds: Float64Array;
}

/** (T + 1): from the smallest threshold up, then precision 1 at recall 0; one threshold fewer than points. */
export interface PrecisionRecallCurve {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly thresholds: Float64Array;
}

/** (T) every distinct score from high to low, and the rows that lie at or above it. */
interface Sweep {
  readonly thresholds: Float64Array;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
}

/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one, a tie counting one half;
 * null without rows of both kinds. A random score reaches 1/2.
 *
 * @param scores (N) no NaN; only their order matters
 * @param labels (N) a row is positive when its label is `positive`
 *
 * Source: Hanley, McNeil (1982), The meaning and use of the area under a ROC curve.
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>, positive = 1): number | null {
  const sides = splitScores(scores, labels, positive);
  return sides && areaUnderRoc(sides);
}

/**
 * Average precision: the step-wise area under precision over recall; null without rows of both kinds. A random score
 * reaches the share of positive rows.
 *
 *   Σ over thresholds from high to low of  (recall - recall before) · precision
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
): number | null {
  const sides = splitScores(scores, labels, positive);
  return sides && areaUnderPrecision(sides);
}

/** The ROC curve with no point dropped; null without rows of both kinds. */
export function rocCurve(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
): RocCurve | null {
  const sides = splitScores(scores, labels, positive);
  if (!sides) return null;
  const sweep = sweepThresholds(sides);
  const T = sweep.thresholds.length;
  const falsePositiveRate = new Float64Array(T + 1);
  const truePositiveRate = new Float64Array(T + 1);
  const thresholds = new Float64Array(T + 1).fill(Number.POSITIVE_INFINITY);
  for (let t = 0; t < T; t++) {
    falsePositiveRate[t + 1] = sweep.falsePositives[t]! / sides.negatives.length;
    truePositiveRate[t + 1] = sweep.truePositives[t]! / sides.positives.length;
    thresholds[t + 1] = sweep.thresholds[t]!;
  }
  return { falsePositiveRate, truePositiveRate, thresholds };
}

/** The precision-recall curve with no point dropped; null without rows of both kinds. */
export function precisionRecallCurve(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
): PrecisionRecallCurve | null {
  const sides = splitScores(scores, labels, positive);
  if (!sides) return null;
  const sweep = sweepThresholds(sides);
  const T = sweep.thresholds.length;
  const precision = new Float64Array(T + 1).fill(1);
  const recall = new Float64Array(T + 1);
  for (let t = 0; t < T; t++) {
    const hits = sweep.truePositives[t]!;
    precision[T - 1 - t] = hits / (hits + sweep.falsePositives[t]!);
    recall[T - 1 - t] = hits / sides.positives.length;
  }
  return { precision, recall, thresholds: sweep.thresholds.reverse() };
}

/** The scores by side, null when one side has no row. */
export function splitScores(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive: number,
): Sides | null {
  assertLength(scores, labels.length, "scores");
  let m = 0;
  for (let r = 0; r < labels.length; r++) if (labels[r] === positive) m++;
  const positives = new Float64Array(m);
  const negatives = new Float64Array(labels.length - m);
  for (let r = 0, p = 0, n = 0; r < labels.length; r++) {
    const score = scores[r]!;
    if (Number.isNaN(score)) {
      throw new PulloneError("internal", `scores[${r}]: expected a number, got ${quote(score)}`);
    }
    if (labels[r] === positive) positives[p++] = score;
    else negatives[n++] = score;
  }
  if (m === 0 || m === labels.length) return null;
  return { positives: sortNumbers(positives), negatives: sortNumbers(negatives) };
}

/**
 * Area under the ROC curve of scores that are already sorted by side. Twice the trapezoids, counted in rows, are whole
 * numbers, so only the last division rounds while 2 m n < 2⁵³.
 */
export function areaUnderRoc(sides: Sides): number {
  const { truePositives, falsePositives } = sweepThresholds(sides);
  let twice = 0;
  let above = 0;
  let right = 0;
  for (let t = 0; t < truePositives.length; t++) {
    twice += (falsePositives[t]! - right) * (truePositives[t]! + above);
    above = truePositives[t]!;
    right = falsePositives[t]!;
  }
  return twice / (2 * sides.positives.length * sides.negatives.length);
}

/** Average precision of scores that are already sorted by side. */
export function areaUnderPrecision(sides: Sides): number {
  const { truePositives, falsePositives } = sweepThresholds(sides);
  let sum = 0;
  let before = 0;
  for (let t = 0; t < truePositives.length; t++) {
    const hits = truePositives[t]!;
    sum += ((hits - before) * hits) / (hits + falsePositives[t]!);
    before = hits;
  }
  return sum / sides.positives.length;
}

/** Merges both sides from high to low; equal scores fall in one step, so ties have no order. */
function sweepThresholds({ positives, negatives }: Sides): Sweep {
  const rows = positives.length + negatives.length;
  const thresholds = new Float64Array(rows);
  const truePositives = new Float64Array(rows);
  const falsePositives = new Float64Array(rows);
  let T = 0;
  let p = positives.length;
  let n = negatives.length;
  while (p > 0 || n > 0) {
    const positiveIsNext = n === 0 || (p > 0 && positives[p - 1]! >= negatives[n - 1]!);
    const score = positiveIsNext ? positives[p - 1]! : negatives[n - 1]!;
    while (p > 0 && positives[p - 1] === score) p--;
    while (n > 0 && negatives[n - 1] === score) n--;
    thresholds[T] = score;
    truePositives[T] = positives.length - p;
    falsePositives[T] = negatives.length - n;
    T++;
  }
  return {
    thresholds: thresholds.subarray(0, T),
    truePositives: truePositives.subarray(0, T),
    falsePositives: falsePositives.subarray(0, T),
  };
}
