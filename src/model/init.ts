// The numbers a network starts from. Letters: I inputs, O outputs of a layer.

import { assertNever } from "../errors.ts";
import { randomStream } from "../random.ts";
import type { Network } from "./network.ts";

export type Initialisation = "he_uniform" | "glorot_uniform" | "zeros";

/** `headInit` is for the output layer: "zeros" starts from equal probabilities, a loss of exactly ln K. */
export interface InitOptions {
  readonly init: Initialisation;
  readonly headInit: Initialisation;
}

/**
 * Draws the weights of each layer, and sets the biases to zero.
 *
 *   weights ~ U(-b, b),  b = √(6 / I) for he_uniform, √(6 / (I + O)) for glorot_uniform
 *
 * Each layer has a stream of its own, so that a change of one layer leaves the draws of the others alone.
 * Hidden layers of zeros never learn: each node of a layer stays the same as its neighbours.
 *
 * Source: He and others, Delving deep into rectifiers (2015); Glorot and Bengio (2010), equation 16.
 */
export function initialise(network: Network, options: InitOptions, seed: number): void {
  const last = network.layers.length - 1;
  network.layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    const bound = uniformBound(l === last ? options.headInit : options.init, inputs, outputs);
    const random = randomStream(seed, "init", l);
    for (let i = 0; i < weights.length; i++) weights[i] = bound === 0 ? 0 : (2 * random() - 1) * bound;
    biases.fill(0);
  });
}

function uniformBound(init: Initialisation, inputs: number, outputs: number): number {
  switch (init) {
    case "he_uniform":
      return Math.sqrt(6 / inputs);
    case "glorot_uniform":
      return Math.sqrt(6 / (inputs + outputs));
    case "zeros":
      return 0;
    default:
      return assertNever(init, "initialisation");
  }
}
