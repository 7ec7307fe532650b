// The library's public face; everything here runs in Node and in a browser.

export { loadClassifier, saveClassifier } from "./artifact.ts";
export { type Baselines, evaluateParts, fitBaselines, type PartReports } from "./baselines.ts";
export { type Calibrated, type CalibrationScore, calibrate, withoutCalibration } from "./calibrate.ts";
export { type Check, checkRun } from "./check.ts";
export {
  assertSameRun,
  type Checkpoint,
  identityOf,
  loadCheckpoint,
  saveCheckpoint,
} from "./checkpoint.ts";
export {
  type Classifier,
  evaluate,
  evaluatePart,
  fit,
  type Metrics,
  type Predictions,
  predict,
} from "./classifier.ts";
export { parseRunConfig, type RunConfig, resolveRunConfig, writeRunConfig } from "./config.ts";
export { type ColumnProfile, profileColumns } from "./data/columns.ts";
export { encode, encodedWidth, featureNames, type UnseenCells } from "./data/encode.ts";
export { type Encoder, type Feature, fitEncoder } from "./data/encoder.ts";
export { fitLabels, type LabelSet, labelCodes } from "./data/labels.ts";
export { defaultMissingValues, parseNumber } from "./data/numbers.ts";
export { readTable, readTables } from "./data/reader.ts";
export { applyScaling, fitFill, fitScaling } from "./data/scaling.ts";
export { type Split, stratifiedFolds, stratifiedSplit } from "./data/split.ts";
export { type Table, tableFromRows } from "./data/table.ts";
export { type ErrorCode, PulloneError } from "./errors.ts";
export type { Comparison } from "./experiment/comparison.ts";
export { parseExperiment, resolveVariants } from "./experiment/document.ts";
export { type PlannedRun, planRuns } from "./experiment/plan.ts";
export { type Outcome, performRun } from "./experiment/run.ts";
export { type Summary, summarise } from "./experiment/summary.ts";
export { type Explanation, explainRow } from "./explain.ts";
export { type Fitted, fitInSlices } from "./fitting.ts";
export { type Importance, permutationImportance } from "./importance.ts";
export type { FloatArray, Matrix, Precision } from "./matrix.ts";
export { complete } from "./model/kernels/operations.ts";
export {
  logSoftmax,
  logSumExp,
  sigmoidBinaryCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  softmaxJacobian,
} from "./model/losses.ts";
export { type Cell, type Prepared, prepare, tableOf, tableOptions } from "./prepare.ts";
export { type Random, randomStream } from "./random.ts";
export { type ScoredRows, scorePart, scoreTable } from "./scored.ts";
export { type Calibration, calibrateLogits, fitCalibration } from "./train/calibration.ts";
export { type ComparedScore, compareScored } from "./train/comparison.ts";
export {
  accuracy,
  balancedAccuracy,
  type ClassCounts,
  type ClassScores,
  classCounts,
  cohenKappa,
  confusionMatrix,
  macroAverage,
  macroAverageOfPresent,
  matthewsCorrelation,
  predictedClasses,
  rightRows,
  weightedAverage,
} from "./train/confusion.ts";
export { coverageLevels, type DecisionRule, decide, meanCost } from "./train/decisions.ts";
export { delongInterval, type Interval, wilsonInterval } from "./train/intervals.ts";
export { headRowSums } from "./train/invariants.ts";
export { detailedMetrics, evaluateProbabilities, type MetricsReport } from "./train/metrics.ts";
export { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from "./train/ranking.ts";
export { classReliability, type ReliabilityBin, topClassReliability } from "./train/reliability.ts";
export { binaryBrier, brier, logLoss, logLossFromLogits, topKAccuracy } from "./train/scores.ts";
export type { Pause, TrainState } from "./train/state.ts";
export {
  compareAucs,
  correctedResampledTTest,
  mcnemar,
  mcnemarOfPredictions,
  pairedBootstrap,
} from "./train/statistics.ts";
export type { EpochReport } from "./train/trainer.ts";
export { type MetricIntervals, metricIntervals } from "./train/uncertainty.ts";
