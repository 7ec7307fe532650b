// Two answers that cost nothing, beside every result: the majority class, and logistic regression.
// Letters: N rows, K classes.

import { borrow, release } from "./borrow.ts";
import { type Classifier, evaluatePart, evaluatePartInSlices, predictEncoded } from "./classifier.ts";
import type { RunConfig } from "./config.ts";
import type { Dataset, Part } from "./data/dataset.ts";
import { type Fitted, fitInSlices } from "./fitting.ts";
import { complete } from "./model/kernels/operations.ts";
import type { ThreadHost } from "./model/kernels/threads.ts";
import type { Prepared } from "./prepare.ts";
import { detailedMetrics, type MetricsReport } from "./train/metrics.ts";
import { countLabels } from "./train/multiclass.ts";
import type { Pause } from "./train/state.ts";

/** A score per part; null for a part without rows. */
export interface PartReports {
  readonly train: MetricsReport;
  readonly validation: MetricsReport | null;
  readonly test: MetricsReport | null;
}

export interface Baselines {
  /** Says the class shares of the training rows for every row, so always the commonest class. */
  readonly majority: PartReports;
  /** The same trainer on the same rows, without a hidden layer. */
  readonly logistic: PartReports;
  /** (N) what each says of the test rows, class by class, for a test on the same rows. */
  readonly predicted: { readonly majority: Int32Array; readonly logistic: Int32Array };
}

/** Scores a classifier on every part of the dataset it came from. */
export function evaluateParts(classifier: Classifier, dataset: Dataset): PartReports {
  return {
    train: evaluatePart(classifier, dataset.train)!,
    validation: evaluatePart(classifier, dataset.validation),
    test: evaluatePart(classifier, dataset.test),
  };
}

/** The reports of a fit, and that of the test rows beside them; yields `pause` on the way. */
export function* withTestReport<P>(
  { classifier, reports }: Pick<Fitted, "classifier" | "reports">,
  dataset: Dataset,
  pause: P,
): Generator<P, PartReports> {
  return { ...reports, test: yield* evaluatePartInSlices(classifier, dataset.test, pause) };
}

/** Fits and scores both baselines on the split of `data`. */
export function fitBaselines(config: RunConfig, data: Prepared, host?: ThreadHost): Baselines {
  return complete(fittingBaselines(config, data, host));
}

/**
 * The same with pauses, so that whoever pulls can stop it. The logistic regression is the trainer of the run, same
 * seed, batches and optimiser, without a hidden layer.
 */
export function* fittingBaselines(
  config: RunConfig,
  data: Prepared,
  host?: ThreadHost,
): Generator<Pick<Pause, "report">, Baselines> {
  const model = { ...config.model, hidden: [], activation: "relu" as const };
  const logistic = yield* fitInSlices({ ...config, model }, data, { host });
  const reports = yield* withTestReport(logistic, data, { report: null });
  const shares = classShares(data);
  return {
    majority: evaluateMajority(data, shares),
    logistic: reports,
    predicted: {
      majority: new Int32Array(data.test.labels.length).fill(
        commonestClass(data.train.labels, shares.length),
      ),
      logistic: predictEncoded(logistic.classifier, data.test.features).classes,
    },
  };
}

/** The class that most of the labels (N) are, of K; the lowest index among equals. */
export function commonestClass(labels: Int32Array, K: number): number {
  const counts = countLabels(labels, K);
  return counts.indexOf(Math.max(...counts));
}

/** (K) of the training rows. */
function classShares({ labels, train }: Dataset): Float64Array {
  const counts = countLabels(train.labels, labels.classes.length);
  return Float64Array.from(counts, (count) => count / train.labels.length);
}

function evaluateMajority(dataset: Dataset, shares: Float64Array): PartReports {
  const { classes } = dataset.labels;
  const score = ({ labels }: Part): MetricsReport | null => {
    if (labels.length === 0) return null;
    const probabilities = borrow(Float64Array, labels.length * shares.length);
    for (let row = 0; row < labels.length; row++) probabilities.set(shares, row * shares.length);
    const report = detailedMetrics(probabilities, labels, classes);
    release(probabilities);
    return report;
  };
  return { train: score(dataset.train)!, validation: score(dataset.validation), test: score(dataset.test) };
}
