// Forward and backward through the layers, as neighbours: the same order, the same names with d.
// Letters: B rows of a minibatch, I inputs, O outputs of a layer, K classes, L layers.

import type { FloatArray, Matrix } from "../matrix.ts";
import { allocateFloats } from "../matrix.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { complete, passesOfSlice } from "./kernels/operations.ts";
import { createNetwork, layerSizes, type Network, type NetworkShape } from "./network.ts";

/** What a forward pass writes; index l counts layers of nodes, 0 the input, L the logits. */
export interface ForwardWorkspace {
  /** The most rows of one pass. */
  readonly capacity: number;
  /** [l] (B, nodes of l): [0] is the input, filled by the caller; [L] is `logits`. */
  readonly activations: readonly FloatArray[];
  /** [l] (B, nodes of l): z before its activation; at 0 and L the same array as in `activations`. */
  readonly preActivations: readonly FloatArray[];
  /** (B, outputs) */
  readonly logits: FloatArray;
  /** (B, K), for predictions */
  readonly probabilities: FloatArray;
}

/** What a training step writes besides; all of it allocated once, before the first epoch. */
export interface Workspace extends ForwardWorkspace {
  /** [l] (B, nodes of l), dLoss/dz of layer l; [L] is `dLogits`, [0] is empty: nobody asks for it. */
  readonly dPreActivations: readonly FloatArray[];
  /** (B, outputs) */
  readonly dLogits: FloatArray;
  /** dLoss/dparameters, laid out as the parameters of the network. */
  readonly gradients: Network;
  /** (B) class indices of the minibatch, filled by the caller. */
  readonly labels: Int32Array;
  /** (B) and (1), (1): the targets and weights that the loss of the sigmoid head works on. */
  readonly sigmoid: {
    readonly targets: FloatArray;
    readonly negative: FloatArray;
    readonly positive: FloatArray;
  };
}

/** The arrays of a forward pass of up to `capacity` rows, in memory of the kernels. */
export function allocateForward(kernels: Kernels, shape: NetworkShape, capacity: number): ForwardWorkspace {
  const sizes = layerSizes(shape);
  const last = sizes.length - 1;
  const activations = sizes.map((nodes) => kernels.allocate(capacity * nodes));
  const preActivations = sizes.map((nodes, l) =>
    l === 0 || l === last ? activations[l]! : kernels.allocate(capacity * nodes),
  );
  const p = kernels.allocate(capacity * shape.classes);
  return { capacity, activations, preActivations, logits: activations[last]!, probabilities: p };
}

/** The arrays of a training step of up to `capacity` rows, in memory of the kernels; no step needs more. */
export function allocateWorkspace(kernels: Kernels, shape: NetworkShape, capacity: number): Workspace {
  const dPreActivations = layerSizes(shape).map((nodes, l) =>
    kernels.allocate(l === 0 ? 0 : capacity * nodes),
  );
  return {
    ...allocateForward(kernels, shape, capacity),
    dPreActivations,
    dLogits: dPreActivations.at(-1)!,
    gradients: createNetwork(kernels, shape),
    labels: new Int32Array(capacity),
    sigmoid: {
      targets: kernels.allocate(capacity),
      negative: kernels.allocate(1),
      positive: kernels.allocate(1),
    },
  };
}

/**
 * The logits of B rows.
 *
 *   for l = 1 … L:  z[l] = a[l-1] · weights + biases,  a[l] = activation(z[l]),  a[L] = z[L]
 *
 * @param workspace `activations[0]` holds the rows; everything else of a forward pass is overwritten
 * @returns `workspace.logits`, of which the first B rows are new
 */
export function forward(
  kernels: Kernels,
  network: Network,
  workspace: ForwardWorkspace,
  B: number,
): FloatArray {
  const { activations: a, preActivations: z } = workspace;
  for (let l = 1; l <= network.layers.length; l++) {
    const { weights, biases, inputs, outputs } = network.layers[l - 1]!;
    kernels.denseForward(z[l]!, a[l - 1]!, weights, biases, B, inputs, outputs);
    const hidden = network.shape.hidden[l - 1];
    if (hidden !== undefined) kernels.activate(hidden.activation, a[l]!, z[l]!, B * outputs);
  }
  return workspace.logits;
}

/**
 * The gradients of the loss with respect to every parameter, from `workspace.dLogits`, after `forward` of the same B rows.
 *
 *   for l = L … 1:  dWeights = a[l-1]ᵀ · dz[l],  dBiases = column sums of dz[l]
 *                   dz[l-1] = (dz[l] · weightsᵀ) ⊙ activation′(z[l-1])
 *
 * @param workspace `gradients` and `dPreActivations` are overwritten
 *
 * Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986).
 */
export function backward(kernels: Kernels, network: Network, workspace: Workspace, B: number): void {
  const { activations: a, preActivations: z, dPreActivations: dz } = workspace;
  for (let l = network.layers.length; l >= 1; l--) {
    const { weights, inputs, outputs } = network.layers[l - 1]!;
    const { weights: dWeights, biases: dBiases } = workspace.gradients.layers[l - 1]!;
    kernels.denseBackwardParameters(dWeights, dBiases, a[l - 1]!, dz[l]!, B, inputs, outputs);
    const hidden = network.shape.hidden[l - 2];
    if (hidden === undefined) return;
    const dA = dz[l - 1]!;
    kernels.denseBackwardInput(dA, dz[l]!, weights, B, inputs, outputs);
    kernels.activateBackward(hidden.activation, dA, dA, z[l - 1]!, a[l - 1]!, B * inputs);
  }
}

