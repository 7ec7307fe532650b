import { describe, expect, test } from "vitest";
import { classReliability, reliability, topClassReliability } from "../../src/train/reliability.ts";

describe("reliability bins", () => {
  test("an edge belongs to the bin below it, for every edge of 1 … 40 bins", () => {
    for (let M = 1; M <= 40; M++) {
      for (let b = 0; b < M; b++) {
        const edge = (b + 1) / M;
        const above = Math.min(1, edge * (1 + 2 ** -52));
        expect(binHolding(edge, M)).toBe(b);
        if (above > edge) expect(binHolding(above, M)).toBe(b + 1);
      }
      expect(binHolding(0, M)).toBe(0);
      expect(binHolding(1, M)).toBe(M - 1);
    }
  });

  test("their rows sum to N, and every probability lies between the edges of its bin", () => {
    const stated = Array.from({ length: 101 }, (_, i) => i / 100);
    const { bins } = reliability(
      stated,
      stated.map(() => 1),
      7,
    );
    expect(bins.reduce((rows, bin) => rows + bin.rows, 0)).toBe(101);
    for (const bin of bins) {
      expect(bin.meanProbability! > bin.lower && bin.meanProbability! <= bin.upper).toBe(true);
    }
  });

  test("probabilities that come true as often as they say have no error", () => {
    const { ece, mce } = reliability([0.25, 0.25, 0.25, 0.25, 0.5, 0.5], [1, 0, 0, 0, 1, 0]);
    expect([ece, mce]).toEqual([0, 0]);
  });

  test("certainty that is always wrong has the error 1", () => {
    expect(topClassReliability([1, 0, 1, 0], [1, 1], 2)).toMatchObject({ ece: 1, mce: 1 });
  });

  test("an empty bin has no means and does not count for the largest gap", () => {
    const { bins, mce } = reliability([0.75], [1], 2);
    expect(bins).toEqual([
      { lower: 0, upper: 0.5, rows: 0, meanProbability: null, hitRate: null },
      { lower: 0.5, upper: 1, rows: 1, meanProbability: 0.75, hitRate: 1 },
    ]);
    expect(mce).toBe(0.25);
  });

  test("one class of many is judged on every row, predicted or not", () => {
    const { bins } = classReliability([0.5, 0.25, 0.25, 0.25, 0.5, 0.25], [2, 1], 3, 2, 4);
    expect(bins[0]).toMatchObject({ rows: 2, meanProbability: 0.25, hitRate: 0.5 });
  });

  test("refuses no row, no bin, and what is no probability", () => {
    expect(() => reliability([], [])).toThrow("expected at least one row, got none");
    expect(() => reliability([0.5], [1], 0)).toThrow("bins: expected a whole number from 1, got 0");
    expect(() => reliability([1.5], [1])).toThrow("probabilities[0]: expected a number in 0 … 1, got 1.5");
  });
});

function binHolding(p: number, M: number): number {
  return reliability([p], [1], M).bins.findIndex((bin) => bin.rows === 1);
}
