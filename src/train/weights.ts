// How much a row of each class counts in the loss.
// K classes.

import { nearest, PulloneError, quote } from "../errors.ts";

export type ClassWeights = "none" | "balanced" | Readonly<Record<string, number>>;

/**
 * One weight per class: 1 for `none`; N / (K · rows of the class) for `balanced`, so that each class counts alike;
 * by name otherwise, 1 for a class not named.
 *
 * @param labels  class indices of the training rows
 * @throws {PulloneError} config_invalid for a name that is no class
 *
 * Source: King and Zeng, Logistic Regression in Rare Events Data (2001), for `balanced`.
 */
export function classWeightsOf(
  weights: ClassWeights,
  classes: readonly string[],
  labels: Int32Array,
): Float64Array {
  const K = classes.length;
  if (weights === "none") return new Float64Array(K).fill(1);
  if (weights === "balanced") {
    const counts = new Float64Array(K);
    for (const label of labels) counts[label]!++;
    return counts.map((count) => (count > 0 ? labels.length / (K * count) : 0));
  }
  for (const name of Object.keys(weights)) {
    if (!classes.includes(name)) {
      const meant = nearest(name, classes);
      throw new PulloneError(
        "config_invalid",
        `train.classWeights: expected the name of a class, got ${quote(name)}`,
        meant ? `did you mean ${quote(meant)}?` : `the classes are ${classes.map(quote).join(", ")}`,
      );
    }
  }
  return Float64Array.from(classes, (name) => (Object.hasOwn(weights, name) ? weights[name]! : 1));
}
