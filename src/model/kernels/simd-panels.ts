// One layer in the memory of the SIMD stepper: its addresses, and the way of its numbers into panels of 8 columns and back.
// Letters: I inputs, O outputs of a layer.

import type { FloatArray } from "../../matrix.ts";
import type { Network } from "../network.ts";
import type { Arena } from "./arena.ts";
import type { SimdExports } from "./simd-module.ts";
import { padded } from "./simd-staging.ts";

/** Where the parts of one layer stand; see assembly/plan.ts. */
export type LayerPlaces = ReturnType<typeof placeLayer>;

/** Takes the memory of one layer; what it does not need stands at 0. @param x address of its inputs */
export function placeLayer(
  arena: Arena,
  I: number,
  O: number,
  capacity: number,
  x: number,
  needs: { isLast: boolean; keepsGradients: boolean; hasSecond: boolean },
) {
  const weightBytes = padded(I) * padded(O) * 4;
  const biasBytes = padded(O) * 4;
  const nodeBytes = padded(O) * capacity * 4;
  const z = arena.take(nodeBytes);
  return {
    rows: padded(I),
    panels: padded(O) / 8,
    weights: arena.take(weightBytes),
    biases: arena.take(biasBytes),
    dWeights: needs.keepsGradients ? arena.take(weightBytes) : 0,
    dBiases: needs.keepsGradients ? arena.take(biasBytes) : 0,
    first: arena.take(weightBytes),
    firstOfBiases: arena.take(biasBytes),
    second: needs.hasSecond ? arena.take(weightBytes) : 0,
    secondOfBiases: needs.hasSecond ? arena.take(biasBytes) : 0,
    x,
    z,
    a: needs.isLast ? z : arena.take(nodeBytes),
    dz: arena.take(nodeBytes),
    dzColumns: arena.take(nodeBytes),
  };
}

/** What is kept for each parameter, and under which name for the biases. */
const BIASES = { weights: "biases", first: "firstOfBiases", second: "secondOfBiases" } as const;
export type Kept = keyof typeof BIASES;

export interface Panels {
  readonly layers: Network["layers"];
  readonly places: readonly LayerPlaces[];
  /** Address with room for one layer's weights, row-major. */
  readonly flat: number;
  readonly kernels: SimdExports;
  readonly floats: Float32Array;
}

/** Values in the layout of the parameters, into panels. */
export function writePanels(
  { layers, places, flat, kernels, floats }: Panels,
  kept: Kept,
  values: FloatArray,
): void {
  let at = 0;
  layers.forEach(({ inputs, outputs, weights }, l) => {
    const place = places[l]!;
    floats.set(values.subarray(at, at + weights.length), flat / 4);
    kernels.pack(place[kept], place.rows, flat, inputs, outputs);
    at += weights.length + outputs;
    floats.set(values.subarray(at - outputs, at), place[BIASES[kept]] / 4);
  });
}

/** The way back; overwrites `values` and returns it. */
export function readPanels<T extends FloatArray>(
  { layers, places, flat, kernels, floats }: Panels,
  kept: Kept,
  values: T,
): T {
  let at = 0;
  layers.forEach(({ inputs, outputs, weights }, l) => {
    const place = places[l]!;
    kernels.unpack(flat, place[kept], place.rows, inputs, outputs);
    values.set(floats.subarray(flat / 4, flat / 4 + weights.length), at);
    at += weights.length + outputs;
    values.set(floats.subarray(place[BIASES[kept]] / 4, place[BIASES[kept]] / 4 + outputs), at - outputs);
  });
  return values;
}
