// One sigmoid node beside two softmax nodes: 38 pairs of runs of 200 steps against PyTorch 1.13 in float64, each
// repeated in mpmath with 50 digits (test/golden/equivalence.json).
import { describe, expect, test } from "vitest";
import {
  allocateWorkspace,
  backward,
  forward,
  probabilities,
  type Workspace,
} from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { type ActivationKind, createNetwork, type Head, type Network } from "../../src/model/network.ts";
import { headRowSums } from "../../src/train/invariants.ts";
import {
  allocateOptimizer,
  type OptimizerOptions,
  optimizerStep,
  stepNumbers,
} from "../../src/train/optimizer.ts";
import { learningRateAt, type Schedule } from "../../src/train/schedule.ts";
import { expectClose, golden } from "../golden.ts";

/** Weights are [output][input], layer by layer; ours are (I, O). */
interface Parameters {
  readonly weights: readonly (readonly (readonly number[])[])[];
  readonly biases: readonly (readonly number[])[];
}
interface Settings {
  readonly optimizer: "sgd" | "adam" | "adamw";
  readonly lr: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weight_decay?: number;
  readonly decoupled_weight_decay?: number;
  readonly clip_norm?: number;
  readonly cosine?: boolean;
  readonly reduction?: "mean" | "sum";
  readonly pos_weight?: number;
  readonly class_weights?: readonly [number, number];
  readonly target_smoothing?: number;
  readonly label_smoothing?: number;
  readonly split?: Split;
  readonly head_lr_multiplier?: number;
  readonly head_decay_multiplier?: number;
  readonly head_norm_multiplier?: number;
  readonly head_gradient_multiplier?: number;
  readonly logit_scale?: number;
  readonly freeze_row_0?: boolean;
}
type Split = "antisymmetric" | "reference" | "random";
interface HeadParameters {
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}
interface Pair {
  readonly id: string;
  readonly note: string;
  readonly identical_in_exact_arithmetic: boolean;
  readonly sigmoid: Settings;
  readonly softmax: Settings;
  readonly softmax_head_initial: HeadParameters;
  readonly loss_sigmoid: readonly number[];
  readonly loss_softmax: readonly number[];
  readonly checkpoints: readonly number[];
  readonly max_probability_difference_at_checkpoints: readonly number[];
  readonly max_probability_difference: number;
  readonly max_probability_difference_exact: number;
  readonly first_step_ratio: number;
  readonly final_effective_head_difference: number;
  readonly final_sigmoid: Parameters;
  readonly final_softmax: Parameters;
}
interface Problem {
  readonly id: string;
  readonly hidden: readonly number[];
  readonly hidden_activations: readonly ActivationKind[];
  readonly inputs: number;
  readonly body: Parameters;
  readonly sigmoid_head: HeadParameters;
  readonly x: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly batches: readonly (readonly number[])[];
  readonly initial_probabilities: readonly number[];
  readonly pairs: readonly Pair[];
}
interface Matched {
  readonly problem: string;
  readonly split: Split;
  readonly max_difference_float64: number;
}

const file = golden<{ problems: Problem[]; matched_initial: Matched[] }>("equivalence");
const tolerance = { rtol: 1e-12, atol: 1e-12 };
const IDENTICAL = 1e-12;
const STEPS = 200;
const kernels = referenceKernels("float64");

function flat({ weights, biases }: Parameters): number[] {
  return weights.flatMap((layer, l) => [
    ...layer[0]!.flatMap((_, i) => layer.map((row) => row[i]!)),
    ...biases[l]!,
  ]);
}

function networkOf(problem: Problem, head: Head, headParameters: HeadParameters): Network {
  const network = createNetwork(kernels, {
    inputs: problem.inputs,
    hidden: problem.hidden.map((units, l) => ({
      units,
      activation: { kind: problem.hidden_activations[l]!, alpha: 1 },
    })),
    head,
    classes: 2,
  });
  const weights = [...problem.body.weights, headParameters.weights];
  network.parameters.set(flat({ weights, biases: [...problem.body.biases, headParameters.biases] }));
  return network;
}

function optimizerOf(settings: Settings): OptimizerOptions {
  return {
    kind: settings.optimizer,
    momentum: settings.momentum ?? 0,
    nesterov: settings.nesterov ?? false,
    beta1: settings.beta1 ?? 0,
    beta2: settings.beta2 ?? 0,
    epsilon: settings.epsilon ?? 0,
    l2: settings.weight_decay ?? 0,
    weightDecay: settings.decoupled_weight_decay ?? 0,
    decayBiases: true,
    // A norm that weighs the head in its own way is taken in `clipWeighted`.
    clipNorm: settings.head_norm_multiplier === undefined ? (settings.clip_norm ?? null) : null,
    clipEpsilon: 0,
    headLearningRateFactor: settings.head_lr_multiplier ?? 1,
    headL2Factor: settings.head_decay_multiplier ?? 1,
  };
}

