// The losses for library users: plain arrays of numbers, float64, logits always. The reference kernels do the work.
// Letters: N rows, K classes (of the sigmoid loss: independent outputs).

import { referenceKernels } from "./kernels/reference.ts";
import {
  asGiven,
  assertOptions,
  type NumberRow,
  type NumberRows,
  readDistributions,
  readLabels,
  readNumbers,
  readRows,
  readWeights,
  refusal,
} from "./numbers.ts";

type Reduction = "mean" | "sum" | "none";

export interface CrossEntropyOptions<R extends Reduction = Reduction> {
  /** (K), finite and not negative; 1 each when left out. */
  readonly classWeights?: NumberRow | null;
  /** s in [0, 1], 0 when left out: the targets become (1-s)·t + s/K. */
  readonly labelSmoothing?: number;
  /** "mean" when left out; "none" gives each row's loss, and the gradient of their sum. */
  readonly reduction?: R;
}

export interface BinaryCrossEntropyOptions<R extends Reduction = Reduction> {
  /** What a target of 1 weighs, for all outputs or (K); 1 when left out. */
  readonly positiveWeight?: number | NumberRow | null;
  /** "mean" when left out: over N·K, whatever the weights; "none" gives each element's loss. */
  readonly reduction?: R;
}

/** A loss in nats, and its gradient with respect to the logits, in their shape. */
export interface LossAndGradient<Loss, Gradient> {
  readonly loss: Loss;
  readonly gradient: Gradient;
}

const kernels = referenceKernels("float64");

function readReduction(reduction: Reduction = "mean"): Reduction {
  if (["mean", "sum", "none"].includes(reduction)) return reduction;
  throw refusal("reduction", '"mean", "sum" or "none"', reduction);
}

/**
 * The probabilities of one row of logits: p[k] = exp(z[k]) / Σ exp(z).
 *
 * @throws {PulloneError} data_invalid: no logits, or one that is not finite
 */
export function softmax(logits: NumberRow): number[] {
  const z = readNumbers("logits", logits);
  kernels.softmax(z, z, 1, z.length);
  return Array.from(z);
}

/**
 * ln Σ exp(z) of one row, exact where exp(z) would overflow.
 *
 * @throws {PulloneError} data_invalid: no logits, or one that is not finite
 */
export function logSumExp(logits: NumberRow): number {
  const { peak, logTotal } = normaliser(readNumbers("logits", logits));
  return peak + logTotal;
}

/**
 * ln softmax of one row, finite where the probability itself would be 0: z[k] - ln Σ exp(z).
 *
 * @throws {PulloneError} data_invalid: no logits, or one that is not finite
 */
export function logSoftmax(logits: NumberRow): number[] {
  const z = readNumbers("logits", logits);
  const { peak, logTotal } = normaliser(z);
  return Array.from(z, (value) => value - peak - logTotal);
}

/** max z and ln Σ exp(z - max z), which is the loss of the most probable class. */
function normaliser(z: Float64Array): { peak: number; logTotal: number } {
  const top = z.indexOf(z.reduce((a, b) => Math.max(a, b)));
  const ones = new Float64Array(z.length).fill(1);
  const gradient = new Float64Array(z.length);
  const logTotal = kernels.softmaxCrossEntropy(gradient, z, Int32Array.of(top), ones, 0, 1, 1, z.length);
  return { peak: z[top]!, logTotal };
}

/**
 * The Jacobian of softmax (K, K): dp[i]/dz[j] = p[i]·([i = j] - p[j]), that is diag(p) - p·pᵀ.
 *
 * On the diagonal 1 - p[i] is taken as the sum of the others, which keeps the digits of a nearly sure class.
 *
 * @throws {PulloneError} data_invalid: no logits, or one that is not finite
 */
export function softmaxJacobian(logits: NumberRow): number[][] {
  const p = softmax(logits);
  return p.map((pi, i) => {
    const others = p.reduce((sum, pj, j) => (j === i ? sum : sum + pj), 0);
    return p.map((pj, j) => (j === i ? pi * others : -pi * pj));
  });
}

/**
 * Softmax cross-entropy from logits, and its gradient; the definitions of torch.nn.CrossEntropyLoss.
 *
 *   row loss  hard: (1-s)·w[y]·(-ln p[y]) + (s/K)·Σ w[c]·(-ln p[c])      soft: Σ w[c]·t′[c]·(-ln p[c])
 *   mean      hard: divided by Σ w[y] over the rows                       soft: divided by N
 *   gradient  p - onehot(y) for a row without weights and smoothing
 *
 * @param logits  one row (K) or rows (N, K), finite, of any size
 * @param targets for one row a class or probabilities (K); for rows classes (N) or probabilities (N, K)
 * @throws {PulloneError} data_invalid: ragged, not finite, a class out of range, a target row whose sum is not 1
 *
 * Source: Goodfellow, Bengio, Courville, Deep Learning (2016), 6.2.2.3; Szegedy and others (2016) for smoothing.
 */
