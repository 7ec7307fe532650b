// The confusion matrix, and every number that can be read from it alone.
// Letters: N rows, K classes; element (t, p) counts the rows of true class t that were predicted as p.

import { assertLabels, assertLength } from "./labelled.ts";

/** 0 where the denominator is 0: a class never predicted has precision 0, one without rows recall 0. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** One class against all others; support is its number of true rows, predicted of predicted rows. */
export interface ClassCounts extends ClassScores {
  readonly support: number;
  readonly predicted: number;
}

/** (N) the class of the largest probability of each row, the lowest index among equals. */
export function predictedClasses(probabilities: ArrayLike<number>, N: number, K: number): Int32Array {
  assertLength(probabilities, N * K, "probabilities", `${N} rows of ${K} classes`);
  const predicted = new Int32Array(N);
  for (let r = 0; r < N; r++) predicted[r] = likeliestClass(probabilities, r, K);
  return predicted;
}

/** The class of the largest probability of a row, the lowest index among equals. */
export function likeliestClass(probabilities: ArrayLike<number>, row: number, K: number): number {
  let best = 0;
  for (let k = 1; k < K; k++) if (probabilities[row * K + k]! > probabilities[row * K + best]!) best = k;
  return best;
}

/** (K, K) counts, true class by predicted class. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  K: number,
): Int32Array {
  assertLabels(labels, K);
  assertLabels(predicted, K, "predicted");
  assertLength(predicted, labels.length, "predicted");
  const confusion = new Int32Array(K * K);
  for (let r = 0; r < labels.length; r++) confusion[labels[r]! * K + predicted[r]!]!++;
  return confusion;
}

/** Share of rows that were predicted right: the diagonal over the whole. */
export function accuracy(confusion: ArrayLike<number>, K: number): number {
  return rightRows(confusion, K) / allRows(confusion);
}

/** How many rows were predicted right: the sum of the diagonal. */
export function rightRows(confusion: ArrayLike<number>, K: number): number {
  let right = 0;
  for (let k = 0; k < K; k++) right += confusion[k * K + k]!;
  return right;
}

/** What most scores need of a confusion matrix, (K) each; the numbers need not be whole. */
export interface Margins {
  /** Rows of each class that were predicted right. */
  readonly hits: Float64Array;
  /** True rows of each class. */
  readonly support: Float64Array;
  /** Rows predicted as each class. */
  readonly predicted: Float64Array;
}

export function marginsOf(confusion: ArrayLike<number>, K: number): Margins {
  const hits = new Float64Array(K);
  const support = new Float64Array(K);
  const predicted = new Float64Array(K);
  for (let t = 0; t < K; t++) {
    hits[t] = confusion[t * K + t]!;
    for (let p = 0; p < K; p++) {
      support[t]! += confusion[t * K + p]!;
      predicted[p]! += confusion[t * K + p]!;
    }
  }
  return { hits, support, predicted };
}

/**
 * Precision, recall and F1 of every class.
 *
 *   precision = TP / (TP + FP)    recall = TP / (TP + FN)    f1 = 2 TP / (2 TP + FP + FN)
 */
export function classCounts(confusion: ArrayLike<number>, K: number): ClassCounts[] {
  return countsOfMargins(marginsOf(confusion, K));
}

/** The same from the margins. */
export function countsOfMargins(margins: Margins): ClassCounts[] {
  return Array.from(margins.hits, (hits, k) => {
    const support = margins.support[k]!;
    const predicted = margins.predicted[k]!;
    return {
      precision: predicted === 0 ? 0 : hits / predicted,
      recall: support === 0 ? 0 : hits / support,
      f1: support + predicted === 0 ? 0 : (2 * hits) / (support + predicted),
      support,
      predicted,
    };
  });
}

/** Mean over all K classes, each counting the same however rare it is. */
export function macroAverage(classes: readonly ClassCounts[]): ClassScores {
  return averageScores(classes, () => 1);
}

/** Mean over the classes that occur among the true or the predicted rows. */
export function macroAverageOfPresent(classes: readonly ClassCounts[]): ClassScores {
  return averageScores(classes, (one) => (one.support + one.predicted > 0 ? 1 : 0));
}

/** Mean over the classes, each weighted by its true rows. */
export function weightedAverage(classes: readonly ClassCounts[]): ClassScores {
  return averageScores(classes, (one) => one.support);
}

/** Mean recall over the classes that have true rows: what a coin reaches is 1/K, whatever the class shares. */
export function balancedAccuracy(classes: readonly ClassCounts[]): number {
  return averageScores(classes, (one) => (one.support > 0 ? 1 : 0)).recall;
}

/**
 * Matthews correlation of true and predicted class, -1 … 1; null when either is the same in every row.
 *
 *   (c s - Σ tₖ pₖ) / √((s² - Σ pₖ²) (s² - Σ tₖ²)),  c right of s rows, tₖ true and pₖ predicted rows of class k
 *
 * Source: Gorodkin (2004), Comparing two K-category assignments by a K-category correlation coefficient.
 */
export function matthewsCorrelation(confusion: ArrayLike<number>, K: number): number | null {
  return matthewsOfMargins(marginsOf(confusion, K));
}

/** The same from the margins. */
export function matthewsOfMargins(margins: Margins): number | null {
  const { s, c, tp, tt, pp } = marginSums(margins);
  if (s * s === pp || s * s === tt) return null;
  return (c * s - tp) / Math.sqrt((s * s - pp) * (s * s - tt));
}

/**
 * Cohen's kappa: agreement beyond what the margins give by chance, at most 1; null when chance alone is certain
 * to agree.
 *
 *   (pₒ - pₑ) / (1 - pₑ),  pₒ = c / s,  pₑ = Σ tₖ pₖ / s²
 *
 * Source: Cohen (1960), A coefficient of agreement for nominal scales.
 */
export function cohenKappa(confusion: ArrayLike<number>, K: number): number | null {
  return kappaOfMargins(marginsOf(confusion, K));
}

/** The same from the margins. */
export function kappaOfMargins(margins: Margins): number | null {
  const { s, c, tp } = marginSums(margins);
  return s * s === tp ? null : (c * s - tp) / (s * s - tp);
}

/** Of whole numbers exact below 2⁵³: up to 94 million rows. */
function marginSums({ hits, support, predicted }: Margins) {
  let s = 0;
  let c = 0;
  let tp = 0;
  let tt = 0;
  let pp = 0;
  for (let k = 0; k < hits.length; k++) {
    s += support[k]!;
    c += hits[k]!;
    tp += support[k]! * predicted[k]!;
    tt += support[k]! * support[k]!;
    pp += predicted[k]! * predicted[k]!;
  }
  return { s, c, tp, tt, pp };
}

function allRows(confusion: ArrayLike<number>): number {
  let rows = 0;
  for (let i = 0; i < confusion.length; i++) rows += confusion[i]!;
  return rows;
}

function averageScores(classes: readonly ClassCounts[], weightOf: (one: ClassCounts) => number): ClassScores {
  let total = 0;
  let precision = 0;
  let recall = 0;
  let f1 = 0;
  for (const one of classes) {
    const weight = weightOf(one);
    total += weight;
    precision += weight * one.precision;
    recall += weight * one.recall;
    f1 += weight * one.f1;
  }
  return { precision: precision / total, recall: recall / total, f1: f1 / total };
}
