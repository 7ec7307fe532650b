// The reference kernels: plain TypeScript that reads as the definition and defines every bit of the result.
// Letters: B rows of a minibatch, I inputs, O outputs of a layer, n length.

import { allocateFloats, type Precision } from "../../matrix.ts";
import { activationFunctions } from "../activations.ts";
import type { Kernels } from "./kernels.ts";
import { referenceLosses } from "./reference-losses.ts";
import { productOf } from "./reference-products.ts";
import { referenceUpdates } from "./reference-updates.ts";
import { roundingOf } from "./rounding.ts";

/** The kernels as their contract defines them, in one precision. */
export function referenceKernels(precision: Precision): Kernels {
  const round = roundingOf(precision);
  const addProduct = productOf(precision);
  return {
    name: "reference",
    precision,
    allocate: (length) => allocateFloats(precision, length),

    gather(x, rows, order, from, B, D) {
      for (let r = 0; r < B; r++) {
        const at = order[from + r]! * D;
        for (let d = 0; d < D; d++) x[r * D + d] = rows[at + d]!;
      }
    },

    denseForward(z, x, w, b, B, I, O) {
      for (let r = 0; r < B; r++) for (let o = 0; o < O; o++) z[r * O + o] = b[o]!;
      addProduct(z, x, I, 1, w, O, 1, B, O, I);
    },

    denseBackwardInput(dX, dZ, w, B, I, O) {
      dX.fill(0, 0, B * I);
      addProduct(dX, dZ, O, 1, w, 1, O, B, I, O);
    },

    denseBackwardParameters(dW, dB, x, dZ, B, I, O) {
      dW.fill(0, 0, I * O);
      addProduct(dW, x, 1, I, dZ, O, 1, I, O, B);
      for (let o = 0; o < O; o++) {
        let sum = 0;
        for (let r = 0; r < B; r++) sum = round(sum + dZ[r * O + o]!);
        dB[o] = sum;
      }
    },

    activate(activation, a, z, n) {
      const { value } = activationFunctions(activation, precision);
      for (let i = 0; i < n; i++) a[i] = value(z[i]!);
    },

    activateBackward(activation, dZ, dA, z, a, n) {
      const { derivative } = activationFunctions(activation, precision);
      for (let i = 0; i < n; i++) dZ[i] = round(dA[i]! * derivative(z[i]!, a[i]!));
    },

    ...referenceLosses(precision),
    ...referenceUpdates(precision),
  };
}
