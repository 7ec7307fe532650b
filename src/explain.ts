// Why one row was answered as it was: logits, probabilities, push and pull, and what each column did.
// Letters: D encoded features, K classes, Z logits a row.

import { type Classifier, predictEncoded } from "./classifier.ts";
import { encode, encodedWidth } from "./data/encode.ts";
import type { Feature } from "./data/encoder.ts";
import { labelCodes } from "./data/labels.ts";
import { cellText, findColumn, type Table } from "./data/table.ts";
import { PulloneError } from "./errors.ts";
import { allocateMatrix, type FloatArray } from "./matrix.ts";
import { inputGradient } from "./model/inputgradient.ts";
import { logLossFromLogits } from "./train/scores.ts";

/** One class of the row. */
export interface ExplainedClass {
  readonly class: string;
  readonly probability: number;
  /** 1 for the true class, else 0; null when the row has no label. */
  readonly y: number | null;
  /** p - y: above 0 the loss pushes this class down, below 0 it pulls it up. */
  readonly push: number | null;
}

/** One logit: of each class, or of the second class for a sigmoid head. */
export interface ExplainedLogit {
  readonly class: string;
  readonly logit: number;
  /** dLoss / dlogit; null when the row has no label. */
  readonly gradient: number | null;
  /** The logit after a step of rate 1 against that gradient. */
  readonly next: number | null;
}

/** What a column did to the decision. */
export interface ExplainedColumn {
  readonly column: string;
  /** The cell as the table has it. */
  readonly value: string;
  /** What the network saw: the encoded number, or 1 for the place of the category. */
  readonly encoded: number;
  /** Σ over the places of the column of x · d(margin)/dx */
  readonly contribution: number;
}

export interface Explanation {
  /** Counted from 1, without the header. */
  readonly row: number;
  readonly line: number;
  readonly predicted: string;
  /** The second most probable class, against which the margin is measured. */
  readonly against: string;
  readonly label: string | null;
  readonly classes: readonly ExplainedClass[];
  readonly logits: readonly ExplainedLogit[];
  /** -ln p of the true class, in nats; null without a label. */
  readonly loss: number | null;
  /** ln p[predicted] - ln p[against]: what has to fall below 0 for another answer. */
  readonly margin: number;
  /** In the order of their size. */
  readonly columns: readonly ExplainedColumn[];
  /** margin - Σ contributions: biases, and what a straight line through this row does not see. */
  readonly rest: number;
}

/**
 * Explains one row of a table.
 *
 *   margin = ln p[a] - ln p[b] = z[a] - z[b],  a the predicted class and b the second most probable
 *   contribution of a column = Σ over its places of x[j] · ∂margin/∂x[j],  at the encoded row, in float64
 *
 * Encoded 0 is the centre of a scaled number, and a category that is not there. The contributions are what the margin
 * would change by, along a straight line, if the column went to 0; for a network without hidden layers they and `rest`,
 * its biases, add up to the margin, and otherwise `rest` also holds the curvature.
 *
 * @param row counted from 1
 * @throws {PulloneError} usage_invalid for a row that is not there; data_invalid
 *
 * Source: Shrikumar and others (2016), Not just a black box, for input times gradient.
 */
export function explainRow(classifier: Classifier, table: Table, row: number): Explanation {
  const N = table.lines.length;
  if (!(Number.isInteger(row) && row >= 1 && row <= N)) {
    throw new PulloneError("usage_invalid", `--row: expected 1 to ${N}, a row of the data, got ${row}`);
  }
  const { encoder, network, labels } = classifier;
  const { classes: names } = labels;
  const rows = Int32Array.of(row - 1);
  const x = allocateMatrix(network.precision, 1, encodedWidth(encoder));
  encode(encoder, table, rows, x.values);
  const label = findColumn(table, labels.column) ? labelCodes(labels, table, rows)[0]! : null;
  const { logits, probabilities: p, classes } = predictEncoded(classifier, x);

  const a = classes[0]!;
  const b = secondOf(p, a);
  const direction = marginDirection(logits.length, a, b);
  const { dX, margin } = marginGradient(classifier, x.values, direction);
  const columns = contributionsOf(encoder.features, table, row - 1, x.values, dX);
  const explained = columns.reduce((sum, { contribution }) => sum + contribution, 0);
  const y = (k: number) => (label === null ? null : k === label ? 1 : 0);
  const push = (k: number) => (label === null ? null : p[k]! - y(k)!);
  const first = logits.length === 1 ? 1 : 0; // the class of the first logit
  return {
    row,
    line: table.lines[row - 1]!,
    predicted: names[a]!,
    against: names[b]!,
    label: label === null ? null : names[label]!,
    classes: names.map((name, k) => ({ class: name, probability: p[k]!, y: y(k), push: push(k) })),
    logits: Array.from(logits, (logit, z) => {
      const gradient = push(z + first);
      return { class: names[z + first]!, logit, gradient, next: gradient === null ? null : logit - gradient };
    }),
    loss: label === null ? null : logLossFromLogits(logits, [label], logits.length),
    margin,
    columns,
    rest: margin - explained,
  };
}

/** The most probable class but one; among equals the first. */
function secondOf(p: ArrayLike<number>, best: number): number {
  let second = best === 0 ? 1 : 0;
  for (let k = 0; k < p.length; k++) if (k !== best && p[k]! > p[second]!) second = k;
  return second;
}

/** (Z) the margin as a sum of logits: z[a] - z[b], of a sigmoid head z or -z. */
function marginDirection(Z: number, a: number, b: number): Float64Array {
  const direction = new Float64Array(Z);
  if (Z === 1) direction[0] = a === 1 ? 1 : -1;
  else {
    direction[a] = 1;
    direction[b] = -1;
  }
  return direction;
}

/** The margin and its gradient by the encoded row, through the calibration if there is one. */
function marginGradient(
  { network, calibration }: Classifier,
  x: FloatArray,
  direction: Float64Array,
): { readonly dX: Float64Array; readonly margin: number } {
  const scale = (z: number) =>
    calibration === undefined
      ? 1
      : calibration.method === "temperature"
        ? 1 / calibration.temperature
        : calibration.scales[z]!;
  const bias = (z: number) => (calibration?.method === "vector" ? calibration.biases[z]! : 0);
  const { logits, dX } = inputGradient(
    network,
    x,
    direction.map((d, z) => d * scale(z)),
  );
  const margin = logits.reduce((sum, logit, z) => sum + direction[z]! * (logit * scale(z) + bias(z)), 0);
  return { dX, margin };
}

function contributionsOf(
  features: readonly Feature[],
  table: Table,
  row: number,
  x: FloatArray,
  dX: Float64Array,
): ExplainedColumn[] {
  let at = 0;
  const columns = features.map((feature): ExplainedColumn => {
    const from = at;
    at += encodedWidth({ missingValues: [], features: [feature] });
    let contribution = 0;
    let encoded = 0;
    for (let j = from; j < at; j++) {
      contribution += x[j]! * dX[j]!;
      encoded += x[j]!; // of a category one place is lit at most
    }
    const column = findColumn(table, feature.column)!;
    return { column: feature.column, value: cellText(column, row), encoded, contribution };
  });
  return columns
    .map((column, place) => ({ column, place }))
    .sort((a, b) => Math.abs(b.column.contribution) - Math.abs(a.column.contribution) || a.place - b.place)
    .map(({ column }) => column);
}
