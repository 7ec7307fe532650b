// The report of evaluate: the figures, class by class, where it goes wrong, whether its probabilities can be believed.
// Letters: K classes.

import { type Interval, wilsonInterval } from "../train/intervals.ts";
import type { ClassReport, MetricsReport } from "../train/metrics.ts";
import type { ClassIntervals, MetricIntervals } from "../train/uncertainty.ts";
import type { Paint } from "./reporter.ts";
import { type Alignment, aligned, bar, decimals, grouped, percent, percentRange, shown } from "./text.ts";
import { rightRows } from "./verdict.ts";

const MOST_CLASSES = 30;
/** A confusion matrix wider than this is no longer read. */
const WIDEST_MATRIX = 12;
const BAR_LENGTH = 20;

/** Of an answer, with its 95 % interval. */
export interface MeanCost {
  readonly cost: number;
  readonly interval: Interval;
}

/** The whole report as lines. */
export function evaluationLines(
  heading: string,
  report: MetricsReport,
  intervals: MetricIntervals,
  paint: Paint,
  cost?: MeanCost,
): string[] {
  const { classes, confusionMatrix } = report;
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", paint("bold", heading), ...lines.map((line) => `  ${line}`)];
  return [
    paint("bold", heading),
    ...summaryLines(report, intervals, cost).map((line) => `  ${line}`),
    "  (intervals: of shares Wilson, balanced accuracy Newcombe, ROC AUC DeLong, average precision jackknife,",
    `  the others bootstrap with ${grouped(intervals.resamples)} resamples, seed ${intervals.seed})`,
    ...section("Classes", classLines(classes, intervals.classes)),
    ...section(
      "Confusion (a line for each true class, a column for each predicted one)",
      confusionMatrix.length <= WIDEST_MATRIX
        ? matrixLines(classes, confusionMatrix)
        : worstLines(classes, confusionMatrix),
    ),
    ...section(
      "Calibration (of the predicted class: what it said, what came true)",
      calibrationLines(report),
    ),
    ...section(
      "Abstaining (predict --abstain-below: what is still answered, and how well)",
      coverageLines(report),
    ),
  ];
}

function summaryLines(report: MetricsReport, intervals: MetricIntervals, cost?: MeanCost): string[] {
  const shares = ({ lower, upper }: Interval) => percentRange(lower, upper);
  const numbers = (interval: Interval | null, digits: number) =>
    interval ? `${decimals(interval.lower, digits)} to ${decimals(interval.upper, digits)}` : "–";
  const { lower, upper } = intervals.eceIfCalibrated;
  const [, second] = report.classes;
  const positive = second && report.classes.length === 2 ? shown(second.class, 32) : undefined;
  const ranks = Object.entries(report.topK).map(([k, share]) => {
    const among = wilsonInterval(Math.round(share * report.rows), report.rows);
    return [
      `among the first ${k}`,
      percent(share),
      shares(among),
      `the true class is one of the ${k} likeliest`,
    ];
  });
  return aligned(
    [
      ["", "", "95 % interval", ""],
      ["accuracy", percent(report.accuracy), shares(intervals.accuracy), `right on ${rightRows(report)}`],
      [
        "balanced accuracy",
        percent(report.balancedAccuracy),
        shares(intervals.balancedAccuracy),
        "each class counts the same",
      ],
      [
        "log loss",
        decimals(report.logLoss, 4),
        numbers(intervals.logLoss, 4),
        "nats; 0 is certain and right",
      ],
      ["Brier score", decimals(report.brier, 4), numbers(intervals.brier, 4), "0 is certain and right"],
      ["macro F1", decimals(report.macroF1, 3), numbers(intervals.macroF1, 3), ""],
      ["Matthews correlation", decimals(report.mcc, 3), numbers(intervals.mcc, 3), "0 is guessing"],
      ["ROC AUC", decimals(report.rocAuc, 3), numbers(intervals.rocAuc, 3), ""],
      [
        "average precision",
        decimals(report.averagePrecision, 3),
        numbers(intervals.averagePrecision, 3),
        positive === undefined ? "" : `of "${positive}"`,
      ],
      [
        "calibration error",
        decimals(report.ece, 3),
        numbers(intervals.ece, 3),
        `${decimals(lower, 3)} to ${decimals(upper, 3)} if it were calibrated`,
      ],
      ...(cost
        ? [["mean cost", decimals(cost.cost, 4), numbers(cost.interval, 4), "of an answer, by --costs"]]
        : []),
      ...ranks,
    ],
    ["left", "right", "left", "left"],
  );
}

