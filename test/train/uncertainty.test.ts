import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import {
  drawnPercentile,
  largestExpectedMean,
  logitInterval,
  meanShareInterval,
  wilsonInterval,
} from "../../src/train/intervals.ts";
import { detailedMetrics } from "../../src/train/metrics.ts";
import { logLossesFromLogits } from "../../src/train/scores.ts";
import { metricIntervals } from "../../src/train/uncertainty.ts";

/** Rows of K classes whose stated probabilities are worth something, and not too much. */
function rowsOf(N: number, K: number, strength: number) {
  const random = randomStream(11, "golden", N, K);
  const labels = Int32Array.from({ length: N }, (_, r) => r % K);
  const logits = Float64Array.from({ length: N * K }, (_, i) => {
    const own = labels[Math.floor(i / K)] === i % K ? strength : 0;
    return own + 4 * (random() - 0.5);
  });
  const probabilities = logits.map((_, i) => {
    const row = logits.subarray(i - (i % K), i - (i % K) + K);
    return Math.exp(logits[i]!) / row.reduce((sum, z) => sum + Math.exp(z), 0);
  });
  return { labels, probabilities, losses: logLossesFromLogits(logits, labels, K) };
}

const intervalsOf = ({ losses, probabilities, labels }: ReturnType<typeof rowsOf>, K: number, seed = 1) =>
  metricIntervals(losses, probabilities, labels, K, seed);

