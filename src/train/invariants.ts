// What no step of training may change: the cheapest proof that a softmax head is trained as it should be.
// Letters: I inputs of the head, K classes.

import type { Network } from "../model/network.ts";

/**
 * The sums over the K rows of the output layer, for each input and for the bias.
 *
 *   s[i] = Σₖ w[i, k],  s[I] = Σₖ b[k]
 *
 * The gradients of a row of logits sum to zero, p - onehot(y) as much as its weighted, smoothed and clipped forms. So
 * s never moves under SGD, momentum and Nesterov without l2 and weight decay, but for rounding; with two classes
 * under Adam too, as then the two rows get opposite gradients. Decay shrinks it and no gradient holds against that.
 *
 * @returns (I + 1) in float64, the bias last
 */
export function headRowSums(network: Network): Float64Array {
  const { weights, biases, inputs: I, outputs: K } = network.layers.at(-1)!;
  const sums = new Float64Array(I + 1);
  for (let i = 0; i < I; i++) {
    for (let k = 0; k < K; k++) sums[i]! += weights[i * K + k]!;
  }
  for (let k = 0; k < K; k++) sums[I]! += biases[k]!;
  return sums;
}
