// Slopes by central differences: the second opinion on every gradient.

import type { FloatArray } from "../../src/matrix.ts";

/**
 * (f(x + h) - f(x - h)) / 2h for each number of `x`, which is put back afterwards. Over a float64 f of size 1 it errs by
 * about h²/6·f‴ + 1e-16/h, near 1e-11.
 */
export function differences(f: () => number, x: FloatArray, h = 1e-5): number[] {
  return Array.from(x, (value, i) => {
    x[i] = value + h;
    const above = f();
    x[i] = value - h;
    const below = f();
    x[i] = value;
    return (above - below) / (2 * h);
  });
}
