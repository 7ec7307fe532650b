// The mean of skewed numbers, as the losses of the rows are, and how far it can be believed.
// Letters: N rows, K classes, B resamples; γ skewness of a mean.

import { exp, expm1, log, log1p } from "../elementary.ts";
import { sortNumbers } from "../matrix.ts";
import type { Strata } from "./bootstrap.ts";
import { drawnPercentile, type Interval } from "./intervals.ts";

/** A number for each row, in class order, as its distance from the mean of its class. */
export interface CentredRows {
  /** (N) */
  readonly values: Float64Array;
  /** (K + 1) */
  readonly starts: Int32Array;
  /** Of all rows, before anything was taken away. */
  readonly mean: number;
}

/** The mean of stratified rows, of which each class keeps its share. */
export interface MeanMoments {
  /** Distance from the mean of all rows. */
  readonly shift: number;
  readonly standardError: number;
  /** Third central moment of the mean over the cube of its standard error; 0 without a spread. */
  readonly skewness: number;
}

export function centreByClass(values: ArrayLike<number>, { rows, starts }: Strata): CentredRows {
  const centred = new Float64Array(rows.length);
  let total = 0;
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[rows[i]!]!;
    total += sum;
    const first = values[rows[from]!];
    // Equal values are left without a spread of rounding.
    const mean = rows.subarray(from, to).every((row) => values[row] === first) ? first! : sum / (to - from);
    for (let i = from; i < to; i++) centred[i] = values[rows[i]!]! - mean;
  }
  return { values: centred, starts, mean: total / rows.length };
}

/**
 * The moments of the mean of some rows, nₖ of each class k as there are; a class of one row shows no spread.
 *
 *   standard error² = Σₖ nₖ sₖ² / N²,  γ = Σₖ nₖ m₃ₖ / (N³ standard error³)
 *   sₖ² and m₃ₖ unbiased: divisors n - 1 and (n - 1)(n - 2) / n
 *
 * @param drawn (N) places in class order, or null for every row once
 */
export function meanMoments({ values, starts }: CentredRows, drawn: Int32Array | null): MeanMoments {
  const N = values.length;
  let shift = 0;
  let variance = 0;
  let third = 0;
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    const n = to - from;
    let sum = 0;
    let squares = 0;
    let cubes = 0;
    for (let i = from; i < to; i++) {
      const u = values[drawn === null ? i : drawn[i]!]!;
      sum += u;
      squares += u * u;
      cubes += u * u * u;
    }
    shift += sum;
    if (n < 2) continue;
    const mean = sum / n;
    variance += (n / (n - 1)) * Math.max(0, squares - sum * mean);
    if (n < 3) continue;
    third += ((n * n) / ((n - 1) * (n - 2))) * (cubes - 3 * mean * squares + 2 * mean * mean * sum);
  }
  const spread = Math.sqrt(variance);
  return {
    shift: shift / N,
    standardError: spread / N,
    skewness: variance > 0 ? third / (variance * spread) : 0,
  };
}

/**
 * Hall's transformation of a studentised mean: what skewness γ does to its distribution is taken out. It rises
 * everywhere, so it can be undone.
 *
 *   g(t) = t + γ t² / 3 + γ² t³ / 27 + γ / 6
 *
 * Source: Hall (1992), On the removal of skewness by transformation, Journal of the Royal Statistical Society B 54.
 */
export function withoutSkewness(t: number, skewness: number): number {
  const bent = (skewness * t) / 3;
  return t * (1 + bent + (bent * bent) / 3) + skewness / 6;
}

/** The t that `withoutSkewness` takes to y: 3 ((1 + γ (y - γ / 6))^⅓ - 1) / γ. */
export function withSkewness(y: number, skewness: number): number {
  if (skewness === 0) return y;
  const x = skewness * (y - skewness / 6);
  // The cube root of 1 + x, less 1: near 0 without cancellation, and of negative numbers too.
  const root = x > -1 ? expm1(log1p(x) / 3) : x === -1 ? -1 : -exp(log(-1 - x) / 3) - 1;
  return (3 * root) / skewness;
}

/** The studentised mean of one resample about the mean of all rows, without its skewness; NaN without a spread. */
export function resampledMean(rows: CentredRows, drawn: Int32Array): number {
  const { shift, standardError, skewness } = meanMoments(rows, drawn);
  return standardError > 0 ? withoutSkewness(shift / standardError, skewness) : Number.NaN;
}

/**
 * 95 % interval of a mean by the bootstrap of its studentised value, from which skewness is removed. Null when no row
 * differs from the others of its class.
 *
 *   mean - standard error · t(q(0.975)) … mean - standard error · t(q(0.025)),  q of the B values g, t the inverse of g
 *
 * @param resampled (B) as `resampledMean` gives them; those without a spread are left out
 *
 * Source: Hall (1992), as above; with the bootstrap Zhou, Gao (2000), One-sided confidence intervals for means of
 * positively skewed distributions, The American Statistician 54.
 */
export function meanInterval(rows: CentredRows, resampled: Float64Array): Interval | null {
  const { standardError, skewness } = meanMoments(rows, null);
  const sorted = sortNumbers(resampled.filter((value) => !Number.isNaN(value)));
  if (!(standardError > 0) || sorted.length === 0) return null;
  const end = (q: number) => rows.mean - standardError * withSkewness(drawnPercentile(sorted, q), skewness);
  return { lower: end(0.975), upper: end(0.025) };
}
