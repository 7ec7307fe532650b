// Reading the golden files, and their rule of comparison.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, "golden", `${name}.json`), "utf8")) as T;
}

/** |x - reference| <= atol + rtol · |reference| for each number; reports the first that is beyond. */
export function expectClose(
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: { readonly rtol: number; readonly atol: number },
  what: string,
): void {
  expect(actual.length, `${what}: length`).toBe(reference.length);
  for (let i = 0; i < reference.length; i++) {
    const beyond =
      Math.abs(actual[i]! - reference[i]!) - (tolerance.atol + tolerance.rtol * Math.abs(reference[i]!));
    if (!(beyond <= 0)) expect.fail(`${what}[${i}]: expected ${reference[i]}, got ${actual[i]}`);
  }
}
