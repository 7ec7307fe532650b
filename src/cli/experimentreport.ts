// What an experiment says in the end: a table of the variants, the differences, and a sentence for each comparison.

import type { Comparison } from "../experiment/comparison.ts";
import type { MetricName } from "../experiment/schema.ts";
import type { MetricSummary, Summary } from "../experiment/summary.ts";
import type { Paint } from "./reporter.ts";
import { type Alignment, aligned, counted, decimals, grouped, shown } from "./text.ts";

/** The figures as a person calls them. */
export const METRIC_WORDS: Readonly<Record<MetricName, string>> = {
  logLoss: "log loss",
  accuracy: "accuracy",
  balancedAccuracy: "balanced accuracy",
  brier: "Brier score",
  macroF1: "macro F1",
  mcc: "Matthews correlation",
  ece: "calibration error",
  rocAuc: "ROC AUC",
};
const DIGITS = 4;
/** Of more variants only the pairs with the first of the ranking are printed; the file has them all. */
const MOST_PAIRED = 4;
const MOST_FAILURES = 5;

/** The report as lines; nothing in it depends on the time or on the number of jobs. */
export function experimentLines(heading: string, summary: Summary, paint: Paint): string[] {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : ["", paint("bold", title), ...lines.map((line) => (line === "" ? "" : `  ${line}`))];
  const pairs = summary.comparisons.length / summary.metrics.length;
  return [
    paint("bold", heading),
    ...section(
      "Variants, best first: mean ± spread of single runs, 95 % interval of the mean",
      variantLines(summary),
    ),
    ...section(
      `Differences, fold by fold: mean, 95 % interval, p adjusted for ${counted(pairs, "pair")}, verdict`,
      differenceLines(summary),
    ),
    ...section("Failed", failureLines(summary)),
  ];
}

function variantLines({ metrics, variants, ranking }: Summary): string[] {
  const head = ["", "", "weights", "epoch", ...metrics.flatMap((metric) => [METRIC_WORDS[metric], ""])];
  const rows = ranking.map((name, i) => {
    const variant = variants.find((each) => each.name === name)!;
    return [
      String(i + 1),
      variant.failed > 0
        ? `${shown(name)} (${variant.done} of ${variant.done + variant.failed} runs)`
        : shown(name),
      variant.parameters === null ? "–" : grouped(Math.round(variant.parameters)),
      decimals(variant.bestEpoch, 0),
      ...metrics.flatMap((metric) => metricCells(variant.metrics[metric] ?? null)),
    ];
  });
  const sides: Alignment[] = [
    "right",
    "left",
    "right",
    "right",
    ...metrics.flatMap((): Alignment[] => ["left", "left"]),
  ];
  return aligned([head, ...rows], sides);
}

function metricCells(summary: MetricSummary | null): [string, string] {
  if (summary === null) return ["–", ""];
  const { mean, sd, lower, upper } = summary;
  const spread = sd === null ? "" : ` ± ${decimals(sd, DIGITS)}`;
  const interval = lower === null ? "–" : `${decimals(lower, DIGITS)} to ${decimals(upper, DIGITS)}`;
  return [`${decimals(mean, DIGITS)}${spread}`, interval];
}

/** Every pair, as long as there are few; else those with the best. */
function printed({ comparisons, variants, ranking }: Summary): readonly Comparison[] {
  if (variants.length <= MOST_PAIRED) return comparisons;
  return comparisons.filter(({ a, b }) => a === ranking[0] || b === ranking[0]);
}

/** A line for each comparison: how far apart, how sure, and what follows. */
function differenceLines(summary: Summary): string[] {
  const lines = printed(summary);
  const rows = lines.map((comparison) => [
    METRIC_WORDS[comparison.metric],
    `${shown(comparison.a)} − ${shown(comparison.b)}`,
    decimals(comparison.difference, DIGITS),
    comparison.lower === null
      ? "–"
      : `${decimals(comparison.lower, DIGITS)} to ${decimals(comparison.upper, DIGITS)}`,
    probability(comparison.pAdjusted),
    verdict(comparison),
  ]);
  const table = aligned(rows, ["left", "left", "right", "left", "left", "left"]);
  const left = summary.comparisons.length - lines.length;
  return left > 0 ? [...table, `… and ${counted(left, "comparison")} more in summary.json`] : table;
}

/** 0.0312 -> "p = 0.031". */
function probability(p: number | null): string {
  if (p === null) return "";
  if (p < 0.001) return "p < 0.001";
  return `p = ${p < 0.1 ? p.toPrecision(2) : p.toFixed(2)}`;
}

/** One comparison in a few words that promise no more than the folds can show. */
function verdict({ a, b, verdict, folds, difference, needed }: Comparison): string {
  switch (verdict) {
    case "a":
      return `${shown(a)} is better`;
    case "b":
      return `${shown(b)} is better`;
    case "equal":
      return `the same on each of ${folds} folds`;
    case "unclear": {
      if (difference === null) return "cannot tell: fewer than two folds have both";
      if (needed === null) return "cannot tell: the difference has no spread to hold it against";
      const ways = [
        ...(needed.folds === null ? [] : [counted(needed.folds, "fold")]),
        ...(needed.rows === null ? [] : [`${grouped(needed.rows)} rows`]),
      ];
      return ways.length === 0
        ? "cannot tell; nor could a thousand times the rows"
        : `cannot tell; about ${ways.join(" or ")} would`;
    }
  }
}

function failureLines({ failures }: Summary): string[] {
  const lines = failures.slice(0, MOST_FAILURES).map(({ id, reason }) => `${id}: ${shown(reason, 160)}`);
  const more = failures.length - lines.length;
  return more > 0 ? [...lines, `… and ${counted(more, "run")} more in results.csv`] : lines;
}