export function softmaxCrossEntropy(
  logits: NumberRow,
  target: number | NumberRow,
  options?: CrossEntropyOptions,
): LossAndGradient<number, number[]>;
export function softmaxCrossEntropy(
  logits: NumberRows,
  targets: NumberRow | NumberRows,
  options?: CrossEntropyOptions<"mean" | "sum">,
): LossAndGradient<number, number[][]>;
export function softmaxCrossEntropy(
  logits: NumberRows,
  targets: NumberRow | NumberRows,
  options: CrossEntropyOptions<"none">,
): LossAndGradient<number[], number[][]>;
export function softmaxCrossEntropy(
  logits: NumberRows,
  targets: NumberRow | NumberRows,
  options?: CrossEntropyOptions,
): LossAndGradient<number | number[], number[][]>;
export function softmaxCrossEntropy(
  logits: NumberRow | NumberRows,
  targets: number | NumberRow | NumberRows,
  options: CrossEntropyOptions = {},
): LossAndGradient<number | number[], number[] | number[][]> {
  assertOptions(options, ["classWeights", "labelSmoothing", "reduction"]);
  const z = readRows("logits", logits);
  const { N, K } = z;
  const reduction = readReduction(options.reduction);
  const smoothing = options.labelSmoothing ?? 0;
  if (!(smoothing >= 0 && smoothing <= 1)) throw refusal("labelSmoothing", "a number from 0 to 1", smoothing);
  const weights = readWeights("classWeights", options.classWeights, K);

  const goal = z.single ? [targets as number | NumberRow] : (targets as NumberRow | NumberRows);
  const soft =
    Array.isArray(goal) && Array.isArray(goal[0])
      ? readDistributions("targets", goal as NumberRows, N, K)
      : null;
  const labels = soft === null ? readLabels("targets", goal as NumberRow, N, K) : new Int32Array(N);
  const divisor = reduction !== "mean" ? 1 : soft ? N : labels.reduce((sum, y) => sum + weights[y]!, 0);
  if (divisor === 0) throw refusal("classWeights", "a positive weight for some target, to take the mean", 0);

  const dLogits = new Float64Array(N * K);
  const pass = (from: number, rows: number) => {
    const [at, end] = [from * K, (from + rows) * K];
    const [d, l] = [dLogits.subarray(at, end), z.values.subarray(at, end)];
    return soft === null
      ? kernels.softmaxCrossEntropy(d, l, labels.subarray(from), weights, smoothing, divisor, rows, K)
      : kernels.softTargetCrossEntropy(d, l, soft.subarray(at, end), weights, smoothing, divisor, rows, K);
  };
  const perRow = reduction === "none" && !z.single;
  const loss = perRow ? Array.from({ length: N }, (_, row) => pass(row, 1)) : pass(0, N);
  return { loss, gradient: asGiven(z, dLogits) };
}

/**
 * Sigmoid binary cross-entropy from logits, and its gradient; the definitions of torch.nn.BCEWithLogitsLoss.
 *
 *   loss     = w·t·softplus(-z) + (1-t)·softplus(z),  w the positive weight;  mean over N·K
 *   gradient = (1-t)·sigmoid(z) - w·t·sigmoid(-z)
 *
 * @param logits  (K) or (N, K), finite, of any size
 * @param targets of the same shape, from 0 to 1
 * @throws {PulloneError} data_invalid: ragged, not finite, a target outside 0 … 1
 */
export function sigmoidBinaryCrossEntropy(
  logits: NumberRow,
  targets: NumberRow,
  options?: BinaryCrossEntropyOptions<"mean" | "sum">,
): LossAndGradient<number, number[]>;
export function sigmoidBinaryCrossEntropy(
  logits: NumberRow,
  targets: NumberRow,
  options: BinaryCrossEntropyOptions<"none">,
): LossAndGradient<number[], number[]>;
export function sigmoidBinaryCrossEntropy(
  logits: NumberRows,
  targets: NumberRows,
  options?: BinaryCrossEntropyOptions<"mean" | "sum">,
): LossAndGradient<number, number[][]>;
export function sigmoidBinaryCrossEntropy(
  logits: NumberRows,
  targets: NumberRows,
  options: BinaryCrossEntropyOptions<"none">,
): LossAndGradient<number[][], number[][]>;
export function sigmoidBinaryCrossEntropy(
  logits: NumberRow | NumberRows,
  targets: NumberRow | NumberRows,
  options?: BinaryCrossEntropyOptions,
): LossAndGradient<number | number[] | number[][], number[] | number[][]>;
export function sigmoidBinaryCrossEntropy(
  logits: NumberRow | NumberRows,
  targets: NumberRow | NumberRows,
  options: BinaryCrossEntropyOptions = {},
): LossAndGradient<number | number[] | number[][], number[] | number[][]> {
  assertOptions(options, ["positiveWeight", "reduction"]);
  const z = readRows("logits", logits);
  const { N, K } = z;
  const t = readRows("targets", targets);
  if (t.single !== z.single || t.N !== N || t.K !== K) {
    throw refusal("targets", `the shape of the logits, ${N} by ${K}`, `${t.N} by ${t.K}`);
  }
  const outside = t.values.find((value) => !(value >= 0 && value <= 1));
  if (outside !== undefined) throw refusal("targets", "numbers from 0 to 1", outside);
  const reduction = readReduction(options.reduction);
  const weight = options.positiveWeight;
  const positive = readWeights(
    "positiveWeight",
    typeof weight === "number" ? Array(K).fill(weight) : weight,
    K,
  );
  const negative = new Float64Array(K).fill(1);

  const divisor = reduction === "mean" ? N * K : 1;
  const dLogits = new Float64Array(N * K);
  const pass = (at: number, rows: number, columns: number) => {
    const [d, l, goal] = [dLogits, z.values, t.values].map((array) => array.subarray(at));
    const up = positive.subarray(at % K);
    return kernels.sigmoidBinaryCrossEntropy(d!, l!, goal!, negative, up, divisor, rows, columns);
  };
  const each = () => z.values.map((_, i) => pass(i, 1, 1));
  const loss = reduction === "none" ? asGiven(z, each()) : pass(0, N, K);
  return { loss, gradient: asGiven(z, dLogits) };
}
