// Two answers that cost nothing, beside every result: the majority class, and logistic regression.
// Letters: N rows, K classes.

import { type Classifier, complete, evaluatePart, fit } from "./classifier.ts";
import type { RunConfig } from "./config.ts";
import type { Dataset, Part } from "./data/dataset.ts";
import type { ThreadHost } from "./model/kernels/threads.ts";
import type { Prepared } from "./prepare.ts";
import { detailedMetrics, type MetricsReport } from "./train/metrics.ts";

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
}

/** Scores a classifier on every part of the dataset it came from. */
export function evaluateParts(classifier: Classifier, dataset: Dataset): PartReports {
  return {
    train: evaluatePart(classifier, dataset.train)!,
    validation: evaluatePart(classifier, dataset.validation),
    test: evaluatePart(classifier, dataset.test),
  };
}

/** Fits and scores both baselines on the split of `data`. */
export function fitBaselines(config: RunConfig, data: Prepared, host?: ThreadHost): Baselines {
  return {
    majority: evaluateMajority(data),
    logistic: evaluateParts(fitLogistic(config, data, host), data),
  };
}

/** Logistic regression by the trainer of the run: same seed, batches and optimiser, no hidden layer. */
function fitLogistic(config: RunConfig, data: Prepared, host?: ThreadHost): Classifier {
  return complete(fit({ ...config, model: { ...config.model, hidden: [], activation: "relu" } }, data, host));
}

function evaluateMajority(dataset: Dataset): PartReports {
  const { classes } = dataset.labels;
  const counts = new Float64Array(classes.length);
  for (const label of dataset.train.labels) counts[label]!++;
  const shares = counts.map((count) => count / dataset.train.labels.length);
  const score = ({ labels }: Part): MetricsReport | null => {
    if (labels.length === 0) return null;
    const probabilities = new Float64Array(labels.length * shares.length);
    for (let row = 0; row < labels.length; row++) probabilities.set(shares, row * shares.length);
    return detailedMetrics(probabilities, labels, classes);
  };
  return { train: score(dataset.train)!, validation: score(dataset.validation), test: score(dataset.test) };
}
