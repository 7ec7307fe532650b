import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from "../../src/train/ranking.ts";

/** Few distinct scores, so that ties are common. */
const scoredRows = fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.nat(1)), {
  minLength: 1,
  maxLength: 40,
});

describe("rocAuc", () => {
  test("is the share of pairs in the right order, ties one half, exactly", () => {
    fc.assert(
      fc.property(scoredRows, (rows) => {
        const positives = rows.filter(([, label]) => label === 1);
        const negatives = rows.filter(([, label]) => label === 0);
        let wins = 0;
        for (const [x] of positives) for (const [y] of negatives) wins += x > y ? 1 : x === y ? 0.5 : 0;
        const pairs = positives.length * negatives.length;
        expect(rocAuc(...columns(rows))).toBe(pairs === 0 ? null : wins / pairs);
      }),
      { seed: 1 },
    );
  });

  test("is unchanged by a rising transformation and mirrored by a falling one", () => {
    fc.assert(
      fc.property(scoredRows, (rows) => {
        const [scores, labels] = columns(rows);
        const area = rocAuc(scores, labels);
        expect(
          rocAuc(
            scores.map((s) => s ** 3 + 7),
            labels,
          ),
        ).toBe(area);
        if (area !== null)
          expect(
            rocAuc(
              scores.map((s) => -s),
              labels,
            ),
          ).toBeCloseTo(1 - area, 14);
      }),
      { seed: 2 },
    );
  });

  test("takes any class as the positive one, and infinite scores, and -0 as 0", () => {
    expect(rocAuc([5, 1, 2], [2, 0, 1], 2)).toBe(1);
    expect(rocAuc([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], [0, 1])).toBe(1);
    expect(rocAuc([-0, 0], [0, 1])).toBe(0.5);
  });

  test("refuses NaN, which has no rank", () => {
    expect(() => rocAuc([0.5, Number.NaN], [0, 1])).toThrow("scores[1]: expected a number, got NaN");
    expect(() => rocAuc([0.5], [0, 1])).toThrow("scores: expected 2 values (2 rows), got 1");
  });
});

describe("curves", () => {
  test("the ROC curve runs from (0, 0) to (1, 1), never back, and its trapezoids are the area within 1e-14", () => {
    fc.assert(
      fc.property(scoredRows, (rows) => {
        const curve = rocCurve(...columns(rows));
        if (!curve) return;
        const { falsePositiveRate: x, truePositiveRate: y, thresholds } = curve;
        let area = 0;
        for (let i = 1; i < x.length; i++) {
          expect(x[i]! >= x[i - 1]! && y[i]! >= y[i - 1]! && thresholds[i]! < thresholds[i - 1]!).toBe(true);
          area += ((x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2;
        }
        expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1]);
        expect(Math.abs(area - rocAuc(...columns(rows))!)).toBeLessThan(1e-14);
      }),
      { seed: 3 },
    );
  });

  test("the steps under the precision-recall curve are the average precision within 1e-14", () => {
    fc.assert(
      fc.property(scoredRows, (rows) => {
        const curve = precisionRecallCurve(...columns(rows));
        if (!curve) return;
        let area = 0;
        for (let i = 0; i + 1 < curve.recall.length; i++) {
          area += (curve.recall[i]! - curve.recall[i + 1]!) * curve.precision[i]!;
        }
        expect(Math.abs(area - averagePrecision(...columns(rows))!)).toBeLessThan(1e-14);
        expect(curve.thresholds.length).toBe(curve.precision.length - 1);
      }),
      { seed: 4 },
    );
  });

  test("a score that says nothing has the share of positives as its average precision", () => {
    expect(averagePrecision([1, 1, 1, 1], [1, 0, 0, 0])).toBe(0.25);
  });

  test("are null when all rows are of one kind", () => {
    expect(rocCurve([1, 2], [1, 1])).toBeNull();
    expect(precisionRecallCurve([1, 2], [0, 0])).toBeNull();
  });

  test("two hundred thousand rows pass", () => {
    const scores = Float64Array.from({ length: 200_000 }, (_, r) => (r * 7919) % 200_003);
    const labels = Int32Array.from(scores, (score) => (score > 100_000 ? 1 : 0));
    expect(rocCurve(scores, labels)!.thresholds.length).toBe(200_001);
    expect(rocAuc(scores, labels)).toBe(1);
  });
});

function columns(rows: readonly (readonly [number, number])[]): [number[], number[]] {
  return [rows.map(([score]) => score), rows.map(([, label]) => label)];
}
