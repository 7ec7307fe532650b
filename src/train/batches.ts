// Which rows a step sees.
// N rows of the training part.

import { randomStream, shuffle } from "../random.ts";

/**
 * The order of the rows in one epoch, written into `order` (N): a shuffle of 0 … N-1 that depends on the seed and
 * the epoch alone, so a run resumes from two integers.
 */
export function shuffledOrder(order: Int32Array, seed: number, epoch: number): Int32Array {
  for (let i = 0; i < order.length; i++) order[i] = i;
  return shuffle(order, randomStream(seed, "shuffle", epoch));
}

/** Steps of an epoch: the last minibatch may be smaller. */
export function stepsPerEpoch(rows: number, batchSize: number): number {
  return Math.ceil(rows / batchSize);
}
