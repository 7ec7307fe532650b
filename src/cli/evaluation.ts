// The report of evaluate: the figures, class by class, where it goes wrong, whether its probabilities can be believed.
// Letters: K classes.

import type { ClassReport, MetricsReport } from "../train/metrics.ts";
import type { Paint } from "./reporter.ts";
import { aligned, bar, decimals, percent, shown } from "./text.ts";
import { rightRows } from "./verdict.ts";

const MOST_CLASSES = 30;
/** A confusion matrix wider than this is no longer read. */
const WIDEST_MATRIX = 12;
const BAR_LENGTH = 20;

/** The whole report as lines. */
export function evaluationLines(heading: string, report: MetricsReport, paint: Paint): string[] {
  const { classes, confusionMatrix } = report;
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", paint("bold", heading), ...lines.map((line) => `  ${line}`)];
  return [
    paint("bold", heading),
    ...summaryLines(report).map((line) => `  ${line}`),
    ...section("Classes", classLines(classes)),
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
  ];
}

function summaryLines(report: MetricsReport): string[] {
  const { lower, upper } = report.accuracyInterval;
  const range = `right on ${rightRows(report)}; 95 % interval ${(lower * 100).toFixed(1)} to ${(upper * 100).toFixed(1)} %`;
  const area = report.rocAucInterval;
  const areaRange = area ? `95 % interval ${decimals(area.lower, 3)} to ${decimals(area.upper, 3)}` : "";
  const ranks = Object.entries(report.topK).map(([k, share]) => `top ${k}: ${percent(share)}`);
  return aligned(
    [
      ["accuracy", percent(report.accuracy), range],
      ["balanced accuracy", percent(report.balancedAccuracy), "each class counts the same"],
      ["log loss", decimals(report.logLoss, 4), "nats; 0 is certain and right"],
      ["Brier score", decimals(report.brier, 4), "0 is certain and right"],
      ["macro F1", decimals(report.macroF1, 3), ""],
      ["Matthews correlation", decimals(report.mcc, 3), "0 is guessing"],
      ["ROC AUC", decimals(report.rocAuc, 3), areaRange],
      ["average precision", decimals(report.averagePrecision, 3), ""],
      ["calibration error", decimals(report.ece, 3), "mean gap between stated and true"],
      ...(ranks.length > 0 ? [["among the first", "", ranks.join(", ")]] : []),
    ],
    ["left", "right", "left"],
  );
}

function classLines(classes: readonly ClassReport[]): string[] {
  const head = ["", "rows", "precision", "recall", "F1", "ROC AUC"];
  const rows = classes
    .slice(0, MOST_CLASSES)
    .map((c) => [
      shown(c.class, 32),
      String(c.support),
      percent(c.precision),
      percent(c.recall),
      decimals(c.f1, 3),
      decimals(c.rocAuc, 3),
    ]);
  const lines = aligned([head, ...rows], ["left", "right", "right", "right", "right", "right"]);
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
