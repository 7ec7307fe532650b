import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accuracy,
  balancedAccuracy,
  classCounts,
  cohenKappa,
  confusionMatrix,
  macroAverage,
  macroAverageOfPresent,
  matthewsCorrelation,
  predictedClasses,
  rightRows,
  weightedAverage,
} from "../../src/train/confusion.ts";
import { delongInterval, wilsonInterval } from "../../src/train/intervals.ts";
import { detailedMetrics, evaluateProbabilities } from "../../src/train/metrics.ts";
import { meanOfDefined, oneVersusOne, oneVersusRest, scoresOfClass } from "../../src/train/multiclass.ts";
import { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from "../../src/train/ranking.ts";
import { classReliability, topClassReliability } from "../../src/train/reliability.ts";
import { binaryBrier, brier, logLoss, logLossFromLogits, topKAccuracy } from "../../src/train/scores.ts";
import { expectAllClose, expectClose, type GoldenBins, golden } from "./metrics.golden.ts";

test("the golden file has its 26 cases", () => {
  expect(golden.cases.length).toBe(26);
});

describe.each(golden.cases)(
  "$id: equals scikit-learn and exact fractions within rtol 1e-12, counts exactly",
  ({ n_classes: K, y_true, probabilities: rowsOfProbabilities, expected }) => {
    const labels = Int32Array.from(y_true);
    const N = labels.length;
    const probabilities = Float64Array.from(rowsOfProbabilities.flat());
    const predicted = predictedClasses(probabilities, N, K);
    const confusion = confusionMatrix(labels, predicted, K);
    const counts = classCounts(confusion, K);
    /** The file gives a placeholder where a metric means nothing; we say null. */
    const orNull = <T>(name: string, value: T): T | null =>
      expected.undefined.includes(name) ? null : value;

    test("predicted classes, confusion matrix, and all that is counted from it", () => {
      expect(Array.from(predicted)).toEqual(expected.y_pred);
      expect(Array.from(confusion)).toEqual(expected.confusion_matrix.flat());
      expectClose(accuracy(confusion, K), expected.accuracy, "accuracy");
      expectClose(balancedAccuracy(counts), expected.balanced_accuracy, "balanced accuracy");
      expect(counts.map((one) => one.support)).toEqual(expected.per_class.support);
      for (const key of ["precision", "recall", "f1"] as const) {
        expectAllClose(
          counts.map((one) => one[key]),
          expected.per_class[key],
          key,
        );
        expectClose(macroAverage(counts)[key], expected.macro[key], `macro ${key}`);
        expectClose(weightedAverage(counts)[key], expected.weighted[key], `weighted ${key}`);
        expectClose(
          macroAverageOfPresent(counts)[key],
          expected.macro_present_classes[key],
          `macro ${key} of present classes`,
        );
        expectClose(accuracy(confusion, K), expected.micro[key], `micro ${key}, which is the accuracy`);
      }
      expectClose(matthewsCorrelation(confusion, K), orNull("mcc", expected.mcc), "mcc");
      expectClose(cohenKappa(confusion, K), orNull("kappa", expected.kappa), "kappa");
    });

    test("log loss clipped and not, Brier, top-k accuracy", () => {
      expectClose(logLoss(probabilities, labels, K), expected.log_loss, "log loss");
      expectClose(logLoss(probabilities, labels, K, 0), expected.log_loss_unclipped, "log loss, no clip");
      expectClose(brier(probabilities, labels, K), expected.brier, "brier");
      if (K === 2) expectClose(binaryBrier(probabilities, labels), expected.brier_binary, "binary brier");
      for (const [k, share] of Object.entries(expected.top_k_accuracy)) {
        expectClose(topKAccuracy(probabilities, labels, K, Number(k)), share, `top ${k}`);
      }
    });

    test("reliability in 10 and 15 bins, edges as p <= (b + 1) / M", () => {
      for (const M of [10, 15] as const) {
        expectBins(topClassReliability(probabilities, labels, K, M), expected[`calibration_${M}_bins`]);
        const ofPositive = expected[`calibration_positive_class_${M}_bins`];
        expect(ofPositive !== undefined).toBe(K === 2);
        if (ofPositive) expectBins(classReliability(probabilities, labels, K, 1, M), ofPositive);
      }
    });

    test("Wilson interval of the accuracy", () => {
      const { correct, n, lower, upper } = expected.accuracy_wilson_95;
      expect([rightRows(confusion, K), N]).toEqual([correct, n]);
      expectClose(wilsonInterval(correct, n).lower, lower, "lower");
      expectClose(wilsonInterval(correct, n).upper, upper, "upper");
    });

    if (K === 2) {
      test("ROC and precision-recall curves, their areas, DeLong interval", () => {
        const scores = scoresOfClass(probabilities, K, 1);
        expectClose(rocAuc(scores, labels), expected.roc_auc, "roc auc");
        expectClose(averagePrecision(scores, labels), expected.average_precision, "average precision");

        const roc = rocCurve(scores, labels);
        expect(roc === null).toBe(expected.roc_curve === null);
        if (roc) {
          const curve = expected.roc_curve!;
          expectAllClose(roc.falsePositiveRate, curve.false_positive_rate, "false positive rate");
          expectAllClose(roc.truePositiveRate, curve.true_positive_rate, "true positive rate");
          expectAllClose(roc.thresholds, curve.thresholds, "roc thresholds");
        }
        const pr = precisionRecallCurve(scores, labels);
        expect(pr === null).toBe(expected.pr_curve === null);
        if (pr) {
          expectAllClose(pr.precision, expected.pr_curve!.precision, "precision");
          expectAllClose(pr.recall, expected.pr_curve!.recall, "recall");
          expectAllClose(pr.thresholds, expected.pr_curve!.thresholds, "pr thresholds");
        }
        const delong = delongInterval(scores, labels);
        expect(delong === null).toBe(expected.roc_auc_delong === undefined);
        if (delong) {
          const reference = expected.roc_auc_delong!;
          expectClose(delong.auc, reference.auc, "delong auc");
          expectClose(delong.variance, reference.variance, "variance");
          expectClose(delong.standardError, reference.standard_error, "standard error");
          expectClose(delong.lower, reference.lower, "lower");
          expectClose(delong.upper, reference.upper, "upper");
        }
      });
    } else {
      test("one against the rest, one against one: areas per class, macro and weighted", () => {
        const { support } = expected.per_class;
        const rest = oneVersusRest(probabilities, labels, K);
        expectAllClose(rest.rocAuc, expected.roc_auc_ovr_per_class, "roc auc per class");
        expectAllClose(
          rest.averagePrecision,
          expected.average_precision_per_class,
          "average precision per class",
        );
        expectClose(meanOfDefined(rest.rocAuc), expected.roc_auc_ovr_macro, "ovr macro");
        expectClose(meanOfDefined(rest.rocAuc, support), expected.roc_auc_ovr_weighted, "ovr weighted");
        expectClose(meanOfDefined(rest.averagePrecision), expected.average_precision_macro, "ap macro");

        const pairs = oneVersusOne(probabilities, labels, K);
        const areas = pairs.map((pair) => pair.rocAuc);
        expect(pairs.length).toBe((K * (K - 1)) / 2);
        expectClose(meanOfDefined(areas), expected.roc_auc_ovo_macro, "ovo macro");
        expectClose(
          meanOfDefined(
            areas,
            pairs.map((pair) => pair.rows),
          ),
          expected.roc_auc_ovo_weighted,
          "ovo weighted",
        );
      });
    }

    test("the summary and the report hold the same numbers", () => {
      const metrics = evaluateProbabilities(probabilities, labels, K);
      const area = K === 2 ? expected.roc_auc : expected.roc_auc_ovr_macro;
      expect(metrics.rows).toBe(N);
      expectClose(metrics.accuracy, expected.accuracy, "accuracy");
      expectClose(metrics.balancedAccuracy, expected.balanced_accuracy, "balanced accuracy");
      expectClose(metrics.logLoss, expected.log_loss, "log loss");
      expectClose(metrics.brier, expected.brier, "brier");
      expectClose(metrics.macroF1, expected.macro.f1, "macro f1");
      expectClose(metrics.mcc, expected.mcc, "mcc, 0 where undefined");
      expectClose(metrics.ece, expected.calibration_15_bins.ece, "ece of 15 bins");
      expectClose(metrics.rocAuc, area, "roc auc");

      const report = detailedMetrics(
        probabilities,
        labels,
        Array.from({ length: K }, (_, k) => `class ${k}`),
      );
      expect(report).toMatchObject(metrics);
      expectClose(report.kappa, orNull("kappa", expected.kappa), "kappa");
      expectClose(report.weightedF1, expected.weighted.f1, "weighted f1");
      expectClose(report.mce, expected.calibration_15_bins.mce, "mce");
      expectClose(
        report.averagePrecision,
        K === 2 ? expected.average_precision : expected.average_precision_macro,
        "average precision",
      );
      expectClose(report.accuracyInterval.lower, expected.accuracy_wilson_95.lower, "lower");
      expectClose(report.rocAucInterval?.lower ?? null, expected.roc_auc_delong?.lower ?? null, "auc lower");
      expect(report.confusionMatrix).toEqual(expected.confusion_matrix);
      expect(report.classes.map((row) => row.class)).toContain(`class ${K - 1}`);
      expectAllClose(
        report.classes.map((row) => row.f1),
        expected.per_class.f1,
        "f1 of the classes",
      );
      expect(JSON.parse(JSON.stringify(report)), "survives JSON").toEqual(report);

      const shortNames: Record<string, string> = {
        mcc: "mcc",
        kappa: "kappa",
        roc_auc: "rocAuc",
        roc_auc_ovr_macro: "rocAuc",
        average_precision: "averagePrecision",
        average_precision_macro: "averagePrecision",
      };
      const named = expected.undefined.flatMap((name) => shortNames[name] ?? []);
      expect([...report.undefined].sort()).toEqual([...new Set(named)].sort());
    });

    function expectBins(actual: ReturnType<typeof topClassReliability>, bins: GoldenBins): void {
      expectClose(actual.ece, bins.ece, "ece");
      expectClose(actual.mce, bins.mce, "mce");
      expect(actual.bins.map((bin) => bin.rows)).toEqual(bins.count);
      expectAllClose(
        actual.bins.map((bin) => bin.meanProbability),
        bins.mean_probability,
        "mean probability",
      );
      expectAllClose(
        actual.bins.map((bin) => bin.hitRate),
        bins.hit_rate,
        "hit rate",
      );
    }
  },
);

describe("log loss from logits", () => {
  test("equals the unclipped log loss of the softmax within 1e-12, for moderate logits", () => {
    const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(logits, fc.nat(2)), { minLength: 1, maxLength: 8 }), (rows) => {
        const probabilities = rows.flatMap(([z]) => {
          const sum = z.reduce((all, one) => all + Math.exp(one), 0);
          return z.map((one) => Math.exp(one) / sum);
        });
        const labels = rows.map(([, label]) => label);
        const fromLogits = logLossFromLogits(
          rows.flatMap(([z]) => z),
          labels,
          3,
        );
        expect(Math.abs(fromLogits - logLoss(probabilities, labels, 3, 0))).toBeLessThan(
          1e-12 * (1 + fromLogits),
        );
      }),
      { seed: 7 },
    );
  });

  test("is the same for one sigmoid node z and two softmax nodes (0, z), within 1e-15 relative", () => {
    for (const z of [-800, -40, -3, -1e-9, 0, 0.25, 2, 40, 800]) {
      for (const label of [0, 1]) {
        const one = logLossFromLogits([z], [label], 1);
        const two = logLossFromLogits([0, z], [label], 2);
        expect(Math.abs(one - two)).toBeLessThanOrEqual(1e-15 * two);
      }
    }
  });

  test("neither clips a large loss nor rounds a tiny one away", () => {
    expect(logLossFromLogits([1e30, -1e30], [1], 2)).toBe(2e30);
    expect(logLossFromLogits([-1000], [1], 1)).toBe(1000);
    expect(logLossFromLogits([50, 0], [0], 2)).toBeCloseTo(Math.exp(-50), 35);
    expect(logLossFromLogits([0, 0, 0, 0], [3], 4)).toBeCloseTo(Math.log(4), 15);
  });
});

