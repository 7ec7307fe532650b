// The paired wild bootstrap: is a mean difference more than the signs of its rows would make by chance?
// Letters: N rows, K classes, B resamples.

import { PulloneError, quote } from "../errors.ts";
import { sortNumbers } from "../matrix.ts";
import type { Random } from "../random.ts";
import { strataOf } from "./bootstrap.ts";
import type { Interval } from "./intervals.ts";
import { centreByClass, meanMoments } from "./studentised.ts";

export interface WildDifference {
  readonly difference: number;
  readonly standardError: number;
  /** Null where no row differs from the others of its class: the rows then show no spread. */
  readonly interval: Interval | null;
  readonly p: number | null;
}

const LEVEL = 0.05;

/**
 * Mean difference of two models on the same rows, tested and with its 95 % interval. In each resample every row keeps
 * the size of its distance u from the mean of its class and draws its sign.
 *
 *   t = difference / standard error,  t_b = mean of ±u / standard error of ±u
 *   p = (1 + resamples with |t_b| >= |t|) / (B + 1),  interval = difference ± c standard error
 *
 * c is the |t_b| from which p is above 0.05, so the interval holds 0 exactly where the test does not refuse it. Signs
 * make the distribution even on both sides, as it is where the models are equally good and may be exchanged.
 *
 * @param gains  (N) what is averaged: A's value less B's
 * @param labels (N) 0 … K-1
 * @param B      resamples, at least 100
 *
 * Source: Wu (1986), Jackknife, bootstrap and other resampling methods in regression analysis; Liu (1988), Bootstrap
 * procedures under some non-i.i.d. models; of random signs Davidson, Flachaire (2008), The wild bootstrap, tamed at
 * last, Journal of Econometrics 146.
 */
export function wildDifference(
  gains: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  B: number,
  random: Random,
): WildDifference {
  if (!(Number.isInteger(B) && B >= 100)) {
    throw new PulloneError("internal", `B: expected a whole number from 100, got ${quote(B)}`);
  }
  const rows = centreByClass(gains, strataOf(labels, K));
  const { standardError } = meanMoments(rows, null);
  const difference = rows.mean;
  if (!(standardError > 0)) return { difference, standardError: 0, interval: null, p: null };
  const t = Math.abs(difference / standardError);
  const signs = new Int8Array(rows.values.length);
  const signed = { ...rows, values: new Float64Array(signs.length) };
  const sizes = new Float64Array(B);
  let asLarge = 1;
  for (let b = 0; b < B; b++) {
    randomSigns(signs, random);
    for (let i = 0; i < signs.length; i++) signed.values[i] = signs[i]! * rows.values[i]!;
    const resample = meanMoments(signed, null);
    sizes[b] = resample.standardError > 0 ? Math.abs(resample.shift / resample.standardError) : 0;
    if (sizes[b]! >= t) asLarge++;
  }
  const largest = sortNumbers(sizes);
  const half = largest[B - Math.floor(LEVEL * (B + 1))]! * standardError;
  return {
    difference,
    standardError,
    interval: { lower: difference - half, upper: difference + half },
    p: asLarge / (B + 1),
  };
}

const BITS = 32;
const WORDS = 4_294_967_296; // 2³²

/** Overwrites all signs with 1 or -1 at random; one random number serves 32 of them. */
export function randomSigns(signs: Int8Array, random: Random): void {
  let word = 0;
  for (let i = 0; i < signs.length; i++) {
    if (i % BITS === 0) word = Math.floor(random() * WORDS);
    signs[i] = (word >>> (i % BITS)) & 1 ? 1 : -1;
  }
}
