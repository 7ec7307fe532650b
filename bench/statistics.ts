// Do the tests and intervals keep their word? Data sets are simulated whose truth is known: where two systems are equally
// good a test may reject 5 % of the time, and a 95 % interval must hold the truth 95 % of the time.
//
//   npm run check:statistics [-- NAME …]     some minutes; exit code 1 when a figure is out of its bounds
//
// Scores are normal: s ~ N(±d/2, 1) by class, the logit of the true probability is d·s + ln(n₁/n₀). Everything is seeded.
// Letters: N rows, R simulated data sets, B resamples.
import { normalQuantile } from "../src/data/normal.ts";
import { exp, log1p } from "../src/elementary.ts";
import { type Random, randomStream, shuffle } from "../src/random.ts";
import type { ScoredRows } from "../src/scored.ts";
import { drawStratified, normalShareBelow, strataOf } from "../src/train/bootstrap.ts";
import { predictedClasses } from "../src/train/confusion.ts";
import {
  delongInterval,
  type Interval,
  logitInterval,
  meanShareInterval,
  wilsonInterval,
} from "../src/train/intervals.ts";
import { detailedMetrics } from "../src/train/metrics.ts";
import { logLossesFromLogits } from "../src/train/scores.ts";
import {
  compareAucs,
  correctedResampledTTest,
  mcnemarOfPredictions,
  pairedBootstrap,
} from "../src/train/statistics.ts";
import { studentPValue } from "../src/train/student.ts";
import { metricIntervals } from "../src/train/uncertainty.ts";
import { printTable } from "./table.ts";

const SEED = 2026;
/** Fewer than the 2,000 of `evaluate`, for the time it takes. */
const B = 500;

interface Finding {
  readonly what: string;
  readonly rows: string;
  readonly runs: number;
  readonly percent: number;
  /** Bounds of the percentage. */
  readonly from: number;
  readonly to: number;
}

const stream = (name: number, run: number) => randomStream(SEED, "golden", name, run);
const gauss = (random: Random) => normalQuantile(random());

