// Scores of the confusion matrix, and how far they would stray: the shares of its cells are drawn, not the rows.
// Letters: K classes, B draws.

import { normalQuantile } from "../data/normal.ts";
import { exp, log } from "../elementary.ts";
import { sortNumbers } from "../matrix.ts";
import type { Random } from "../random.ts";
import {
  type ClassCounts,
  countsOfMargins,
  kappaOfMargins,
  type Margins,
  macroAverage,
  marginsOf,
  matthewsOfMargins,
  weightedAverage,
} from "./confusion.ts";
import { drawnPercentile, type Interval } from "./intervals.ts";

const SCORES = {
  macroF1: (_: Margins, counts: readonly ClassCounts[]) => macroAverage(counts).f1,
  weightedF1: (_: Margins, counts: readonly ClassCounts[]) => weightedAverage(counts).f1,
  mcc: (margins: Margins) => matthewsOfMargins(margins) ?? 0,
  kappa: (margins: Margins) => kappaOfMargins(margins) ?? 0,
};

export type ConfusionScore = keyof typeof SCORES;

/**
 * 95 % intervals of what can be read from a confusion matrix. The answers that the rows of a true class get are drawn
 * from their posterior, as the Bayesian bootstrap does, with one row more of each class, spread evenly over the answers.
 *
 *   shares of class t ~ Dirichlet(count(t, p) + 1/K),  interval = middle 95 % of the scores of B drawn matrices
 *
 * The one row lets a matrix without a mistake show what it may have missed; of two classes it is Jeffreys' prior. The
 * score itself always belongs to its interval. `f1s` are those of each class.
 *
 * @param confusion (K, K) true by predicted class
 *
 * Source: Rubin (1981), The Bayesian bootstrap, Annals of Statistics 9; of the row more Perks (1947), Some observations
 * on inverse probability including a new indifference rule, Journal of the Institute of Actuaries 73.
 */
export function confusionIntervals(
  confusion: ArrayLike<number>,
  K: number,
  B: number,
  random: Random,
): Record<ConfusionScore, Interval> & { readonly f1s: readonly Interval[] } {
  const observed = marginsOf(confusion, K);
  const shapes = shapesOf(confusion, K);
  const names = Object.keys(SCORES) as ConfusionScore[];
  const drawn = names.map(() => new Float64Array(B));
  const drawnF1s = Array.from({ length: K }, () => new Float64Array(B));
  const margins = { hits: new Float64Array(K), support: observed.support, predicted: new Float64Array(K) };
  for (let b = 0; b < B; b++) {
    drawMargins(margins, shapes, random);
    const counts = countsOfMargins(margins);
    names.forEach((name, i) => {
      drawn[i]![b] = SCORES[name](margins, counts);
    });
    counts.forEach(({ f1 }, k) => {
      drawnF1s[k]![b] = f1;
    });
  }
  const seen = countsOfMargins(observed);
  const scores = Object.fromEntries(
    names.map((name, i) => [name, middleOf(drawn[i]!, SCORES[name](observed, seen))]),
  ) as Record<ConfusionScore, Interval>;
  const f1s = seen.map(({ f1 }, k) => middleOf(drawnF1s[k]!, f1));
  return { ...scores, f1s };
}

/**
 * 95 % interval of the mean cost of an answer, from the same posterior: middle 95 % of Σ nₜ share(t, p) cost(t, p) / N.
 * The empty cells are drawn one by one here, because each has a cost of its own.
 *
 * @param confusion (K, K) true by predicted class
 * @param costs     (K, K) what it costs to answer p where t is true
 */
export function costInterval(
  confusion: readonly (readonly number[])[],
  costs: readonly (readonly number[])[],
  B: number,
  random: Random,
): Interval {
  const K = confusion.length;
  const support = confusion.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const N = support.reduce((sum, rows) => sum + rows, 0);
  let value = 0;
  confusion.forEach((counts, t) => {
    counts.forEach((count, p) => {
      value += (count * costs[t]![p]!) / N;
    });
  });
  const drawn = new Float64Array(B);
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < K; t++) {
      if (support[t] === 0) continue;
      let total = 0;
      let spent = 0;
      for (let p = 0; p < K; p++) {
        const weight = gammaDraw(confusion[t]![p]! + 1 / K, random);
        total += weight;
        spent += weight * costs[t]![p]!;
      }
      drawn[b]! += (support[t]! / N) * (spent / total);
    }
  }
  return middleOf(drawn, value);
}

/** The middle 95 % of the draws, widened to the score itself; sorts them. */
function middleOf(drawn: Float64Array, value: number): Interval {
  const sorted = sortNumbers(drawn);
  return {
    lower: Math.min(value, drawnPercentile(sorted, 0.025)),
    upper: Math.max(value, drawnPercentile(sorted, 0.975)),
  };
}

/** The cells that hold rows, by true class; the empty ones of a class are drawn as one. */
interface Shapes {
  readonly K: number;
  /** t · K + p of each cell with rows, t rising */
  readonly cells: Int32Array;
  readonly counts: Float64Array;
  /** (K + 1) where the cells of class t begin */
  readonly starts: Int32Array;
}

function shapesOf(confusion: ArrayLike<number>, K: number): Shapes {
  const cells = Int32Array.from({ length: K * K }, (_, cell) => cell).filter((cell) => confusion[cell]! > 0);
  const starts = new Int32Array(K + 1);
  for (const cell of cells) starts[Math.floor(cell / K) + 1]!++;
  for (let t = 0; t < K; t++) starts[t + 1]! += starts[t]!;
  return { K, cells, counts: Float64Array.from(cells, (cell) => confusion[cell]!), starts };
}

/** Draws the shares of every true class that has rows, and overwrites `hits` and `predicted` with what they make. */
function drawMargins(
  { hits, support, predicted }: Margins,
  { K, cells, counts, starts }: Shapes,
  random: Random,
): void {
  const weights = new Float64Array(cells.length);
  hits.fill(0);
  predicted.fill(0);
  let everywhere = 0;
  for (let t = 0; t < K; t++) {
    const from = starts[t]!;
    const to = starts[t + 1]!;
    if (from === to) continue;
    const empty = K - (to - from);
    const missed = empty > 0 ? gammaDraw(empty / K, random) : 0;
    let total = missed;
    for (let i = from; i < to; i++) {
      weights[i] = gammaDraw(counts[i]! + 1 / K, random);
      total += weights[i]!;
    }
    const scale = support[t]! / total;
    const each = empty > 0 ? (scale * missed) / empty : 0;
    everywhere += each;
    hits[t] = each;
    for (let i = from; i < to; i++) {
      const p = cells[i]! - t * K;
      predicted[p]! += scale * weights[i]! - each;
      if (p === t) hits[t] = scale * weights[i]!;
    }
  }
  for (let p = 0; p < K; p++) predicted[p]! += everywhere;
}

/**
 * One draw of a gamma variable of scale 1.
 *
 * Source: Marsaglia, Tsang (2000), A simple method for generating gamma variables; below shape 1 by one of shape + 1.
 */
export function gammaDraw(shape: number, random: Random): number {
  // 1 - random() is above 0.
  if (shape < 1) return gammaDraw(shape + 1, random) * exp(log(1 - random()) / shape);
  const d = shape - 1 / 3;
  const c = 1 / (3 * Math.sqrt(d));
  for (;;) {
    const x = normalQuantile(random());
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random();
    const x2 = x * x;
    // Most draws pass the first test, which needs no logarithm.
    if (u < 1 - 0.0331 * x2 * x2 || log(u) < x2 / 2 + d * (1 - v + log(v))) return d * v;
  }
}
