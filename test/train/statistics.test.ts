import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import {
  compareAucs,
  drawRows,
  mcnemar,
  mcnemarOfPredictions,
  pairedBootstrap,
} from "../../src/train/statistics.ts";
import { expectAllClose, expectClose, golden } from "./metrics.golden.ts";

describe("mcnemar", () => {
  test.each(golden.mcnemar)("$b against $c equals scipy and mpmath within rtol 1e-12", (reference) => {
    const { pExact, pMid } = mcnemar(reference.b, reference.c);
    expectClose(pExact, reference.p_exact, "exact");
    expectClose(pMid, reference.p_mid, "mid-p");
  });

  test.each(golden.mcnemar_from_predictions)("from predictions, $b against $c", (reference) => {
    const test = mcnemarOfPredictions(reference.y_true, reference.y_pred_a, reference.y_pred_b);
    expect([test.b, test.c]).toEqual([reference.b, reference.c]);
    expectClose(test.pExact, reference.p_exact, "exact");
    expectClose(test.pMid, reference.p_mid, "mid-p");
  });

  test("does not care which model is called A", () => {
    for (const [b, c] of [
      [0, 9],
      [17, 4],
      [300, 351],
    ] as const) {
      expect(mcnemar(c, b)).toMatchObject({ pExact: mcnemar(b, c).pExact, pMid: mcnemar(b, c).pMid });
    }
  });

  test("equals binomial fractions in whole numbers, for every b, c in 0 … 12, within 1e-14", () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    for (let b = 0; b <= 12; b++) {
      for (let c = 0; c <= 12; c++) {
        let tail = 0;
        for (let x = 0; x <= Math.min(b, c); x++) tail += choose(b + c, x);
        const { pExact, pMid } = mcnemar(b, c);
        expect(pExact).toBeCloseTo(Math.min(1, (2 * tail) / 2 ** (b + c)), 14);
        expect(pMid).toBeCloseTo((2 * tail - choose(b + c, Math.min(b, c))) / 2 ** (b + c), 14);
      }
    }
  });

  test("of a million against a million is 1 by mid-p, and of nothing against a million is 0, both at once", () => {
    expect(mcnemar(1_000_000, 1_000_000).pMid).toBe(1);
    expect(mcnemar(0, 1_000_000)).toEqual({ b: 0, c: 1_000_000, pExact: 0, pMid: 0 });
  });

  test("refuses half a row", () => {
    expect(() => mcnemar(1.5, 2)).toThrow("b: expected a whole number from 0, got 1.5");
    expect(() => mcnemarOfPredictions([1], [1, 0], [1])).toThrow("predictedA: expected 1 values");
  });
});

describe("compareAucs", () => {
  test.each(golden.delong_paired)("equals mpmath within rtol 1e-12, z = $z", (reference) => {
    const comparison = compareAucs(reference.scores_a, reference.scores_b, reference.y_true)!;
    expectClose(comparison.aucA, reference.auc_a, "auc a");
    expectClose(comparison.aucB, reference.auc_b, "auc b");
    expectClose(comparison.varianceA, reference.variance_a, "variance a");
    expectClose(comparison.varianceB, reference.variance_b, "variance b");
    expectClose(comparison.covariance, reference.covariance, "covariance");
    expectClose(comparison.z, reference.z, "z");
    expectClose(comparison.pValue, reference.p_value, "p");
  });

  test("has no z when both models rank alike, however their scores are scaled", () => {
    const scores = [0.1, 0.4, 0.35, 0.8, 0.2, 0.9];
    const comparison = compareAucs(
      scores,
      scores.map((s) => 10 * s - 3),
      [0, 0, 1, 1, 0, 1],
    )!;
    expect([comparison.aucA - comparison.aucB, comparison.z, comparison.pValue]).toEqual([0, null, null]);
  });

  test("is null with fewer than two rows on a side", () => {
    expect(compareAucs([1, 2, 3], [1, 2, 3], [0, 1, 1])).toBeNull();
  });
});

describe("pairedBootstrap", () => {
  const { correct_a, correct_b, resamples } = golden.bootstrap;

  test("on the resamples of the file equals numpy within rtol 1e-12", () => {
    const result = pairedBootstrap(correct_a, correct_b, resamples.length, (rows, b) =>
      rows.set(resamples[b]!),
    );
    expectClose(result.difference, golden.bootstrap.difference, "difference");
    expectAllClose(result.differences, golden.bootstrap.differences, "differences");
    expectClose(result.lower, golden.bootstrap.lower, "lower");
    expectClose(result.upper, golden.bootstrap.upper, "upper");
  });

  test("drawn from a seeded stream is the same again, and holds the difference", () => {
    const draw = () =>
      pairedBootstrap(correct_a, correct_b, 500, (rows, b) =>
        drawRows(rows, randomStream(1, "bootstrap", b)),
      );
    const first = draw();
    expect(draw()).toEqual(first);
    expect(first.lower < first.difference && first.difference < first.upper).toBe(true);
  });

  test("of a model with itself is 0 … 0", () => {
    const result = pairedBootstrap(correct_a, correct_a, 50, (rows, b) =>
      drawRows(rows, randomStream(2, "bootstrap", b)),
    );
    expect(result).toMatchObject({ difference: 0, lower: 0, upper: 0 });
  });

  test("refuses no rows, no resamples, and rows that do not match", () => {
    expect(() => pairedBootstrap([], [], 10, () => {})).toThrow(
      "valuesA: expected at least one row, got none",
    );
    expect(() => pairedBootstrap([1], [1], 0, () => {})).toThrow("B: expected a whole number from 1, got 0");
    expect(() => pairedBootstrap([1, 0], [1], 10, () => {})).toThrow(
      "valuesB: expected 2 values (2 rows), got 1",
    );
  });
});
