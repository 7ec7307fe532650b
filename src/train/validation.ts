// The validation rows after an epoch: their loss and metrics.
// Letters: N rows, D encoded features, K classes.

import type { Part } from "../data/dataset.ts";
import { allocateFloats, type FloatArray } from "../matrix.ts";
import {
  allocateWorkspace,
  forward,
  type HeadLossOptions,
  headLoss,
  probabilities,
  type Workspace,
} from "../model/forward.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import { passesOfSlice } from "../model/kernels/operations.ts";
import type { Network } from "../model/network.ts";
import {
  accuracy,
  balancedAccuracy,
  classCounts,
  confusionMatrix,
  macroAverage,
  predictedClasses,
} from "./confusion.ts";
import { logLossFromLogits } from "./scores.ts";

export interface ValidationReport {
  /** The loss that training minimises, with the class weights of the validation rows. */
  readonly loss: number;
  /** Unweighted mean cross-entropy, without smoothing. */
  readonly logLoss: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
}

/** What validation works on; allocated once. */
export interface Validator {
  readonly part: Part;
  readonly workspace: Workspace;
  readonly lossOptions: HeadLossOptions;
  /** Σ of the class weights over the rows. */
  readonly totalWeight: number;
  /** (N, outputs), (N, K): of the last validation. */
  readonly logits: FloatArray;
  readonly probabilities: FloatArray;
}

/** Rows of one forward pass. */
const BLOCK = 256;

/** Null when there are no validation rows. */
export function allocateValidator(
  kernels: Kernels,
  network: Network,
  part: Part,
  classWeights: Float64Array,
  smoothing: number,
): Validator | null {
  const N = part.labels.length;
  if (N === 0) return null;
  const workspace = allocateWorkspace(kernels, network.shape, Math.min(BLOCK, N));
  let totalWeight = 0;
  for (const label of part.labels) totalWeight += classWeights[label]!;
  return {
    part,
    workspace,
    lossOptions: { classWeights: kernelWeights(kernels, classWeights), smoothing, reduction: "sum" },
    totalWeight,
    logits: allocateFloats(kernels.precision, N * network.layers.at(-1)!.outputs),
    probabilities: allocateFloats(kernels.precision, N * network.shape.classes),
  };
}

/** The class weights in memory of the kernels. */
export function kernelWeights(kernels: Kernels, classWeights: Float64Array): FloatArray {
  const weights = kernels.allocate(classWeights.length);
  weights.set(classWeights);
  return weights;
}

/** Loss and metrics of the validation rows under the network as it is now; yields `pause` on the way when they are many. */
export function* validate<P>(
  kernels: Kernels,
  network: Network,
  validator: Validator,
  pause: P,
): Generator<P, ValidationReport> {
  const { part, workspace, lossOptions } = validator;
  const slice = passesOfSlice(network, workspace.capacity) * workspace.capacity;
  const N = part.labels.length;
  const D = network.shape.inputs;
  const K = network.shape.classes;
  const outputs = network.layers.at(-1)!.outputs;
  let loss = 0;
  for (let from = 0; from < N; from += workspace.capacity) {
    if (from > 0 && from % slice === 0) yield pause;
    const B = Math.min(workspace.capacity, N - from);
    workspace.activations[0]!.set(part.features.values.subarray(from * D, (from + B) * D));
    const logits = forward(kernels, network, workspace, B);
    loss += headLoss(kernels, network, workspace, part.labels.subarray(from, from + B), lossOptions, B);
    probabilities(kernels, network, workspace.probabilities, logits, B);
    validator.logits.set(logits.subarray(0, B * outputs), from * outputs);
    validator.probabilities.set(workspace.probabilities.subarray(0, B * K), from * K);
  }
  const confusion = confusionMatrix(part.labels, predictedClasses(validator.probabilities, N, K), K);
  const counts = classCounts(confusion, K);
  return {
    loss: loss / (validator.totalWeight > 0 ? validator.totalWeight : 1),
    logLoss: logLossFromLogits(validator.logits, part.labels, outputs),
    accuracy: accuracy(confusion, K),
    balancedAccuracy: balancedAccuracy(counts),
    macroF1: macroAverage(counts).f1,
  };
}
