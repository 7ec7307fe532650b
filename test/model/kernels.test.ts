import { describe } from "vitest";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { simdKernels } from "../../src/model/kernels/simd.ts";
import { kernelCases } from "./kernels.cases.ts";

describe.each([referenceKernels("float64"), referenceKernels("float32"), simdKernels()!])(
  "$name kernels in $precision",
  kernelCases,
);
