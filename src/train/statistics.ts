// Is model A better than model B, or was it luck? Tests on the same rows: McNemar, DeLong, bootstrap.
// Letters: N rows, B resamples.

import { release } from "../borrow.ts";
import { erfc } from "../elementary.ts";
import { PulloneError, quote } from "../errors.ts";
import type { Random } from "../random.ts";
import { type Interval, percentileInterval } from "./intervals.ts";
import { assertLength } from "./labelled.ts";
import { covariance, meanOf, placements } from "./placements.ts";

export { correctedResampledTTest, type ResampledTTest } from "./resampled.ts";

/** Two-sided p-values of McNemar's test; the mid-p value is less cautious and closer to its nominal level. */
export interface McNemar {
  /** Rows only model A gets right. */
  readonly b: number;
  /** Rows only model B gets right. */
  readonly c: number;
  readonly pExact: number;
  readonly pMid: number;
}

/** Two areas under the ROC curve on the same rows. */
export interface AucComparison {
  readonly aucA: number;
  readonly aucB: number;
  readonly varianceA: number;
  readonly varianceB: number;
  readonly covariance: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Null when the two models rank every row alike, so that the difference has no spread. */
  readonly z: number | null;
  readonly pValue: number | null;
}

/** A difference of means, and the middle 95 % of what resampled rows make of it. */
export interface BootstrapDifference extends Interval {
  readonly difference: number;
  /** (B) in the order of the resamples */
  readonly differences: Float64Array;
}

/** Counts the rows that only one of two models gets right, and tests them. */
export function mcnemarOfPredictions(
  labels: ArrayLike<number>,
  predictedA: ArrayLike<number>,
  predictedB: ArrayLike<number>,
): McNemar {
  assertLength(predictedA, labels.length, "predictedA");
  assertLength(predictedB, labels.length, "predictedB");
  let b = 0;
  let c = 0;
  for (let r = 0; r < labels.length; r++) {
    const rightA = predictedA[r] === labels[r];
    const rightB = predictedB[r] === labels[r];
    if (rightA && !rightB) b++;
    if (rightB && !rightA) c++;
  }
  return mcnemar(b, c);
}

/**
 * McNemar's test that two models err equally often, from the rows only one of them gets right.
 *
 *   X binomial(b + c, 1/2):  pExact = min(1, 2 P(X <= min(b, c))),  pMid = 2 P(X < min(b, c)) + P(X = min(b, c))
 *
 * The binomial terms are taken relative to the middle one, each from its neighbour, so no factorial and no logarithm
 * occurs; a p-value below about 1e-307 comes out as 0.
 *
 * Source: McNemar (1947); Fagerland, Lydersen, Laake (2013), The McNemar test for binary matched-pairs data.
 */
export function mcnemar(b: number, c: number): McNemar {
  for (const [name, count] of [
    ["b", b],
    ["c", c],
  ] as const) {
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      throw new PulloneError("internal", `${name}: expected a whole number from 0, got ${quote(count)}`);
    }
  }
  const trials = b + c;
  const observed = Math.min(b, c);
  const middle = Math.floor(trials / 2);
  let lowerHalf = 0;
  let below = 0;
  let equal = 0;
  for (let x = middle, term = 1; x >= 0 && term > 0; x--) {
    if (x < middle || trials % 2 === 1) lowerHalf += term;
    if (x < observed) below += term;
    if (x === observed) equal = term;
    term *= x / (trials - x + 1);
  }
  const total = 2 * lowerHalf + (trials % 2 === 0 ? 1 : 0);
  return {
    b,
    c,
    pExact: Math.min(1, (2 * (below + equal)) / total),
    pMid: (2 * below + equal) / total,
  };
}

/**
 * DeLong's test that two models rank equally well on the same rows; null with fewer than two rows on either side.
 *
 *   z = (aucA - aucB) / √(varianceA + varianceB - 2 covariance),  p = erfc(|z| / √2)
 *
 * The root is taken of the variance of the differences, which is the same number without the cancellation.
 *
 * Source: DeLong, DeLong, Clarke-Pearson (1988), Comparing the areas under two or more correlated ROC curves.
 */
export function compareAucs(
  scoresA: ArrayLike<number>,
  scoresB: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
): AucComparison | null {
  const a = placements(scoresA, labels, positive);
  const b = placements(scoresB, labels, positive);
  if (!a || !b) return null;
  const m = a.v.length;
  const n = a.w.length;
  const dV = a.v.map((value, i) => value - b.v[i]!);
  const dW = a.w.map((value, i) => value - b.w[i]!);
  const variance = covariance(dV, dV) / m + covariance(dW, dW) / n;
  const standardError = Math.sqrt(variance);
  const z = variance > 0 ? meanOf(dV) / standardError : null;
  const comparison = {
    aucA: meanOf(a.v),
    aucB: meanOf(b.v),
    varianceA: covariance(a.v, a.v) / m + covariance(a.w, a.w) / n,
    varianceB: covariance(b.v, b.v) / m + covariance(b.w, b.w) / n,
    covariance: covariance(a.v, b.v) / m + covariance(a.w, b.w) / n,
    standardError,
    z,
    pValue: z === null ? null : erfc(Math.abs(z) / Math.SQRT2),
  };
  release(a.v, a.w, b.v, b.w);
  return comparison;
}

/**
 * Paired bootstrap: mean of A minus mean of B on each resample of the rows, the same rows for both models.
 *
 * @param valuesA  (N) what is averaged, a row: 1 and 0 for right and wrong gives the accuracy, a loss the mean loss
 * @param B        resamples, 1 and more; 2000 and more for a printed interval
 * @param resample fills (N) with row numbers for resample 0 … B-1, as `drawRows` does
 *
 * Source: Efron, Tibshirani (1993), An Introduction to the Bootstrap, 13.3.
 */
export function pairedBootstrap(
  valuesA: ArrayLike<number>,
  valuesB: ArrayLike<number>,
  B: number,
  resample: (rows: Int32Array, b: number) => void,
): BootstrapDifference {
  const N = valuesA.length;
  assertLength(valuesB, N, "valuesB");
  if (N === 0) throw new PulloneError("internal", "valuesA: expected at least one row, got none");
  if (!(Number.isInteger(B) && B >= 1)) {
    throw new PulloneError("internal", `B: expected a whole number from 1, got ${quote(B)}`);
  }
  const gains = Float64Array.from({ length: N }, (_, r) => valuesA[r]! - valuesB[r]!);
  const rows = new Int32Array(N);
  const differences = new Float64Array(B);
  for (let b = 0; b < B; b++) {
    resample(rows, b);
    let sum = 0;
    for (let i = 0; i < N; i++) sum += gains[rows[i]!]!;
    differences[b] = sum / N;
  }
  return { difference: meanOf(gains), differences, ...percentileInterval(differences) };
}

/** Fills `rows` with row numbers 0 … N-1 drawn with replacement, N being its length. */
export function drawRows(rows: Int32Array, random: Random): void {
  for (let i = 0; i < rows.length; i++) rows[i] = Math.floor(random() * rows.length);
}
