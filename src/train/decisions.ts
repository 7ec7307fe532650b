// From probabilities to an answer: the likeliest class, a threshold, the cheapest class, or none at all.
// Letters: N rows, K classes.

import { predictedClasses } from "./confusion.ts";
import { type Interval, wilsonInterval } from "./intervals.ts";
import { assertLength, assertProbabilities } from "./labelled.ts";

/** How a row of probabilities becomes a class. */
export type DecisionRule =
  | { readonly kind: "largest" }
  /** Two classes: the second when its probability is at least this. */
  | { readonly kind: "threshold"; readonly threshold: number }
  /** (K, K) what it costs to answer with the class of the column when that of the line is true. */
  | { readonly kind: "costs"; readonly costs: readonly (readonly number[])[] };

export const LARGEST: DecisionRule = { kind: "largest" };

/**
 * The class that is answered for each row; among equals the first.
 *
 *   largest: argmax p      threshold t: 1 where p[1] >= t      costs C: argmin over k of Σ_t p[t]·C[t][k]
 *
 * @param probabilities (N, K)
 *
 * Source: Elkan (2001), The foundations of cost-sensitive learning.
 */
export function decide(
  probabilities: ArrayLike<number>,
  N: number,
  K: number,
  rule: DecisionRule,
): Int32Array {
  assertLength(probabilities, N * K, "probabilities", `${N} rows of ${K} classes`);
  switch (rule.kind) {
    case "largest":
      return predictedClasses(probabilities, N, K);
    case "threshold":
      return Int32Array.from({ length: N }, (_, r) => (probabilities[2 * r + 1]! >= rule.threshold ? 1 : 0));
    case "costs": {
      const decided = new Int32Array(N);
      for (let r = 0; r < N; r++) {
        let least = Infinity;
        for (let k = 0; k < K; k++) {
          let cost = 0;
          for (let t = 0; t < K; t++) cost += probabilities[r * K + t]! * rule.costs[t]![k]!;
          if (cost < least) {
            least = cost;
            decided[r] = k;
          }
        }
      }
      return decided;
    }
  }
}

/** Mean cost of the answers, by the true classes. */
export function meanCost(
  labels: ArrayLike<number>,
  answered: ArrayLike<number>,
  costs: readonly (readonly number[])[],
): number {
  assertLength(answered, labels.length, "answered");
  let sum = 0;
  for (let r = 0; r < labels.length; r++) sum += costs[labels[r]!]![answered[r]!]!;
  return sum / labels.length;
}

/** What is left when rows whose answer is less probable than `level` get none. */
export interface CoverageLevel {
  readonly level: number;
  /** Rows that get an answer. */
  readonly rows: number;
  readonly coverage: number;
  readonly wrong: number;
  /** Share of wrong answers among those given, with its Wilson interval; null without any. */
  readonly error: number | null;
  readonly errorInterval: Interval | null;
}

/** The levels that `evaluate` shows. */
const COVERAGE_LEVELS: readonly number[] = [0, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/**
 * Coverage against error of abstaining, a line for each level.
 *
 * @param answered (N) classes; a row is kept when the probability of its own answer is at least the level
 *
 * Source: Chow (1970), On optimum recognition error and reject tradeoff.
 */
export function coverageLevels(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  answered: ArrayLike<number>,
  K: number,
  levels: readonly number[] = COVERAGE_LEVELS,
): CoverageLevel[] {
  assertProbabilities(probabilities, labels, K);
  assertLength(answered, labels.length, "answered");
  return levels.map((level) => {
    let rows = 0;
    let wrong = 0;
    for (let r = 0; r < labels.length; r++) {
      if (probabilities[r * K + answered[r]!]! < level) continue;
      rows++;
      if (answered[r] !== labels[r]) wrong++;
    }
    return {
      level,
      rows,
      coverage: rows / labels.length,
      wrong,
      error: rows === 0 ? null : wrong / rows,
      errorInterval: rows === 0 ? null : wilsonInterval(wrong, rows),
    };
  });
}
