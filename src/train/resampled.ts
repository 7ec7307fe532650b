// Two systems on the same random splits of one table: the t-test that knows the splits share their rows.
// Letters: J splits.

import { PulloneError, quote } from "../errors.ts";
import type { Interval } from "./intervals.ts";
import { covariance, meanOf } from "./placements.ts";
import { studentPValue, studentQuantile } from "./student.ts";

/** The mean difference over the splits, with its 95 % interval. */
export interface ResampledTTest extends Interval {
  readonly mean: number;
  /** Null when all differences are equal: without spread there is nothing to measure them by. */
  readonly t: number | null;
  /** J - 1 */
  readonly degrees: number;
  /** Two-sided; null with t. */
  readonly p: number | null;
}

/**
 * Tests that two systems score equally well, from their paired differences over repeated folds or repeated splits.
 *
 *   t = mean / √((1/J + testShare / (1 - testShare)) variance),  J - 1 degrees of freedom
 *   interval = mean ± t₉₅ √(…),  variance with divisor J - 1
 *
 * The second term stands for the training rows that the splits have in common: without it (the plain paired t-test)
 * the more often one splits, the surer one gets of nothing.
 *
 * @param differences (J) score of A minus score of B on the same test rows, J >= 2
 * @param testShare   test rows of a split / rows of the table, above 0 and below 1: 1 / k for k folds
 *
 * Source: Nadeau, Bengio (2003), Inference for the generalization error, Machine Learning 52; for repeated folds
 * Bouckaert, Frank (2004).
 */
export function correctedResampledTTest(differences: ArrayLike<number>, testShare: number): ResampledTTest {
  const values = Float64Array.from(differences);
  const J = values.length;
  if (J < 2) throw new PulloneError("internal", `differences: expected at least two, got ${J}`);
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) {
    throw new PulloneError("internal", `differences[${odd}]: expected a finite number, got ${values[odd]}`);
  }
  if (!(testShare > 0 && testShare < 1)) {
    throw new PulloneError("internal", `testShare: expected above 0 and below 1, got ${quote(testShare)}`);
  }
  const degrees = J - 1;
  if (values.every((value) => value === values[0])) {
    const mean = values[0]!;
    return { mean, lower: mean, upper: mean, t: null, degrees, p: null };
  }
  const mean = meanOf(values);
  const spread = Math.sqrt((1 / J + testShare / (1 - testShare)) * covariance(values, values));
  const t = mean / spread;
  const half = studentQuantile(0.95, degrees) * spread;
  return { mean, lower: mean - half, upper: mean + half, t, degrees, p: studentPValue(t, degrees) };
}
