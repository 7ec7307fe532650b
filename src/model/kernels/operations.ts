// How much work a step is, and where long work pauses, so that whoever pulls can look at a clock or a signal.
// Counts of operations decide, never a clock. Letters: B rows of a minibatch, I inputs, O outputs of a layer.

import type { Network } from "../network.ts";
import type { Kernels } from "./kernels.ts";

type Layers = Pick<Network, "layers">;

/** Multiplications and additions of the three products of a step: Σ 2·3·B·I·O, the first layer without one of them. */
export function stepOperations({ layers }: Layers, B: number): number {
  const products = (l: number) => (l === 0 ? 2 : 3);
  return layers.reduce((sum, { inputs, outputs }, l) => sum + 2 * products(l) * B * inputs * outputs, 0);
}

/** Some 100 to 200 ms of work: of kernels that do whole steps at once, and of those that go one by one. */
const OPERATIONS = { whole: 2e9, single: 5e7 };
/** What a node costs beside the products, in their operations. */
const OF_A_NODE = 60;

/** Steps between two pauses; an epoch of a small table has no pause inside. */
export function stepsOfSlice(kernels: Kernels, network: Layers, B: number): number {
  return timesIn(kernels.createStepper ? OPERATIONS.whole : OPERATIONS.single, network, B);
}

/** Forward passes of B rows between two pauses; each is a third of a step. */
export function passesOfSlice(network: Layers, B: number): number {
  return timesIn(3 * OPERATIONS.single, network, B);
}

function timesIn(operations: number, network: Layers, B: number): number {
  const nodes = network.layers.reduce((sum, { outputs }) => sum + outputs, 0);
  return Math.max(1, Math.floor(operations / (stepOperations(network, B) + OF_A_NODE * nodes * B)));
}

/** Pulls work to its end, asking nothing of the pauses on the way. */
export function complete<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as T;
  }
}
