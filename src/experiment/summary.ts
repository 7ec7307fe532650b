// What the runs of an experiment say together: each variant with its spread, their order, and which differences hold.
// Letters: J folds over all repeats, the seeds of a fold averaged first.

import { PulloneError, quote } from "../errors.ts";
import { covariance, meanOf } from "../train/placements.ts";
import { correctedResampledTTest } from "../train/resampled.ts";
import { type Comparison, comparePairs } from "./comparison.ts";
import type { PlannedRun } from "./plan.ts";
import type { Finished, Outcome } from "./run.ts";
import { type MetricName, metricFacts } from "./schema.ts";

/** A run and what came of it. */
export interface Judged {
  readonly run: PlannedRun;
  readonly outcome: Outcome;
}

/** A metric of one variant. */
export interface MetricSummary {
  /** Over the folds. */
  readonly mean: number;
  /** Of single runs; null for one. */
  readonly sd: number | null;
  /** 95 % interval of the mean over other rows of the same kind; null with fewer than two folds or without spread. */
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface VariantSummary {
  readonly name: string;
  readonly done: number;
  readonly failed: number;
  /** Weights and biases, and epochs until the kept one: means over the runs; null without one. */
  readonly parameters: number | null;
  readonly bestEpoch: number | null;
  /** Null where no run has the figure. */
  readonly metrics: Readonly<Partial<Record<MetricName, MetricSummary | null>>>;
}

export interface Summary {
  readonly runs: { readonly planned: number; readonly done: number; readonly failed: number };
  /** Labelled rows of the table, and of them in each test. */
  readonly rows: number;
  readonly testShare: number;
  readonly metrics: readonly MetricName[];
  readonly variants: readonly VariantSummary[];
  /** Names, the best first, by the mean of the first metric; variants without it last. */
  readonly ranking: readonly string[];
  /** Every two variants, metric by metric; a stands before b in the ranking. */
  readonly comparisons: readonly Comparison[];
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
}

export interface SummaryOptions {
  readonly metrics: readonly MetricName[];
  /** Parts that the rows are dealt to, once. */
  readonly folds: number;
  /** Whether the rows could be dealt once more. */
  readonly canRepeat: boolean;
}

/**
 * Summarises the runs; their order and who finished first change nothing.
 *
 *   interval = mean ± t₉₅ √((1/J + n₂/n₁) variance),  n₂ test rows for n₁ other rows: see `correctedResampledTTest`
 *
 * @param judged in the order of the plan
 * @throws {PulloneError} config_invalid when two variants were judged on different rows
 */
export function summarise(judged: readonly Judged[], options: SummaryOptions): Summary {
  const { metrics, folds } = options;
  assertSameRows(judged);
  const byVariant = grouped(judged);
  const testShare = 1 / folds;
  const variants = Array.from(byVariant, ([name, runs]) => summariseVariant(name, runs, metrics, testShare));
  const ranking = rank(variants, metrics[0]!);
  const done = judged.flatMap(({ outcome }) => (outcome.status === "done" ? [outcome] : []));
  const rows = Math.max(0, ...done.map((run) => run.rows.train + run.rows.validation + run.rows.test));
  const design = { testShare, folds, rows, canRepeat: options.canRepeat };
  return {
    runs: { planned: judged.length, done: done.length, failed: judged.length - done.length },
    rows,
    testShare,
    metrics,
    variants,
    ranking,
    comparisons: metrics.flatMap((metric) => {
      const ranked = ranking.map((name) => [name, scores(byVariant.get(name)!, metric)] as const);
      return comparePairs(metric, new Map(ranked), design);
    }),
    failures: judged.flatMap(({ run, outcome }) =>
      outcome.status === "failed" ? [{ id: run.id, reason: outcome.reason }] : [],
    ),
  };
}

function grouped(judged: readonly Judged[]): Map<string, Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const group = groups.get(one.run.variant);
    if (group) group.push(one);
    else groups.set(one.run.variant, [one]);
  }
  return groups;
}

/** The score of each seed, by fold: "2 5" is fold 5 of repeat 2. */
export type FoldScores = ReadonlyMap<string, ReadonlyMap<number, number>>;

function scores(judged: readonly Judged[], metric: MetricName): FoldScores {
  const folds = new Map<string, Map<number, number>>();
  for (const { run, outcome } of judged) {
    const value = outcome.status === "done" ? outcome.metrics[metric] : null;
    if (value === null) continue;
    const place = `${run.repeat} ${run.fold}`;
    const seeds = folds.get(place) ?? new Map<number, number>();
    folds.set(place, seeds.set(run.seed, value));
  }
  return folds;
}

function summariseVariant(
  name: string,
  judged: readonly Judged[],
  metrics: readonly MetricName[],
  testShare: number,
): VariantSummary {
  const done = judged.flatMap(({ outcome }) => (outcome.status === "done" ? [outcome] : []));
  const mean = (of: (run: Finished) => number) =>
    done.length === 0 ? null : meanOf(Float64Array.from(done, of));
  return {
    name,
    done: done.length,
    failed: judged.length - done.length,
    parameters: mean((run) => run.parameters),
    bestEpoch: mean((run) => run.bestEpoch),
    metrics: Object.fromEntries(
      metrics.map((metric) => [metric, summariseMetric(metric, scores(judged, metric), testShare)]),
    ),
  };
}

function summariseMetric(metric: MetricName, folds: FoldScores, testShare: number): MetricSummary | null {
  if (folds.size === 0) return null;
  const means = Float64Array.from(folds.values(), (seeds) => meanOf(Float64Array.from(seeds.values())));
  const singles = Float64Array.from([...folds.values()].flatMap((seeds) => [...seeds.values()]));
  const sd = singles.length < 2 ? null : Math.sqrt(covariance(singles, singles));
  const { least, most } = metricFacts[metric];
  const test = means.length < 2 ? null : correctedResampledTTest(means, testShare);
  // Without spread between folds there is nothing to tell how sure the mean is.
  const interval =
    test === null || test.t === null
      ? { lower: null, upper: null }
      : { lower: Math.max(least, test.lower), upper: Math.min(most, test.upper) };
  return { mean: meanOf(means), sd, ...interval };
}

function rank(variants: readonly VariantSummary[], metric: MetricName): string[] {
  const sign = metricFacts[metric].isLoss ? 1 : -1;
  const place = ({ metrics }: VariantSummary) => {
    const mean = metrics[metric]?.mean;
    return mean === undefined ? Infinity : sign * mean;
  };
  const order = variants.map((variant, at) => ({ name: variant.name, place: place(variant), at }));
  return order
    .sort((a, b) => (a.place === b.place ? a.at - b.at : a.place - b.place))
    .map(({ name }) => name);
}

/** A difference means something only on the same rows: a variant must not move a row to another fold. */
function assertSameRows(judged: readonly Judged[]): void {
  const first = new Map<string, { readonly variant: string; readonly testRows: string }>();
  for (const { run, outcome } of judged) {
    if (outcome.status !== "done") continue;
    const place = `${run.repeat} ${run.fold}`;
    const other = first.get(place);
    if (!other) first.set(place, { variant: run.variant, testRows: outcome.testRows });
    else if (other.testRows !== outcome.testRows) {
      throw new PulloneError(
        "config_invalid",
        `variants ${quote(other.variant)} and ${quote(run.variant)}: expected the same test rows in each fold, got others in fold ${run.fold} of repeat ${run.repeat}`,
        "a variant that changes which rows have a label changes the folds",
      );
    }
  }
}