/** Rows of two classes, three of eight positive, and the scores of a classifier that overstates by `excess`. */
function drawScores(N: number, d: number, random: Random): { scores: Float64Array; labels: Int32Array } {
  const labels = Int32Array.from({ length: N }, (_, r) => (r < (3 * N) / 8 ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => (label - 0.5) * d + gauss(random));
  return { scores, labels };
}

const CLASSES = ["negative", "positive"];

function classify(scores: Float64Array, labels: Int32Array, d: number, excess: number): ScoredRows {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const prior = Math.log(positives / (labels.length - positives));
  const logits = scores.map((s) => excess * (d * s + prior));
  const probabilities = new Float64Array(2 * labels.length);
  for (let r = 0; r < labels.length; r++) {
    probabilities[2 * r + 1] = 1 / (1 + exp(-logits[r]!));
    probabilities[2 * r] = 1 - probabilities[2 * r + 1]!;
  }
  return {
    classes: CLASSES,
    labels,
    predicted: predictedClasses(probabilities, labels.length, 2),
    probabilities,
    losses: logLossesFromLogits(logits, labels, 1),
  };
}

/** Two classifiers of one quality: half of what each adds to the signal is shared, the rest its own. */
function drawEqualPair(N: number, d: number, random: Random): [ScoredRows, ScoredRows] {
  const labels = Int32Array.from({ length: N }, (_, r) => (r < (3 * N) / 8 ? 1 : 0));
  const shared = Float64Array.from(labels, () => gauss(random));
  const one = () => {
    const scores = shared.map((s, r) => (labels[r]! - 0.5) * d + Math.SQRT1_2 * (s + gauss(random)));
    return classify(scores, labels, d, 1);
  };
  return [one(), one()];
}

/** Tests of two classifiers on the same rows, where neither is better. */
function pairedTests(N: number, R: number): Finding[] {
  const d = 2;
  let exact = 0;
  let mid = 0;
  let delong = 0;
  let bootstrap = 0;
  for (let run = 0; run < R; run++) {
    const random = stream(1, run);
    const [a, b] = drawEqualPair(N, d, random);
    const { pExact, pMid } = mcnemarOfPredictions(a.labels, a.predicted, b.predicted);
    exact += pExact <= 0.05 ? 1 : 0;
    mid += pMid <= 0.05 ? 1 : 0;
    const positive = (rows: ScoredRows) =>
      Float64Array.from(rows.labels, (_, r) => rows.probabilities[2 * r + 1]!);
    delong += compareAucs(positive(a), positive(b), a.labels)!.pValue! <= 0.05 ? 1 : 0;
    const strata = strataOf(a.labels, 2);
    const { lower, upper } = pairedBootstrap(a.losses, b.losses, B, (rows) =>
      drawStratified(rows, strata, random),
    );
    bootstrap += lower > 0 || upper < 0 ? 1 : 0;
  }
  const of = (what: string, count: number, from = 4, to = 6): Finding => ({
    what,
    rows: String(N),
    runs: R,
    percent: (100 * count) / R,
    from,
    to,
  });
  return [
    of("McNemar, exact: rejects", exact, 0, 5),
    of("McNemar, mid-p: rejects", mid, N < 300 ? 3 : 4, 6),
    of("DeLong, paired: rejects", delong),
    of("paired bootstrap of the log loss: rejects", bootstrap),
  ];
}

/** Log loss of a one-feature linear discriminant, learnt from some rows and judged on others. */
function discriminantLoss(x: Float64Array, labels: Int32Array, train: number[], test: number[]): number {
  const sums = [0, 0];
  const counts = [0, 0];
  for (const r of train) {
    sums[labels[r]!]! += x[r]!;
    counts[labels[r]!]!++;
  }
  const means = sums.map((sum, k) => sum / counts[k]!) as [number, number];
  let squares = 0;
  for (const r of train) squares += (x[r]! - means[labels[r]!]!) ** 2;
  const slope = ((means[1] - means[0]) * (train.length - 2)) / squares;
  const offset = Math.log(counts[1]! / counts[0]!) - (slope * (means[0] + means[1])) / 2;
  let loss = 0;
  for (const r of test) {
    const logit = slope * x[r]! + offset;
    loss += log1p(exp(labels[r] === 1 ? -logit : logit));
  }
  return loss / test.length;
}

/** Two learners, each with a feature of its own that is worth as much as the other's: repeated 5-fold cross-validation. */
function resampledTests(N: number, repeats: number, R: number): Finding[] {
  const FOLDS = 5;
  let corrected = 0;
  let plain = 0;
  for (let run = 0; run < R; run++) {
    const random = stream(2, run);
    const { scores: x, labels } = drawScores(N, 1.5, random);
    const y = Float64Array.from(labels, (label) => (label - 0.5) * 1.5 + gauss(random));
    const differences: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = shuffle(Array.from(labels.keys()), random);
      for (let fold = 0; fold < FOLDS; fold++) {
        const test = order.filter((_, i) => i % FOLDS === fold);
        const train = order.filter((_, i) => i % FOLDS !== fold);
        differences.push(discriminantLoss(x, labels, train, test) - discriminantLoss(y, labels, train, test));
      }
    }
    corrected += correctedResampledTTest(differences, 1 / FOLDS).p! <= 0.05 ? 1 : 0;
    const J = differences.length;
    const mean = differences.reduce((sum, value) => sum + value, 0) / J;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (J - 1);
    plain += studentPValue(mean / Math.sqrt(variance / J), J - 1) <= 0.05 ? 1 : 0;
  }
  const what = `${repeats} × ${FOLDS} folds`;
  const finding = { rows: String(N), runs: R };
  return [
    {
      ...finding,
      what: `corrected t-test, ${what}: rejects`,
      percent: (100 * corrected) / R,
      from: repeats === 1 ? 0 : 4,
      to: 6,
    },
    {
      ...finding,
      what: `plain paired t-test, ${what}: rejects`,
      percent: (100 * plain) / R,
      from: 0,
      to: 100,
    },
  ];
}

const holds = (interval: Interval | null, truth: number) =>
  interval !== null && interval.lower <= truth && truth <= interval.upper ? 1 : 0;

/** Wilson's interval of a share and Newcombe's of a mean of two, for shares drawn from 0.7 … 1. */
function shareIntervals(N: number, R: number): Finding[] {
  let wilson = 0;
  let newcombe = 0;
  const positives = (3 * N) / 8;
  for (let run = 0; run < R; run++) {
    const random = stream(3, run);
    const p = [0.7 + 0.3 * random(), 0.7 + 0.3 * random()] as const;
    const hits = (n: number, share: number) => {
      let count = 0;
      for (let i = 0; i < n; i++) if (random() < share) count++;
      return count;
    };
    wilson += holds(wilsonInterval(hits(N, p[0]), N), p[0]);
    const groups = [N - positives, positives];
    const right = groups.map((n, k) => hits(n, p[k]!));
    newcombe += holds(meanShareInterval(right, groups), (p[0] + p[1]) / 2);
  }
  const finding = { rows: String(N), runs: R, from: 94, to: 96 };
  return [
    { ...finding, what: "Wilson, accuracy: covers", percent: (100 * wilson) / R },
    { ...finding, what: "Newcombe, balanced accuracy: covers", percent: (100 * newcombe) / R },
  ];
}

/** The scores of `evaluate` with the method of their interval. */
const METHODS = {
  logLoss: "BCa, log loss",
  brier: "BCa, Brier score",
  macroF1: "percentiles, macro F1",
  weightedF1: "percentiles, weighted F1",
  mcc: "percentiles, Matthews correlation",
  kappa: "percentiles, kappa",
  rocAuc: "DeLong on the logit scale, ROC AUC",
  averagePrecision: "bootstrap on the logit scale, average precision",
  ece: "reflected, calibration error",
} as const;
type Score = keyof typeof METHODS;
const SCORES = Object.keys(METHODS) as Score[];

