// How sharply the loss bends along the output layer, which bounds the rate at which descent holds.
// Letters: N rows, I inputs of the output layer, K classes.

import type { Matrix } from "../matrix.ts";
import { allocateForward, forward, probabilities } from "../model/forward.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import type { Network } from "../model/network.ts";
import { type Random, randomStream } from "../random.ts";

/**
 * The largest eigenvalue of the Hessian of the mean cross-entropy in the weights and biases of the output layer.
 *
 *   softmax:  H·V = mean over rows of (diag(p) - p·pᵀ)·(V·h)·hᵀ      sigmoid:  mean of p·(1 - p)·(v·h)·h
 *
 * with h the inputs of the layer and a 1 for the bias. Plain full-batch descent on this layer holds while its rate is
 * below 2 / eigenvalue. Found by power iteration to twelve digits.
 *
 * @param features (N, D) float64
 */
export function largestHeadCurvature(kernels: Kernels, network: Network, features: Matrix): number {
  const { rows: N } = features;
  const { outputs, inputs: I } = network.layers.at(-1)!;
  const workspace = allocateForward(kernels, network.shape, N);
  workspace.activations[0]!.set(features.values);
  const logits = forward(kernels, network, workspace, N);
  probabilities(kernels, network, workspace.probabilities, logits, N);
  const p = workspace.probabilities;
  const h = workspace.activations.at(-2)!;
  const random: Random = randomStream(1, "golden");
  let direction = Float64Array.from({ length: (I + 1) * outputs }, () => random() - 0.5);
  let curvature = 0;
  for (let round = 0; round < 20_000; round++) {
    const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
    if (Math.abs(length - curvature) <= 1e-12 * length) return length;
    curvature = length;
    direction = product(
      direction.map((x) => x / length),
      h,
      p,
      { N, I, outputs },
    );
  }
  return curvature;
}

/** H·V for V (I + 1, outputs), the bias last. */
function product(
  V: Float64Array,
  h: ArrayLike<number>,
  p: ArrayLike<number>,
  { N, I, outputs: O }: { readonly N: number; readonly I: number; readonly outputs: number },
): Float64Array<ArrayBuffer> {
  const result = new Float64Array(V.length);
  const bent = new Float64Array(O);
  const K = Math.max(O, 2);
  for (let r = 0; r < N; r++) {
    const at = (i: number) => (i === I ? 1 : h[r * I + i]!);
    let mean = 0;
    for (let o = 0; o < O; o++) {
      let along = 0;
      for (let i = 0; i <= I; i++) along += V[i * O + o]! * at(i);
      bent[o] = along;
      mean += p[r * K + o]! * along;
    }
    for (let o = 0; o < O; o++) {
      // One node: p (1 - p) (v·h), where p[0] is its 1 - p.
      bent[o] = O === 1 ? p[r * K]! * p[r * K + 1]! * bent[o]! : p[r * K + o]! * (bent[o]! - mean);
      for (let i = 0; i <= I; i++) result[i * O + o]! += (bent[o]! * at(i)) / N;
    }
  }
  return result;
}
