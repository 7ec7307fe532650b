// What each row puts into the scores of a report, computed once for all resamples.
// Letters: N rows, K classes, M bins.

import type { Strata } from "./bootstrap.ts";
import type { StatedRows } from "./calibrationerror.ts";
import { confusionMatrix } from "./confusion.ts";
import { binOf, RELIABILITY_BINS, topClass } from "./reliability.ts";

export interface RowScores extends StatedRows {
  /** (N) in the order of the rows */
  readonly briers: Float64Array;
  /** (K, K) true by predicted class */
  readonly confusion: Int32Array;
}

/**
 * @param predicted (N) the answers
 * @param strata    stated, bins and hits come out in this class order
 */
export function rowScores(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  predicted: Int32Array,
  { rows }: Strata,
): RowScores {
  const { stated, hits } = topClass(probabilities, labels, K);
  const briers = new Float64Array(labels.length);
  for (let r = 0; r < labels.length; r++) {
    for (let k = 0; k < K; k++) {
      const error = probabilities[r * K + k]! - (k === labels[r] ? 1 : 0);
      briers[r]! += error * error;
    }
  }
  return {
    briers,
    confusion: confusionMatrix(labels, predicted, K),
    stated: Float64Array.from(rows, (row) => stated[row]!),
    bins: rows.map((row) => binOf(stated[row]!, RELIABILITY_BINS)),
    hits: Uint8Array.from(rows, (row) => hits[row]!),
  };
}