describe("metricIntervals", () => {
  test.each([2, 3])("of %d classes hold the value of every score, and have a width", (K) => {
    const rows = rowsOf(120, K, 1.5);
    const classes = Array.from({ length: K }, (_, k) => `class ${k}`);
    const metrics = detailedMetrics(rows.probabilities, rows.labels, classes);
    const { resamples, seed, eceIfCalibrated, classes: ofClasses, ...intervals } = intervalsOf(rows, K);
    expect({ resamples, seed }).toEqual({ resamples: 2000, seed: 1 });
    expect(Object.keys(intervals)).toHaveLength(11);
    for (const [name, interval] of Object.entries(intervals)) {
      const value = metrics[name as keyof typeof intervals]!;
      expect(interval!.lower, name).toBeLessThan(value);
      expect(interval!.upper, name).toBeGreaterThanOrEqual(value);
      expect(interval!.upper - interval!.lower, name).toBeGreaterThan(0.01);
    }
    metrics.classes.forEach((ofClass, k) => {
      for (const name of ["precision", "recall", "f1", "rocAuc"] as const) {
        expect(ofClasses[k]![name]!.lower, name).toBeLessThan(ofClass[name]!);
        expect(ofClasses[k]![name]!.upper, name).toBeGreaterThan(ofClass[name]!);
      }
    });
    // Of two classes the area of each is the area of both.
    if (K === 2)
      for (const { rocAuc } of ofClasses) expect(rocAuc!.lower).toBeCloseTo(intervals.rocAuc!.lower, 12);
    expect(eceIfCalibrated.lower).toBeGreaterThan(0);
    expect(eceIfCalibrated.upper).toBeGreaterThan(eceIfCalibrated.lower);
  });

  test("are a function of the rows and the seed", () => {
    const rows = rowsOf(90, 3, 1);
    expect(intervalsOf(rows, 3)).toEqual(intervalsOf(rows, 3));
    expect(intervalsOf(rows, 3, 2).logLoss).not.toEqual(intervalsOf(rows, 3).logLoss);
  });

  test("shrink like one over the square root of the rows: a quarter of the width for 16 times the rows, within a third", () => {
    const width = (N: number) => {
      const { lower, upper } = intervalsOf(rowsOf(N, 2, 1.5), 2).logLoss!;
      return upper - lower;
    };
    const ratio = width(1600) / width(100);
    expect(ratio).toBeGreaterThan(0.25 * (2 / 3));
    expect(ratio).toBeLessThan(0.25 * (4 / 3));
  });

  test("where every row is right: none for what no resample can move, those of shares stay honest", () => {
    const labels = Int32Array.from({ length: 30 }, (_, r) => r % 2);
    const probabilities = Float64Array.from({ length: 60 }, (_, i) => (labels[i >> 1] === i % 2 ? 0.9 : 0.1));
    const intervals = metricIntervals(new Float64Array(30).fill(0.105), probabilities, labels, 2, 1);
    expect(intervals).toMatchObject({
      logLoss: null,
      rocAuc: null,
      averagePrecision: null,
    });
    expect(intervals.accuracy).toEqual(wilsonInterval(30, 30));
    expect(intervals.balancedAccuracy.upper).toBe(1);
    expect(intervals.balancedAccuracy.lower).toBeCloseTo(
      1 - (1 - wilsonInterval(15, 15).lower) / Math.SQRT2,
      12,
    );
    expect(intervals.macroF1.upper).toBe(1);
    expect(intervals.macroF1.lower).toBeGreaterThan(0.8);
    expect(intervals.macroF1.lower).toBeLessThan(0.96);
  });

  test("of a class that is never predicted has no precision, of one without rows no recall and no area", () => {
    const labels = Int32Array.from({ length: 20 }, (_, r) => r % 2);
    const probabilities = Float64Array.from({ length: 60 }, (_, i) => [0.7, 0.2, 0.1][i % 3]!);
    const losses = Float64Array.from(labels, (label) => -Math.log(label === 0 ? 0.7 : 0.2));
    const { classes } = metricIntervals(losses, probabilities, labels, 3, 1);
    expect(classes.map(({ precision, recall }) => [precision !== null, recall !== null])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
    expect(classes[0]!.precision).toEqual(wilsonInterval(10, 20));
    expect(classes[2]!.rocAuc).toBeNull();
  });

  test("where one row carries the loss end where Hoeffding's inequality does, not at what a resample without it makes", () => {
    const N = 91;
    const labels = Int32Array.from({ length: N }, (_, r) => (r < 40 ? 1 : 0));
    const said = Float64Array.from(labels, (label, r) =>
      r === 0 ? 0.01 : label === 1 ? 0.99 : 0.005 * (1 + (r % 3)),
    );
    const probabilities = Float64Array.from({ length: 2 * N }, (_, i) =>
      i % 2 === 1 ? said[i >> 1]! : 1 - said[i >> 1]!,
    );
    const losses = Float64Array.from(labels, (_, r) => -Math.log(probabilities[2 * r + labels[r]!]!));
    const { brier, logLoss } = metricIntervals(losses, probabilities, labels, 2, 1);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / N;
    const briers = losses.map((loss) => 2 * (1 - Math.exp(-loss)) ** 2);
    expect(brier!.upper).toBeCloseTo(largestExpectedMean(mean(briers), N, 2), 12);
    expect(brier!.upper).toBeLessThan(0.2);
    expect(logLoss!.upper).toBeLessThanOrEqual(
      largestExpectedMean(mean(losses), N, -Math.log(0.005)) + 1e-12,
    );
  });

  test("leave calibrated rows an error of 0, and take it from rows that overstate", () => {
    const random = randomStream(4, "golden");
    const draw = (stated: number, true_: number) => {
      const labels = Int32Array.from({ length: 1000 }, () => (random() < true_ ? 1 : 0));
      const probabilities = Float64Array.from({ length: 2000 }, (_, i) =>
        i % 2 === 1 ? stated : 1 - stated,
      );
      const losses = Float64Array.from(labels, (label) => -Math.log(label === 1 ? stated : 1 - stated));
      return metricIntervals(losses, probabilities, labels, 2, 1);
    };
    expect(draw(0.8, 0.8).ece.lower).toBeCloseTo(0, 12);
    const overstated = draw(0.95, 0.75);
    expect(overstated.ece.lower).toBeGreaterThan(0.15);
    expect(overstated.ece.upper).toBeLessThan(0.25);
    expect(overstated.eceIfCalibrated.upper).toBeLessThan(0.03);
  });

  test("refuse losses of other rows", () => {
    const { probabilities, labels } = rowsOf(20, 2, 1);
    expect(() => metricIntervals([0.1], probabilities, labels, 2, 1)).toThrow("losses: expected 20 values");
  });
});

describe("meanShareInterval", () => {
  test("of 70/72, 40/42 and 9/10 equals the formula in numpy within 1e-14", () => {
    const { lower, upper } = meanShareInterval([70, 40, 9], [72, 42, 10]);
    expect(lower).toBeCloseTo(0.8313386548126062, 14);
    expect(upper).toBeCloseTo(0.97197011474302, 14);
  });

  test("of one group is Wilson's, with empty groups left out", () => {
    const { lower, upper } = meanShareInterval([0, 70, 0], [0, 72, 0]);
    const wilson = wilsonInterval(70, 72);
    expect(lower).toBeCloseTo(wilson.lower, 14);
    expect(upper).toBeCloseTo(wilson.upper, 14);
    expect(() => meanShareInterval([0], [0])).toThrow("n: expected a group with rows, got none");
  });
});

describe("logitInterval", () => {
  test("has its ends where the logit is 2.015 standard errors away, of 44 degrees, within 1e-9", () => {
    const { lower, upper } = logitInterval(0.9, 0.03, 44)!;
    const logit = (p: number) => Math.log(p / (1 - p));
    expect(logit(upper) - logit(0.9)).toBeCloseTo((2.0153675744 * 0.03) / 0.09, 9);
    expect(logit(0.9) - logit(lower)).toBeCloseTo((2.0153675744 * 0.03) / 0.09, 9);
  });

  test("keeps inside 0 … 1, and is null where there is no logit or no spread", () => {
    expect(logitInterval(0.999, 0.01, 9)!.upper).toBeLessThan(1);
    expect([logitInterval(0, 0.1, 9), logitInterval(1, 0.1, 9), logitInterval(0.5, 0, 9)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("drawnPercentile", () => {
  test("stands at (B + 1) q of the sorted draws, and never outside them", () => {
    const sorted = Float64Array.from({ length: 39 }, (_, i) => i + 1);
    expect(drawnPercentile(sorted, 0.025)).toBeCloseTo(1, 12);
    expect(drawnPercentile(sorted, 0.975)).toBeCloseTo(39, 12);
    expect(drawnPercentile(sorted, 0.5)).toBeCloseTo(20, 12);
    expect([drawnPercentile(sorted, 0), drawnPercentile([7], 0.3)]).toEqual([1, 7]);
  });
});
