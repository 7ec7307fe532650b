// Ranking among several classes: one class against the rest, and one class against another.
// Letters: N rows, K classes; the score of class k is column k of the probabilities.

import { release } from "../borrow.ts";
import { allocateFloats, borrowFloats, type FloatArray, precisionOf, sortNumbers } from "../matrix.ts";
import { assertLength, assertProbabilities } from "./labelled.ts";
import { areaUnderPrecision, areaUnderRoc, splitScores } from "./ranking.ts";

/** (K) each; null for a class that has no row, or has them all. */
export interface OneVersusRest {
  readonly rocAuc: readonly (number | null)[];
  readonly averagePrecision: readonly (number | null)[];
}

/** (N) a copy of column k of the (N, K) probabilities, in their precision. @param scores (N) overwritten and returned */
export function scoresOfClass(
  probabilities: ArrayLike<number>,
  K: number,
  k: number,
  scores: FloatArray = allocateFloats(precisionOf(probabilities), probabilities.length / K),
): FloatArray {
  for (let r = 0; r < scores.length; r++) scores[r] = probabilities[r * K + k]!;
  return scores;
}

/** Area under the ROC curve and average precision of every class against all the others. */
export function oneVersusRest(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): OneVersusRest {
  assertProbabilities(probabilities, labels, K);
  const rocAuc: (number | null)[] = [];
  const averagePrecision: (number | null)[] = [];
  // The same two arrays for every class: of a long table they are most of what a report takes.
  const precision = precisionOf(probabilities);
  const scores = borrowFloats(precision, labels.length);
  const both = borrowFloats(precision, labels.length);
  for (let k = 0; k < K; k++) {
    const sides = splitScores(scoresOfClass(probabilities, K, k, scores), labels, k, both);
    rocAuc.push(sides && areaUnderRoc(sides));
    averagePrecision.push(sides && areaUnderPrecision(sides));
  }
  release(scores, both);
  return { rocAuc, averagePrecision };
}

/** One pair of classes, and how well each ranks its own rows above the other's. */
export interface ClassPair {
  readonly classes: readonly [number, number];
  /** Rows of the two classes together. */
  readonly rows: number;
  /** Mean of both areas under the ROC curve; null when either class has no row. */
  readonly rocAuc: number | null;
}

/**
 * Every pair of classes i < j, rows of all other classes left out; their mean does not move when a class grows.
 *
 *   (AUC(i | j) + AUC(j | i)) / 2,  AUC(i | j) of the scores of class i, its own rows against those of j
 *
 * Source: Hand, Till (2001), A simple generalisation of the area under the ROC curve for multiple class problems.
 */
export function oneVersusOne(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
): ClassPair[] {
  assertProbabilities(probabilities, labels, K);
  const areas = Array.from({ length: K }, (_, i) => {
    const scoresOfRows = groupByLabel(scoresOfClass(probabilities, K, i), labels, K);
    return scoresOfRows.map((negatives, j) => {
      const positives = scoresOfRows[i]!;
      const isRanking = i !== j && positives.length > 0 && negatives.length > 0;
      return isRanking ? areaUnderRoc({ positives, negatives }) : null;
    });
  });
  const support = countLabels(labels, K);
  const pairs: ClassPair[] = [];
  for (let i = 0; i < K; i++) {
    for (let j = i + 1; j < K; j++) {
      const first = areas[i]![j]!;
      const second = areas[j]![i]!;
      pairs.push({
        classes: [i, j],
        rows: support[i]! + support[j]!,
        rocAuc: first === null || second === null ? null : (first + second) / 2,
      });
    }
  }
  return pairs;
}

/** Weighted mean, by default of equal weights; null as soon as one value is: half a mean would flatter. */
export function meanOfDefined(
  values: readonly (number | null)[],
  weights: ArrayLike<number> = new Float64Array(values.length).fill(1),
): number | null {
  assertLength(weights, values.length, "weights", `${values.length} values`);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === null) return null;
    sum += weights[i]! * value;
    total += weights[i]!;
  }
  return total > 0 ? sum / total : null;
}

/** (K) scores of the rows of each class, ascending. */
function groupByLabel(scores: FloatArray, labels: ArrayLike<number>, K: number): Float64Array[] {
  const groups = Array.from(countLabels(labels, K), (rows) => new Float64Array(rows));
  const filled = new Int32Array(K);
  for (let r = 0; r < scores.length; r++) {
    const label = labels[r]!;
    groups[label]![filled[label]!++] = scores[r]!;
  }
  return groups.map((scores) => sortNumbers(scores));
}

/** (K) rows of each class. */
export function countLabels(labels: ArrayLike<number>, K: number): Int32Array {
  const rows = new Int32Array(K);
  for (let r = 0; r < labels.length; r++) rows[labels[r]!]!++;
  return rows;
}
