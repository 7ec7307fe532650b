// A classifier whose probabilities are mended on rows that trained nothing and judge nothing.
// Letters: N rows, D encoded features, K classes.

import { type Classifier, predictEncoded } from "./classifier.ts";
import type { Dataset, Part } from "./data/dataset.ts";
import { hex, sha256 } from "./hash.ts";
import { intervalsOf, reportOf, scorePart } from "./scored.ts";
import { type CalibrationMethod, fitCalibration } from "./train/calibration.ts";
import type { MetricsReport } from "./train/metrics.ts";
import type { MetricIntervals } from "./train/uncertainty.ts";

/** How far the probabilities of a model can be believed. */
export interface CalibrationScore {
  readonly metrics: MetricsReport;
  readonly intervals: MetricIntervals;
}

export interface Calibrated {
  readonly classifier: Classifier;
  /** Of the model as it was trained, on the rows of the calibration. */
  readonly before: CalibrationScore;
  readonly after: CalibrationScore;
}

/** The classifier as it was trained. */
export function withoutCalibration({ calibration: _, ...trained }: Classifier): Classifier {
  return trained;
}

/**
 * Learns a calibration from rows that trained nothing, and puts it in place of one that is there.
 *
 * @throws {PulloneError} data_invalid where none is best, see `fitTemperature`
 */
export function calibrate(classifier: Classifier, rows: Part, method: CalibrationMethod): Calibrated {
  const trained = withoutCalibration(classifier);
  const outputs = trained.network.layers.at(-1)!.outputs;
  const { logits } = predictEncoded(trained, rows.features);
  const calibrated = { ...trained, calibration: fitCalibration(method, logits, rows.labels, outputs) };
  return {
    classifier: calibrated,
    before: scoreCalibration(trained, rows),
    after: scoreCalibration(calibrated, rows),
  };
}

function scoreCalibration(classifier: Classifier, rows: Part): CalibrationScore {
  const scored = scorePart(classifier, rows);
  return { metrics: reportOf(scored), intervals: intervalsOf(scored, classifier.config.seed) };
}

/** Of which part of a run some rows are copies: their places among the given rows, ascending. */
export interface KnownRows {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Finds rows that a run has trained on or keeps for judging, by the SHA-256 of each encoded row and its label. A row
 * that equals a validation row counts as one.
 */
export function knownRows(rows: Part, { train, validation, test }: Dataset): KnownRows {
  const parts = {
    train: fingerprintsOf(train),
    validation: fingerprintsOf(validation),
    test: fingerprintsOf(test),
  };
  const sets = {
    train: new Set(parts.train),
    validation: new Set(parts.validation),
    test: new Set(parts.test),
  };
  const found = { train: [] as number[], test: [] as number[] };
  for (const [row, print] of fingerprintsOf(rows).entries()) {
    if (sets.validation.has(print)) continue;
    if (sets.test.has(print)) found.test.push(row);
    else if (sets.train.has(print)) found.train.push(row);
  }
  return found;
}

function fingerprintsOf({ features, labels }: Part): string[] {
  const { columns: D, values } = features;
  const row = values.slice(0, D);
  const bytes = new Uint8Array(row.byteLength + 4);
  return Array.from(labels, (label, r) => {
    row.set(values.subarray(r * D, (r + 1) * D));
    bytes.set(new Uint8Array(row.buffer), 0);
    new DataView(bytes.buffer).setInt32(row.byteLength, label, true);
    return hex(sha256(bytes));
  });
}
