// How the logits move with the inputs: the backward pass that training never asks for.
// Letters: B rows, D inputs, O outputs, L layers.

import type { FloatArray } from "../matrix.ts";
import { allocateWorkspace, forward } from "./forward.ts";
import { referenceKernels } from "./kernels/reference.ts";
import { type Network, networkFrom } from "./network.ts";

export interface InputGradient {
  /** (O) in float64 */
  readonly logits: Float64Array;
  /** (D) d(direction · logits) / dx */
  readonly dX: Float64Array;
}

/**
 * The gradient of one sum of logits with respect to the inputs of one row, in float64.
 *
 *   dz[L] = direction;  dz[l-1] = (dz[l] · weightsᵀ) ⊙ activation′(z[l-1]);  dX = dz[1] · weightsᵀ
 *
 * @param x         (D)
 * @param direction (O)
 */
export function inputGradient(network: Network, x: FloatArray, direction: ArrayLike<number>): InputGradient {
  const kernels = referenceKernels("float64");
  const exact = networkFrom(kernels, network.shape, network.parameters);
  const workspace = allocateWorkspace(kernels, exact.shape, 1);
  const { activations: a, preActivations: z, dPreActivations: dz } = workspace;
  a[0]!.set(x);
  const logits = Float64Array.from(forward(kernels, exact, workspace, 1));
  workspace.dLogits.set(direction);
  const dX = new Float64Array(exact.shape.inputs);
  for (let l = exact.layers.length; l >= 1; l--) {
    const { weights, inputs, outputs } = exact.layers[l - 1]!;
    const dA = l === 1 ? dX : dz[l - 1]!;
    kernels.denseBackwardInput(dA, dz[l]!, weights, 1, inputs, outputs);
    const hidden = exact.shape.hidden[l - 2];
    if (hidden) kernels.activateBackward(hidden.activation, dA, dA, z[l - 1]!, a[l - 1]!, inputs);
  }
  return { logits, dX };
}
