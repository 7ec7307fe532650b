// Do two models rank equally well? Tested by exchanging what they say, row by row.
// Letters: N rows, B exchanges.

import { type FloatArray, sortNumbers } from "../matrix.ts";
import type { Random } from "../random.ts";
import { randomSigns } from "./wild.ts";

/**
 * The p-value of no difference between two areas under the ROC curve. If the models rank equally well, it is chance
 * which of the two ranks of a row is A's: they are exchanged in about half of the rows, B times.
 *
 *   p = (1 + exchanges with a difference at least as large) / (B + 1)
 *
 * A row's rank is its place among all rows by the score of one model, the mean place among equals. Differences are
 * whole numbers, counted in half pairs, so that "as large" is exact.
 *
 * Source: Venkatraman, Begg (1996), A distribution-free procedure for comparing receiver operating characteristic
 * curves from a paired experiment; of areas Bandos, Rockette, Gur (2005).
 */
export function exchangedRanksPValue(
  scoresA: FloatArray,
  scoresB: FloatArray,
  labels: ArrayLike<number>,
  B: number,
  random: Random,
  positive = 1,
): number {
  const N = labels.length;
  const ranks = [doubledRanks(scoresA), doubledRanks(scoresB)] as const;
  const isPositive = Uint8Array.from({ length: N }, (_, r) => (labels[r] === positive ? 1 : 0));
  const signs = new Int8Array(N).fill(1);
  // By rank: how many positives and how many negatives stand there, of A and of B.
  const counts = [0, 0, 0, 0].map(() => new Int32Array(2 * N + 1));
  const difference = () => {
    for (const count of counts) count.fill(0);
    for (let r = 0; r < N; r++) {
      const isOwn = signs[r] === 1;
      counts[isPositive[r]!]![ranks[isOwn ? 0 : 1]![r]!]!++;
      counts[2 + isPositive[r]!]![ranks[isOwn ? 1 : 0]![r]!]!++;
    }
    return Math.abs(halfPairsWon(counts[0]!, counts[1]!) - halfPairsWon(counts[2]!, counts[3]!));
  };
  const found = difference();
  let asLarge = 1;
  for (let b = 0; b < B; b++) {
    randomSigns(signs, random);
    if (difference() >= found) asLarge++;
  }
  return asLarge / (B + 1);
}

/** (N) twice the mean place of each score among all, counted from 1: a whole number in 2 … 2 N. */
function doubledRanks(scores: FloatArray): Int32Array {
  const sorted = sortNumbers(scores.slice());
  const rankOf = new Map<number, number>();
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    rankOf.set(sorted[from]!, from + to + 1);
    from = to;
  }
  return Int32Array.from(scores, (score) => rankOf.get(score)!);
}

/** Pairs of a positive above a negative, each counting two, and one where they are level. */
function halfPairsWon(negatives: Int32Array, positives: Int32Array): number {
  let below = 0;
  let won = 0;
  for (let rank = 0; rank < positives.length; rank++) {
    won += positives[rank]! * (2 * below + negatives[rank]!);
    below += negatives[rank]!;
  }
  return won;
}
