// Probabilities that mean what they say: scales and shifts of the logits, learnt on rows that trained nothing.
// Letters: N rows, K classes, Z logits a row: K of a softmax head, 1 of a sigmoid head.

import { exp } from "../elementary.ts";
import { PulloneError } from "../errors.ts";
import { assertLength } from "./labelled.ts";
import { logLossFromLogits } from "./scores.ts";
import { fitVectorScaling } from "./vectorscaling.ts";

export type CalibrationMethod = "temperature" | "vector";

/** What becomes of the logits before they become probabilities; plain data. */
export type Calibration =
  | {
      readonly method: "temperature";
      /** Above 1 it takes confidence away, below 1 it adds some. */
      readonly temperature: number;
    }
  | {
      readonly method: "vector";
      /** (Z) */
      readonly scales: readonly number[];
      /** (Z) */
      readonly biases: readonly number[];
    };

/**
 * Learns a calibration from rows that trained nothing; their log loss never rises by it.
 *
 * @param logits (N, Z) of the network itself, finite
 * @param labels (N) class indices
 * @throws {PulloneError} data_invalid where no temperature is best, see `fitTemperature`
 */
export function fitCalibration(
  method: CalibrationMethod,
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  Z: number,
): Calibration {
  assertLength(logits, labels.length * Z, "logits", `${labels.length} rows of ${Z} logits`);
  return method === "temperature"
    ? { method, temperature: fitTemperature(logits, labels, Z) }
    : noWorse({ method, ...fitVectorScaling(logits, labels, Z) }, logits, labels, Z);
}

/**
 * The logits that the probabilities come from, in float64.
 *
 *   temperature: z / T      vector: scales ⊙ z + biases
 *
 * One temperature keeps the order of the logits of a row, so it changes no predicted class.
 */
export function calibrateLogits(
  calibration: Calibration,
  logits: ArrayLike<number>,
  Z: number,
): Float64Array {
  const calibrated = Float64Array.from(logits);
  if (calibration.method === "temperature") {
    for (let i = 0; i < calibrated.length; i++) calibrated[i]! /= calibration.temperature;
    return calibrated;
  }
  const { scales, biases } = calibration;
  for (let i = 0; i < calibrated.length; i++) {
    calibrated[i] = scales[i % Z]! * calibrated[i]! + biases[i % Z]!;
  }
  return calibrated;
}

const MOST_STEPS = 200;
/** Newton ends when it moves 1/T by less than this share of it. */
const TOLERANCE = 1e-13;

/**
 * The temperature T that makes the log loss of softmax(z / T) least.
 *
 *   f(s) = mean of  ln Σₖ exp(s·z[k]) − s·z[y],  s = 1/T;  f′ = mean of  Σ p·z − z[y],  f″ = mean variance of z under p
 *
 * f is convex in s, so Newton within a bracket of f′, by halves where it would leave it, finds the one minimum. It
 * lies at a T above 0 and below ∞ when a row is wrong and yet the logits, on average, speak for the truth.
 *
 * @returns 1 where rounding is all there is to gain
 * @throws {PulloneError} data_invalid when every row is right (the smaller T the better), and when the logits say no
 *   more of these rows than equal probabilities would (the larger the better)
 *
 * Source: Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks.
 */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>, Z: number): number {
  const N = labels.length;
  if (slope(logits, labels, Z, Infinity).first <= 0) {
    throw new PulloneError(
      "data_invalid",
      `calibration: expected a row that the model gets wrong, got ${N} rows, all right`,
      "the best temperature would be 0, certainty: calibrate on more rows, or with --method vector",
    );
  }
  if (slope(logits, labels, Z, 0).first >= 0) {
    throw new PulloneError(
      "data_invalid",
      `calibration: expected logits that tell something of the ${N} rows, got none better than equal probabilities`,
      "no temperature helps a model that is wrong about these rows: are the labels right?",
    );
  }
  let low = 0;
  let high = 1;
  while (slope(logits, labels, Z, high).first < 0) {
    low = high;
    high *= 2;
  }
  let s = low === 0 ? high : (low + high) / 2;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { first, second } = slope(logits, labels, Z, s);
    if (first < 0) low = s;
    else high = s;
    const newton = s - first / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - s);
    s = next;
    if (moved <= TOLERANCE * s) break;
  }
  const found = noWorse({ method: "temperature", temperature: 1 / s }, logits, labels, Z);
  return found.temperature;
}

/** The calibration, or one that changes nothing where rounding is all there is to gain. */
function noWorse<C extends Calibration>(
  calibration: C,
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  Z: number,
): C {
  const after = logLossFromLogits(calibrateLogits(calibration, logits, Z), labels, Z);
  if (after < logLossFromLogits(logits, labels, Z)) return calibration;
  if (calibration.method === "temperature") return { ...calibration, temperature: 1 };
  const { scales, biases } = calibration;
  return { ...calibration, scales: scales.map(() => 1), biases: biases.map(() => 0) };
}

/** f′(s) and f″(s); at s = ∞ the limit of f′, the mean of max z − z[y]. */
function slope(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  Z: number,
  s: number,
): { readonly first: number; readonly second: number } {
  const N = labels.length;
  let first = 0;
  let second = 0;
  for (let r = 0; r < N; r++) {
    // A sigmoid node is a softmax over the logits 0 and z.
    const logit = (k: number) => (Z > 1 ? logits[r * Z + k]! : k === 0 ? 0 : logits[r]!);
    const K = Math.max(Z, 2);
    let top = logit(0);
    for (let k = 1; k < K; k++) top = Math.max(top, logit(k));
    let total = 0;
    let mean = 0;
    let square = 0;
    for (let k = 0; k < K; k++) {
      const u = logit(k) - top;
      const weight = u === 0 ? 1 : exp(s * u);
      total += weight;
      mean += weight * u;
      square += weight * u * u;
    }
    if (s === Infinity) mean = 0;
    mean /= total;
    first += mean - (logit(labels[r]!) - top);
    second += square / total - mean * mean;
  }
  return { first: first / N, second: second / N };
}
