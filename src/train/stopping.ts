// Early stopping: the best epoch so far by a metric of the validation rows, and when to wait no longer for a better one.

import { assertNever } from "../errors.ts";
import type { FloatArray } from "../matrix.ts";
import type { BestEpoch } from "./state.ts";
import type { ValidationReport } from "./validation.ts";

export type StoppingMetric = keyof ValidationReport;

/** Stop when the metric of the validation rows has not improved by more than the minimum for `patience` epochs. */
export interface EarlyStopping {
  readonly metric: StoppingMetric;
  readonly patience: number;
  readonly minimumImprovement: number;
}

/**
 * The best epoch so far; the first that is judged, then each that is better by more than the minimum.
 *
 * @param kept  as long as the parameters, overwritten with those of the best epoch
 * @param known where a training goes on
 */
export function createBest(stopping: EarlyStopping, kept: FloatArray, known?: BestEpoch | null) {
  const { metric, patience, minimumImprovement } = stopping;
  kept.set(known?.parameters ?? []);
  let best = known ? { ...known, parameters: kept } : null;
  return {
    /** Null before the first epoch; the parameters in a view. */
    view: (): BestEpoch | null => best,
    /** Whether `patience` of so many epochs have gone by without a better one. */
    isGivenUp: (epochs: number) => epochs - (best?.epoch ?? 0) >= patience,
    judge(epoch: number, report: ValidationReport, parameters: FloatArray): void {
      const score = stoppingScore(metric, report);
      if (best && !(score > best.score + minimumImprovement)) return;
      kept.set(parameters);
      best = { epoch, score, parameters: kept };
    },
  };
}

/** The report's metric with the sign that makes larger better. */
function stoppingScore(metric: StoppingMetric, report: ValidationReport): number {
  switch (metric) {
    case "loss":
    case "logLoss":
      return -report[metric];
    case "accuracy":
    case "balancedAccuracy":
    case "macroF1":
      return report[metric];
    default:
      return assertNever(metric, "train.earlyStopping.metric");
  }
}
