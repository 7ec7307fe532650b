// Numeric columns: what stands in for a missing cell, and how numbers are brought to one scale.
// Letters: n numbers of a column among the training rows.

import { assertNever } from "../errors.ts";
import type { Imputation, Scaling } from "./columns.ts";
import { normalQuantile } from "./normal.ts";

/** Knots of the quantile scalings: the percentiles, or all numbers when there are fewer. */
const MOST_KNOTS = 101;

/** A fitted scaling: value -> (value - center) / scale, or its place among the knots. */
export interface FittedScaling {
  readonly scaling: Scaling;
  readonly center: number;
  readonly scale: number;
  readonly knots: readonly number[];
}

/**
 * What stands in for a missing cell: the median (the mean of the middle two for an even count), or the most
 * frequent number (the smallest among equals). 0 for `error`, where nothing is ever filled.
 *
 * @param sorted (n) ascending, n > 0
 */
export function fitFill(imputation: Imputation, sorted: Float64Array): number {
  switch (imputation) {
    case "median":
      return median(sorted);
    case "most_frequent":
      return mostFrequent(sorted);
    case "error":
      return 0;
    default:
      return assertNever(imputation, "imputation");
  }
}

/**
 * Learns a scaling from the numbers of a column.
 *
 *   standard  (x - mean) / deviation              deviation² = mean of (x - mean)²
 *   robust    (x - median) / (quartile₃ - quartile₁)
 *   min_max   (x - minimum) / (maximum - minimum)
 *   quantile  the share of the numbers below x, 0 … 1, or the standard normal quantile of that share
 *
 * A scale of zero becomes 1. A column is constant when its numbers are equal, not when its computed deviation is
 * zero: the mean of ten times 0.1 is not 0.1 in binary.
 *
 * @param sorted (n) ascending, n > 0, within ±1e300
 */
export function fitScaling(scaling: Scaling, sorted: Float64Array, knots = MOST_KNOTS): FittedScaling {
  const minimum = sorted[0]!;
  const maximum = sorted[sorted.length - 1]!;
  switch (scaling) {
    case "none":
      return affine(scaling, 0, 1);
    case "standard":
      return affine(scaling, mean(sorted), deviation(sorted));
    case "min_max":
      return affine(scaling, minimum, maximum - minimum);
    case "robust":
      return affine(scaling, median(sorted), quantile(sorted, 3, 4) - quantile(sorted, 1, 4));
    case "quantile_uniform":
    case "quantile_normal":
      return { scaling, center: 0, scale: 1, knots: fitKnots(sorted, Math.min(knots, sorted.length)) };
    default:
      return assertNever(scaling, "scaling");
  }
}

function affine(scaling: Scaling, center: number, scale: number): FittedScaling {
  return { scaling, center, scale: scale > 0 ? scale : 1, knots: [] };
}

/** The scaled value; NaN stays NaN. */
export function applyScaling(fitted: FittedScaling, value: number): number {
  switch (fitted.scaling) {
    case "none":
      return value;
    case "standard":
    case "robust":
    case "min_max":
      return (value - fitted.center) / fitted.scale;
    case "quantile_uniform":
      return shareBelow(fitted.knots, value);
    case "quantile_normal":
      return normalQuantile(shareBelow(fitted.knots, value));
    default:
      return assertNever(fitted.scaling, "scaling");
  }
}

/** The mean, with the rounding errors of the sum carried along. Source: Neumaier (1974). */
export function mean(sorted: Float64Array): number {
  if (sorted[0] === sorted[sorted.length - 1]) return sorted[0]!;
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return (sum + lost) / sorted.length;
}

/**
 * The square root of the mean squared distance from the mean, in units of the largest distance, so that neither
 * 1e300 nor 1e-310 leaves the range when it is squared.
 */
function deviation(sorted: Float64Array): number {
  const center = mean(sorted);
  const unit = Math.max(center - sorted[0]!, sorted[sorted.length - 1]! - center);
  if (!(unit > 0)) return 0;
  let sum = 0;
  for (let i = 0; i < sorted.length; i++) {
    const distance = (sorted[i]! - center) / unit;
    sum += distance * distance;
  }
  const scale = unit * Math.sqrt(sum / sorted.length);
  return scale > 0 ? scale : unit;
}

export function median(sorted: Float64Array): number {
  return quantile(sorted, 1, 2);
}

function mostFrequent(sorted: Float64Array): number {
  let best = sorted[0]!;
  let bestRun = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start > bestRun) {
      best = sorted[start]!;
      bestRun = end - start;
    }
    start = end;
  }
  return best;
}

/**
 * The quantile part/parts by linear interpolation, at position (n - 1) · part / parts of the sorted numbers; the
 * position is computed in integers, so that a repeated number is met exactly.
 *
 * Source: Hyndman and Fan, The American Statistician 50 (1996), definition 7.
 */
export function quantile(sorted: Float64Array, part: number, parts: number): number {
  const steps = (sorted.length - 1) * part;
  const rest = steps % parts;
  const at = (steps - rest) / parts;
  const low = sorted[at]!;
  if (rest === 0) return low;
  const high = sorted[at + 1]!;
  return Math.min(high, low + (high - low) * (rest / parts));
}

/** At least two knots, evenly spaced in rank. */
function fitKnots(sorted: Float64Array, count: number): number[] {
  const gaps = Math.max(1, count - 1);
  return Array.from({ length: gaps + 1 }, (_, k) => quantile(sorted, k, gaps));
}

/**
 * The share of the fitted numbers below the value: 0 at and below the first knot, 1 at and above the last, linear
 * between two knots; at a repeated knot the mean of its first and last rank.
 */
function shareBelow(knots: readonly number[], value: number): number {
  const gaps = knots.length - 1;
  if (Number.isNaN(value)) return value;
  if (value <= knots[0]!) return 0;
  if (value >= knots[gaps]!) return 1;
  const above = firstAbove(knots, value);
  const low = knots[above - 1]!;
  if (low < value) return (above - 1 + (value - low) / (knots[above]! - low)) / gaps;
  let first = above - 1;
  while (knots[first - 1] === value) first--;
  return (first + above - 1) / 2 / gaps;
}

/** The first knot greater than the value, by bisection. */
function firstAbove(knots: readonly number[], value: number): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (knots[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
