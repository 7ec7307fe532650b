// What every metric is given: probabilities beside the true classes, checked once in one place.
// Letters: N rows, K classes.

import { PulloneError, quote } from "../errors.ts";

/** @throws {PulloneError} internal: no row, or a label that is no class index in 0 … K-1 */
export function assertLabels(labels: ArrayLike<number>, K: number, name = "labels"): void {
  if (labels.length === 0) throw new PulloneError("internal", `${name}: expected at least one row, got none`);
  for (let r = 0; r < labels.length; r++) {
    const label = labels[r]!;
    if (!(Number.isInteger(label) && label >= 0 && label < K)) {
      throw new PulloneError(
        "internal",
        `${name}[${r}]: expected a class index in 0 … ${K - 1}, got ${quote(label)}`,
      );
    }
  }
}

/**
 * Probabilities are (N, K), each in [0, 1]; that a row sums to 1 is left to whoever made it.
 *
 * @throws {PulloneError} internal: also for whatever `assertLabels` refuses
 */
export function assertProbabilities(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): void {
  assertLabels(labels, K);
  assertLength(probabilities, labels.length * K, "probabilities", `${labels.length} rows of ${K} classes`);
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (!(p >= 0 && p <= 1)) {
      throw new PulloneError("internal", `probabilities[${i}]: expected a number in 0 … 1, got ${quote(p)}`);
    }
  }
}

/** @throws {PulloneError} internal: another length than the shape implies */
export function assertLength(
  values: ArrayLike<number>,
  length: number,
  name: string,
  shape = `${length} rows`,
): void {
  if (values.length !== length) {
    throw new PulloneError(
      "internal",
      `${name}: expected ${length} values (${shape}), got ${quote(values.length)}`,
    );
  }
}