interface Run {
  readonly network: Network;
  /** Loss of the minibatch before each step. */
  readonly losses: number[];
  /** After 0 … 200 steps: probability of class 1 of every row. */
  readonly probabilities: Float64Array[];
  /** After 0 … 200 steps: what the net computes with, `w1 - w0` scaled, or w; weights, then the bias. */
  readonly effective: Float64Array[];
  /** After 0 … 200 steps: the sums over the rows of the head. */
  readonly sums: Float64Array[];
}

/** The sigmoid's loss and gradient, or the softmax's, with every extra of the file; fills `workspace.dLogits`. */
function lossOf(settings: Settings, network: Network, workspace: Workspace, labels: Int32Array): number {
  const B = labels.length;
  const scale = settings.logit_scale ?? 1;
  if (network.shape.head === "softmax") {
    const weights = Float64Array.from(settings.class_weights ?? [1, 1]);
    const divisor =
      settings.reduction === "sum" ? 1 : labels.reduce((sum, label) => sum + weights[label]!, 0);
    const logits = workspace.logits.map((z) => z * scale);
    const smoothing = settings.label_smoothing ?? 0;
    const { dLogits } = workspace;
    const loss = kernels.softmaxCrossEntropy(dLogits, logits, labels, weights, smoothing, divisor, B, 2);
    kernels.scale(dLogits, scale, 2 * B);
    return loss;
  }
  const smoothing = settings.target_smoothing ?? 0;
  const targets = Float64Array.from(labels, (label) => label * (1 - smoothing) + smoothing / 2);
  const positive = Float64Array.of(settings.pos_weight ?? 1);
  const one = Float64Array.of(1);
  const divisor = settings.reduction === "sum" ? 1 : B;
  const { dLogits, logits } = workspace;
  return kernels.sigmoidBinaryCrossEntropy(dLogits, logits, targets, one, positive, divisor, B, 1);
}

/** What the optimiser of the library has no key for: gradients of the head scaled, frozen, weighed in the norm. */
function alterGradients(settings: Settings, gradients: Network): void {
  const head = gradients.layers.at(-1)!;
  const parts = [head.weights, head.biases];
  for (const part of parts) kernels.scale(part, settings.head_gradient_multiplier ?? 1, part.length);
  if (settings.freeze_row_0) {
    for (const part of parts) for (let i = 0; i < part.length; i += 2) part[i] = 0;
  }
  if (settings.head_norm_multiplier === undefined) return;
  const all = kernels.sumOfSquares(gradients.parameters, gradients.parameters.length);
  const ofHead = parts.reduce((sum, part) => sum + kernels.sumOfSquares(part, part.length), 0);
  const norm = Math.sqrt(all - ofHead + settings.head_norm_multiplier * ofHead);
  const factor = settings.clip_norm! / norm;
  if (factor < 1) kernels.scale(gradients.parameters, factor, gradients.parameters.length);
}

function runOf(problem: Problem, network: Network, settings: Settings): Run {
  const N = problem.x.length;
  const everyRow = problem.x.flat();
  const options = optimizerOf(settings);
  const optimizer = allocateOptimizer(kernels, network, options);
  const workspace = allocateWorkspace(kernels, network.shape, N);
  const isSoftmax = network.shape.head === "softmax";
  const scale = settings.logit_scale ?? 1;
  const schedule: Schedule = {
    ...{ every: 1, factor: 1, minimum: 0, warmup: 0, warmupFactor: 0, length: STEPS },
    kind: settings.cosine ? "cosine" : "constant",
  };
  const run: Run = { network, losses: [], probabilities: [], effective: [], sums: [] };
  const record = () => {
    workspace.activations[0]!.set(everyRow);
    const logits = forward(kernels, network, workspace, N).map((z) => z * scale);
    const p = new Float64Array(2 * N);
    probabilities(kernels, network, p, logits, N);
    run.probabilities.push(Float64Array.from({ length: N }, (_, r) => p[2 * r + 1]!));
    const { weights, biases } = network.layers.at(-1)!;
    const head = Float64Array.of(...weights, ...biases);
    run.effective.push(
      isSoftmax
        ? Float64Array.from({ length: head.length / 2 }, (_, i) => (head[2 * i + 1]! - head[2 * i]!) * scale)
        : head,
    );
    run.sums.push(headRowSums(network));
  };

  record();
  problem.batches.forEach((rows, step) => {
    workspace.activations[0]!.set(rows.flatMap((row) => problem.x[row]!));
    const labels = Int32Array.from(rows, (row) => problem.targets[row]!);
    forward(kernels, network, workspace, rows.length);
    run.losses.push(lossOf(settings, network, workspace, labels));
    backward(kernels, network, workspace, rows.length);
    alterGradients(settings, workspace.gradients);
    const numbers = stepNumbers(options, learningRateAt(schedule, settings.lr, step), step);
    const { parameters } = workspace.gradients;
    optimizerStep(kernels, optimizer, network.parameters, parameters, numbers);
    record();
  });
  return run;
}

const softmaxRuns = new Map<Pair, Run>();

