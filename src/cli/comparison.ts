// The table of compare, and the one sentence that it ends with.

import { type ComparedScore, type Comparison, FEWEST_COMPARED } from "../train/comparison.ts";
import type { Paired } from "./compare.ts";
import { layersLine } from "./layers.ts";
import type { LoadedModel } from "./model.ts";
import type { Paint } from "./reporter.ts";
import { aligned, counted, decimals, grouped, percent, shown } from "./text.ts";

/** The whole comparison as lines. */
export function comparisonLines(
  { source, part, leftOut }: Paired,
  models: readonly [LoadedModel, LoadedModel],
  comparison: Comparison,
  paint: Paint,
): string[] {
  const out = leftOut === 0 ? "" : `, ${counted(leftOut, "row")} left out that trained A or B`;
  const named = models.map(({ path, classifier }, i) => [
    "AB"[i]!,
    shown(path, 80),
    layersLine(classifier.network.shape),
  ]);
  return [
    paint("bold", `${shown(source, 200)}: ${grouped(comparison.rows)} ${part}${out}`),
    ...aligned(named, ["left", "left", "left"]).map((line) => `  ${line}`),
    "",
    ...scoreLines(comparison).map((line) => `  ${line}`),
    "",
    `  ${verdictSentence(comparison)}`,
  ];
}

function scoreLines({ accuracy, logLoss, rocAuc, resamples }: Comparison): string[] {
  const line = (name: string, score: ComparedScore, text: (value: number) => string, test: string) => {
    const { difference, interval, p } = score;
    const range = interval ? `${signed(interval.lower, text)} to ${signed(interval.upper, text)}` : "–";
    return [
      name,
      text(score.a),
      text(score.b),
      signed(difference, text),
      range,
      p === null ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3),
      test,
    ];
  };
  const { b: onlyA, c: onlyB } = accuracy.mcnemar;
  const disagreed = `right alone: A on ${grouped(onlyA)}, B on ${grouped(onlyB)}; exact McNemar`;
  return aligned(
    [
      ["", "A", "B", "A - B", "95 % interval", "p", ""],
      line("accuracy", accuracy, percent, disagreed),
      line(
        "log loss",
        logLoss,
        (value) => decimals(value, 4),
        `paired wild bootstrap, ${grouped(resamples)} resamples`,
      ),
      ...(rocAuc
        ? [line("ROC AUC", rocAuc, (value) => decimals(value, 3), "DeLong; p of exchanged ranks")]
        : []),
    ],
    ["left", "right", "right", "right", "left", "right", "left"],
  );
}

function signed(value: number, text: (value: number) => string): string {
  return `${value < 0 ? "-" : "+"}${text(Math.abs(value))}`;
}

const MANY_ROWS = 1_000_000;

/** A better, B better, or cannot tell, and then about how many rows would tell. */
export function verdictSentence({ rows, logLoss, accuracy, verdict }: Comparison): string {
  if (verdict.identical) return "A and B say the same of every row.";
  if (verdict.tooFew) {
    return `Cannot tell: ${counted(rows, "row")} are too few to compare two models; at least ${FEWEST_COMPARED} are needed.`;
  }
  const size = Math.abs(logLoss.difference).toFixed(4);
  if (verdict.contradicts) {
    const [calm, right] = logLoss.difference < 0 ? ["A", "B"] : ["B", "A"];
    const more = percent(Math.abs(accuracy.difference));
    return `Cannot tell: ${calm} has the lower log loss, by ${size}, but ${right} is right on ${more} more of the rows, and neither is luck.`;
  }
  if (verdict.better !== null) {
    const name = verdict.better.toUpperCase();
    return `${name} is better: its log loss is lower by ${size}, which on ${counted(rows, "row")} is hardly luck.`;
  }
  const luck = `Cannot tell: on ${counted(rows, "row")} a difference of ${size} in log loss may be luck`;
  const needed = verdict.rowsNeeded;
  if (needed === null) return `${luck}.`;
  const about = needed > MANY_ROWS ? "more than a million" : `about ${grouped(twoDigits(needed))}`;
  return `${luck}; ${about} rows would be needed to tell.`;
}

/** 1,234 -> 1,300: rounded up to two digits, as the estimate is worth no more. */
function twoDigits(count: number): number {
  let step = 1;
  while (count > 100 * step) step *= 10;
  return Math.ceil(count / step) * step;
}
