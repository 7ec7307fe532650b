// The contract of the kernels: every loop over numbers that training and prediction need.
// Two implementations keep it and must agree bit for bit in the same precision, so the order of each sum is part
// of the contract. Letters: B rows of a minibatch, I inputs, O outputs of a layer, K classes, n length.

import type { FloatArray, Matrix, Precision } from "../../matrix.ts";
import type { OptimizerOptions } from "../../train/optimizer.ts";
import type { Activation, Network } from "../network.ts";
import type { ThreadHost } from "./threads.ts";

/** What stays the same from step to step of a training run. */
export interface StepPlan {
  /** Its parameters are where training starts, and are overwritten after each run of steps. */
  readonly network: Network;
  /** (N, D), N >= 1 */
  readonly features: Matrix;
  /** (N) */
  readonly labels: Int32Array;
  /** Rows of a minibatch; the last of an epoch may be smaller. */
  readonly batchSize: number;
  /** (K) */
  readonly classWeights: Float64Array;
  readonly labelSmoothing: number;
  readonly optimizer: OptimizerOptions;
  /** Threads to share a step between, as many as are asked for or pay; never a change of bits. */
  readonly threads?: { readonly wanted: number | "auto"; readonly host: ThreadHost };
}

/** Runs the steps of training: forward, loss, backward and update of minibatch after minibatch. */
export interface Stepper {
  /**
   * The steps first … first + count - 1 of an epoch over the rows in `order` (N).
   *
   * @param steps  (count, 3) of each step: learning rate, and 1 - beta1ᵗ and 1 - beta2ᵗ for adam
   * @param losses (count) mean loss of each minibatch before its update, overwritten
   * @param first  0 when left out
   * @returns how many steps were done; fewer than all when the loss of the next, which is in `losses`, is not finite
   */
  run(order: Int32Array, steps: Float64Array, losses: Float64Array, first?: number): number;
  /** Copies of what the optimiser carries from step to step, laid out as the parameters: velocity; both moments of adam. */
  readMoments(): FloatArray[];
  /** Goes on from moments that `readMoments` gave, and from the parameters that the network had at the start. */
  writeMoments(moments: readonly FloatArray[]): void;
  /** Lets go of what only steps need; no more steps follow. */
  finish?(): void;
}

/**
 * Loops over row-major arrays; results come first, then inputs, then sizes.
 *
 * In float32 every single operation on elements is rounded to float32, with no fused multiply-add. Scalar arguments
 * arrive in float64: what depends on them alone (1 - s, 1 - rate·decay, 1 - beta1) is computed in float64 and
 * rounded once, as is each scalar that meets an element. A sum over k starts at its first value or at 0 and
 * adds one term at a time in the stated order.
 *
 * Results are overwritten and must not overlap inputs, except where it is said. Nothing is checked and nothing is
 * allocated: shapes, labels in 0 … K-1 and finite numbers are the caller's word. NaN and +Infinity in logits come
 * out as NaN; a logit of -Infinity has probability 0.
 */
export interface Kernels {
  readonly name: string;
  readonly precision: Precision;
  /** Whole steps at once, where these kernels have a way and the memory; the same bits as the kernels one by one. */
  createStepper?(plan: StepPlan): Stepper | undefined;
  /** A zeroed array that the kernels can work on; nothing else may be passed to them. */
  allocate(length: number): FloatArray;

  /** x (B, D) = the rows of `rows` (·, D) named by order[from … from + B). */
  gather(x: FloatArray, rows: FloatArray, order: Int32Array, from: number, B: number, D: number): void;

  /** z (B, O) = x (B, I) · w (I, O) + b (O): starts at b[o], adds x·w for i = 0 … I-1. */
  denseForward(
    z: FloatArray,
    x: FloatArray,
    w: FloatArray,
    b: FloatArray,
    B: number,
    I: number,
    O: number,
  ): void;
  /** dX (B, I) = dZ (B, O) · wᵀ: starts at 0, adds for o = 0 … O-1. */
  denseBackwardInput(dX: FloatArray, dZ: FloatArray, w: FloatArray, B: number, I: number, O: number): void;
  /** dW (I, O) = xᵀ · dZ and dB (O) = column sums of dZ: start at 0, add for row = 0 … B-1. */
  denseBackwardParameters(
    dW: FloatArray,
    dB: FloatArray,
    x: FloatArray,
    dZ: FloatArray,
    B: number,
    I: number,
    O: number,
  ): void;

  /** a (n) = activation(z). */
  activate(activation: Activation, a: FloatArray, z: FloatArray, n: number): void;
  /** dZ (n) = dA · activation′(z); `a` is activation(z). dZ may be dA. */
  activateBackward(
    activation: Activation,
    dZ: FloatArray,
    dA: FloatArray,
    z: FloatArray,
    a: FloatArray,
    n: number,
  ): void;

