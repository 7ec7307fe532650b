// What a network says of its rows, in the one form in which a sigmoid node and K softmax nodes can be compared: the
// logits of the classes 1 … K-1 over that of class 0. Letters: N rows, D encoded features, K classes.

import type { Dataset } from "../data/dataset.ts";
import { allocateMatrix, type Matrix } from "../matrix.ts";
import { type ForwardWorkspace, forward } from "../model/forward.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import type { Network } from "../model/network.ts";

/** The rows of all three parts, one after the other, in float64. */
export function everyRow({ train, validation, test }: Dataset): Matrix {
  const parts = [train, validation, test].map(({ features }) => features);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const all = allocateMatrix("float64", rows, train.features.columns);
  let at = 0;
  for (const { values } of parts) {
    all.values.set(values, at);
    at += values.length;
  }
  return all;
}

/**
 * The largest difference of two networks' logit gaps over some rows.
 *
 *   max over rows and k = 1 … K-1 of |(z[k] - z[0]) - (z′[k] - z′[0])|,  z[1] - z[0] = z of a sigmoid head
 *
 * @param rows row numbers of `features`; all rows when absent
 * @param workspaces one for each network, overwritten
 */
export function largestGapDifference(
  kernels: Kernels,
  networks: readonly [Network, Network],
  workspaces: readonly [ForwardWorkspace, ForwardWorkspace],
  features: Matrix,
  rows?: Int32Array,
): number {
  const { columns: D, values } = features;
  const N = rows?.length ?? features.rows;
  const { capacity } = workspaces[0];
  const order = rows ?? Int32Array.from({ length: N }, (_, row) => row);
  let largest = 0;
  for (let from = 0; from < N; from += capacity) {
    const B = Math.min(capacity, N - from);
    const [a, b] = [0, 1].map((side) => {
      kernels.gather(workspaces[side]!.activations[0]!, values, order, from, B, D);
      return gaps(forward(kernels, networks[side]!, workspaces[side]!, B), networks[side]!, B);
    });
    // Math.max hands NaN on, so a gap that is not a number does not pass for a small one.
    for (let i = 0; i < a!.length; i++) largest = Math.max(largest, Math.abs(a![i]! - b![i]!));
  }
  return largest;
}

/** (B, K-1) from the logits of B rows. */
function gaps(logits: ArrayLike<number>, { shape }: Network, B: number): Float64Array {
  if (shape.head === "sigmoid") return Float64Array.from({ length: B }, (_, r) => logits[r]!);
  const K = shape.classes;
  const found = new Float64Array(B * (K - 1));
  for (let r = 0; r < B; r++) {
    for (let k = 1; k < K; k++) found[r * (K - 1) + k - 1] = logits[r * K + k]! - logits[r * K]!;
  }
  return found;
}
