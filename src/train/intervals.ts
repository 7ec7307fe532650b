// How sure a score itself is: 95 % intervals of an accuracy, of an area under the ROC curve, of a resampled number.
// Letters: m positive and n negative rows.

import { release } from "../borrow.ts";
import { log, sigmoid } from "../elementary.ts";
import { PulloneError, quote } from "../errors.ts";
import { sortNumbers } from "../matrix.ts";
import { covariance, meanOf, placements } from "./placements.ts";
import { studentQuantile } from "./student.ts";

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
  release(v, w);
  const standardError = Math.sqrt(variance);
  const half = Z95 * standardError;
  return { auc, variance, standardError, lower: Math.max(0, auc - half), upper: Math.min(1, auc + half) };
}

/**
 * 95 % interval of the mean of independent shares, each counting the same: the balanced accuracy, from the recalls.
 * Wilson's interval of each share, put together; sound also where every row is right.
 *
 *   lower = p - √Σ (wₖ (pₖ - lowerₖ))²,  upper = p + √Σ (wₖ (upperₖ - pₖ))²,  wₖ = 1 / number of shares
 *
 * @param correct right rows of each group; one without rows is left out
 * @param n       rows of each group
 * @throws {PulloneError} internal, when no group has a row
 *
 * Source: Newcombe (1998), Interval estimation for the difference between independent proportions; for any sum Zou,
 * Donner (2008), Construction of confidence limits about effect measures.
 */
export function meanShareInterval(correct: ArrayLike<number>, n: ArrayLike<number>): Interval {
  let groups = 0;
  let sum = 0;
  let below = 0;
  let above = 0;
  for (let k = 0; k < n.length; k++) {
    if (n[k] === 0) continue;
    const share = correct[k]! / n[k]!;
    const { lower, upper } = wilsonInterval(correct[k]!, n[k]!);
    groups++;
    sum += share;
    below += (share - lower) * (share - lower);
    above += (upper - share) * (upper - share);
  }
  if (groups === 0) throw new PulloneError("internal", "n: expected a group with rows, got none");
  const mean = sum / groups;
  return {
    lower: Math.max(0, mean - Math.sqrt(below) / groups),
    upper: Math.min(1, mean + Math.sqrt(above) / groups),
  };
}

/**
 * 95 % interval of a score between 0 and 1 from its standard error, on the scale of its logit: it keeps inside (0, 1)
 * and grows lopsided near the ends, as the spread there does. Null at 0 and 1 and without a standard error.
 *
 *   logit(lower), logit(upper) = logit(value) ± t standardError / (value (1 - value)),  t Student's 97.5 % quantile
 *
 * @param degrees of freedom of the standard error
 *
 * Source: Qin, Hotilovac (2008), Comparison of non-parametric confidence intervals for the area under the ROC curve of
 * a continuous-scale diagnostic test.
 */
export function logitInterval(value: number, standardError: number, degrees: number): Interval | null {
  if (!(value > 0 && value < 1 && standardError > 0)) return null;
  const logit = log(value / (1 - value));
  const half = (studentQuantile(0.95, degrees) * standardError) / (value * (1 - value));
  return { lower: sigmoid(logit - half), upper: sigmoid(logit + half) };
}

/** What an end of a 95 % interval may miss: a chance of 2.5 %, whose logarithm is -ln 40. */
const SURPRISE = log(40);
/** Halvings of an interval: more than the digits of a float64. */
const HALVINGS = 60;

/**
 * The largest expected mean of n numbers between 0 and `most` for which a mean as small as the one found is no rarer
 * than 2.5 %, as far as Hoeffding's inequality can tell: an upper end that holds whatever the numbers are like.
 *
 *   n (p ln (p / m) + (1 - p) ln ((1 - p) / (1 - m))) = ln 40,  p = mean / most,  result = m · most
 *
 * Source: Hoeffding (1963), Probability inequalities for sums of bounded random variables, theorem 1.
 */
export function largestExpectedMean(mean: number, n: number, most: number): number {
  if (!(mean < most && most < Number.POSITIVE_INFINITY)) return most;
  const p = mean / most;
  let lower = p;
  let upper = 1;
  for (let i = 0; i < HALVINGS; i++) {
    const m = (lower + upper) / 2;
    const surprise = n * ((p > 0 ? p * log(p / m) : 0) + (1 - p) * log((1 - p) / (1 - m)));
    if (surprise > SURPRISE) upper = m;
    else lower = m;
  }
  return upper * most;
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

/**
 * The same for drawn numbers: another draw falls below it with a chance of q, which is more than their own share below.
 *
 *   position (B + 1) q among B numbers counted from 1, at most the last
 *
 * Source: Hyndman, Fan (1996), definition 6.
 */
export function drawnPercentile(sorted: ArrayLike<number>, q: number): number {
  const B = sorted.length;
  if (B === 1) return sorted[0]!;
  return percentile(sorted, Math.min(1, Math.max(0, ((B + 1) * q - 1) / (B - 1))));
}

/** The middle 95 % of resampled values; the argument is left as it was. Source: Efron (1979), Bootstrap methods. */
export function percentileInterval(values: ArrayLike<number>): Interval {
  const sorted = sortNumbers(Float64Array.from(values));
  return { lower: percentile(sorted, 0.025), upper: percentile(sorted, 0.975) };
}
