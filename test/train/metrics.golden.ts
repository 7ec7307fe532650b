// The golden metrics: scikit-learn 1.2.1, scipy 1.10.1, and exact fractions or mpmath for what these lack.
import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** As in the file: "NaN" and "Infinity" are strings. */
export type GoldenNumber = number | "NaN" | "Infinity" | null;

export interface GoldenScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface GoldenBins {
  readonly ece: number;
  readonly mce: number;
  readonly count: readonly number[];
  readonly mean_probability: readonly GoldenNumber[];
  readonly hit_rate: readonly GoldenNumber[];
}

export interface GoldenDelong {
  readonly auc: number;
  readonly variance: number;
  readonly standard_error: number;
  readonly lower: number;
  readonly upper: number;
  readonly lower_unclipped: number;
  readonly upper_unclipped: number;
}

export interface GoldenExpected {
  readonly y_pred: readonly number[];
  readonly accuracy: number;
  readonly balanced_accuracy: number;
  readonly confusion_matrix: readonly (readonly number[])[];
  readonly per_class: {
    readonly precision: readonly number[];
    readonly recall: readonly number[];
    readonly f1: readonly number[];
    readonly support: readonly number[];
  };
  readonly macro: GoldenScores;
  readonly micro: GoldenScores;
  readonly weighted: GoldenScores;
  readonly macro_present_classes: GoldenScores;
  readonly mcc: number;
  readonly kappa: GoldenNumber;
  readonly log_loss: number;
  readonly log_loss_unclipped: GoldenNumber;
  readonly brier: number;
  readonly top_k_accuracy: Readonly<Record<string, number>>;
  readonly calibration_10_bins: GoldenBins;
  readonly calibration_15_bins: GoldenBins;
  readonly accuracy_wilson_95: {
    readonly correct: number;
    readonly n: number;
    readonly lower: number;
    readonly upper: number;
  };
  readonly undefined: readonly string[];
  // two classes
  readonly brier_binary?: number;
  readonly roc_auc?: GoldenNumber;
  readonly average_precision?: GoldenNumber;
  readonly roc_curve?: {
    readonly false_positive_rate: readonly number[];
    readonly true_positive_rate: readonly number[];
    readonly thresholds: readonly GoldenNumber[];
  } | null;
  readonly pr_curve?: {
    readonly precision: readonly number[];
    readonly recall: readonly number[];
    readonly thresholds: readonly GoldenNumber[];
  } | null;
  readonly roc_auc_delong?: GoldenDelong;
  readonly calibration_positive_class_10_bins?: GoldenBins;
  readonly calibration_positive_class_15_bins?: GoldenBins;
  // more classes
  readonly roc_auc_ovr_per_class?: readonly GoldenNumber[];
  readonly average_precision_per_class?: readonly GoldenNumber[];
  readonly roc_auc_ovr_macro?: GoldenNumber;
  readonly roc_auc_ovr_weighted?: GoldenNumber;
  readonly roc_auc_ovo_macro?: GoldenNumber;
  readonly roc_auc_ovo_weighted?: GoldenNumber;
  readonly average_precision_macro?: GoldenNumber;
}

export interface GoldenCase {
  readonly id: string;
  readonly n_classes: number;
  readonly y_true: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly expected: GoldenExpected;
}

interface GoldenMetrics {
  readonly cases: readonly GoldenCase[];
  readonly wilson: readonly { correct: number; n: number; lower: number; upper: number }[];
  readonly mcnemar: readonly { b: number; c: number; p_exact: number; p_mid: number }[];
  readonly mcnemar_from_predictions: readonly {
    y_true: number[];
    y_pred_a: number[];
    y_pred_b: number[];
    b: number;
    c: number;
    p_exact: number;
    p_mid: number;
  }[];
  readonly delong: readonly (GoldenDelong & { id: string; y_true: number[]; scores: number[] })[];
  readonly delong_paired: readonly {
    y_true: number[];
    scores_a: number[];
    scores_b: number[];
    auc_a: number;
    auc_b: number;
    variance_a: number;
    variance_b: number;
    covariance: number;
    z: number;
    p_value: number;
  }[];
  readonly bootstrap: {
    correct_a: number[];
    correct_b: number[];
    resamples: number[][];
    difference: number;
    differences: number[];
    lower: number;
    upper: number;
  };
}

export const golden: GoldenMetrics = JSON.parse(
  readFileSync(new URL("../golden/metrics.json", import.meta.url), "utf8"),
);

/** Passes within atol 1e-14 + rtol 1e-12, the tolerance the file states; NaN in the file is null with us. */
export function expectClose(
  actual: number | null | undefined,
  expected: GoldenNumber | undefined,
  what: string,
  rtol = 1e-12,
): void {
  if (expected === "NaN" || expected === null) {
    expect(actual, what).toBeNull();
    return;
  }
  if (expected === "Infinity") {
    expect(actual, what).toBe(Number.POSITIVE_INFINITY);
    return;
  }
  expect(expected, `${what}: the file has it`).toBeTypeOf("number");
  expect(actual, what).toBeTypeOf("number");
  const error = Math.abs(actual! - expected!);
  const allowed = 1e-14 + rtol * Math.abs(expected!);
  expect(error <= allowed, `${what}: expected ${expected} within ${allowed}, got ${actual}`).toBe(true);
}

/** The same, element by element. */
export function expectAllClose(
  actual: ArrayLike<number | null> | undefined,
  expected: readonly GoldenNumber[] | undefined,
  what: string,
): void {
  expect(actual?.length, `${what}: length`).toBe(expected?.length);
  expected!.forEach((value, i) => {
    expectClose(actual![i], value, `${what}[${i}]`);
  });
}
