// Two classifiers on the same rows: is one better, is it luck, and how many rows would tell?
// Letters: N rows, B resamples.

import { type Random, randomStream } from "../random.ts";
import type { ScoredRows } from "../scored.ts";
import { resamplesFor } from "./bootstrap.ts";
import { exchangedRanksPValue } from "./exchanged.ts";
import { type Interval, Z95 } from "./intervals.ts";
import { scoresOfClass } from "./multiclass.ts";
import { meanOf } from "./placements.ts";
import { compareAucs, type McNemar, mcnemarOfPredictions } from "./statistics.ts";
import { wildDifference } from "./wild.ts";

/** A score of both, A minus B with its 95 % interval, and the p-value of no difference; null where undefined. */
export interface ComparedScore {
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  readonly interval: Interval | null;
  readonly p: number | null;
}

export interface Comparison {
  readonly rows: number;
  readonly resamples: number;
  /** McNemar's exact p; the interval by Bonett and Price. */
  readonly accuracy: ComparedScore & { readonly mcnemar: McNemar };
  /** Paired wild bootstrap; lower is better. */
  readonly logLoss: ComparedScore;
  /** DeLong's interval for correlated areas and p-value beside the one of exchanged ranks; null for more classes. */
  readonly rocAuc: (ComparedScore & { readonly delongP: number | null }) | null;
  readonly verdict: ComparisonVerdict;
}

export interface ComparisonVerdict {
  /** By the log loss, unless the accuracy contradicts it; null when the rows cannot tell. */
  readonly better: "a" | "b" | null;
  /** The log loss and the accuracy each tell, and not the same. */
  readonly contradicts: boolean;
  /** Both state the same probability in every row. */
  readonly identical: boolean;
  /** Fewer than FEWEST_COMPARED: nothing is said of them. */
  readonly tooFew: boolean;
  /** Rows for a chance of 80 % to tell a difference of this size; null where it is told, or there is none. */
  readonly rowsNeeded: number | null;
}

/** Rows below which no verdict is given: the tests are held to their word from here on. */
export const FEWEST_COMPARED = 30;
const UNLIKELY = 0.05;
/** The 80 % quantile of the normal distribution: the power asked for. */
const Z80 = 0.8416212335729143;

/**
 * Compares two classifiers on the same rows. One test decides, that of the log loss: of the three it sees most, and
 * taking the best of three would be wrong more often than the 5 % it says.
 *
 *   rows needed = N ((1.96 + 0.84) standard error / difference)²
 *
 * @param a, b the same rows in the same order, classes in the same order
 * @param seed of the resamples
 *
 * Source: of the rows needed, Lachin (1981), Introduction to sample size determination and power analysis.
 */
export function compareScored(a: ScoredRows, b: ScoredRows, seed: number): Comparison {
  const { labels, classes } = a;
  const N = labels.length;
  const K = classes.length;
  const random = randomStream(seed, "bootstrap");
  const B = resamplesFor(N);
  const gains = a.losses.map((loss, r) => loss - b.losses[r]!);
  const { difference, standardError, interval, p } = wildDifference(gains, labels, K, B, random);
  const test = mcnemarOfPredictions(labels, a.predicted, b.predicted);
  const accuracy = accuracies(a, test);
  const tooFew = N < FEWEST_COMPARED;
  const told = p !== null && p <= UNLIKELY && !tooFew;
  const better = !told ? null : difference < 0 ? "a" : "b";
  const contradicts = told && test.pExact <= UNLIKELY && (better === "a") !== accuracy.difference > 0;
  const needed = N * square(((Z95 + Z80) * standardError) / difference);
  return {
    rows: N,
    resamples: B,
    accuracy: { ...accuracy, p: test.pExact, mcnemar: test },
    logLoss: { a: meanOf(a.losses), b: meanOf(b.losses), difference, interval, p },
    rocAuc: K === 2 ? areas(a, b, B, random) : null,
    verdict: {
      better: contradicts ? null : better,
      contradicts,
      identical: sameNumbers(a.probabilities, b.probabilities),
      tooFew,
      rowsNeeded: told || tooFew || !Number.isFinite(needed) ? null : Math.ceil(needed),
    },
  };
}

/**
 * Both accuracies and the interval of their difference.
 *
 *   centre (b - c) / (N + 2),  half width 1.96 √((p₁ + p₂ - (p₁ - p₂)²) / (N + 2)),
 *   p₁ = (b + 1) / (N + 2),  p₂ = (c + 1) / (N + 2),  b and c as in McNemar
 *
 * Source: Bonett, Price (2012), Adjusted Wald confidence interval for a difference of binomial proportions based on
 * paired data.
 */
function accuracies({ labels, predicted }: ScoredRows, { b, c }: McNemar) {
  const N = labels.length;
  let right = 0;
  for (let r = 0; r < N; r++) if (predicted[r] === labels[r]) right++;
  const p1 = (b + 1) / (N + 2);
  const p2 = (c + 1) / (N + 2);
  const half = Z95 * Math.sqrt((p1 + p2 - square(p1 - p2)) / (N + 2));
  const interval = { lower: Math.max(-1, p1 - p2 - half), upper: Math.min(1, p1 - p2 + half) };
  return { a: right / N, b: (right - b + c) / N, difference: (b - c) / N, interval };
}

function areas(a: ScoredRows, b: ScoredRows, B: number, random: Random): Comparison["rocAuc"] {
  const scoresA = scoresOfClass(a.probabilities, 2, 1);
  const scoresB = scoresOfClass(b.probabilities, 2, 1);
  const compared = compareAucs(scoresA, scoresB, a.labels);
  if (!compared) return null;
  const { aucA, aucB, z, pValue: delongP, standardError } = compared;
  const difference = aucA - aucB;
  const areas = { a: aucA, b: aucB, difference, delongP };
  if (z === null) return { ...areas, interval: null, p: null };
  const half = Z95 * standardError;
  const p = exchangedRanksPValue(scoresA, scoresB, a.labels, B, random);
  return { ...areas, interval: { lower: difference - half, upper: difference + half }, p };
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function square(value: number): number {
  return value * value;
}
