// Resampling the rows: as many of each class as there are, drawn with replacement from that class.
// Letters: N rows, K classes, B resamples.

import type { Random } from "../random.ts";
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

const MOST_RESAMPLES = 2000;
const FEWEST_RESAMPLES = 200;
/** Draws of one report: about 0.2 s. */
const DRAWS = 1e7;

/** B: 2,000 up to 5,000 draws a resample, then fewer, 200 from 50,000 on. */
export function resamplesFor(draws: number): number {
  return Math.min(MOST_RESAMPLES, Math.max(FEWEST_RESAMPLES, Math.floor(DRAWS / draws)));
}

const HALF_OF_THE_BITS = 67_108_864; // 2²⁶

/**
 * One stratified resample: as many rows of each class as there are, drawn with replacement from that class. The class
 * shares stay what they are, as the stratified split made them. A random number has 53 bits: it serves two rows.
 *
 * @param drawn  (N) overwritten with places in class order, as `Strata.rows` has it
 * @param starts (K + 1)
 *
 * Source: Davison, Hinkley (1997), Bootstrap methods and their application, 3.2.
 */
export function drawStratified(drawn: Int32Array, starts: Int32Array, random: Random): void {
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    const size = to - from;
    for (let i = from; i < to; i += 2) {
      const scaled = random() * HALF_OF_THE_BITS;
      const upper = Math.floor(scaled);
      drawn[i] = from + Math.floor((upper / HALF_OF_THE_BITS) * size);
      if (i + 1 < to) drawn[i + 1] = from + Math.floor((scaled - upper) * size);
    }
  }
}
