import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { strataOf } from "../../src/train/bootstrap.ts";
import {
  centreByClass,
  meanInterval,
  meanMoments,
  resampledMean,
  withoutSkewness,
  withSkewness,
} from "../../src/train/studentised.ts";

const values = [1, 2, 2, 3, 9, 4, 1, 30];

describe("meanMoments", () => {
  test("of one class are the standard error and skewness of textbooks, within 1e-14", () => {
    const N = values.length;
    const mean = values.reduce((sum, v) => sum + v, 0) / N;
    const sum = (k: number) => values.reduce((total, v) => total + (v - mean) ** k, 0);
    const variance = sum(2) / (N - 1);
    const third = (N * sum(3)) / ((N - 1) * (N - 2));
    const rows = centreByClass(values, strataOf(new Int32Array(N), 1));
    const moments = meanMoments(rows, null);
    expect(rows.mean).toBeCloseTo(mean, 14);
    expect(moments.shift).toBeCloseTo(0, 14);
    expect(moments.standardError).toBeCloseTo(Math.sqrt(variance / N), 14);
    expect(moments.skewness).toBeCloseTo(third / variance ** 1.5 / Math.sqrt(N), 14);
  });

  test("do not see what sets one class apart from another, within 1e-12", () => {
    const labels = [0, 1, 0, 1, 0, 1, 0, 1];
    const shifted = values.map((value, r) => value + 100 * labels[r]!);
    const of = (numbers: number[]) => meanMoments(centreByClass(numbers, strataOf(labels, 2)), null);
    expect(of(shifted).standardError).toBeCloseTo(of(values).standardError, 12);
    expect(of(shifted).skewness).toBeCloseTo(of(values).skewness, 12);
  });

  test("of drawn rows are those of the rows as they stand there, within 1e-13", () => {
    const strata = strataOf(new Int32Array(8), 1);
    const drawn = Int32Array.of(7, 7, 0, 3, 2, 2, 5, 1);
    const rows = centreByClass(values, strata);
    const there = centreByClass(
      Array.from(drawn, (place) => values[place]!),
      strata,
    );
    const moments = meanMoments(rows, drawn);
    const expected = meanMoments(there, null);
    expect(moments.shift + rows.mean).toBeCloseTo(there.mean, 13);
    expect(moments.standardError).toBeCloseTo(expected.standardError, 13);
    expect(moments.skewness).toBeCloseTo(expected.skewness, 13);
  });
});

describe("Hall's transformation", () => {
  test("rises everywhere and is undone, within 1e-9 of the size", () => {
    for (const skewness of [-3, -0.4, -1e-7, 0, 1e-12, 0.01, 0.9, 4]) {
      let before = Number.NEGATIVE_INFINITY;
      for (let t = -12; t <= 12; t += 0.5) {
        const y = withoutSkewness(t, skewness);
        expect(y).toBeGreaterThanOrEqual(before);
        before = y;
        expect(Math.abs(withSkewness(y, skewness) - t)).toBeLessThan(1e-9 * Math.max(1, Math.abs(t)));
      }
    }
  });

  test("of t = 1.5 and skewness 0.6 is the number of the formula", () => {
    expect(withoutSkewness(1.5, 0.6)).toBeCloseTo(1.5 + (0.6 * 2.25) / 3 + (0.36 * 3.375) / 27 + 0.1, 14);
  });
});

describe("meanInterval", () => {
  test("without skewness and with normal resamples is mean ± 1.96 standard errors, within 1 %", () => {
    const even = [1, 2, 3, 4, 5, 6, 7, 8];
    const rows = centreByClass(even, strataOf(new Int32Array(8), 1));
    const B = 1999;
    const resampled = Float64Array.from({ length: B }, (_, b) => -1.96 + (3.92 * (b + 1 - 50)) / 1900);
    const { lower, upper } = meanInterval(rows, resampled)!;
    const { standardError } = meanMoments(rows, null);
    expect((upper - 4.5) / standardError).toBeCloseTo(1.96, 2);
    expect((4.5 - lower) / standardError).toBeCloseTo(1.96, 2);
  });

  test("reaches further to the side on which few rows are far away", () => {
    const strata = strataOf(new Int32Array(60), 1);
    const random = randomStream(3, "golden");
    const skewed = Float64Array.from({ length: 60 }, () => -Math.log(1 - random()));
    const rows = centreByClass(skewed, strata);
    const resampled = Float64Array.from({ length: 1000 }, () =>
      resampledMean(
        rows,
        Int32Array.from({ length: 60 }, () => Math.floor(60 * random())),
      ),
    );
    const { lower, upper } = meanInterval(rows, resampled)!;
    expect(upper - rows.mean).toBeGreaterThan(1.2 * (rows.mean - lower));
  });

  test("leaves out resamples without a spread, and is null where no row differs", () => {
    const strata = strataOf(new Int32Array(4), 1);
    const equal = centreByClass([0.1, 0.1, 0.1, 0.1], strata);
    expect(resampledMean(equal, Int32Array.of(0, 1, 2, 3))).toBeNaN();
    expect(meanInterval(equal, Float64Array.of(1, 2))).toBeNull();
    const rows = centreByClass([1, 2, 3, 4], strata);
    expect(meanInterval(rows, Float64Array.of(Number.NaN, -1, 1, Number.NaN))).toEqual(
      meanInterval(rows, Float64Array.of(-1, 1)),
    );
  });
});
