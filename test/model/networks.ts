// Small networks for tests. Letters: B rows, D inputs, K classes.

import type { FloatArray, Precision } from "../../src/matrix.ts";
import { allocateWorkspace, type HeadLossOptions, type Workspace } from "../../src/model/forward.ts";
import { initialise } from "../../src/model/init.ts";
import type { Kernels } from "../../src/model/kernels/kernels.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import {
  type Activation,
  createNetwork,
  type Head,
  type Network,
  type NetworkShape,
} from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";

export const relu: Activation = { kind: "relu", alpha: 1 };
export const tanh: Activation = { kind: "tanh", alpha: 1 };

export function shapeOf(
  inputs: number,
  hidden: readonly (readonly [number, Activation])[],
  head: Head,
  classes: number,
): NetworkShape {
  return { inputs, hidden: hidden.map(([units, activation]) => ({ units, activation })), head, classes };
}

export interface Example {
  readonly kernels: Kernels;
  readonly network: Network;
  readonly workspace: Workspace;
  /** (B, D) */
  readonly inputs: FloatArray;
  readonly labels: Int32Array;
}

/** A network with drawn weights and biases, and B drawn rows that already lie in its workspace. */
export function exampleOf(
  shape: NetworkShape,
  B: number,
  precision: Precision = "float64",
  seed = 7,
): Example {
  const kernels = referenceKernels(precision);
  const network = createNetwork(kernels, shape);
  initialise(network, { init: "glorot_uniform", headInit: "glorot_uniform" }, seed);
  const random = randomStream(seed, "split");
  for (const { biases } of network.layers) biases.set(Array.from(biases, () => random() - 0.5));
  const workspace = allocateWorkspace(kernels, shape, B);
  const inputs = workspace.activations[0]!;
  inputs.set(Array.from(inputs, () => 4 * random() - 2));
  const labels = Int32Array.from({ length: B }, () => Math.floor(random() * shape.classes));
  return { kernels, network, workspace, inputs, labels };
}

export function lossOptions(
  kernels: Kernels,
  weights: readonly number[],
  smoothing = 0,
  reduction: "mean" | "sum" = "mean",
): HeadLossOptions {
  const classWeights = kernels.allocate(weights.length);
  classWeights.set(weights);
  return { classWeights, smoothing, reduction };
}
