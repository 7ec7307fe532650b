// Numbers that judge the probabilities themselves: log loss, Brier score, top-k accuracy.
// Letters: N rows, K classes. Every sum runs over the rows in their order, in float64.

import { exp, log, log1p } from "../elementary.ts";
import { PulloneError, quote } from "../errors.ts";
import { assertLabels, assertLength, assertProbabilities } from "./labelled.ts";

/** 2⁻⁵², the distance from 1 to the next number: a log loss of one row is then at most 36.04. */
const PROBABILITY_CLIP = 2.220446049250313e-16;

/**
 * Mean log loss in nats of stated probabilities, 0 for a certain and right answer.
 *
 *   mean over rows of  -ln(clip(p[label], 2⁻⁵², 1 - 2⁻⁵²))
 *
 * The clip is there because a probability that was rounded to 0 no longer says how wrong it was; with `clip` 0 such a
 * row makes the mean infinite. Where the logits are at hand, `logLossFromLogits` needs no clip.
 */
export function logLoss(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  clip = PROBABILITY_CLIP,
): number {
  assertProbabilities(probabilities, labels, K);
  let sum = 0;
  for (let r = 0; r < labels.length; r++) {
    const p = probabilities[r * K + labels[r]!]!;
    sum -= log(Math.min(Math.max(p, clip), 1 - clip));
  }
  return sum / labels.length;
}

/**
 * Mean log loss in nats straight from the logits: finite for finite logits of any size, nothing clipped.
 *
 *   softmax head, logits (N, K):  mean of  ln Σₖ exp(z[k]) - z[label]
 *   sigmoid head, logits (N, 1):  mean of  ln(1 + exp(-z)) for label 1,  ln(1 + exp(z)) for label 0
 *
 * The largest logit is taken out first and the rest go through log1p, so a loss far below 1e-16 keeps its digits.
 *
 * @param outputs logits a row: K >= 2 of a softmax, or 1 of a sigmoid node
 *
 * Source: Blanchard, Higham, Higham (2021), Accurately computing the log-sum-exp and softmax functions.
 */
export function logLossFromLogits(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  outputs: number,
): number {
  assertLogits(logits, labels, outputs);
  let sum = 0;
  for (let r = 0; r < labels.length; r++) sum += lossOfRow(logits, labels, outputs, r);
  return sum / labels.length;
}

/** (N) the log loss of each row in nats, whose mean `logLossFromLogits` is. */
export function logLossesFromLogits(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  outputs: number,
): Float64Array {
  assertLogits(logits, labels, outputs);
  const losses = new Float64Array(labels.length);
  for (let r = 0; r < labels.length; r++) losses[r] = lossOfRow(logits, labels, outputs, r);
  return losses;
}

function assertLogits(logits: ArrayLike<number>, labels: ArrayLike<number>, outputs: number): void {
  assertLabels(labels, Math.max(2, outputs));
  assertLength(logits, labels.length * outputs, "logits", `${labels.length} rows of ${outputs} outputs`);
}

function lossOfRow(logits: ArrayLike<number>, labels: ArrayLike<number>, outputs: number, r: number): number {
  return outputs === 1
    ? sigmoidLoss(logits[r]!, labels[r]!)
    : softmaxLoss(logits, r * outputs, labels[r]!, outputs);
}

function softmaxLoss(logits: ArrayLike<number>, at: number, label: number, K: number): number {
  let top = 0;
  for (let k = 1; k < K; k++) if (logits[at + k]! > logits[at + top]!) top = k;
  const largest = logits[at + top]!;
  let others = 0;
  for (let k = 0; k < K; k++) if (k !== top) others += exp(logits[at + k]! - largest);
  return largest - logits[at + label]! + log1p(others);
}

function sigmoidLoss(logit: number, label: number): number {
  const wrongness = label === 1 ? -logit : logit;
  return Math.max(wrongness, 0) + log1p(exp(-Math.abs(logit)));
}

/**
 * Brier score of all classes, 0 … 2, smaller is better; for two classes twice `binaryBrier`.
 *
 *   mean over rows of  Σₖ (p[k] - [k = label])²
 *
 * Source: Brier (1950), Verification of forecasts expressed in terms of probability.
 */
export function brier(probabilities: ArrayLike<number>, labels: ArrayLike<number>, K: number): number {
  assertProbabilities(probabilities, labels, K);
  let sum = 0;
  for (let r = 0; r < labels.length; r++) {
    for (let k = 0; k < K; k++) {
      const error = probabilities[r * K + k]! - (k === labels[r]! ? 1 : 0);
      sum += error * error;
    }
  }
  return sum / labels.length;
}

/** Brier score of two classes by the second alone, 0 … 1: mean of (p[1] - label)². */
export function binaryBrier(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  assertProbabilities(probabilities, labels, 2);
  let sum = 0;
  for (let r = 0; r < labels.length; r++) {
    const error = probabilities[2 * r + 1]! - labels[r]!;
    sum += error * error;
  }
  return sum / labels.length;
}

/** Share of rows whose true class is among the k most probable; of equal probabilities the lower index ranks first. */
export function topKAccuracy(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  K: number,
  k: number,
): number {
  assertProbabilities(probabilities, labels, K);
  if (!(Number.isInteger(k) && k >= 1 && k <= K)) {
    throw new PulloneError("internal", `k: expected a whole number in 1 … ${K}, got ${quote(k)}`);
  }
  let hits = 0;
  for (let r = 0; r < labels.length; r++) {
    const label = labels[r]!;
    const p = probabilities[r * K + label]!;
    let ahead = 0;
    for (let other = 0; other < K; other++) {
      const q = probabilities[r * K + other]!;
      if (q > p || (q === p && other < label)) ahead++;
    }
    if (ahead < k) hits++;
  }
  return hits / labels.length;
}
