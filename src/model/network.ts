// The shape of a network, and its parameters as views of one buffer.
// Letters: I inputs, O outputs of a layer, K classes, L layers.

import { PulloneError } from "../errors.ts";
import type { FloatArray, Precision } from "../matrix.ts";
import type { Kernels } from "./kernels/kernels.ts";

export type ActivationKind =
  | "identity"
  | "relu"
  | "leaky_relu"
  | "tanh"
  | "sigmoid"
  | "gelu"
  | "gelu_tanh"
  | "silu"
  | "elu"
  | "softplus";

/** `alpha` is the slope of leaky_relu for x <= 0 (0.01) and the scale of elu (1); others ignore it. */
export interface Activation {
  readonly kind: ActivationKind;
  readonly alpha: number;
}

/** One sigmoid node (two classes) or K softmax nodes. */
export type Head = "sigmoid" | "softmax";

export interface NetworkShape {
  readonly inputs: number;
  readonly hidden: readonly { readonly units: number; readonly activation: Activation }[];
  readonly head: Head;
  readonly classes: number;
}

/** z (B, O) = x (B, I) · weights (I, O) + biases (O) */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: FloatArray;
  readonly biases: FloatArray;
}

export interface Network {
  readonly shape: NetworkShape;
  readonly precision: Precision;
  /** One block: weights then biases, layer by layer; every layer is a view of it. */
  readonly parameters: FloatArray;
  readonly layers: readonly DenseLayer[];
}

/** The most weights and biases of a network: 256 MiB in float64, half of what a model file may hold. */
export const MOST_PARAMETERS = 33_554_432;

/** Nodes of each layer, [inputs, hidden …, outputs]: one output for the sigmoid head, K for softmax. */
export function layerSizes(shape: NetworkShape): number[] {
  const outputs = shape.head === "sigmoid" ? 1 : shape.classes;
  return [shape.inputs, ...shape.hidden.map((layer) => layer.units), outputs];
}

/** Weights and biases together: Σ (I + 1)·O over the layers. */
export function parameterCount(shape: NetworkShape): number {
  const sizes = layerSizes(shape);
  return sizes.slice(1).reduce((count, outputs, l) => count + (sizes[l]! + 1) * outputs, 0);
}

/** A network whose parameters are all zero, in memory of the kernels. */
export function createNetwork(kernels: Kernels, shape: NetworkShape): Network {
  if (shape.head === "sigmoid" && shape.classes !== 2) {
    throw new PulloneError("internal", `sigmoid head: expected 2 classes, got ${shape.classes}`);
  }
  const parameters = kernels.allocate(parameterCount(shape));
  return { shape, precision: kernels.precision, parameters, layers: layerViews(shape, parameters) };
}

/**
 * A network with a copy of these parameters, in memory of the kernels.
 *
 * @param parameters weights (I, O) then biases (O), layer by layer; rounded to the precision of the kernels
 */
export function networkFrom(kernels: Kernels, shape: NetworkShape, parameters: ArrayLike<number>): Network {
  const network = createNetwork(kernels, shape);
  if (parameters.length !== network.parameters.length) {
    throw new PulloneError(
      "internal",
      `parameters: expected ${network.parameters.length} numbers, got ${parameters.length}`,
    );
  }
  network.parameters.set(parameters);
  return network;
}

function layerViews(shape: NetworkShape, parameters: FloatArray): DenseLayer[] {
  const sizes = layerSizes(shape);
  let at = 0;
  const view = (length: number) => {
    at += length;
    return parameters.subarray(at - length, at);
  };
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l]!;
    return { inputs, outputs, weights: view(inputs * outputs), biases: view(outputs) };
  });
}
