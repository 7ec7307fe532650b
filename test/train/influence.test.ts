import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { meanPrecision, spreadAreas } from "../../src/train/influence.ts";
import { delongInterval } from "../../src/train/intervals.ts";
import { averagePrecision } from "../../src/train/ranking.ts";

/** N rows of K classes; scores in steps, so that some are equal. */
function rowsOf(N: number, K: number) {
  const random = randomStream(6, "golden", N, K);
  const labels = Int32Array.from({ length: N }, (_, r) => r % K);
  const probabilities = new Float64Array(N * K);
  for (let r = 0; r < N; r++) {
    const weights = Array.from(
      { length: K },
      (_, k) => 1 + Math.floor(5 * random()) + (labels[r] === k ? 3 : 0),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let k = 0; k < K; k++) probabilities[r * K + k] = weights[k]! / total;
  }
  return { labels, probabilities };
}

describe("spreadAreas", () => {
  test("of two classes is DeLong's area with its standard error, within 1e-14", () => {
    const { probabilities, labels } = rowsOf(80, 2);
    const { value, standardError } = spreadAreas(probabilities, labels, 2).mean!;
    const scores = Float64Array.from({ length: 80 }, (_, r) => probabilities[2 * r + 1]!);
    const delong = delongInterval(scores, labels)!;
    expect(value).toBeCloseTo(delong.auc, 14);
    expect(standardError).toBeCloseTo(delong.standardError, 14);
  });

  test("has the degrees of the smallest class that has a real part in it", () => {
    const { probabilities, labels } = rowsOf(80, 2);
    expect(spreadAreas(probabilities, labels, 2).mean!.degrees).toBe(39);
    // All that varies is in the 60 rows of class 0: how they stand to four equal positives.
    const few = Int32Array.from({ length: 64 }, (_, r) => (r < 60 ? 0 : 1));
    const p = Float64Array.from({ length: 128 }, (_, i) =>
      i % 2 === 1 ? (i >> 1 < 60 ? (i >> 1) / 60 : 0.5) : 1 - (i >> 1 < 60 ? (i >> 1) / 60 : 0.5),
    );
    expect(spreadAreas(p, few, 2).mean!.degrees).toBe(59);
  });

  test("of each class among several is DeLong's area against the rest, and the mean is theirs", () => {
    const { probabilities, labels } = rowsOf(90, 3);
    const { classes, mean } = spreadAreas(probabilities, labels, 3);
    classes.forEach((area, k) => {
      const scores = Float64Array.from({ length: 90 }, (_, r) => probabilities[3 * r + k]!);
      expect(area!.value).toBeCloseTo(delongInterval(scores, labels, k)!.auc, 14);
    });
    expect(mean!.value).toBeCloseTo(
      classes.reduce((sum, area) => sum + area!.value / 3, 0),
      14,
    );
    expect(classes.every((area) => area!.standardError > mean!.standardError)).toBe(true);
  });

  test("is null when a class has fewer than two rows, and so is the mean, but not the others", () => {
    const { probabilities } = rowsOf(5, 3);
    const { classes, mean } = spreadAreas(probabilities, [0, 0, 1, 1, 2], 3);
    expect(mean).toBeNull();
    expect(classes.map((area) => area === null)).toEqual([false, false, true]);
  });
});

describe("meanPrecision", () => {
  test.each([2, 3])("of %d classes is the mean average precision, ties and all, within 1e-14", (K) => {
    const { probabilities, labels } = rowsOf(60, K);
    const classes = K === 2 ? [1] : [0, 1, 2];
    const each = classes.map(
      (k) =>
        averagePrecision(
          Array.from(labels, (_, r) => probabilities[r * K + k]!),
          labels,
          k,
        )!,
    );
    const expected = each.reduce((sum, value) => sum + value, 0) / classes.length;
    expect(meanPrecision(probabilities, labels, K)!.value).toBeCloseTo(expected, 14);
  });

  test("has the standard error that one row more or less makes: derivatives by doubled rows, within 5 %", () => {
    const { probabilities, labels } = rowsOf(120, 2);
    const scores = Array.from(labels, (_, r) => probabilities[2 * r + 1]!);
    const value = averagePrecision(scores, labels)!;
    // Each row twice among 50 copies of all: weight 1/50 more.
    const COPIES = 50;
    const many = Array.from({ length: COPIES }, () => scores).flat();
    const truth = Array.from({ length: COPIES }, () => Array.from(labels)).flat();
    const sums = [0, 0];
    const moves = scores.map((score, r) => {
      const moved = COPIES * (averagePrecision([...many, score], [...truth, labels[r]!])! - value);
      sums[labels[r]!]! += moved / 60;
      return moved;
    });
    const variance = moves.reduce((sum, move, r) => sum + (60 / 59) * (move - sums[labels[r]!]!) ** 2, 0);
    const { standardError } = meanPrecision(probabilities, labels, 2)!;
    expect(Math.abs(Math.sqrt(variance) / standardError - 1)).toBeLessThan(0.05);
  });

  test("is null where one side has fewer than two rows", () => {
    expect(meanPrecision([0.1, 0.9, 0.4, 0.6, 0.7, 0.3], [0, 0, 1], 2)).toBeNull();
    expect(meanPrecision([0.1, 0.9, 0.4, 0.6], [1, 1], 2)).toBeNull();
  });
});
