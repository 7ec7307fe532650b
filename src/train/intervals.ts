// How sure a score itself is: 95 % intervals of an accuracy, of an area under the ROC curve, of a resampled number.
// Letters: m positive and n negative rows.

import { PulloneError, quote } from "../errors.ts";
import { sortNumbers } from "../matrix.ts";
import { covariance, meanOf, placements } from "./placements.ts";

/** The 97.5 % quantile of the normal distribution. */
export const Z95 = 1.959963984540054;

/** Both ends belong to it. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** An area under the ROC curve with its spread; the interval is clipped to [0, 1]. */
export interface AucInterval extends Interval {
  readonly auc: number;
  readonly variance: number;
  readonly standardError: number;
}

/**
 * Wilson's 95 % interval of a share, sound also near 0 and 1 and for few rows.
 *
 *   centre (p + z²/2n) / (1 + z²/n),  half width z √(p (1-p) / n + z²/4n²) / (1 + z²/n),  p = correct / n
 *
 * Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
 */
export function wilsonInterval(correct: number, n: number, z = Z95): Interval {
  if (!(Number.isInteger(n) && n >= 1)) {
    throw new PulloneError("internal", `n: expected a whole number from 1, got ${quote(n)}`);
  }
  if (!(Number.isInteger(correct) && correct >= 0 && correct <= n)) {
    throw new PulloneError("internal", `correct: expected a whole number in 0 … ${n}, got ${quote(correct)}`);
  }
  const p = correct / n;
  const shrink = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / shrink;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / shrink;
  return { lower: correct === 0 ? 0 : centre - half, upper: correct === n ? 1 : centre + half };
}

/**
 * Area under the ROC curve with DeLong's 95 % interval; null with fewer than two rows on either side. Of width 0 when
 * the sides are wholly apart: the formula then says nothing of the rows not seen.
 *
 *   variance = var(v) / m + var(w) / n,  interval auc ± z √variance
 *
 * Source: DeLong, DeLong, Clarke-Pearson (1988), Comparing the areas under two or more correlated ROC curves.
 */
export function delongInterval(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  positive = 1,
): AucInterval | null {
  const placed = placements(scores, labels, positive);
  if (!placed) return null;
  const { v, w } = placed;
  const auc = meanOf(v);
  const variance = covariance(v, v) / v.length + covariance(w, w) / w.length;
  const standardError = Math.sqrt(variance);
  const half = Z95 * standardError;
  return { auc, variance, standardError, lower: Math.max(0, auc - half), upper: Math.min(1, auc + half) };
}

/**
 * The value below which a share q of the sorted numbers lies, between two neighbours by straight line.
 *
 *   position (B - 1) q among B numbers counted from 0
 *
 * @param sorted ascending, at least one
 *
 * Source: Hyndman, Fan (1996), Sample quantiles in statistical packages, definition 7.
 */
export function percentile(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (upper - lower) * (position - below);
}

/** The middle 95 % of resampled values; the argument is left as it was. Source: Efron (1979), Bootstrap methods. */
export function percentileInterval(values: ArrayLike<number>): Interval {
  const sorted = sortNumbers(Float64Array.from(values));
  return { lower: percentile(sorted, 0.025), upper: percentile(sorted, 0.975) };
}
