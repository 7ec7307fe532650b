// Average precision of many draws from the same rows: ranked once, counted for each draw.
// Letters: N rows, G groups of equal scores.

import type { FloatArray } from "../matrix.ts";
import { assertLength } from "./labelled.ts";

/**
 * A function from drawn row numbers to the average precision of those rows, in O(N) a draw; null when one side has no
 * row. It equals `averagePrecision` of the drawn scores; 0 when no positive row is drawn.
 *
 * @param scores (N) the higher, the more positive
 */
export function averagePrecisionOfDraws(
  scores: FloatArray,
  labels: ArrayLike<number>,
  positive: number,
): ((drawn: Int32Array) => number) | null {
  const N = scores.length;
  assertLength(labels, N, "labels");
  const order = Int32Array.from({ length: N }, (_, r) => r).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const groupOf = new Int32Array(N);
  const isPositive = new Uint8Array(N);
  let G = 0;
  let positives = 0;
  for (let i = 0; i < N; i++) {
    const r = order[i]!;
    if (i > 0 && scores[r] !== scores[order[i - 1]!]) G++;
    groupOf[r] = G;
    isPositive[r] = labels[r] === positive ? 1 : 0;
    positives += isPositive[r]!;
  }
  if (positives === 0 || positives === N) return null;
  const hits = new Int32Array(G + 1);
  const rows = new Int32Array(G + 1);
  return (drawn) => {
    hits.fill(0);
    rows.fill(0);
    for (let i = 0; i < drawn.length; i++) {
      const r = drawn[i]!;
      hits[groupOf[r]!]! += isPositive[r]!;
      rows[groupOf[r]!]!++;
    }
    let above = 0;
    let hitsAbove = 0;
    let sum = 0;
    for (let g = 0; g <= G; g++) {
      above += rows[g]!;
      hitsAbove += hits[g]!;
      if (hits[g]! > 0) sum += (hits[g]! * hitsAbove) / above;
    }
    return hitsAbove === 0 ? 0 : sum / hitsAbove;
  };
}
