// Placement values: where each row of one side stands among the rows of the other. DeLong's raw material.
// Letters: N rows, m positive and n negative rows.

import { borrow, release } from "../borrow.ts";
import { borrowFloats, type FloatArray, precisionOf } from "../matrix.ts";
import { splitScores } from "./ranking.ts";

/** Both in the order of the rows, so that two models on the same rows can be compared row by row. */
export interface Placements {
  /** (m) share of the negatives that a positive row scores above, ties counting one half. */
  readonly v: Float64Array;
  /** (n) share of the positives that score above a negative row, ties counting one half. */
  readonly w: Float64Array;
}

/**
 * The placement values of scored rows, borrowed; null with fewer than two rows on either side, where no variance exists. The
 * mean of v and the mean of w are both the area under the ROC curve.
 *
 * Source: DeLong, DeLong, Clarke-Pearson (1988); by binary search, O(N log N), instead of all m n pairs.
 */
export function placements(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
): Placements | null {
  const both = borrowFloats(precisionOf(scores), labels.length);
  const sides = splitScores(scores, labels, positive, both);
  if (!sides || sides.positives.length < 2 || sides.negatives.length < 2) {
    release(both);
    return null;
  }
  const { positives, negatives } = sides;
  const v = borrow(Float64Array, positives.length);
  const w = borrow(Float64Array, negatives.length);
  for (let r = 0, p = 0, n = 0; r < labels.length; r++) {
    if (labels[r] === positive) v[p++] = shareBelow(negatives, scores[r]!);
    else w[n++] = 1 - shareBelow(positives, scores[r]!);
  }
  release(both);
  return { v, w };
}

/** Mean, summed in order. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample covariance of two series of one length, divisor length - 1, taken about the means. */
export function covariance(a: Float64Array, b: Float64Array): number {
  const meanA = meanOf(a);
  const meanB = meanOf(b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / (a.length - 1);
}

/** Share of the ascending numbers below a score, equal ones counting one half. */
function shareBelow(sorted: FloatArray, score: number): number {
  const below = countBefore(sorted, (value) => value < score);
  const notAbove = sorted[below] === score ? countBefore(sorted, (value) => value <= score) : below;
  return (below + notAbove) / (2 * sorted.length);
}

/** How many leading numbers pass: by bisection, since none passes after one that does not. */
function countBefore(sorted: FloatArray, passes: (value: number) => boolean): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (passes(sorted[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}
