// What each row puts into the scores of a report, computed once for all resamples.
// Letters: N rows, K classes.

import { binOf, RELIABILITY_BINS, topClass } from "./reliability.ts";

export interface RowScores {
  readonly losses: ArrayLike<number>;
  readonly briers: Float64Array;
  /** (N) true class · K + predicted class */
  readonly cells: Int32Array;
  /** (N) probability of the likeliest class, its bin, and 1 where it is the true one */
  readonly stated: Float64Array;
  readonly bins: Int32Array;
  readonly hits: Uint8Array;
}

/** @param predicted (N) the answers */
export function rowScores(
  losses: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  predicted: Int32Array,
): RowScores {
  const N = labels.length;
  const { stated, hits } = topClass(probabilities, labels, K);
  const briers = new Float64Array(N);
  const cells = new Int32Array(N);
  const bins = new Int32Array(N);
  for (let r = 0; r < N; r++) {
    const label = labels[r]!;
    for (let k = 0; k < K; k++) {
      const error = probabilities[r * K + k]! - (k === label ? 1 : 0);
      briers[r]! += error * error;
    }
    cells[r] = label * K + predicted[r]!;
    bins[r] = binOf(stated[r]!, RELIABILITY_BINS);
  }
  return { losses, briers, cells, stated, bins, hits };
}
