// Reference values: mpmath 1.3.0 with 40 digits.
import { describe, expect, test } from "vitest";
import { studentPValue, studentQuantile } from "../../src/train/student.ts";

/** [t, degrees, two-sided p] */
const P_VALUES = [
  [0.001, 1, 0.9993633804398389],
  [0.5, 1, 0.7048327646991335],
  [1, 1, 0.5],
  [8, 1, 0.07916684832113108],
  [0.5, 2, 0.6666666666666666],
  [2.262, 2, 0.1520798033145926],
  [1, 3, 0.39100221895577064],
  [3.5, 4, 0.02489616346022275],
  [8, 5, 0.0004929066605724441],
  [2.262, 9, 0.05001284550245463],
  [8, 9, 2.2134816809400155e-5],
  [0.001, 10, 0.999221783374741],
  [3.5, 24, 0.0018423643546640208],
  [8, 49, 1.9105439552955455e-10],
  [1, 99, 0.3197484741393014],
  [8, 99, 2.4003038210568684e-12],
  [3.5, 499, 0.0005069413053008228],
  [2.262, 4096, 0.02374959457540496],
  [8, 4097, 1.6056820348834004e-15],
  [0.001, 10_000, 0.9992021355190525],
  [3.5, 1_000_000, 0.000465278393681035],
] as const;

/** [level, degrees, t] */
const QUANTILES = [
  [0.95, 1, 12.706204736174705],
  [0.99, 1, 63.65674116287158],
  [0.95, 2, 4.302652729749464],
  [0.95, 4, 2.7764451051977943],
  [0.99, 4, 4.604094871349993],
  [0.95, 9, 2.2621571627982053],
  [0.95, 24, 2.063898561628026],
  [0.99, 49, 2.679951973631552],
  [0.95, 99, 1.9842169515864174],
  [0.95, 1000, 1.9623390808264085],
] as const;

describe("studentPValue", () => {
  test.each(P_VALUES)("of t = %d with %d degrees equals mpmath within rtol 1e-10", (t, degrees, p) => {
    expect(Math.abs(studentPValue(t, degrees) / p - 1)).toBeLessThan(1e-10);
    expect(studentPValue(-t, degrees)).toBe(studentPValue(t, degrees));
  });

  test("equals the closed forms of 1 and of 2 degrees within 1e-14", () => {
    for (let t = 0; t <= 30; t += 0.37) {
      expect(studentPValue(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 14);
      expect(studentPValue(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 14);
    }
  });

  test("falls from 1 at 0 to 0 at infinity, for any degrees", () => {
    for (const degrees of [1, 2, 7, 50, 4096, 4098, 1e9]) {
      expect(studentPValue(0, degrees)).toBe(1);
      expect(studentPValue(Number.POSITIVE_INFINITY, degrees)).toBe(0);
      for (let t = 0.1, before = 1; t < 6; t += 0.1) {
        const p = studentPValue(t, degrees);
        expect(p).toBeLessThan(before);
        before = p;
      }
    }
  });

  test("refuses half a degree, and a t that is none", () => {
    expect(() => studentPValue(1, 2.5)).toThrow("degrees: expected a whole number from 1, got 2.5");
    expect(() => studentPValue(1, 0)).toThrow("degrees: expected a whole number from 1, got 0");
    expect(() => studentPValue(Number.NaN, 3)).toThrow("t: expected a number, got NaN");
  });
});

describe("studentQuantile", () => {
  test.each(QUANTILES)("of %d with %d degrees equals mpmath within rtol 1e-10", (level, degrees, t) => {
    expect(Math.abs(studentQuantile(level, degrees) / t - 1)).toBeLessThan(1e-10);
  });

  test("is undone by the p-value, within 1e-13", () => {
    for (const degrees of [1, 3, 19, 200]) {
      for (const level of [0.001, 0.3, 0.5, 0.9, 0.95, 0.999]) {
        expect(1 - studentPValue(studentQuantile(level, degrees), degrees)).toBeCloseTo(level, 13);
      }
    }
  });

  test("refuses a level that is no share", () => {
    for (const level of [0, 1, 95]) {
      expect(() => studentQuantile(level, 3)).toThrow(
        `level: expected a share above 0 and below 1, got ${level}`,
      );
    }
  });
});
