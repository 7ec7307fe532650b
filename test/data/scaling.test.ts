// Numeric transformations against test/golden/preprocessing.json (exact fractions and mpmath; see its README).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scaling } from "../../src/data/columns.ts";
import { normalQuantile } from "../../src/data/normal.ts";
import { applyScaling, fitFill, fitScaling, mean, quantile } from "../../src/data/scaling.ts";
import golden from "../golden/preprocessing.json" with { type: "json" };

type Cell = number | string | null;
const number = (cell: Cell): number => (typeof cell === "number" ? cell : Number.NaN);
const sortedNumbers = (cells: readonly Cell[]): Float64Array =>
  Float64Array.from(cells.map(number).filter((x) => !Number.isNaN(x))).sort((a, b) => a - b);

function expectClose(actual: number, expected: Cell, atol: number, rtol = 1e-12): void {
  const wanted = number(expected);
  if (Number.isNaN(wanted)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(atol + rtol * Math.abs(wanted));
}

function expectTransform(
  scaling: Scaling,
  entry: { fit: readonly Cell[]; transform: readonly Cell[]; expected: readonly Cell[]; atol: number },
): ReturnType<typeof fitScaling> {
  const fitted = fitScaling(scaling, sortedNumbers(entry.fit));
  entry.transform.forEach((cell, i) => {
    expectClose(applyScaling(fitted, number(cell)), entry.expected[i]!, entry.atol);
  });
  return fitted;
}

describe("golden/preprocessing.json in float64, at the atol of each case and rtol 1e-12", () => {
  test.each(golden.standardise)("standard: $id", (entry) => {
    const fitted = expectTransform("standard", entry);
    expectClose(fitted.center, entry.mean, 1e-300);
    expectClose(fitted.scale, entry.scale, 1e-300);
  });

  test.each(golden.min_max)("min_max: $id", (entry) => {
    const fitted = expectTransform("min_max", entry);
    expectClose(fitted.center, entry.minimum, 0);
    expectClose(fitted.scale, entry.range, 1e-300);
  });

  test.each(golden.robust)("robust: $id", (entry) => {
    const fitted = expectTransform("robust", entry);
    const sorted = sortedNumbers(entry.fit);
    expectClose(fitted.center, entry.centre, 1e-300);
    expectClose(fitted.scale, entry.scale, 1e-300);
    expectClose(quantile(sorted, 1, 4), entry.quartile_1, 1e-300);
    expectClose(quantile(sorted, 3, 4), entry.quartile_3, 1e-300);
  });

  test.each(golden.impute_median)("median: $id", (entry) => {
    expectClose(fitFill("median", sortedNumbers(entry.fit)), entry.fill, 0, 1e-15);
  });

  test.each(golden.impute_most_frequent)("most_frequent: $id", (entry) => {
    expect(fitFill("most_frequent", sortedNumbers(entry.fit))).toBe(entry.fill);
  });

  test.each(golden.quantile)("quantile: $id", (entry) => {
    const scaling = entry.output === "normal" ? "quantile_normal" : "quantile_uniform";
    const sorted = sortedNumbers(entry.fit);
    const gaps = entry.n_quantiles - 1;
    const knots = Array.from({ length: gaps + 1 }, (_, k) => quantile(sorted, k, gaps));
    knots.forEach((knot, k) => {
      expectClose(knot, entry.knots[k]!, 1e-15);
    });
    const fitted = fitScaling(scaling, sorted, entry.n_quantiles);
    if (entry.n_quantiles <= sorted.length) expect(fitted.knots).toEqual(knots);
    // More knots than numbers is the file's choice, never ours: apply its knots.
    const asked = { ...fitted, knots };
    const tolerance = scaling === "quantile_normal" ? 1e-9 : 1e-12;
    entry.transform.forEach((cell, i) => {
      expectClose(applyScaling(asked, number(cell)), entry.expected[i]!, tolerance, tolerance);
    });
  });
});

describe("edges", () => {
  test("subnormal numbers are scaled to finite values of deviation 1", () => {
    const fitted = fitScaling("standard", Float64Array.of(1e-310, 2e-310, 3e-310));
    expect(applyScaling(fitted, 3e-310)).toBeCloseTo(Math.sqrt(1.5), 9);
    const smallest = fitScaling("standard", Float64Array.of(0, 0, 0, 5e-324));
    expect(applyScaling(smallest, 5e-324)).toBe(1);
  });

  test("numbers around 1e300 are scaled without overflow", () => {
    const fitted = fitScaling("standard", Float64Array.of(-1e300, 0, 1e300));
    expect(applyScaling(fitted, 1e300)).toBeCloseTo(Math.sqrt(1.5), 12);
  });

  test("the mean keeps what a plain sum loses: 1e16, 1, 1, -1e16", () => {
    expect(mean(Float64Array.of(-1e16, 1, 1, 1e16))).toBe(0.5);
  });

  test("a constant column scales to 0 under every scaling that centers", () => {
    for (const scaling of ["standard", "min_max", "robust", "quantile_uniform"] as const) {
      const fitted = fitScaling(scaling, new Float64Array(10).fill(0.1));
      expect(applyScaling(fitted, 0.1)).toBe(0);
    }
  });
});

test("none keeps a number as it is: centre 0, scale 1", () => {
  const none = { scaling: "none", center: 0, scale: 1, knots: [] };
  expect(fitScaling("none", Float64Array.of(2, 3, 7))).toEqual(none);
});

test("the most frequent number is that of the longest run, of equals the least", () => {
  expect(fitFill("most_frequent", Float64Array.of(1, 2, 2, 3, 3, 3))).toBe(3);
  expect(fitFill("most_frequent", Float64Array.of(1, 1, 2, 3, 3))).toBe(1);
});

test.each(["quantile_uniform", "quantile_normal"] as const)(
  "%s is told by its knots alone: centre 0, scale 1",
  (scaling) => {
    expect(fitScaling(scaling, Float64Array.of(2, 3, 7))).toEqual({
      scaling,
      center: 0,
      scale: 1,
      knots: [2, 3, 7],
    });
  },
);

describe("properties", () => {
  const column = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });

  test("every scaling is finite and keeps the order of the numbers", () => {
    const scalings: readonly Scaling[] = [
      "none",
      "standard",
      "robust",
      "min_max",
      "quantile_uniform",
      "quantile_normal",
    ];
    const check = fc.property(column, fc.constantFrom(...scalings), (values, scaling) => {
      const sorted = sortedNumbers(values);
      const fitted = fitScaling(scaling, sorted);
      const scaled = Array.from(sorted, (value) => applyScaling(fitted, value));
      for (let i = 0; i < scaled.length; i++) {
        expect(scaled[i]).toSatisfy(Number.isFinite);
        if (i > 0) expect(scaled[i]!).toBeGreaterThanOrEqual(scaled[i - 1]!);
      }
    });
    fc.assert(check, { seed: 11, numRuns: 300 });
  });

  test("knots ascend, begin at the minimum and end at the maximum", () => {
    const check = fc.property(column, (values) => {
      const sorted = sortedNumbers(values);
      const { knots } = fitScaling("quantile_uniform", sorted);
      expect(knots[0]).toBe(sorted[0]);
      expect(knots.at(-1)).toBe(sorted.at(-1));
      for (let k = 1; k < knots.length; k++) expect(knots[k]!).toBeGreaterThanOrEqual(knots[k - 1]!);
    });
    fc.assert(check, { seed: 12, numRuns: 300 });
  });
});

