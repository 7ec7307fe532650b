import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { cohenKappa, confusionMatrix } from "../../src/train/confusion.ts";
import { wilsonInterval } from "../../src/train/intervals.ts";
import { confusionIntervals, costInterval, gammaDraw } from "../../src/train/posterior.ts";

describe("gammaDraw", () => {
  test.each([0.2, 0.5, 1, 3.5, 40])(
    "of shape %d has that mean and variance, within 5 standard errors",
    (shape) => {
      const random = randomStream(1, "golden", shape);
      const N = 20_000;
      const draws = Array.from({ length: N }, () => gammaDraw(shape, random));
      const mean = draws.reduce((sum, x) => sum + x, 0) / N;
      const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / N;
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / N));
      // Var of (x - shape)²: 2 shape² + 6 shape
      expect(Math.abs(variance - shape)).toBeLessThan(5 * Math.sqrt((2 * shape * shape + 6 * shape) / N));
    },
  );
});

describe("confusionIntervals", () => {
  const intervals = (confusion: number[], K: number, B = 2000) =>
    confusionIntervals(confusion, K, B, randomStream(1, "bootstrap"));

  test("of two classes have the recalls of Jeffreys' beta distribution: its middle 95 % of 18 in 20, within 0.01", () => {
    // Rows of one class alone: hits / support is beta(18.5, 2.5), in scipy 0.7161 … 0.9786, and F1 = 2 r / (1 + r).
    const { macroF1 } = intervals([18, 2, 0, 0], 2, 20_000);
    expect(macroF1.lower).toBeCloseTo(0.7161 / 1.7161, 2);
    expect(macroF1.upper).toBeCloseTo(0.9786 / 1.9775, 2);
  });

  test("where every row is right show what few rows may have missed, and hold the score itself", () => {
    const few = intervals([15, 0, 0, 15], 2);
    const many = intervals([150, 0, 0, 150], 2);
    for (const name of ["macroF1", "weightedF1", "mcc", "kappa"] as const) {
      expect(few[name].upper).toBe(1);
      expect(few[name].lower).toBeGreaterThan(0.7);
      expect(few[name].lower).toBeLessThan(0.96);
      expect(many[name].lower).toBeGreaterThan(few[name].lower);
    }
  });

  test("hold the score of random matrices of 2 to 6 classes, empty rows and columns among them", () => {
    const random = randomStream(2, "golden");
    for (let round = 0; round < 40; round++) {
      const K = 2 + (round % 5);
      const labels = Array.from({ length: 50 }, () => Math.floor(random() * Math.min(K, 4)));
      const predicted = labels.map((label) => (random() < 0.7 ? label : Math.floor(random() * K)));
      const confusion = confusionMatrix(labels, predicted, K);
      const { kappa, macroF1 } = confusionIntervals(confusion, K, 200, random);
      const value = cohenKappa(confusion, K)!;
      expect(kappa.lower).toBeLessThanOrEqual(value);
      expect(kappa.upper).toBeGreaterThanOrEqual(value);
      expect(macroF1.upper - macroF1.lower).toBeGreaterThan(0.05);
    }
  });
});

describe("costInterval", () => {
  const rightIsFree = [
    [0, 1],
    [20, 0],
  ];
  test("holds the mean cost; where every mistake costs 1 it is that of the errors, where none costs anything 0", () => {
    const confusion = [
      [68, 4],
      [2, 40],
    ];
    const { lower, upper } = costInterval(confusion, rightIsFree, 2000, randomStream(1, "golden"));
    expect(lower).toBeLessThan((4 + 40) / 114);
    expect(upper).toBeGreaterThan((4 + 40) / 114);
    const one = costInterval(
      confusion,
      [
        [0, 1],
        [1, 0],
      ],
      2000,
      randomStream(1, "golden"),
    );
    expect(one.lower).toBeCloseTo(wilsonInterval(6, 114).lower, 1);
    expect(one.upper).toBeCloseTo(wilsonInterval(6, 114).upper, 1);
    expect(
      costInterval(
        confusion,
        [
          [0, 0],
          [0, 0],
        ],
        100,
        randomStream(1, "golden"),
      ),
    ).toEqual({ lower: 0, upper: 0 });
  });

  test("where every row is right begins at 0 and shows what the mistakes not seen may cost", () => {
    const { lower, upper } = costInterval(
      [
        [20, 0],
        [0, 20],
      ],
      rightIsFree,
      2000,
      randomStream(1, "golden"),
    );
    expect(lower).toBe(0);
    expect(upper).toBeGreaterThan(0.5);
    expect(upper).toBeLessThan(2);
  });
});
