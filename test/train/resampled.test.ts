import { describe, expect, test } from "vitest";
import { correctedResampledTTest } from "../../src/train/statistics.ts";
import { studentPValue } from "../../src/train/student.ts";

const DIFFERENCES = [0.012, -0.004, 0.03, 0.007, 0, 0.021, -0.011, 0.015, 0.009, 0.004];

describe("correctedResampledTTest", () => {
  // mpmath 1.3.0, 40 digits
  test.each([
    [0.2, -0.007809831169377251, 0.02440983116937725, 1.165493558176806, 0.27377762783424514],
    [0.1, -0.004211590240381291, 0.02081159024038129, 1.5006808959124696, 0.16767758106794062],
  ])("with test rows a share of %d equals mpmath within 1e-12", (share, lower, upper, t, p) => {
    const result = correctedResampledTTest(DIFFERENCES, share);
    expect(result.degrees).toBe(9);
    expect(result.mean).toBeCloseTo(0.0083, 15);
    expect(result.lower).toBeCloseTo(lower, 12);
    expect(result.upper).toBeCloseTo(upper, 12);
    expect(result.t).toBeCloseTo(t, 12);
    expect(result.p).toBeCloseTo(p, 12);
  });

  test("with next to no test rows is the plain paired t-test, within 1e-6", () => {
    const mean = 0.0083;
    const variance = DIFFERENCES.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 9;
    const t = mean / Math.sqrt(variance / 10);
    const result = correctedResampledTTest(DIFFERENCES, 1e-9);
    expect(result.t).toBeCloseTo(t, 6);
    expect(result.p).toBeCloseTo(studentPValue(t, 9), 6);
  });

  test("does not grow surer without limit as the same splits are repeated: t < mean / (s √(share / (1 - share)))", () => {
    const often = Array.from({ length: 100 }, () => DIFFERENCES).flat();
    const spread = Math.sqrt(DIFFERENCES.reduce((sum, d) => sum + (d - 0.0083) ** 2, 0) / 10);
    expect(correctedResampledTTest(often, 0.2).t!).toBeLessThan(0.0083 / (spread * 0.5));
  });

  test("turns its sign with the order of the two systems, and no more", () => {
    const there = correctedResampledTTest(DIFFERENCES, 0.2);
    const back = correctedResampledTTest(
      DIFFERENCES.map((d) => -d),
      0.2,
    );
    expect(back).toEqual({
      ...there,
      mean: -there.mean,
      lower: -there.upper,
      upper: -there.lower,
      t: -there.t!,
    });
  });

  test("has no t and no p when all differences are equal, also where their mean would be rounded", () => {
    expect(correctedResampledTTest([0.1, 0.1, 0.1], 0.2)).toEqual({
      mean: 0.1,
      lower: 0.1,
      upper: 0.1,
      t: null,
      degrees: 2,
      p: null,
    });
  });

  test("refuses one split, a difference that is no number, and a share that is none", () => {
    expect(() => correctedResampledTTest([0.1], 0.2)).toThrow("differences: expected at least two, got 1");
    expect(() => correctedResampledTTest([0.1, Number.NaN], 0.2)).toThrow(
      "differences[1]: expected a finite number, got NaN",
    );
    for (const share of [0, 1]) {
      expect(() => correctedResampledTTest([0.1, 0.2], share)).toThrow(
        `testShare: expected above 0 and below 1, got ${share}`,
      );
    }
  });
});