describe("normalQuantile", () => {
  // 30 digits from mpmath 1.3: sqrt(2) * erfinv(2 p - 1), rounded to double.
  test.each([
    [0.5, 0],
    [0.975, 1.9599639845400538],
    [0.9, 1.2815515655446006],
    [0.01, -2.326347874040841],
    [0.0001, -3.7190164854556804],
    [0.000001, -4.753424308822899],
  ])("of %d is %d within 1e-14 relative", (p, z) => {
    expectClose(normalQuantile(p), z, 1e-15, 1e-14);
  });

  test("is odd around a half, and stops at the cut", () => {
    expect(normalQuantile(0)).toBe(-5.19933758270342);
    expect(normalQuantile(1)).toBe(5.19933758270342);
    expect(normalQuantile(0.25)).toBe(-normalQuantile(0.75));
    // 0.425 from the middle, the border of the two approximations: exactly is -1.43953147093845593…
    expect(normalQuantile(0.075)).toBe(-1.4395314709384557);
  });
});

test("a scaling or an imputation that there is not is our own mistake", () => {
  const sorted = Float64Array.of(1, 2);
  const fitted = fitScaling("none", sorted);
  const wrong: [() => unknown, string][] = [
    [() => fitScaling("log" as never, sorted), 'scaling: expected a known kind, got "log"'],
    [
      () => applyScaling({ ...fitted, scaling: "log" as never }, 1),
      'scaling: expected a known kind, got "log"',
    ],
    [() => fitFill("zero" as never, sorted), 'imputation: expected a known kind, got "zero"'],
  ];
  for (const [action, message] of wrong) {
    expect(action).toThrow(expect.objectContaining({ code: "internal", message }));
  }
});
