// Rows whose true probabilities are known, and what a classifier that overstates them says.
// Letters: N rows, K classes.
import { log } from "../../src/elementary.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import type { Random } from "../../src/random.ts";
import type { ScoredRows } from "../../src/scored.ts";
import { predictedClasses } from "../../src/train/confusion.ts";
import { detailedMetrics } from "../../src/train/metrics.ts";
import { logLossesFromLogits } from "../../src/train/scores.ts";
import { gauss, stream } from "./study.ts";

const KERNELS = referenceKernels("float64");

/** Scores of class k are N(d, 1) on its own rows and N(0, 1) on others; their logits are overstated by `excess`. */
export interface Scene {
  /** (K) rows of each class, in eighths */
  readonly eighths: readonly number[];
  readonly d: number;
  readonly excess: number;
}

export const TWO = [5, 3] as const;
export const THREE = [4, 3, 1] as const;

export function labelsOf(eighths: readonly number[], N: number): Int32Array {
  const ends = eighths.map((_, k) => (N * eighths.slice(0, k + 1).reduce((sum, part) => sum + part, 0)) / 8);
  return Int32Array.from({ length: N }, (_, r) => ends.findIndex((end) => r < end));
}

/** (N, K) scores; of two classes only their difference counts, so the first has none. */
function drawScores(labels: Int32Array, K: number, d: number, random: Random): Float64Array {
  return Float64Array.from({ length: labels.length * K }, (_, i) => {
    const k = i % K;
    const isOwn = labels[Math.floor(i / K)] === k;
    if (K > 2) return (isOwn ? d : 0) + gauss(random);
    return k === 0 ? 0 : (isOwn ? d / 2 : -d / 2) + gauss(random);
  });
}

/** What the classifier says: logit of class k = excess (d score + ln share). */
export function classify(scores: Float64Array, labels: Int32Array, scene: Scene): ScoredRows {
  const K = scene.eighths.length;
  const priors = scene.eighths.map((part) => log(part / 8));
  const logits = scores.map((score, i) => scene.excess * (scene.d * score + priors[i % K]!));
  const probabilities = new Float64Array(logits.length);
  KERNELS.softmax(probabilities, logits, labels.length, K);
  return {
    classes: priors.map((_, k) => `class ${k}`),
    labels,
    predicted: predictedClasses(probabilities, labels.length, K),
    probabilities,
    losses: logLossesFromLogits(logits, labels, K),
  };
}

export function drawRows(scene: Scene, N: number, random: Random): ScoredRows {
  const labels = labelsOf(scene.eighths, N);
  return classify(drawScores(labels, scene.eighths.length, scene.d, random), labels, scene);
}

const MANY = 400_000;

/** The scores on so many rows that they are as good as all there are; a model that overstates nothing errs by nothing. */
export function truthOf(scene: Scene) {
  const rows = drawRows(scene, MANY, stream(0, Math.round(1000 * scene.d * scene.excess)));
  let sum = 0;
  for (const loss of rows.losses) sum += loss;
  const metrics = detailedMetrics(rows.probabilities, rows.labels, rows.classes);
  return { ...metrics, logLoss: sum / MANY, ece: scene.excess === 1 ? 0 : metrics.ece };
}
