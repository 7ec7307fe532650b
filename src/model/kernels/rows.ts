// Training rows where the SIMD kernels can read them in place: one copy in memory instead of two.

import { allocateMatrix, type FloatArray, type Matrix, type Precision } from "../../matrix.ts";
import { createArena } from "./arena.ts";
import { allocateMemory, hasSimd } from "./simd-module.ts";

const homes = new WeakMap<FloatArray, WebAssembly.Memory>();

/**
 * A zeroed (rows, columns) matrix; in float32 at the front of a WebAssembly memory of its own, which a stepper later
 * grows to hold the network as well. Only shared memory keeps the views on it when it grows: where there is none, or
 * no room, the matrix is an ordinary one and a stepper copies it.
 */
export function allocateRows(precision: Precision, rows: number, columns: number): Matrix {
  if (precision !== "float32" || typeof SharedArrayBuffer === "undefined" || !hasSimd()) {
    return allocateMatrix(precision, rows, columns);
  }
  const place = createArena().take(0);
  const memory = allocateMemory(place + rows * columns * 4, true);
  if (memory === undefined) return allocateMatrix(precision, rows, columns);
  const values = new Float32Array(memory.buffer, place, rows * columns);
  homes.set(values, memory);
  return { rows, columns, values };
}

/** The memory that `allocateRows` put these values into. */
export function homeOf(values: FloatArray): WebAssembly.Memory | undefined {
  return homes.get(values);
}
