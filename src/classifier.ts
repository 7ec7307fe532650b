// The story on one page: fit on the training rows, predict any row, evaluate what was predicted.
// Letters: N rows, D encoded features, K classes.

import type { RunConfig } from "./config.ts";
import type { Part } from "./data/dataset.ts";
import { encode, encodedWidth, type UnseenCells } from "./data/encode.ts";
import type { Encoder } from "./data/encoder.ts";
import { type LabelSet, labelCodes } from "./data/labels.ts";
import type { Table } from "./data/table.ts";
import { fitInSlices } from "./fitting.ts";
import { allocateMatrix, type FloatArray, type Matrix } from "./matrix.ts";
import { predictInSlices, probabilities as probabilitiesOf } from "./model/forward.ts";
import { chooseKernels } from "./model/kernels/choose.ts";
import { complete } from "./model/kernels/operations.ts";
import { referenceKernels } from "./model/kernels/reference.ts";
import type { ThreadHost } from "./model/kernels/threads.ts";
import type { Network } from "./model/network.ts";
import type { Prepared } from "./prepare.ts";
import { type Calibration, calibrateLogits } from "./train/calibration.ts";
import { predictedClasses } from "./train/confusion.ts";
import { type MetricsReport, reportFromLogits } from "./train/metrics.ts";
import type { EpochReport } from "./train/trainer.ts";

/** The few numbers that every table of results shows; all of them over one part of the rows. */
export interface Metrics {
  readonly rows: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly logLoss: number;
  readonly brier: number;
  readonly macroF1: number;
  readonly mcc: number;
  readonly ece: number;
  /** Two classes: of the second class; more: mean of one against the rest; null where undefined. */
  readonly rocAuc: number | null;
}

/** A few encoded rows and their logits: the loader computes them again and compares every bit. */
export interface GoldenRows {
  readonly rows: number;
  /** (rows, D) */
  readonly inputs: FloatArray;
  /** (rows, outputs of the last layer) */
  readonly logits: FloatArray;
}

/** What the model file says of its own making; nothing in it depends on a test row. */
export interface TrainingRecord {
  /** SHA-256 (hex) of the training and validation rows as they were read, independent of the column order. */
  readonly fingerprint: string;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly rows: { readonly train: number; readonly validation: number };
  readonly metrics: { readonly train: Metrics; readonly validation: Metrics | null };
}

/** Everything a prediction needs, and nothing else: what the model file holds. */
export interface Classifier {
  readonly config: RunConfig;
  readonly labels: LabelSet;
  readonly encoder: Encoder;
  readonly network: Network;
  /** What `calibrate` has learnt of the logits; absent in a model as it was trained. */
  readonly calibration?: Calibration;
  readonly golden: GoldenRows;
  readonly record: TrainingRecord;
}

/**
 * Trains a classifier on the training rows of `data`; its validation rows choose the epoch, its test rows are never
 * read. Yields a report after each epoch and returns the classifier; whoever pulls decides when to stop.
 *
 * @param host starts threads where `train.threads` wants them; without it one thread trains, to the same bits
 * @throws {PulloneError} config_invalid for a network that does not suit the data; training_diverged
 */
export function* fit(
  config: RunConfig,
  data: Prepared,
  host?: ThreadHost,
): Generator<EpochReport, Classifier> {
  const fitting = fitInSlices(config, data, { host });
  for (;;) {
    const { done, value } = fitting.next();
    if (done) return value.classifier;
    if (value.report) yield value.report;
  }
}

/** What the model says of some rows, in their order. */
export interface Predictions {
  readonly rows: number;
  /** (N, 1) of a sigmoid head, (N, K) of a softmax head: what the probabilities come from, so calibrated ones. */
  readonly logits: FloatArray;
  /** (N, K), each row sums to 1. */
  readonly probabilities: FloatArray;
  /** (N) class of the largest probability, the lowest index among equals. */
  readonly classes: Int32Array;
  /** Columns with categories that no training row showed. */
  readonly unseen: readonly UnseenCells[];
}

/**
 * Predicts every row of `table`; columns are matched by name, other columns are left aside.
 *
 * @throws {PulloneError} data_invalid where a cell cannot be read as the model needs it
 */
export function predict(classifier: Classifier, table: Table): Predictions {
  const { encoder, network } = classifier;
  const features = allocateMatrix(network.precision, table.lines.length, encodedWidth(encoder));
  const unseen = encode(encoder, table, null, features.values);
  return { ...predictEncoded(classifier, features), unseen };
}

/** Predicts rows that are encoded already. A calibrated model gives float64, so that it makes no new ties. */
export function predictEncoded(
  classifier: Pick<Classifier, "network" | "calibration">,
  features: Matrix,
): Omit<Predictions, "unseen"> {
  return complete(predictEncodedInSlices(classifier, features, null));
}

/** The same; yields `pause` on the way when the rows are many. */
function* predictEncodedInSlices<P>(
  { network, calibration }: Pick<Classifier, "network" | "calibration">,
  features: Matrix,
  pause: P,
): Generator<P, Omit<Predictions, "unseen">> {
  const { rows } = features;
  const K = network.shape.classes;
  const kernels = chooseKernels(network.precision);
  const { logits, probabilities } = yield* predictInSlices(kernels, network, features, pause);
  if (!calibration) return { rows, logits, probabilities, classes: predictedClasses(probabilities, rows, K) };
  const calibrated = calibrateLogits(calibration, logits, network.layers.at(-1)!.outputs);
  const p = new Float64Array(rows * K);
  probabilitiesOf(referenceKernels("float64"), network, p, calibrated, rows);
  return { rows, logits: calibrated, probabilities: p, classes: predictedClasses(p, rows, K) };
}

/** Encodes every row of `table`, which must hold the label column. @throws {PulloneError} data_invalid */
export function encodeLabelled(
  { encoder, labels, network }: Classifier,
  table: Table,
): Part & Pick<Predictions, "unseen"> {
  const N = table.lines.length;
  const features = allocateMatrix(network.precision, N, encodedWidth(encoder));
  const unseen = encode(encoder, table, null, features.values);
  const rows = Int32Array.from({ length: N }, (_, row) => row);
  return { rows, features, labels: labelCodes(labels, table, rows), unseen };
}

/**
 * Scores every row of `table`, which must hold the label column; the log loss comes from the logits, unclipped.
 *
 * @throws {PulloneError} data_invalid, also for a label that is none of the classes
 */
export function evaluate(classifier: Classifier, table: Table): MetricsReport & Pick<Predictions, "unseen"> {
  const rows = Int32Array.from({ length: table.lines.length }, (_, row) => row);
  const labels = labelCodes(classifier.labels, table, rows);
  const { unseen, ...predictions } = predict(classifier, table);
  return { ...reportFromLogits(predictions, labels, classifier.labels.classes), unseen };
}

/** Scores rows that are encoded already; null when there are none. */
export function evaluatePart(classifier: Classifier, part: Part): MetricsReport | null {
  return complete(evaluatePartInSlices(classifier, part, null));
}

/** The same; yields `pause` on the way, and before it begins. */
export function* evaluatePartInSlices<P>(
  classifier: Classifier,
  part: Part,
  pause: P,
): Generator<P, MetricsReport | null> {
  if (part.labels.length === 0) return null;
  yield pause;
  const predictions = yield* predictEncodedInSlices(classifier, part.features, pause);
  return reportFromLogits(predictions, part.labels, classifier.labels.classes);
}
