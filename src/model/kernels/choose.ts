// Which kernels do the work.

import type { Precision } from "../../matrix.ts";
import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference.ts";
import { simdKernels } from "./simd.ts";

const made = new Map<Precision, Kernels>();

/** The fastest kernels of a precision that this engine runs: the same bits whichever they are. Made once. */
export function chooseKernels(precision: Precision): Kernels {
  const known = made.get(precision);
  if (known) return known;
  const kernels = (precision === "float32" ? simdKernels() : undefined) ?? referenceKernels(precision);
  made.set(precision, kernels);
  return kernels;
}