test("the clip of the log loss is 2^-52 on both sides: 36.04 at most, 2.2e-16 at least", () => {
  expect(logLoss([1, 0], [1], 2)).toBeCloseTo(52 * Math.log(2), 13);
  expect(logLoss([0, 1], [1], 2)).toBeCloseTo(-Math.log1p(-(2 ** -52)), 30);
  expect(logLoss([0, 1], [1], 2, 0)).toBe(0);
});

test("topK holds the ranks 2, 3 and 5 that are below K", () => {
  const ranksOf = (K: number) =>
    Object.keys(
      detailedMetrics(new Float64Array(K).fill(1 / K), [0], Array.from({ length: K }, String)).topK,
    );
  expect([2, 3, 4, 6].map(ranksOf)).toEqual([[], ["2"], ["2", "3"], ["2", "3", "5"]]);
});

describe("what cannot be judged is refused", () => {
  test.each([
    ["no row", [], [], "labels: expected at least one row, got none"],
    ["a class that is none", [0.5, 0.5], [2], "labels[0]: expected a class index in 0 … 1, got 2"],
    ["a class below 0", [0.5, 0.5], [-1], "labels[0]: expected a class index in 0 … 1, got -1"],
    ["half a class", [0.5, 0.5], [0.5], "labels[0]: expected a class index in 0 … 1, got 0.5"],
    [
      "a missing probability",
      [0.5, 0.5, 1],
      [0, 1],
      "probabilities: expected 4 values (2 rows of 2 classes), got 3",
    ],
    ["NaN", [0.5, Number.NaN], [0], "probabilities[1]: expected a number in 0 … 1, got NaN"],
    ["less than nothing", [-0.5, 0.5], [0], "probabilities[0]: expected a number in 0 … 1, got -0.5"],
    ["a logit", [0.5, 1.5], [0], "probabilities[1]: expected a number in 0 … 1, got 1.5"],
  ])("%s", (_, probabilities, labels, message) => {
    expect(() => evaluateProbabilities(probabilities, labels, 2)).toThrow(message);
    expect(() => logLoss(probabilities, labels, 2)).toThrow(message);
  });

  test("a rank beyond the classes", () => {
    expect(() => topKAccuracy([0.5, 0.5], [0], 2, 3)).toThrow("k: expected a whole number in 1 … 2, got 3");
  });
});

test("float32 and float64 probabilities of the same value give the same metrics", () => {
  const exact = [0.25, 0.75, 0.5, 0.5, 0.875, 0.125, 0.375, 0.625];
  const labels = [1, 0, 0, 0];
  expect(evaluateProbabilities(Float32Array.from(exact), labels, 2)).toEqual(
    evaluateProbabilities(exact, labels, 2),
  );
});

test("the order of the rows changes no count and no rank number", () => {
  const row = fc.tuple(fc.nat(2), fc.nat(8), fc.nat(8), fc.nat(8));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
      const judge = (order: typeof rows) => {
        const probabilities = order.flatMap(([, a, b, c]) => [(a + 1) / 32, (b + 1) / 32, (c + 1) / 32]);
        const report = detailedMetrics(
          probabilities,
          order.map(([label]) => label),
          ["a", "b", "c"],
        );
        return { ...report, logLoss: 0 }; // the only sum here that rounds
      };
      expect(judge([...rows].reverse())).toEqual(judge(rows));
    }),
    { seed: 11 },
  );
});