  /**
   * p (B, K) = softmax of each row of logits. p may be logits.
   *
   *   top = first index of the maximum;  e[k] = exp(z[k] - z[top]);  rest = Σ e[k] over k ≠ top, k = 0 … K-1
   *   total = e[top] + rest;  p[k] = e[k] / total
   */
  softmax(p: FloatArray, logits: FloatArray, B: number, K: number): void;
  /** p (n) = sigmoid(logits), the sigmoid of `activate`. p may be logits. */
  sigmoid(p: FloatArray, logits: FloatArray, n: number): void;

  /**
   * Softmax cross-entropy with hard labels, fused with its gradient.
   *
   *   -ln p[k]  = (z[top] - z[k]) + log1p(rest)                           top, rest, total as in `softmax`
   *   row loss  = own·(-ln p[y]) + share·Σ w[c]·(-ln p[c])                 own = (1-s)·w[y], share = s / K
   *   dLogits[k] = (own·(p[k] - [k = y]) + (shared·p[k] - share·w[k])) / divisor      shared = share·Σ w
   *
   * 1 - p[y] is rest / total where y = top, so it keeps its digits, else 1 minus the rounded p[y]. The parts with
   * share are left out when s = 0, a term of the loss when its factor is 0.
   *
   * @param labels       (B)
   * @param classWeights (K)
   * @returns the sum of the row losses over `divisor`, both in float64, rows in order
   */
  softmaxCrossEntropy(
    dLogits: FloatArray,
    logits: FloatArray,
    labels: Int32Array,
    classWeights: FloatArray,
    smoothing: number,
    divisor: number,
    B: number,
    K: number,
  ): number;
  /**
   * The same with soft targets t (B, K):  g[k] = w[k]·t′[k],  t′ = (1-s)·t + s/K.
   *
   *   row loss   = Σ g[c]·(-ln p[c]), without the terms where g = 0
   *   dLogits[k] = (all·p[k] - g[k]) / divisor, at top (others - all·(rest / total)) / divisor
   *   others = Σ g[c] over c ≠ top;  all = g[top] + others
   */
  softTargetCrossEntropy(
    dLogits: FloatArray,
    logits: FloatArray,
    targets: FloatArray,
    classWeights: FloatArray,
    smoothing: number,
    divisor: number,
    B: number,
    K: number,
  ): number;
  /**
   * Sigmoid binary cross-entropy of logits (B, K) against targets t (B, K) in [0, 1], fused with its gradient.
   *
   *   up = positive[k]·t,  down = negative[k]·(1-t),  tail = log1p(exp(-|z|))
   *   loss    = up·(max(-z, 0) + tail) + down·(max(z, 0) + tail)
   *   dLogits = (down·sigmoid(z) - up·sigmoid(-z)) / divisor
   *
   * Elements are summed in float64, row by row; divisor and return as above.
   */
  sigmoidBinaryCrossEntropy(
    dLogits: FloatArray,
    logits: FloatArray,
    targets: FloatArray,
    negative: FloatArray,
    positive: FloatArray,
    divisor: number,
    B: number,
    K: number,
  ): number;

  /** Σ g² in float64: four sums over i ≡ 0, 1, 2, 3 (mod 4), then (s0 + s1) + (s2 + s3). */
  sumOfSquares(g: FloatArray, n: number): number;
  /** g (n) = g · factor. */
  scale(g: FloatArray, factor: number, n: number): void;
  /**
   * One SGD step on p[from … from + n): shrink = 1 - rate·decay;
   * d = g + l2·p;  v = momentum·v + d;  u = nesterov ? d + momentum·v : v;  p = p·shrink - rate·u.
   * Where l2 is 0, d is g; where momentum is 0, u is d and v is left alone: exactly, the sign of a zero included.
   */
  sgdUpdate(
    p: FloatArray,
    g: FloatArray,
    v: FloatArray,
    from: number,
    n: number,
    rate: number,
    momentum: number,
    nesterov: boolean,
    l2: number,
    decay: number,
  ): void;
  /**
   * One Adam step on p[from … from + n): d = g + l2·p;  m = beta1·m + (1-beta1)·d;  s = beta2·s + (1-beta2)·d²;
   * p = p·(1 - rate·decay) - rate·(m/correction1) / (√(s/correction2) + epsilon).
   */
  adamUpdate(
    p: FloatArray,
    g: FloatArray,
    m: FloatArray,
    s: FloatArray,
    from: number,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
    l2: number,
    decay: number,
  ): void;
}
