// What each row puts into an area, and what the rows together say of its spread.
// Letters: N rows, K classes.

import { release } from "../borrow.ts";
import type { FloatArray } from "../matrix.ts";
import { scoresOfClass } from "./multiclass.ts";
import { meanOf, placements } from "./placements.ts";

/** A score made of shares of the rows. */
export interface SpreadScore {
  readonly value: number;
  readonly standardError: number;
  /** Degrees of freedom of the standard error: rows, less one, of the smallest class that has a real part in it. */
  readonly degrees: number;
}

/** Areas under the ROC curve, each of one class against the rest; null without two rows inside and two outside. */
export interface SpreadAreas {
  readonly classes: readonly (SpreadScore | null)[];
  /** Null as soon as one of them is. */
  readonly mean: SpreadScore | null;
}

/**
 * The area of every class and their mean, with standard errors: DeLong's for two classes, and the same carried to
 * several.
 *
 *   gᵣ = (v of r in its own class / rows inside + Σ other classes  w of r / rows outside) / K
 *
 * A row takes part in every one of the K areas: for the mean its shares are added before they are squared.
 *
 * Source: DeLong, DeLong, Clarke-Pearson (1988), whose structural components these are.
 */
export function spreadAreas(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): SpreadAreas {
  const together = new Float64Array(labels.length);
  const own = new Float64Array(labels.length);
  let mean = 0;
  const classes = Array.from({ length: K }, (_, k) => {
    const placed = placements(scoresOfClass(probabilities, K, k), labels, k);
    if (!placed) return null;
    const { v, w } = placed;
    for (let r = 0, inside = 0, outside = 0; r < labels.length; r++) {
      const share = labels[r] === k ? v[inside++]! : w[outside++]!;
      const rows = labels[r] === k ? v.length : w.length;
      own[r] = share / rows;
      together[r]! += share / (rows * K);
    }
    const value = meanOf(v);
    mean += value / K;
    release(v, w);
    return { value, ...spreadOf(own, labels, K) };
  });
  const isWhole = classes.every((area) => area !== null);
  return { classes, mean: isWhole ? { value: mean, ...spreadOf(together, labels, K) } : null };
}

/**
 * Mean average precision of one class against the rest, and its standard error; of two classes that of the second
 * alone. Null when a class has fewer than two rows inside or outside.
 */
export function meanPrecision(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): SpreadScore | null {
  const shares = new Float64Array(labels.length);
  const classes = K === 2 ? [1] : Array.from({ length: K }, (_, k) => k);
  let precision = 0;
  for (const k of classes) {
    const value = addPrecision(shares, scoresOfClass(probabilities, K, k), labels, k, 1 / classes.length);
    if (value === null) return null;
    precision += value / classes.length;
  }
  return { value: precision, ...spreadOf(shares, labels, K) };
}

/**
 * Average precision, and how it moves with the weight of each row: its derivative, which is what a row puts in.
 *
 *   AP = Σ h H / T / m over the levels of score, h positives at a level, H of T rows at or above it positive
 *   positive row: (H / T - AP + Σ h (1 - H / T) / T) / m,  negative row: -Σ h H / T² / m,  sums over its level and below
 *
 * @param shares  (N) `weight` times the derivatives are added to it
 * @returns the average precision; null with fewer than two rows on either side
 *
 * Source: the infinitesimal jackknife, Davison, Hinkley (1997), 2.7.2.
 */
function addPrecision(
  shares: Float64Array,
  scores: FloatArray,
  labels: ArrayLike<number>,
  positive: number,
  weight: number,
): number | null {
  const N = scores.length;
  const order = Int32Array.from({ length: N }, (_, r) => r).sort((a, b) => scores[b]! - scores[a]!);
  const starts: number[] = [];
  const hits: number[] = [];
  const above: number[] = [];
  let m = 0;
  let precision = 0;
  for (let i = 0; i < N; ) {
    const start = i;
    const before = m;
    const score = scores[order[i]!]!;
    for (; i < N && scores[order[i]!] === score; i++) if (labels[order[i]!] === positive) m++;
    starts.push(start);
    hits.push(m - before);
    above.push(m);
    precision += ((m - before) * m) / i;
  }
  if (m < 2 || N - m < 2) return null;
  precision /= m;
  let gained = 0;
  let lost = 0;
  for (let level = starts.length - 1, end = N; level >= 0; end = starts[level--]!) {
    const share = above[level]! / end;
    gained += (hits[level]! * (1 - share)) / end;
    lost += (hits[level]! * share) / end;
    for (let i = starts[level]!; i < end; i++) {
      const r = order[i]!;
      shares[r]! += (weight * (labels[r] === positive ? share - precision + gained : -lost)) / m;
    }
  }
  return precision;
}

/**
 * Standard error of a sum over stratified rows: √Σₖ variance of class k, each n / (n - 1) Σ (share - mean of the class)².
 *
 * A class has a real part in it from half of an equal part on, 1/2K of the variance. Of the degrees of freedom the
 * fewest are taken, as is the cautious custom for two samples of unequal spread; one of 1 row adds nothing.
 */
function spreadOf(shares: Float64Array, labels: ArrayLike<number>, K: number) {
  const rows = new Int32Array(K);
  const means = new Float64Array(K);
  const variances = new Float64Array(K);
  for (let r = 0; r < shares.length; r++) {
    rows[labels[r]!]!++;
    means[labels[r]!]! += shares[r]!;
  }
  for (let k = 0; k < K; k++) means[k]! /= rows[k]!;
  for (let r = 0; r < shares.length; r++) {
    const u = shares[r]! - means[labels[r]!]!;
    variances[labels[r]!]! += u * u;
  }
  let variance = 0;
  for (let k = 0; k < K; k++) {
    variances[k]! *= rows[k]! > 1 ? rows[k]! / (rows[k]! - 1) : 0;
    variance += variances[k]!;
  }
  let degrees = Math.max(1, shares.length - 1);
  for (let k = 0; k < K; k++) {
    if (rows[k]! > 1 && 2 * K * variances[k]! >= variance) degrees = Math.min(degrees, rows[k]! - 1);
  }
  return { standardError: Math.sqrt(variance), degrees };
}
