import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import {
  accelerationOfMean,
  bcaInterval,
  drawStratified,
  middleInterval,
  reflectedInterval,
  strataOf,
} from "../../src/train/bootstrap.ts";
import { averagePrecisionOfDraws } from "../../src/train/precision.ts";
import { averagePrecision } from "../../src/train/ranking.ts";

const labels = [2, 0, 1, 0, 2, 2, 0, 1, 2, 2];

describe("stratified resampling", () => {
  test("draws as many rows of each class as there are, and in time every one of them", () => {
    const strata = strataOf(labels, 3);
    const random = randomStream(3, "bootstrap");
    const drawn = new Int32Array(labels.length);
    const seen = new Set<number>();
    for (let b = 0; b < 200; b++) {
      drawStratified(drawn, strata, random);
      const counts = [0, 0, 0];
      for (const row of drawn) {
        counts[labels[row]!]!++;
        seen.add(row);
      }
      expect(counts).toEqual([3, 2, 5]);
    }
    expect(seen.size).toBe(labels.length);
  });

  test("leaves a class without rows aside", () => {
    const drawn = new Int32Array(2);
    drawStratified(drawn, strataOf([2, 2], 4), randomStream(1, "bootstrap"));
    expect(drawn.every((row) => row === 0 || row === 1)).toBe(true);
  });

  test("refuses a label that is no class", () => {
    expect(() => strataOf([0, 3], 3)).toThrow("labels[1]: expected a class index in 0 … 2, got 3");
  });
});

describe("accelerationOfMean", () => {
  test("of one class is the skewness over 6 √N, within 1e-15", () => {
    const values = [1, 2, 2, 3, 9, 4, 1, 30];
    const mean = values.reduce((sum, v) => sum + v, 0) / 8;
    const moment = (k: number) => values.reduce((sum, v) => sum + (v - mean) ** k, 0) / 8;
    const expected = moment(3) / moment(2) ** 1.5 / (6 * Math.sqrt(8));
    expect(accelerationOfMean(values, strataOf(new Int32Array(8), 1))).toBeCloseTo(expected, 15);
  });

  test("does not see what sets one class apart from another", () => {
    const strata = strataOf(labels, 3);
    const values = labels.map((_, r) => (r * 7) % 5);
    const shifted = values.map((value, r) => value + 100 * labels[r]!);
    expect(accelerationOfMean(shifted, strata)).toBeCloseTo(accelerationOfMean(values, strata), 10);
    expect(accelerationOfMean(labels, strata)).toBe(0);
  });
});

describe("intervals from resamples", () => {
  const resampled = Float64Array.from(
    { length: 400 },
    (_, i) => ((i * 37) % 101) / 101 + ((i * i) % 13) / 26,
  );

  test("bcaInterval equals the formula in numpy and scipy 1.17 within 1e-12", () => {
    const { lower, upper } = bcaInterval(resampled, 0.7, 0.04)!;
    expect(lower).toBeCloseTo(0.13211414960097712, 12);
    expect(upper).toBeCloseTo(1.3504415512304377, 12);
  });

  test("bcaInterval without bias and skewness is the middle 95 %, within 1e-12", () => {
    const even = Float64Array.from({ length: 1001 }, (_, i) => i);
    const bca = bcaInterval(even, 500, 0)!;
    const middle = middleInterval(even)!;
    expect(bca.lower).toBeCloseTo(middle.lower, 9);
    expect(bca.upper).toBeCloseTo(middle.upper, 9);
  });

  test("bcaInterval stays within the resamples, however far the value and however skewed", () => {
    for (const value of [-5, 0, 0.7, 5]) {
      for (const acceleration of [-2, -0.3, 0, 0.3, 2]) {
        const { lower, upper } = bcaInterval(resampled, value, acceleration)!;
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1.5);
        expect(lower).toBeLessThanOrEqual(upper);
      }
    }
  });

  test("reflectedInterval lies as far on the other side of the value", () => {
    const middle = middleInterval(resampled)!;
    const reflected = reflectedInterval(resampled, 0.5)!;
    expect(reflected.lower).toBeCloseTo(1 - middle.upper, 15);
    expect(reflected.upper).toBeCloseTo(1 - middle.lower, 15);
  });

  test("are null where all resamples are equal, and refuse none", () => {
    const equal = new Float64Array(50).fill(1);
    expect([bcaInterval(equal, 1, 0), middleInterval(equal), reflectedInterval(equal, 1)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(() => middleInterval(new Float64Array(0))).toThrow("resampled: expected numbers, got undefined");
  });
});

describe("averagePrecisionOfDraws", () => {
  test("equals averagePrecision of the drawn rows, ties and all, within 1e-14", () => {
    const random = randomStream(5, "bootstrap");
    const truth = Array.from({ length: 60 }, () => (random() < 0.4 ? 1 : 0));
    const scores = Float64Array.from(truth, (label) => Math.floor(6 * random()) + 2 * label);
    const ofDraws = averagePrecisionOfDraws(scores, truth, 1)!;
    const strata = strataOf(truth, 2);
    const drawn = new Int32Array(60);
    for (let b = 0; b < 50; b++) {
      drawStratified(drawn, strata, random);
      const expected = averagePrecision(
        Array.from(drawn, (row) => scores[row]!),
        Array.from(drawn, (row) => truth[row]!),
      );
      expect(ofDraws(drawn)).toBeCloseTo(expected!, 14);
    }
  });

  test("is null where one side has no row", () => {
    expect(averagePrecisionOfDraws(Float64Array.of(1, 2), [1, 1], 1)).toBeNull();
    expect(averagePrecisionOfDraws(Float64Array.of(1, 2), [0, 0], 1)).toBeNull();
  });
});
