// Reading golden files and holding numbers against them: |x - reference| <= atol + rtol·|reference|.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Precision } from "../../src/matrix.ts";

/** JSON has no NaN and no infinity: the files write them as text. */
export function readGolden<T>(name: string): T {
  const text = readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text, (_, value) =>
    value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value,
  ) as T;
}

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What test/golden/README.md allows the losses. */
export const lossTolerance: Record<Precision, Tolerance> = {
  float64: { rtol: 1e-12, atol: 1e-15 },
  float32: { rtol: 1e-5, atol: 1e-6 },
};

/** What it allows probabilities: every digit, however small they are. */
export const probabilityTolerance: Record<Precision, Tolerance> = {
  float64: { rtol: 1e-12, atol: 1e-300 },
  float32: { rtol: 1e-5, atol: 1e-37 },
};

export type Numbers = number | readonly Numbers[];

export function flat(numbers: Numbers): number[] {
  return typeof numbers === "number" ? [numbers] : numbers.flatMap(flat);
}

/** Every number within the tolerance; infinities and NaN exactly. */
export function expectClose(
  actual: ArrayLike<number> | number,
  expected: Numbers,
  { rtol, atol }: Tolerance,
  where = "",
): void {
  const got = typeof actual === "number" ? [actual] : Array.from(actual);
  const wanted = flat(expected);
  expect(got.length, `${where}: how many numbers`).toBe(wanted.length);
  wanted.forEach((want, i) => {
    const value = got[i]!;
    const near =
      Object.is(value, want) || value === want || Math.abs(value - want) <= atol + rtol * Math.abs(want);
    if (!near)
      expect.fail(`${where}[${i}]: expected ${want} within ${rtol} relative + ${atol}, got ${value}`);
  });
}