/** The softmax side of a pair, run once. */
function softmaxRunOf(problem: Problem, pair: Pair): Run {
  const known = softmaxRuns.get(pair);
  if (known) return known;
  const run = runOf(problem, networkOf(problem, "softmax", pair.softmax_head_initial), pair.softmax);
  softmaxRuns.set(pair, run);
  return run;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

/** The softmax head whose difference of rows is `head`. */
function splitHead(head: HeadParameters, split: Split): HeadParameters {
  const halves = (w: number): [number, number] => {
    if (split === "antisymmetric") return [-w / 2, w / 2];
    if (split === "reference") return [0, w];
    const r = 0.37 * (w + 1);
    return [r, r + w];
  };
  const pairs = head.weights[0]!.map(halves);
  return { weights: [0, 1].map((k) => pairs.map((pair) => pair[k]!)), biases: halves(head.biases[0]!) };
}

test("the file holds 3 problems, 9 matched starts and 38 pairs, and all of them are run below", () => {
  expect(file.problems).toHaveLength(3);
  expect(file.matched_initial).toHaveLength(9);
  expect(file.problems.flatMap(({ pairs }) => pairs)).toHaveLength(38);
});

test.each(file.matched_initial)(
  "$problem, $split split: one function before any step, within 1e-15",
  ({ problem: id, split }) => {
    const problem = file.problems.find((candidate) => candidate.id === id)!;
    const start = (network: Network) =>
      runOf({ ...problem, batches: [] }, network, { optimizer: "sgd", lr: 0 }).probabilities[0]!;
    const sigmoid = start(networkOf(problem, "sigmoid", problem.sigmoid_head));
    const softmax = start(networkOf(problem, "softmax", splitHead(problem.sigmoid_head, split)));
    expectClose(sigmoid, problem.initial_probabilities, { rtol: 1e-12, atol: 1e-15 }, "sigmoid");
    expectClose(softmax, problem.initial_probabilities, { rtol: 1e-12, atol: 1e-15 }, "softmax");
    expect(largestDifference(sigmoid, softmax)).toBeLessThan(1e-15);
  },
);

describe.each(file.problems)("$id", (problem) => {
  test.each(problem.pairs)("$id: both nets as recorded within 1e-12 over 200 steps", (pair) => {
    const sigmoid = runOf(problem, networkOf(problem, "sigmoid", problem.sigmoid_head), pair.sigmoid);
    const softmax = softmaxRunOf(problem, pair);

    expectClose(sigmoid.losses, pair.loss_sigmoid, tolerance, "loss, sigmoid");
    expectClose(softmax.losses, pair.loss_softmax, tolerance, "loss, softmax");
    expectClose(sigmoid.network.parameters, flat(pair.final_sigmoid), tolerance, "end, sigmoid");
    expectClose(softmax.network.parameters, flat(pair.final_softmax), tolerance, "end, softmax");

    const differences = sigmoid.probabilities.map((p, step) =>
      largestDifference(p, softmax.probabilities[step]!),
    );
    const atCheckpoints = pair.checkpoints.map((step) => differences[step]!);
    const most = Math.max(...differences);
    const headGap = largestDifference(sigmoid.effective.at(-1)!, softmax.effective.at(-1)!);
    if (pair.identical_in_exact_arithmetic) {
      expect(pair.max_probability_difference_exact).toBe(0);
      expect(most).toBeLessThan(IDENTICAL);
      expect(headGap).toBeLessThan(IDENTICAL);
    } else {
      expectClose(
        atCheckpoints,
        pair.max_probability_difference_at_checkpoints,
        tolerance,
        "difference at the checkpoints",
      );
      expectClose([most], [pair.max_probability_difference], tolerance, "largest difference");
      expectClose(
        [Math.max(...atCheckpoints)],
        [pair.max_probability_difference_exact],
        tolerance,
        "largest difference, 50 digits",
      );
      expectClose([headGap], [pair.final_effective_head_difference], tolerance, "difference of the heads");
    }

    const moved = ({ effective }: Run) => effective[1]!.map((x, i) => x - effective[0]![i]!);
    const [ofSigmoid, ofSoftmax] = [moved(sigmoid), moved(softmax)];
    const at = ofSigmoid.reduce((best, x, i) => (Math.abs(x) > Math.abs(ofSigmoid[best]!) ? i : best), 0);
    // A quotient of two small differences has fewer digits than they.
    expect(ofSoftmax[at]! / ofSigmoid[at]!).toBeCloseTo(pair.first_step_ratio, 10);
  });

  test.each(
    problem.pairs.filter(
      ({ softmax }) =>
        !softmax.weight_decay && !softmax.decoupled_weight_decay && softmax.freeze_row_0 !== true,
    ),
  )("$id: without decay the sum of the head's rows stays, within 1e-13", (pair) => {
    const { sums } = softmaxRunOf(problem, pair);
    for (const sum of sums) expect(largestDifference(sum, sums[0]!)).toBeLessThan(1e-13);
  });
});
