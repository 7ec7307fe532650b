// The calibration error and its interval: chance alone makes it larger than it is, and the interval must undo that.
// Letters: N rows, M bins, B resamples.

import type { Random } from "../random.ts";
import { type Interval, percentileInterval } from "./intervals.ts";
import { RELIABILITY_BINS } from "./reliability.ts";

const M = RELIABILITY_BINS;
/** Halvings of the factor: it is then sure to a millionth. */
const HALVINGS = 20;

/** What the rows state, in which bin they fall, and whether it came true. */
export interface StatedRows {
  /** (N) */
  readonly stated: Float64Array;
  readonly bins: Int32Array;
  readonly hits: Uint8Array;
}

/** (M) sum over the rows of a bin, each drawn or all of them once: what they state less what came true. */
export function binGaps(
  { stated, bins, hits }: StatedRows,
  drawn: Int32Array | null,
  gaps: Float64Array,
): void {
  gaps.fill(0);
  for (let i = 0; i < stated.length; i++) {
    const r = drawn === null ? i : drawn[i]!;
    gaps[bins[r]!]! += stated[r]! - hits[r]!;
  }
}

/** Σ |gap| / N */
export function errorOfGaps(gaps: Float64Array, N: number): number {
  let sum = 0;
  for (let m = 0; m < gaps.length; m++) sum += Math.abs(gaps[m]!);
  return sum / N;
}

/**
 * The middle 95 % of the calibration error when every row comes true as often as it says. How many rows of a bin would
 * then come true is drawn from its exact distribution, not row by row.
 *
 * Source: Bröcker, Smith (2007), Increasing the reliability of reliability diagrams.
 */
export function errorIfCalibrated({ stated, bins }: StatedRows, B: number, random: Random): Interval {
  const chances = Array.from({ length: M }, (_, m) => stated.filter((_, r) => bins[r] === m));
  const sums = chances.map((ofBin) => ofBin.reduce((sum, chance) => sum + chance, 0));
  const shares = chances.map(sharesOfHits);
  const errors = new Float64Array(B);
  const gaps = new Float64Array(M);
  for (let b = 0; b < B; b++) {
    for (let m = 0; m < M; m++) gaps[m] = sums[m]! - drawHits(shares[m]!, random);
    errors[b] = errorOfGaps(gaps, stated.length);
  }
  return percentileInterval(errors);
}

/** Chances below this are taken for none: all that is lost of a million rows is a billionth. */
const NO_CHANCE = 1e-15;

/** How likely it is that at most `first` + i rows of a bin come true, i = 0, 1, … */
interface SharesOfHits {
  readonly first: number;
  readonly atMost: Float64Array;
}

/** From each row's own chance: the Poisson binomial distribution, row after row, without its hopeless ends. */
function sharesOfHits(chances: Float64Array): SharesOfHits {
  const share = new Float64Array(chances.length + 1);
  share[0] = 1;
  let first = 0;
  let last = 0;
  for (const chance of chances) {
    for (let hits = ++last; hits > first; hits--) {
      share[hits] = share[hits]! * (1 - chance) + share[hits - 1]! * chance;
    }
    share[first]! *= 1 - chance;
    while (share[first]! < NO_CHANCE && first < last) first++;
    while (share[last]! < NO_CHANCE && first < last) share[last--] = 0;
  }
  const atMost = share.slice(first, last + 1);
  for (let i = 1; i < atMost.length; i++) atMost[i]! += atMost[i - 1]!;
  return { first, atMost };
}

function drawHits({ first, atMost }: SharesOfHits, random: Random): number {
  if (atMost.length === 1) return first;
  const share = random();
  let from = 0;
  let to = atMost.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (atMost[middle]! > share) to = middle;
    else from = middle + 1;
  }
  return first + from;
}

/**
 * 95 % interval of the calibration error by turning the bootstrap around: of all factors f, those with which gaps f
 * times as large as the ones found would show the error found.
 *
 *   error of f in resample b = Σ |f gap + (gap in b - gap)| / N,  the interval is error · f for all f with
 *   share of resamples at or above the error found between 2.5 and 97.5 %
 *
 * Both ends are found by halving: where the strayings are even on both sides and rarer the larger they are, the share
 * rises with f (Anderson 1955). The error found always belongs to its interval.
 *
 * @param gaps      (M) of all rows
 * @param resampled (B, M) gaps of the resamples; overwritten
 *
 * Source: of intervals as the values that a test does not refuse, Carpenter (1999), Test inversion bootstrap confidence
 * intervals, Journal of the Royal Statistical Society B 61. Anderson (1955), The integral of a symmetric unimodal
 * function over a symmetric convex set and some probability inequalities, Proceedings of the AMS 6.
 */
export function errorInterval(gaps: Float64Array, resampled: Float64Array, N: number): Interval {
  const B = resampled.length / M;
  for (let i = 0; i < resampled.length; i++) resampled[i]! -= gaps[i % M]!;
  const value = errorOfGaps(gaps, N);
  const found = value * N;
  const shareAt = (factor: number) => {
    let count = 0;
    for (let b = 0; b < B; b++) {
      let sum = 0;
      for (let m = 0; m < M; m++) sum += Math.abs(factor * gaps[m]! + resampled[b * M + m]!);
      if (sum >= found) count++;
    }
    return count / B;
  };
  const factorOf = (share: number) => {
    if (shareAt(0) >= share) return 0;
    let lower = 0;
    let upper = 2;
    while (upper < 1024 && shareAt(upper) < share) upper *= 2;
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (lower + upper) / 2;
      if (shareAt(middle) < share) lower = middle;
      else upper = middle;
    }
    return (lower + upper) / 2;
  };
  return {
    lower: value * Math.min(1, factorOf(0.025)),
    upper: Math.min(1, value * Math.max(1, factorOf(0.975))),
  };
}
