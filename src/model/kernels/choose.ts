// Which kernels do the work.

import type { Precision } from "../../matrix.ts";
import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference.ts";

const made = new Map<Precision, Kernels>();

/** The kernels of a precision; made once. */
export function chooseKernels(precision: Precision): Kernels {
  const known = made.get(precision);
  if (known) return known;
  const kernels = referenceKernels(precision);
  made.set(precision, kernels);
  return kernels;
}
