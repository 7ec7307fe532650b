import { describe, expect, test } from "vitest";
import {
  delongInterval,
  largestExpectedMean,
  percentile,
  percentileInterval,
  wilsonInterval,
  Z95,
} from "../../src/train/intervals.ts";
import { placements } from "../../src/train/placements.ts";
import { rocAuc } from "../../src/train/ranking.ts";
import { expectClose, golden } from "./metrics.golden.ts";

describe("wilsonInterval", () => {
  test.each(golden.wilson)("of $correct among $n equals mpmath within rtol 1e-12", (reference) => {
    const { lower, upper } = wilsonInterval(reference.correct, reference.n);
    expectClose(lower, reference.lower, "lower");
    expectClose(upper, reference.upper, "upper");
  });

  test("has its ends where the score test just fails: |p - end| = z √(end (1 - end) / n), within 1e-12", () => {
    for (const [correct, n] of [
      [3, 10],
      [97, 98],
      [450, 1000],
    ] as const) {
      const { lower, upper } = wilsonInterval(correct, n);
      for (const end of [lower, upper]) {
        expect(Math.abs(correct / n - end)).toBeCloseTo(Z95 * Math.sqrt((end * (1 - end)) / n), 12);
      }
    }
  });

  test("ends exactly at 0 and at 1 when no row or every row is right", () => {
    for (let n = 1; n <= 200; n++) {
      expect(wilsonInterval(0, n).lower).toBe(0);
      expect(wilsonInterval(n, n).upper).toBe(1);
    }
  });

  test("refuses more right rows than rows, and no rows", () => {
    expect(() => wilsonInterval(5, 4)).toThrow("correct: expected a whole number in 0 … 4, got 5");
    expect(() => wilsonInterval(0, 0)).toThrow("n: expected a whole number from 1, got 0");
  });
});

describe("delongInterval", () => {
  test.each(golden.delong)("$id: equals exact fractions within rtol 1e-12", (reference) => {
    const interval = delongInterval(reference.scores, reference.y_true)!;
    expectClose(interval.auc, reference.auc, "auc");
    expectClose(interval.variance, reference.variance, "variance");
    expectClose(interval.standardError, reference.standard_error, "standard error");
    expectClose(interval.lower, reference.lower, "lower");
    expectClose(interval.upper, reference.upper, "upper");
    const half = Z95 * interval.standardError;
    expectClose(interval.auc - half, reference.lower_unclipped, "lower, not clipped");
    expectClose(interval.auc + half, reference.upper_unclipped, "upper, not clipped");
    expectClose(rocAuc(reference.scores, reference.y_true), reference.auc, "auc by the sweep");
  });

  test("is null with one row on a side: one placement has no spread", () => {
    expect(delongInterval([0.1, 0.2, 0.9], [0, 0, 1])).toBeNull();
  });

  test("placements are the shares of all pairs, exactly", () => {
    const { v, w } = placements([3, 1, 2, 2, 0, 2], [1, 0, 1, 0, 0, 1])!;
    expect(Array.from(v, (share) => share * 6)).toEqual([6, 5, 5]);
    expect(Array.from(w, (share) => share * 3)).toEqual([3, 2, 3]);
  });
});

describe("percentile", () => {
  test("lies at (B - 1) q between its neighbours", () => {
    expect([0, 0.5, 0.75, 1].map((q) => percentile([1, 2, 4], q))).toEqual([1, 2, 3, 4]);
    expect(percentile([7], 0.975)).toBe(7);
  });

  test("percentileInterval sorts a copy", () => {
    const values = [3, 1, 2];
    expect(percentileInterval(values)).toEqual({ lower: 1.05, upper: 2.95 });
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("largestExpectedMean", () => {
  test("of numbers that are 0 or 1 is never below Clopper and Pearson's exact bound, and of none it is 1 - 40^(-1/n), within 1e-12", () => {
    for (const n of [5, 30, 91]) {
      expect(largestExpectedMean(0, n, 1)).toBeCloseTo(1 - 40 ** (-1 / n), 12);
      for (let right = 0; right < n; right++) {
        // Where the chance of so few is 2.5 %, by the sum of the binomial distribution.
        const m = largestExpectedMean(right / n, n, 1);
        let chance = 0;
        for (let i = 0, term = (1 - m) ** n; i <= right; term *= ((n - i) / (i + 1)) * (m / (1 - m)), i++)
          chance += term;
        expect(chance).toBeLessThanOrEqual(0.025 * (1 + 1e-9));
      }
    }
  });

  test("scales with the worst, falls with the rows, and is the worst where nothing better is known", () => {
    expect(largestExpectedMean(0.2, 50, 2)).toBeCloseTo(2 * largestExpectedMean(0.1, 50, 1), 12);
    expect(largestExpectedMean(0.1, 1_000_000, 1)).toBeCloseTo(0.1, 2);
    expect(largestExpectedMean(0.1, 500, 1)).toBeLessThan(largestExpectedMean(0.1, 50, 1));
    expect(largestExpectedMean(0.1, 50, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(largestExpectedMean(2, 50, 2)).toBe(2);
  });
});
