// One sigmoid node or two softmax nodes, as a person reads it: three parts, each with its figures and two sentences.

import type { FactorRun } from "../experiment/classes.ts";
import type { Comparison } from "../experiment/comparison.ts";
import type { HeadsComparison } from "../experiment/heads.ts";
import { holdsIdentity, type RuleId } from "../experiment/matched.ts";
import type { Summary } from "../experiment/summary.ts";
import { METRIC_WORDS } from "./experimentreport.ts";
import type { Paint } from "./reporter.ts";
import { type Alignment, aligned, compact, counted, decimals, grouped, shown } from "./text.ts";

/** The names of the variants that take the parts. */
export interface HeadsRoles {
  readonly softmax: string;
  readonly sigmoid: string;
  /** The sigmoid with the rate and the decay that match; null when no variant has them. */
  readonly matched: string | null;
}

/** The report below the tables of the experiment. */
export function headsLines(
  summary: Summary,
  roles: HeadsRoles,
  heads: HeadsComparison,
  paint: Paint,
): string[] {
  const title = (text: string) => ["", paint("bold", text)];
  return [
    ...title("1. As people do it: both heads at one learning rate"),
    ...asPeopleDoLines(summary, roles),
    ...title(
      `2. Matched: w = w₁ − w₀, the sigmoid's output layer with ${heads.match.rateFactor} × the rate and ${heads.match.decayFactor} × the decay`,
    ),
    ...matchedLines(heads, paint),
    ...title("3. What differs in practice"),
    ...practiceLines(heads),
  ];
}

function asPeopleDoLines(summary: Summary, { softmax, sigmoid, matched }: HeadsRoles): string[] {
  const others = [sigmoid, matched].filter((name) => name !== null);
  const rows = others.flatMap((other) =>
    summary.metrics.flatMap((metric) => {
      const found = summary.comparisons.find(
        ({ metric: of, a, b }) => of === metric && [a, b].includes(softmax) && [a, b].includes(other),
      );
      const pair = `${shown(softmax)} − ${shown(other)}`;
      return found ? [[pair, METRIC_WORDS[metric], ...differenceCells(found, softmax)]] : [];
    }),
  );
  return [
    ...indented(rows, ["left", "left", "right", "left"]),
    ...paragraph(
      "At one learning rate the effective rate of the softmax head is twice as large, since a step moves w₀ and w₁ apart, and L2 holds their difference half as firmly. So what was measured here is that learning rate, not the head: part 2 takes it out.",
    ),
  ];
}

/** First minus other, whichever way round it was taken, with its 95 % interval. */
function differenceCells({ a, difference, lower, upper }: Comparison, first: string): string[] {
  const isTurned = a !== first;
  const turned = (value: number | null) => (isTurned && value !== null ? -value : value);
  const [low, high] = isTurned ? [upper, lower] : [lower, upper];
  const interval =
    low === null ? "" : `95 % interval ${decimals(turned(low), 4)} to ${decimals(turned(high), 4)}`;
  return [decimals(turned(difference), 4), interval];
}

function matchedLines(heads: HeadsComparison, paint: Paint): string[] {
  const { matched, bound, rows } = heads;
  const [first] = matched;
  const lines = (identical: boolean) =>
    matched
      .filter((run) => run.identical === identical)
      .map((run) => [run.name, told(run.gap), holdsIdentity(run) ? "" : paint("red", `not below ${bound}`)]);
  const table = indented(
    [
      ["one model", "largest difference of the logits", ""],
      ...lines(true),
      ["no longer one", "", ""],
      ...lines(false),
    ],
    ["left", "right", "left"],
  );
  const verdict = heads.holds
    ? `Below ${bound} the two are one model, and all that differs is rounding: in float64, over ${counted(first!.steps, "step")}, after each on its minibatch and after each epoch on all ${grouped(rows)} rows.`
    : `Not every pair that should be one model stayed below ${bound}: the factors do not match, or something else in the training is wrong.`;
  return [
    ...table,
    ...paragraph(
      `${verdict} Clipping by the global norm breaks it because the norm counts the gradient of two nodes twice, L2 within Adam because it makes the steps of w₀ and w₁ depend on w₀ + w₁.`,
    ),
  ];
}

function practiceLines({ matched, weights, curvature, two, more }: HeadsComparison): string[] {
  const run = (id: RuleId) => matched.find((one) => one.id === id)!;
  const surplus = weights.softmax - weights.sigmoid;
  const lines = [
    [
      "weights and biases",
      `softmax ${grouped(weights.softmax)}, sigmoid ${grouped(weights.sigmoid)}: ${grouped(surplus)} more that change no prediction`,
    ],
    ["w₀ + w₁, no decay", `moved by ${told(run("sgd").idleDrift)} at most: no gradient touches it`],
    [
      "w₀ + w₁, with L2",
      `length ${decimals(run("l2").idleStart, 3)}, at the end ${decimals(run("l2").idleEnd, 3)}: only decay acts on it`,
    ],
    [
      "curvature of that layer",
      `softmax ${compact(curvature.softmax)}, sigmoid ${compact(curvature.sigmoid)}: ${decimals(curvature.softmax / curvature.sigmoid, 3)} × as sharp`,
    ],
    [
      "K = 2",
      `a first step moves w₁ − w₀ ${decimals(two.sumRatio, 3)} × as far; that factor leaves ${told(best(two.factors).gap)}`,
    ],
  ];
  if (more) {
    const { factor, gap } = best(more.factors);
    lines.push([
      `K = ${more.classes} (${shown(more.name)})`,
      `Σ (wₖ − w₀) ${decimals(more.sumRatio, 3)} ×, w₁ − w₂ ${decimals(more.differenceRatio, 3)} ×; the best factor, ${factor}, leaves ${told(gap)}`,
    ]);
  }
  return [
    ...indented(lines, ["left", "left"]),
    ...paragraph(
      "Two nodes are one with a direction to spare: it costs weights, it halves the rate that is still stable, and it makes the same L2 half as strong. With more classes the softmax is no rescaled set of free rows, since one direction moves K times as far and the others once.",
    ),
  ];
}

function best(factors: readonly FactorRun[]): FactorRun {
  return factors.reduce((least, run) => (run.gap < least.gap ? run : least));
}

/** 1.3e-14 for what is rounding, 1.21 for what is not. */
function told(value: number): string {
  return value > 0 && value < 1e-4 ? value.toExponential(1) : compact(Number(value.toPrecision(3)));
}

function indented(rows: readonly (readonly string[])[], alignment: readonly Alignment[]): string[] {
  return aligned(rows, alignment).map((line) => `  ${line}`);
}

const WIDTH = 100;

/** Lines of at most 100 characters, indented as the tables are. */
function paragraph(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line.length + word.length + 3 <= WIDTH)
      lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `  ${line}`);
}
