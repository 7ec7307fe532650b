// A scale and a shift for each logit, by Newton's method on a convex log loss.
// Letters: N rows, K classes, Z logits a row, P parameters: Z scales, then Z biases.

import { exp, log1p } from "../elementary.ts";
import { PulloneError } from "../errors.ts";

/** The Hessian has (2K)² numbers. */
const MOST_CLASSES = 100;
const MOST_STEPS = 100;
/** Newton ends when no component of the gradient is above this. */
const TOLERANCE = 1e-10;
/** Variance of the normal prior of each scale around 1 and each bias around 0. */
const PRIOR_VARIANCE = 1;

/**
 * Scales s and biases b of the logits.
 *
 *   f = mean over rows of  ln Σₖ exp(s[k]·z[k] + b[k]) − (s[y]·z[y] + b[y])  +  (Σ (s − 1)² + Σ b²) / 2N
 *
 * The second part is a normal prior with variance 1: it keeps the minimum finite where few rows are told apart without
 * error, settles the shift that all biases could share, and fades as 1/N. It is 0 at the start, s = 1 and b = 0, so the
 * log loss itself never rises. Newton's method with the damping of Levenberg and Marquardt, to a gradient of 1e-10.
 *
 * @throws {PulloneError} data_invalid for more than 100 classes
 *
 * Source: Guo, Pleiss, Sun, Weinberger (2017), 4.2; Marquardt (1963) for the damping.
 */
export function fitVectorScaling(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  Z: number,
): { readonly scales: number[]; readonly biases: number[] } {
  if (Z > MOST_CLASSES) {
    throw new PulloneError(
      "data_invalid",
      `calibration: expected at most ${MOST_CLASSES} classes for vector scaling, got ${Z}`,
      "use --method temperature",
    );
  }
  const P = 2 * Z;
  let now = objective(logits, labels, Z, start(Z));
  let damping = 1e-3;
  for (let step = 0; step < MOST_STEPS && largest(now.gradient) > TOLERANCE; step++) {
    const move = solve(now.hessian, now.gradient, damping, P);
    const next = objective(
      logits,
      labels,
      Z,
      now.theta.map((value, i) => value - move[i]!),
    );
    // Near the minimum the loss no longer tells which point is better, the gradient does.
    const better =
      next.value < now.value || (next.value === now.value && largest(next.gradient) < largest(now.gradient));
    if (!better && damping > 1e6) break;
    damping = better ? damping / 10 : damping * 10;
    if (better) now = next;
  }
  return {
    scales: Array.from(now.theta.subarray(0, Z)),
    biases: Array.from(now.theta.subarray(Z), (b) => b + 0),
  };
}

function start(Z: number): Float64Array {
  return new Float64Array(2 * Z).fill(1, 0, Z);
}

interface Point {
  readonly theta: Float64Array;
  readonly value: number;
  /** (P) */
  readonly gradient: Float64Array;
  /** (P, P) */
  readonly hessian: Float64Array;
}

/** f at theta with both derivatives; a sigmoid node is a softmax over the logits 0 and z, and 0 stays as it is. */
function objective(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  Z: number,
  theta: Float64Array,
): Point {
  const N = labels.length;
  const P = 2 * Z;
  const first = Z === 1 ? 1 : 0; // the class of the first logit
  const gradient = new Float64Array(P);
  const hessian = new Float64Array(P * P);
  const scaled = new Float64Array(Z + first);
  const p = new Float64Array(Z + first);
  const dOf = new Float64Array(P);
  let value = 0;
  for (let r = 0; r < N; r++) {
    for (let k = 0; k < Z; k++) {
      const z = logits[r * Z + k]!;
      scaled[k + first] = theta[k]! * z + theta[Z + k]!;
      dOf[k] = z;
      dOf[Z + k] = 1;
    }
    value += softmaxLoss(p, scaled, labels[r]!);
    for (let i = 0; i < P; i++) {
      const k = (i % Z) + first;
      gradient[i]! += (p[k]! - (labels[r] === k ? 1 : 0)) * dOf[i]!;
      for (let j = 0; j <= i; j++) {
        const l = (j % Z) + first;
        hessian[i * P + j]! += p[k]! * ((k === l ? 1 : 0) - p[l]!) * dOf[i]! * dOf[j]!;
      }
    }
  }
  value /= N;
  const prior = 1 / (PRIOR_VARIANCE * N);
  for (let i = 0; i < P; i++) {
    const off = theta[i]! - (i < Z ? 1 : 0);
    value += (prior * off * off) / 2;
    gradient[i] = gradient[i]! / N + prior * off;
    for (let j = 0; j <= i; j++) hessian[i * P + j]! /= N;
    hessian[i * P + i]! += prior;
  }
  return { theta, value, gradient, hessian };
}

/** p = softmax(z), and -ln p[label]. */
function softmaxLoss(p: Float64Array, z: Float64Array, label: number): number {
  let top = 0;
  for (let k = 1; k < z.length; k++) if (z[k]! > z[top]!) top = k;
  let others = 0;
  for (let k = 0; k < z.length; k++) {
    p[k] = k === top ? 1 : exp(z[k]! - z[top]!);
    if (k !== top) others += p[k]!;
  }
  for (let k = 0; k < z.length; k++) p[k]! /= 1 + others;
  return z[top]! - z[label]! + log1p(others);
}

/** Solves (H + damping·diag H) x = g by Cholesky's factors; only the lower half of H is read. */
function solve(hessian: Float64Array, gradient: Float64Array, damping: number, P: number): Float64Array {
  const factor = hessian.slice();
  for (let i = 0; i < P; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = factor[i * P + j]! * (i === j ? 1 + damping : 1);
      for (let k = 0; k < j; k++) sum -= factor[i * P + k]! * factor[j * P + k]!;
      factor[i * P + j] = i === j ? Math.sqrt(sum) : sum / factor[j * P + j]!;
    }
  }
  const x = gradient.slice();
  for (let i = 0; i < P; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * P + k]! * x[k]!;
    x[i]! /= factor[i * P + i]!;
  }
  for (let i = P - 1; i >= 0; i--) {
    for (let k = i + 1; k < P; k++) x[i]! -= factor[k * P + i]! * x[k]!;
    x[i]! /= factor[i * P + i]!;
  }
  return x;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
