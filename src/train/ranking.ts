// How well a score ranks the rows of one class above the rest: ROC and precision-recall curves, and their areas.
// Letters: N rows, T distinct scores, m positive and n negative rows.

import { PulloneError, quote } from "../errors.ts";
import { allocateFloats, type FloatArray, precisionOf, sortNumbers } from "../matrix.ts";
import { assertLength } from "./labelled.ts";

/** Scores of the positive and of the negative rows, each ascending, neither empty. */
export interface Sides {
  readonly positives: FloatArray;
  readonly negatives: FloatArray;
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
  const T = countThresholds(sides);
  const falsePositiveRate = new Float64Array(T + 1);
  const truePositiveRate = new Float64Array(T + 1);
  const thresholds = new Float64Array(T + 1).fill(Number.POSITIVE_INFINITY);
  let t = 0;
  sweepThresholds(sides, (threshold, truePositives, falsePositives) => {
    t++;
    falsePositiveRate[t] = falsePositives / sides.negatives.length;
    truePositiveRate[t] = truePositives / sides.positives.length;
    thresholds[t] = threshold;
  });
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
  const T = countThresholds(sides);
  const precision = new Float64Array(T + 1).fill(1);
  const recall = new Float64Array(T + 1);
  const thresholds = new Float64Array(T);
  let t = T;
  sweepThresholds(sides, (threshold, truePositives, falsePositives) => {
    t--;
    precision[t] = truePositives / (truePositives + falsePositives);
    recall[t] = truePositives / sides.positives.length;
    thresholds[t] = threshold;
  });
  return { precision, recall, thresholds };
}

/** The scores by side, null when one side has no row. @param both (N) overwritten: the result is two views of it */
export function splitScores(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive: number,
  both: FloatArray = allocateFloats(precisionOf(scores), labels.length),
): Sides | null {
  assertLength(scores, labels.length, "scores");
  let m = 0;
  for (let r = 0; r < labels.length; r++) if (labels[r] === positive) m++;
  const positives = both.subarray(0, m);
  const negatives = both.subarray(m);
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
  let twice = 0;
  let above = 0;
  let right = 0;
  sweepThresholds(sides, (_, truePositives, falsePositives) => {
    twice += (falsePositives - right) * (truePositives + above);
    above = truePositives;
    right = falsePositives;
  });
  return twice / (2 * sides.positives.length * sides.negatives.length);
}

/** Average precision of scores that are already sorted by side. */
export function areaUnderPrecision(sides: Sides): number {
  let sum = 0;
  let before = 0;
  sweepThresholds(sides, (_, hits, falsePositives) => {
    sum += ((hits - before) * hits) / (hits + falsePositives);
    before = hits;
  });
  return sum / sides.positives.length;
}

/** T */
function countThresholds(sides: Sides): number {
  let T = 0;
  sweepThresholds(sides, () => void T++);
  return T;
}

/**
 * Merges both sides from high to low and hands over every distinct score with the rows that lie at or above it; equal
 * scores fall in one step, so ties have no order. Keeps nothing: three numbers a row were most of what scoring a long
 * table held.
 */
function sweepThresholds(
  { positives, negatives }: Sides,
  visit: (threshold: number, truePositives: number, falsePositives: number) => void,
): void {
  let p = positives.length;
  let n = negatives.length;
  while (p > 0 || n > 0) {
    const positiveIsNext = n === 0 || (p > 0 && positives[p - 1]! >= negatives[n - 1]!);
    const score = positiveIsNext ? positives[p - 1]! : negatives[n - 1]!;
    while (p > 0 && positives[p - 1] === score) p--;
    while (n > 0 && negatives[n - 1] === score) n--;
    visit(score, positives.length - p, negatives.length - n);
  }
}