function classLines(classes: readonly ClassReport[], intervals: readonly ClassIntervals[]): string[] {
  const shares = (interval: Interval | null) =>
    interval ? percentRange(interval.lower, interval.upper) : "–";
  const head = ["", "rows", "precision", "95 % interval", "recall", "95 % interval", "F1", "ROC AUC"];
  const rows = classes
    .slice(0, MOST_CLASSES)
    .map((c, k) => [
      shown(c.class, 32),
      String(c.support),
      percent(c.precision),
      shares(intervals[k]!.precision),
      percent(c.recall),
      shares(intervals[k]!.recall),
      decimals(c.f1, 3),
      decimals(c.rocAuc, 3),
    ]);
  const sides: Alignment[] = ["left", "right", "right", "left", "right", "left", "right", "right"];
  const lines = aligned([head, ...rows], sides);
  if (classes.length > MOST_CLASSES)
    lines.push(`… and ${classes.length - MOST_CLASSES} more: --json has them all`);
  return lines;
}

function matrixLines(classes: readonly ClassReport[], matrix: readonly (readonly number[])[]): string[] {
  const names = classes.map((c) => shown(c.class, 14));
  const rows = matrix.map((row, k) => [
    names[k]!,
    ...row.map((count) => (count === 0 ? "·" : String(count))),
  ]);
  return aligned([["", ...names], ...rows], ["left", ...names.map(() => "right" as const)]);
}

/** The commonest confusions, when there are too many classes for a matrix. */
function worstLines(classes: readonly ClassReport[], matrix: readonly (readonly number[])[]): string[] {
  const wrong = matrix.flatMap((row, k) =>
    row.flatMap((count, predicted) => (predicted !== k && count > 0 ? [{ k, predicted, count }] : [])),
  );
  wrong.sort((a, b) => b.count - a.count || a.k - b.k || a.predicted - b.predicted);
  const name = (k: number) => shown(classes[k]!.class, 24);
  const lines = wrong
    .slice(0, 10)
    .map(({ k, predicted, count }) => [String(count), `${name(k)} taken for ${name(predicted)}`]);
  return lines.length === 0 ? ["none"] : aligned(lines, ["right", "left"]);
}

function calibrationLines({ reliability }: MetricsReport): string[] {
  const rows = reliability.flatMap(({ rows, meanProbability, hitRate }) =>
    rows > 0 && meanProbability !== null && hitRate !== null
      ? [[String(rows), percent(meanProbability), percent(hitRate), bar(hitRate, BAR_LENGTH)]]
      : [],
  );
  return aligned([["rows", "said", "true", ""], ...rows], ["right", "right", "right", "left"]);
}

/** Levels at which something is withheld that the level before still answered. */
function coverageLines({ coverage }: MetricsReport): string[] {
  const told = coverage.filter(({ rows }, i) => i === 0 || rows < coverage[i - 1]!.rows);
  const lines = told.map(({ level, rows, coverage, error, errorInterval }) => [
    level === 0 ? "none" : String(level),
    String(rows),
    percent(coverage),
    error === null ? "–" : percent(error),
    errorInterval === null ? "" : percentRange(errorInterval.lower, errorInterval.upper),
  ]);
  const head = ["below", "answered", "share", "wrong", "95 % interval"];
  return aligned([head, ...lines], ["right", "right", "right", "right", "right"]);
}
