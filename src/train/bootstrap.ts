// Resampling the rows: what a score would have been on other rows of the same kind, and intervals read from that.
// Letters: N rows, K classes, B resamples.

import { normalQuantile } from "../data/normal.ts";
import { erfc } from "../elementary.ts";
import { PulloneError, quote } from "../errors.ts";
import { sortNumbers } from "../matrix.ts";
import type { Random } from "../random.ts";
import { type Interval, percentile, Z95 } from "./intervals.ts";
import { assertLabels } from "./labelled.ts";

/** Rows by class: those of class k stand in `rows` from `starts[k]` to `starts[k + 1]`. */
export interface Strata {
  /** (N) */
  readonly rows: Int32Array;
  /** (K + 1) */
  readonly starts: Int32Array;
}

export function strataOf(labels: ArrayLike<number>, K: number): Strata {
  assertLabels(labels, K);
  const starts = new Int32Array(K + 1);
  for (let r = 0; r < labels.length; r++) starts[labels[r]! + 1]!++;
  for (let k = 0; k < K; k++) starts[k + 1]! += starts[k]!;
  const next = starts.slice();
  const rows = new Int32Array(labels.length);
  for (let r = 0; r < labels.length; r++) rows[next[labels[r]!]!++] = r;
  return { rows, starts };
}

/**
 * One stratified resample: as many rows of each class as there are, drawn with replacement from that class. The class
 * shares stay what they are, as the stratified split made them.
 *
 * @param drawn (N) overwritten with row numbers
 *
 * Source: Davison, Hinkley (1997), Bootstrap methods and their application, 3.2.
 */
export function drawStratified(drawn: Int32Array, { rows, starts }: Strata, random: Random): void {
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    for (let i = from; i < to; i++) drawn[i] = rows[from + Math.floor(random() * (to - from))]!;
  }
}

/**
 * How fast the standard error of a mean over the rows changes with the mean itself: the acceleration of BCa.
 *
 *   a = Σ u³ / (6 (Σ u²)^1.5),  u of a row = its value - the mean of its class
 *
 * @param values (N)
 *
 * Source: Efron (1987), Better bootstrap confidence intervals; for strata Davison, Hinkley (1997), 5.3.
 */
export function accelerationOfMean(values: ArrayLike<number>, { rows, starts }: Strata): number {
  let squares = 0;
  let cubes = 0;
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[rows[i]!]!;
    const mean = sum / (to - from);
    for (let i = from; i < to; i++) {
      const u = values[rows[i]!]! - mean;
      squares += u * u;
      cubes += u * u * u;
    }
  }
  return squares > 0 ? cubes / (6 * squares * Math.sqrt(squares)) : 0;
}

/**
 * Efron's BCa interval, 95 %: the percentiles of the resampled values, moved for bias and for skewness.
 *
 *   q = Φ(z₀ + (z₀ + z) / (1 - a (z₀ + z))) for z = ±1.96,  z₀ = Φ⁻¹(share of resamples below the value)
 *
 * Resamples equal to the value count one half. Null when all resamples are equal: the rows then show no spread.
 *
 * @param resampled    (B), left as they are
 * @param value        the score on the rows themselves
 * @param acceleration as `accelerationOfMean` gives it
 *
 * Source: Efron (1987), Better bootstrap confidence intervals, Journal of the American Statistical Association 82.
 */
export function bcaInterval(resampled: Float64Array, value: number, acceleration: number): Interval | null {
  const sorted = sortedResamples(resampled);
  const B = sorted.length;
  if (sorted[0] === sorted[B - 1]) return null;
  let below = 0;
  for (let b = 0; b < B; b++) below += sorted[b]! < value ? 1 : sorted[b] === value ? 0.5 : 0;
  const z0 = normalQuantile(Math.min(Math.max(below, 0.5), B - 0.5) / B);
  const end = (z: number) => {
    const shifted = z0 + z;
    const stretch = 1 - acceleration * shifted;
    // Skewed beyond what the formula can carry: the outermost resample is all there is.
    if (!(stretch > 0)) return shifted < 0 ? sorted[0]! : sorted[B - 1]!;
    return percentile(sorted, normalShareBelow(z0 + shifted / stretch));
  };
  return { lower: end(-Z95), upper: end(Z95) };
}

/** The middle 95 % of the resampled values; null when all are equal. Source: Efron (1979), Bootstrap methods. */
export function middleInterval(resampled: Float64Array): Interval | null {
  const sorted = sortedResamples(resampled);
  if (sorted[0] === sorted[sorted.length - 1]) return null;
  return { lower: percentile(sorted, 0.025), upper: percentile(sorted, 0.975) };
}

/**
 * The basic bootstrap interval, 95 %: the percentiles reflected at the value, so that a bias of the score, which the
 * resamples show once more, is taken away instead of doubled.
 *
 *   2 value - q(0.975) … 2 value - q(0.025)
 *
 * Source: Davison, Hinkley (1997), 5.2.1.
 */
export function reflectedInterval(resampled: Float64Array, value: number): Interval | null {
  const middle = middleInterval(resampled);
  return middle && { lower: 2 * value - middle.upper, upper: 2 * value - middle.lower };
}

/** Φ(z), the share of a standard normal variable below z. */
export function normalShareBelow(z: number): number {
  return erfc(-z / Math.SQRT2) / 2;
}

function sortedResamples(resampled: Float64Array): Float64Array {
  if (resampled.length === 0 || Number.isNaN(resampled[0])) {
    throw new PulloneError("internal", `resampled: expected numbers, got ${quote(resampled[0])}`);
  }
  return sortNumbers(resampled.slice());
}
