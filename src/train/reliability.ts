// Do probabilities mean what they say? Rows binned by stated probability, beside how often it came true.
// Letters: N rows, K classes, M bins of equal width.

import { PulloneError, quote } from "../errors.ts";
import { likeliestClass, predictedClasses } from "./confusion.ts";
import { assertLength, assertProbabilities } from "./labelled.ts";

/** 15 bins, as in the article that made the measure common: Guo et al. (2017). */
export const RELIABILITY_BINS = 15;

/** Stated probabilities in (lower, upper]; the first bin holds 0 too. The means are null in an empty bin. */
export interface ReliabilityBin {
  readonly lower: number;
  readonly upper: number;
  readonly rows: number;
  readonly meanProbability: number | null;
  readonly hitRate: number | null;
}

export interface Reliability {
  /** Expected calibration error: the gap of a bin, averaged over the rows. */
  readonly ece: number;
  /** Maximum calibration error: the largest gap of any bin that holds a row. */
  readonly mce: number;
  /** (M) */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Bins stated probabilities and compares each bin's mean with its share of hits.
 *
 *   ece = Σ_b rows_b / N · |hitRate_b - meanProbability_b|,  mce = max_b |hitRate_b - meanProbability_b|
 *
 * @param stated (N) in [0, 1]; p falls in the first bin b with p <= (b + 1) / M
 * @param hits   (N) 1 where it came true, otherwise 0
 *
 * Source: Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning.
 */
export function reliability(
  stated: ArrayLike<number>,
  hits: ArrayLike<number>,
  M = RELIABILITY_BINS,
): Reliability {
  assertProbabilities(stated, new Uint8Array(stated.length), 1);
  assertLength(hits, stated.length, "hits");
  return binned(
    stated.length,
    (r) => stated[r]!,
    (r) => hits[r]!,
    M,
  );
}

/** The same of N rows that are asked one by one: no copy of what a long table holds already. */
function binned(
  N: number,
  statedOf: (row: number) => number,
  hitOf: (row: number) => number,
  M: number,
): Reliability {
  if (!(Number.isInteger(M) && M >= 1)) {
    throw new PulloneError("internal", `bins: expected a whole number from 1, got ${quote(M)}`);
  }
  const rows = new Int32Array(M);
  const hitsOfBin = new Float64Array(M);
  const sums = new Float64Array(M);
  for (let r = 0; r < N; r++) {
    const stated = statedOf(r);
    const b = binOf(stated, M);
    rows[b]!++;
    hitsOfBin[b]! += hitOf(r);
    sums[b]! += stated;
  }

  let ece = 0;
  let mce = 0;
  const bins = Array.from(rows, (count, b): ReliabilityBin => {
    const edges = { lower: b / M, upper: (b + 1) / M, rows: count };
    if (count === 0) return { ...edges, meanProbability: null, hitRate: null };
    const gap = Math.abs(hitsOfBin[b]! - sums[b]!);
    ece += gap / N;
    mce = Math.max(mce, gap / count);
    return { ...edges, meanProbability: sums[b]! / count, hitRate: hitsOfBin[b]! / count };
  });
  return { ece, mce, bins };
}

/** Reliability of the winning class: its probability, and whether it was the true class. */
export function topClassReliability(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  M = RELIABILITY_BINS,
): Reliability {
  assertProbabilities(probabilities, labels, K);
  const top = (r: number) => likeliestClass(probabilities, r, K);
  return binned(
    labels.length,
    (r) => probabilities[r * K + top(r)]!,
    (r) => (top(r) === labels[r] ? 1 : 0),
    M,
  );
}

/** (N) the probability of the winning class of each row, and 1 where it was the true class. */
export function topClass(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): { readonly stated: Float64Array; readonly hits: Uint8Array } {
  assertProbabilities(probabilities, labels, K);
  const predicted = predictedClasses(probabilities, labels.length, K);
  const stated = new Float64Array(labels.length);
  const hits = new Uint8Array(labels.length);
  for (let r = 0; r < labels.length; r++) {
    stated[r] = probabilities[r * K + predicted[r]!]!;
    hits[r] = predicted[r] === labels[r] ? 1 : 0;
  }
  return { stated, hits };
}

/** Reliability of one class in every row: its probability, and whether it was the true class. */
export function classReliability(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  k: number,
  M = RELIABILITY_BINS,
): Reliability {
  assertProbabilities(probabilities, labels, K);
  return binned(
    labels.length,
    (r) => probabilities[r * K + k]!,
    (r) => (labels[r] === k ? 1 : 0),
    M,
  );
}

/**
 * The first bin b with p <= (b + 1) / M. The product p · M can only guess too high, on an edge or rounded up to one: a p
 * above the rounded edge is above the true one too. There the comparison has the last word.
 */
export function binOf(p: number, M: number): number {
  const guess = Math.floor(p * M);
  return guess > 0 && p <= guess / M ? guess - 1 : guess;
}