/** How rows become one loss. */
export interface HeadLossOptions {
  /** (K) weight of a row of each class, in memory of the kernels. */
  readonly classWeights: FloatArray;
  /** s in [0, 1]: the target moves to (1-s)·onehot + s/K. */
  readonly smoothing: number;
  /** "mean" divides by the sum of the class weights of the rows. */
  readonly reduction: "mean" | "sum";
}

/**
 * The loss of B rows in nats, from `workspace.logits`; writes its gradient to `workspace.dLogits`.
 *
 *   softmax:  Σ rows  (1-s)·w[y]·(-ln p[y]) + (s/K)·Σ w[c]·(-ln p[c])
 *   sigmoid:  Σ rows  w[1]·t′·softplus(-z) + w[0]·(1-t′)·softplus(z),  t′ = (1-s)·y + s/2
 *
 * both divided by Σ rows w[y] for the mean, so that the two heads of one function have one loss. A batch of rows
 * that all have weight 0 is divided by 1: nothing to learn is no reason to diverge.
 *
 * @param labels (B) class indices, checked by the caller
 */
export function headLoss(
  kernels: Kernels,
  network: Network,
  workspace: Workspace,
  labels: Int32Array,
  options: HeadLossOptions,
  B: number,
): number {
  const { dLogits, logits, sigmoid } = workspace;
  const { classWeights, smoothing } = options;
  const K = network.shape.classes;
  let divisor = 1;
  if (options.reduction === "mean") {
    let weight = 0;
    for (let r = 0; r < B; r++) weight += classWeights[labels[r]!]!;
    if (weight > 0) divisor = weight;
  }
  if (network.shape.head === "softmax") {
    return kernels.softmaxCrossEntropy(dLogits, logits, labels, classWeights, smoothing, divisor, B, K);
  }
  for (let r = 0; r < B; r++) sigmoid.targets[r] = (1 - smoothing) * labels[r]! + smoothing / 2;
  sigmoid.negative[0] = classWeights[0]!;
  sigmoid.positive[0] = classWeights[1]!;
  const { targets, negative, positive } = sigmoid;
  return kernels.sigmoidBinaryCrossEntropy(dLogits, logits, targets, negative, positive, divisor, B, 1);
}

/**
 * The probabilities p (B, K) of B rows of logits (B, outputs).
 *
 *   softmax:  p = softmax of each row        sigmoid:  p = [sigmoid(-z), sigmoid(z)]
 *
 * sigmoid(-z) and not 1 - sigmoid(z): a tiny probability keeps its digits.
 *
 * @param p overwritten; `p` and `logits` in memory of the kernels
 */
export function probabilities(
  kernels: Kernels,
  network: Network,
  p: FloatArray,
  logits: FloatArray,
  B: number,
): void {
  if (network.shape.head === "softmax") {
    kernels.softmax(p, logits, B, network.shape.classes);
    return;
  }
  for (let r = 0; r < B; r++) {
    p[2 * r] = -logits[r]!;
    p[2 * r + 1] = logits[r]!;
  }
  kernels.sigmoid(p, p, 2 * B);
}

/** Rows of one prediction pass: enough to keep the kernels busy, small enough to stay in the cache. */
const BLOCK = 256;

/** A workspace for predictions of any number of rows; hand it to each call to use no new memory of the kernels. */
export function allocatePrediction(kernels: Kernels, shape: NetworkShape): ForwardWorkspace {
  return allocateForward(kernels, shape, BLOCK);
}

export interface RowPredictions {
  /** (N, outputs) */
  readonly logits: FloatArray;
  /** (N, K) */
  readonly probabilities: FloatArray;
}

/** Logits and probabilities of all rows, in blocks; a row's bits do not depend on the rows beside it. */
export function predictRows(
  kernels: Kernels,
  network: Network,
  features: Matrix,
  workspace: ForwardWorkspace = allocatePrediction(kernels, network.shape),
): RowPredictions {
  return complete(predictInSlices(kernels, network, features, null, workspace));
}

/** The same; yields `pause` on the way when the rows are many. */
export function* predictInSlices<P>(
  kernels: Kernels,
  network: Network,
  features: Matrix,
  pause: P,
  workspace: ForwardWorkspace = allocatePrediction(kernels, network.shape),
): Generator<P, RowPredictions> {
  const { rows: N, columns: D, values } = features;
  const K = network.shape.classes;
  const outputs = network.layers.at(-1)!.outputs;
  const logits = allocateFloats(kernels.precision, N * outputs);
  const predicted = allocateFloats(kernels.precision, N * K);
  const slice = passesOfSlice(network, workspace.capacity) * workspace.capacity;
  for (let from = 0; from < N; from += workspace.capacity) {
    if (from > 0 && from % slice === 0) yield pause;
    const B = Math.min(workspace.capacity, N - from);
    workspace.activations[0]!.set(values.subarray(from * D, (from + B) * D));
    forward(kernels, network, workspace, B);
    probabilities(kernels, network, workspace.probabilities, workspace.logits, B);
    logits.set(workspace.logits.subarray(0, B * outputs), from * outputs);
    predicted.set(workspace.probabilities.subarray(0, B * K), from * K);
  }
  return { logits, probabilities: predicted };
}