/** The intervals of `evaluate`, for a classifier that overstates its logits by `excess`. */
function scoreIntervals(N: number, R: number, excess: number): Finding[] {
  const d = 2;
  const truth = truthOf(d, excess);
  const covered = new Map<Score, number>();
  const count = (name: Score, interval: Interval | null, value: number) =>
    covered.set(name, (covered.get(name) ?? 0) + holds(interval, value));
  for (let run = 0; run < R; run++) {
    const random = stream(4, run);
    const { scores, labels } = drawScores(N, d, random);
    const rows = classify(scores, labels, d, excess);
    const intervals = metricIntervals(rows.losses, rows.probabilities, labels, 2, run, rows.predicted, B);
    for (const name of SCORES) count(name, intervals[name], truth[name]);
  }
  const model = excess === 1 ? "calibrated" : `logits × ${excess}`;
  return Array.from(covered, ([name, held]): Finding => {
    const [from, to] = name === "ece" ? [88, 100] : N < 300 ? [92, 97] : [93, 97];
    return {
      what: `${METHODS[name]}, ${model}: covers`,
      rows: String(N),
      runs: R,
      percent: (100 * held) / R,
      from,
      to,
    };
  });
}

/** DeLong's interval of an area, as it is and on the logit scale. */
function areaIntervals(N: number, d: number, R: number): Finding[] {
  const truth = normalShareBelow(d / Math.SQRT2);
  let plain = 0;
  let logit = 0;
  for (let run = 0; run < R; run++) {
    const { scores, labels } = drawScores(N, d, stream(5, run));
    const delong = delongInterval(scores, labels)!;
    plain += holds(delong, truth);
    logit += holds(logitInterval(delong.auc, delong.standardError), truth);
  }
  const area = `ROC AUC of ${truth.toFixed(3)}: covers`;
  const finding = { rows: String(N), runs: R };
  return [
    { ...finding, what: `DeLong, ${area}`, percent: (100 * plain) / R, from: 0, to: 100 },
    { ...finding, what: `DeLong on the logit scale, ${area}`, percent: (100 * logit) / R, from: 92, to: 97 },
  ];
}

/** The scores of a data set so large, and so evenly spread, that it is as good as all rows there are. */
function truthOf(d: number, excess: number): Record<Score, number> {
  const N = 800_000;
  const labels = Int32Array.from({ length: N }, (_, r) => (r < (3 * N) / 8 ? 1 : 0));
  const positives = (3 * N) / 8;
  const scores = Float64Array.from(labels, (label, r) => {
    const [place, size] = label === 1 ? [r, positives] : [r - positives, N - positives];
    return (label - 0.5) * d + normalQuantile((place + 0.5) / size);
  });
  const rows = classify(scores, labels, d, excess);
  let sum = 0;
  for (const loss of rows.losses) sum += loss;
  const metrics = detailedMetrics(rows.probabilities, labels, CLASSES);
  return {
    ...metrics,
    logLoss: sum / N,
    kappa: metrics.kappa!,
    averagePrecision: metrics.averagePrecision!,
    rocAuc: metrics.rocAuc!,
    ece: excess === 1 ? 0 : metrics.ece,
  };
}

const CHECKS: Readonly<Record<string, () => Finding[]>> = {
  pairs: () => [...pairedTests(120, 4000), ...pairedTests(480, 4000)],
  resampled: () => [...resampledTests(120, 1, 5000), ...resampledTests(120, 10, 5000)],
  shares: () => [...shareIntervals(112, 40_000), ...shareIntervals(480, 20_000)],
  areas: () => [
    ...areaIntervals(120, 2, 10_000),
    ...areaIntervals(120, 3, 10_000),
    ...areaIntervals(480, 3, 10_000),
  ],
  small: () => scoreIntervals(120, 4000, 1.2),
  large: () => scoreIntervals(480, 4000, 1.2),
  calibrated: () => scoreIntervals(480, 1000, 1).filter(({ what }) => what.includes("calibration error")),
};

const chosen = process.argv.slice(2);
for (const name of chosen) {
  if (!(name in CHECKS)) {
    console.error(`expected one of ${Object.keys(CHECKS).join(", ")}, got ${name}`);
    process.exit(64);
  }
}
const findings: Finding[] = [];
for (const [name, check] of Object.entries(CHECKS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const start = performance.now();
  findings.push(...check());
  console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
const isHeld = ({ percent, from, to }: Finding) => percent >= from && percent <= to;
printTable(
  ["what", "rows", "data sets", "%", "bounds", ""],
  findings.map((finding) => [
    finding.what,
    finding.rows,
    String(finding.runs),
    finding.percent.toFixed(2),
    finding.from === 0 && finding.to === 100 ? "none" : `${finding.from} … ${finding.to}`,
    isHeld(finding) ? "" : "out of bounds",
  ]),
);
if (!findings.every(isHeld)) process.exitCode = 1;
