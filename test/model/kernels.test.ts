import { describe } from "vitest";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { kernelCases } from "./kernels.cases.ts";

describe.each([referenceKernels("float64"), referenceKernels("float32")])(
  "$name kernels in $precision",
  kernelCases,
);
