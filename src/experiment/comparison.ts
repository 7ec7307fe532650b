// Which of two variants is better, whether that can be told, and what it would take.
// Letters: J folds over all repeats, the seeds of a fold averaged first.

import { covariance, meanOf } from "../train/placements.ts";
import { correctedResampledTTest } from "../train/resampled.ts";
import { studentQuantile } from "../train/student.ts";
import { type MetricName, metricFacts } from "./schema.ts";
import type { FoldScores } from "./summary.ts";

/** The mean difference a - b of a metric, over the folds that both variants have. */
export interface Comparison {
  readonly metric: MetricName;
  readonly a: string;
  readonly b: string;
  /** J */
  readonly folds: number;
  /** Null when fewer than two folds can be compared. */
  readonly difference: number | null;
  /** 95 % interval of this difference alone; null without spread. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly t: number | null;
  readonly p: number | null;
  /** p adjusted for the number of pairs of this metric; the verdict goes by it. */
  readonly pAdjusted: number | null;
  /** "equal": the same on every fold. */
  readonly verdict: "a" | "b" | "unclear" | "equal";
  /** About how much would tell with a chance of 80 %, if the difference is what it seems; null where no number would. */
  readonly needed: { readonly folds: number | null; readonly rows: number | null } | null;
}

/** How the differences were come by. */
export interface Design {
  /** Test rows / rows of the table. */
  readonly testShare: number;
  /** Parts that the rows are dealt to, once. */
  readonly folds: number;
  readonly rows: number;
  readonly canRepeat: boolean;
}

const UNLIKELY = 0.05;
/** The 80 % quantile of the normal distribution. */
const Z80 = 0.8416212335729143;
/** More repeats than this are no advice. */
const MOST_REPEATS = 100;
/** Nor are more rows than this many times those that are there. */
const MOST_TIMES = 1_000;

/**
 * Compares every two variants by the corrected resampled t-test; the p-values are adjusted so that with any number of
 * pairs all verdicts of a metric are right with a chance of 95 % when no variant differs.
 *
 * Source: Nadeau, Bengio (2003), Inference for the generalization error; Holm (1979), A simple sequentially rejective
 * multiple test procedure.
 */
export function comparePairs(
  metric: MetricName,
  variants: ReadonlyMap<string, FoldScores>,
  design: Design,
): Comparison[] {
  const names = [...variants.keys()];
  const tests = names.flatMap((a, i) =>
    names.slice(i + 1).map((b) => {
      const differences = pairedDifferences(variants.get(a)!, variants.get(b)!);
      const test = differences.length < 2 ? null : correctedResampledTTest(differences, design.testShare);
      return { a, b, differences, test };
    }),
  );
  const adjusted = adjustHolm(tests.map(({ test }) => test?.p ?? null));
  return tests.map(({ a, b, differences, test }, i) => {
    const pAdjusted = adjusted[i]!;
    const common = { metric, a, b, folds: differences.length };
    if (test === null || test.t === null) {
      const verdict: Comparison["verdict"] = test?.mean === 0 ? "equal" : "unclear";
      const none = { lower: null, upper: null, t: null, p: null, pAdjusted: null, needed: null };
      return { ...common, difference: test?.mean ?? null, ...none, verdict };
    }
    const isTold = pAdjusted !== null && pAdjusted <= UNLIKELY;
    const isFirst = test.mean < 0 === metricFacts[metric].isLoss;
    return {
      ...common,
      difference: test.mean,
      lower: test.lower,
      upper: test.upper,
      t: test.t,
      p: test.p,
      pAdjusted,
      verdict: isTold ? (isFirst ? "a" : "b") : "unclear",
      needed: isTold ? null : needed(differences, design, tests.length),
    };
  });
}

/** One difference for each fold that both have: the mean over the seeds that both finished there. */
function pairedDifferences(a: FoldScores, b: FoldScores): Float64Array {
  const differences: number[] = [];
  for (const [place, seeds] of a) {
    const others = b.get(place);
    const both = [...seeds].flatMap(([seed, score]) => {
      const other = others?.get(seed);
      return other === undefined ? [] : [score - other];
    });
    if (both.length > 0) differences.push(meanOf(Float64Array.from(both)));
  }
  return Float64Array.from(differences);
}

/** Holm's step-down adjustment: the smallest of m p-values counts m times, the next m - 1 times; null stays null. */
export function adjustHolm(ps: readonly (number | null)[]): (number | null)[] {
  const order = ps
    .flatMap((p, at) => (p === null ? [] : [{ p, at }]))
    .sort((x, y) => x.p - y.p || x.at - y.at);
  const adjusted: (number | null)[] = ps.map(() => null);
  let largest = 0;
  order.forEach(({ p, at }, i) => {
    largest = Math.max(largest, Math.min(1, (order.length - i) * p));
    adjusted[at] = largest;
  });
  return adjusted;
}

/**
 * How many folds of these rows, or how many rows in these folds, would tell a difference as large as the one seen.
 *
 *   folds: the first J with |mean| >= (t(J-1) + z₈₀) √((1/J + n₂/n₁) variance);  rows: the variance falls as 1 / rows
 *
 * The second term does not fall with J, so for a small difference no number of folds is enough.
 */
function needed(differences: Float64Array, design: Design, pairs: number): Comparison["needed"] {
  const J = differences.length;
  const mean = Math.abs(meanOf(differences));
  const variance = covariance(differences, differences);
  const { testShare } = design;
  const level = 1 - UNLIKELY / pairs;
  const detectable = (folds: number) =>
    (studentQuantile(level, folds - 1) + Z80) *
    Math.sqrt((1 / folds + testShare / (1 - testShare)) * variance);
  const times = (detectable(J) / mean) * (detectable(J) / mean);
  const rows = times <= MOST_TIMES ? roughly(times * design.rows) : null;
  let folds: number | null = null;
  for (
    let repeats = Math.floor(J / design.folds) + 1;
    design.canRepeat && repeats <= MOST_REPEATS;
    repeats++
  ) {
    if (detectable(repeats * design.folds) > mean) continue;
    folds = repeats * design.folds;
    break;
  }
  return { folds, rows };
}

/** Two significant digits, rounded up: it is a guess, and should look like one. */
function roughly(count: number): number {
  let unit = 1;
  while (count / unit >= 100) unit *= 10;
  return Math.ceil(count / unit) * unit;
}
