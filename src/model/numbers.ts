// The plain arrays of a library user, checked and made flat: nothing that is not a number gets past this file.
// Letters: N rows, K classes or outputs.

import { didYouMean, PulloneError, quote } from "../errors.ts";

export type NumberRow = readonly number[];
export type NumberRows = readonly NumberRow[];

/** Rows (N, K) in one block; `single` when one row was given without an array around it. */
export interface FlatRows {
  readonly values: Float64Array;
  readonly N: number;
  readonly K: number;
  readonly single: boolean;
}

/** The error for an argument that cannot be used. */
export function refusal(where: string, expected: string, got: unknown): PulloneError {
  return new PulloneError("data_invalid", `${where}: expected ${expected}, got ${quote(got)}`);
}

/**
 * Refuses an option that does not exist: a misspelt one, or a fromLogits, must not pass in silence.
 *
 * @throws {PulloneError} data_invalid
 */
export function assertOptions(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new PulloneError(
      "data_invalid",
      `options: expected ${known.join(", ")}, got ${quote(key)}`,
      didYouMean(key, known) ?? "logits are the only input: there is no other mode",
    );
  }
}

/**
 * One row of finite numbers.
 *
 * @throws {PulloneError} data_invalid
 */
export function readNumbers(where: string, row: NumberRow): Float64Array {
  if (!isArray(row) || row.length === 0) throw refusal(where, "an array of at least one number", row);
  for (let k = 0; k < row.length; k++) {
    if (!Number.isFinite(row[k])) throw refusal(`${where}[${k}]`, "a finite number", row[k]);
  }
  return Float64Array.from(row);
}

/**
 * One row, or rows of one length, of finite numbers.
 *
 * @throws {PulloneError} data_invalid
 */
export function readRows(where: string, rows: NumberRow | NumberRows): FlatRows {
  if (!isArray(rows) || !isArray(rows[0])) {
    const values = readNumbers(where, rows as NumberRow);
    return { values, N: 1, K: values.length, single: true };
  }
  const K = rows[0].length;
  const values = new Float64Array(rows.length * K);
  for (let r = 0; r < rows.length; r++) {
    const row = readNumbers(`${where}[${r}]`, rows[r] as NumberRow);
    if (row.length !== K) throw refusal(`${where}[${r}]`, `${K} numbers as in the first row`, row.length);
    values.set(row, r * K);
  }
  return { values, N: rows.length, K, single: false };
}

/** Values laid out as the rows they belong to were given. */
export function asGiven({ N, K, single }: FlatRows, values: Float64Array): number[] | number[][] {
  if (single) return Array.from(values);
  return Array.from({ length: N }, (_, r) => Array.from(values.subarray(r * K, (r + 1) * K)));
}

/**
 * Class indices (N), each a whole number in 0 … K-1.
 *
 * @throws {PulloneError} data_invalid
 */
export function readLabels(where: string, labels: NumberRow, N: number, K: number): Int32Array {
  if (!isArray(labels) || labels.length !== N) throw refusal(where, `${N} classes, one a row`, labels);
  for (let r = 0; r < N; r++) {
    const y = labels[r]!;
    if (!Number.isInteger(y) || y < 0 || y >= K) {
      throw refusal(`${where}[${r}]`, `a class from 0 to ${K - 1}`, y);
    }
  }
  return Int32Array.from(labels);
}

/** How far the sum of a row of probabilities may be from 1: what float32 rounding leaves of many classes. */
const SUM_TOLERANCE = 1e-4;

/**
 * Rows (N, K) of probabilities, each row with the sum 1.
 *
 * @throws {PulloneError} data_invalid
 */
export function readDistributions(where: string, rows: NumberRows, N: number, K: number): Float64Array {
  const targets = readRows(where, rows);
  if (targets.N !== N || targets.K !== K) {
    throw refusal(where, `${N} rows of ${K} probabilities`, `${targets.N} of ${targets.K}`);
  }
  for (let r = 0; r < N; r++) {
    let sum = 0;
    for (let k = 0; k < K; k++) {
      const t = targets.values[r * K + k]!;
      if (t < 0) throw refusal(`${where}[${r}][${k}]`, "a probability", t);
      sum += t;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new PulloneError(
        "data_invalid",
        `${where}[${r}]: expected probabilities with the sum 1, got the sum ${sum}`,
        "for labels that do not exclude one another use sigmoidBinaryCrossEntropy",
      );
    }
  }
  return targets.values;
}

/**
 * Weights (K), finite and not negative; ones when there are none.
 *
 * @throws {PulloneError} data_invalid
 */
export function readWeights(where: string, weights: NumberRow | null | undefined, K: number): Float64Array {
  if (weights == null) return new Float64Array(K).fill(1);
  const values = readNumbers(where, weights);
  if (values.length !== K) throw refusal(where, `${K} weights`, values.length);
  const negative = values.findIndex((weight) => weight < 0);
  if (negative >= 0) throw refusal(`${where}[${negative}]`, "a weight of at least 0", values[negative]);
  return values;
}

// Array.isArray turns a readonly array into any[].
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
