// 63 runs of 20 steps against PyTorch 1.13 in float64 (test/golden/trajectories.json).
import { describe, expect, test } from "vitest";
import type { FloatArray } from "../../src/matrix.ts";
import { allocateWorkspace, backward, forward, type Workspace } from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { type ActivationKind, createNetwork, layerSizes, type Network } from "../../src/model/network.ts";
import {
  allocateOptimizer,
  type OptimizerOptions,
  optimizerStep,
  stepNumbers,
} from "../../src/train/optimizer.ts";
import { learningRateAt, type Schedule } from "../../src/train/schedule.ts";
import { expectClose, golden } from "../golden.ts";

interface Loss {
  kind: "softmax_ce" | "softmax_ce_soft" | "bce";
  reduction: "mean" | "sum";
  class_weights?: number[] | null;
  label_smoothing?: number;
  pos_weight?: number | null;
}
interface Config {
  optimizer: "sgd" | "adam" | "adamw";
  lr: number;
  momentum?: number;
  nesterov?: boolean;
  weight_decay: number;
  decoupled_weight_decay: number;
  decay_biases: boolean;
  clip_norm: number | null;
  clip_epsilon?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  schedule: Record<string, number> & { kind: string };
}
interface Parameters {
  weights: number[][][];
  biases: number[][];
}
interface Run {
  id: string;
  config: Config;
  lr_per_step: number[];
  loss_per_step: number[];
  gradient_norm_per_step: number[];
  final_loss_all_rows: number;
  final_probabilities_first_4_rows: (number[] | number)[];
  final: Parameters;
}
interface Problem {
  id: string;
  layers: number[];
  hidden_activations: ActivationKind[];
  head: "softmax" | "sigmoid";
  loss: Loss;
  initial: Parameters;
  x: number[][];
  targets: number[] | number[][];
  batches: number[][];
  runs: Run[];
}

const { problems } = golden<{ problems: Problem[] }>("trajectories");
const tolerance = { rtol: 1e-12, atol: 1e-12 };
const kernels = referenceKernels("float64");

/** Golden weights are [output][input]; ours are (I, O). */
function flatParameters({ weights, biases }: Parameters): number[] {
  return weights.flatMap((layer, l) => [
    ...layer[0]!.flatMap((_, i) => layer.map((row) => row[i]!)),
    ...biases[l]!,
  ]);
}

function networkOf(problem: Problem): Network {
  const network = createNetwork(kernels, {
    inputs: problem.layers[0]!,
    hidden: problem.hidden_activations.map((kind, l) => ({
      units: problem.layers[l + 1]!,
      activation: { kind, alpha: kind === "leaky_relu" ? 0.01 : 1 },
    })),
    head: problem.head,
    classes: problem.head === "sigmoid" ? 2 : problem.layers.at(-1)!,
  });
  network.parameters.set(flatParameters(problem.initial));
  return network;
}

function optimizerOf(config: Config): OptimizerOptions {
  return {
    kind: config.optimizer,
    momentum: config.momentum ?? 0,
    nesterov: config.nesterov ?? false,
    beta1: config.beta1 ?? 0.9,
    beta2: config.beta2 ?? 0.999,
    epsilon: config.epsilon ?? 1e-8,
    l2: config.weight_decay,
    weightDecay: config.decoupled_weight_decay,
    decayBiases: config.decay_biases,
    clipNorm: config.clip_norm,
    clipEpsilon: config.clip_epsilon ?? 0,
    headLearningRateFactor: 1,
    headL2Factor: 1,
  };
}

function scheduleOf(schedule: Config["schedule"]): Schedule {
  const none = { every: 1, factor: 1, length: 1, minimum: 0, warmup: 0, warmupFactor: 0 };
  switch (schedule.kind) {
    case "constant":
      return { ...none, kind: "constant" };
    case "step":
      return { ...none, kind: "step", every: schedule.every!, factor: schedule.factor! };
    case "cosine":
      return { ...none, kind: "cosine", length: schedule.steps!, minimum: schedule.min_lr! };
    case "warmup":
      return { ...none, kind: "constant", warmup: schedule.steps!, warmupFactor: schedule.start_factor! };
    case "warmup_cosine":
      return {
        ...none,
        kind: "cosine",
        length: schedule.cosine_steps!,
        warmup: schedule.warmup_steps!,
        warmupFactor: schedule.start_factor!,
      };
    default:
      throw new Error(schedule.kind);
  }
}

/** The loss of the given rows; fills workspace.dLogits. */
function lossOf(problem: Problem, network: Network, workspace: Workspace, rows: number[]): number {
  const { loss } = problem;
  const K = layerSizes(network.shape).at(-1)!;
  const B = rows.length;
  workspace.activations[0]!.set(rows.flatMap((row) => problem.x[row]!));
  const logits = forward(kernels, network, workspace, B);
  const classWeights = Float64Array.from(loss.class_weights ?? new Array<number>(K).fill(1));
  const smoothing = loss.label_smoothing ?? 0;
  switch (loss.kind) {
    case "softmax_ce": {
      const labels = Int32Array.from(rows, (row) => problem.targets[row] as number);
      const divisor = loss.reduction === "sum" ? 1 : labels.reduce((sum, y) => sum + classWeights[y]!, 0);
      return kernels.softmaxCrossEntropy(
        workspace.dLogits,
        logits,
        labels,
        classWeights,
        smoothing,
        divisor,
        B,
        K,
      );
    }
    case "softmax_ce_soft": {
      const targets = Float64Array.from(rows.flatMap((row) => problem.targets[row] as number[]));
      const divisor = loss.reduction === "sum" ? 1 : B;
      return kernels.softTargetCrossEntropy(
        workspace.dLogits,
        logits,
        targets,
        classWeights,
        smoothing,
        divisor,
        B,
        K,
      );
    }
    case "bce": {
      const targets = Float64Array.from(rows, (row) => problem.targets[row] as number);
      const positive = Float64Array.of(loss.pos_weight ?? 1);
      const one = Float64Array.of(1);
      return kernels.sigmoidBinaryCrossEntropy(workspace.dLogits, logits, targets, one, positive, B, B, 1);
    }
  }
}

describe.each(problems)("$id", (problem) => {
  test.each(problem.runs)("$id: 20 steps as PyTorch within 1e-12", (run) => {
    const network = networkOf(problem);
    const allRows = problem.x.map((_, row) => row);
    const workspace = allocateWorkspace(kernels, network.shape, allRows.length);
    const optimizer = allocateOptimizer(kernels, network, optimizerOf(run.config));
    const schedule = scheduleOf(run.config.schedule);
    const gradients: FloatArray = workspace.gradients.parameters;

    const losses: number[] = [];
    const norms: number[] = [];
    const rates: number[] = [];
    problem.batches.forEach((rows, step) => {
      losses.push(lossOf(problem, network, workspace, rows));
      backward(kernels, network, workspace, rows.length);
      norms.push(Math.sqrt(kernels.sumOfSquares(gradients, gradients.length)));
      rates.push(learningRateAt(schedule, run.config.lr, step));
      optimizerStep(
        kernels,
        optimizer,
        network.parameters,
        gradients,
        stepNumbers(optimizer.options, rates.at(-1)!, step),
      );
    });

    expectClose(rates, run.lr_per_step, tolerance, "learning rate");
    expectClose(losses, run.loss_per_step, tolerance, "loss");
    expectClose(norms, run.gradient_norm_per_step, tolerance, "gradient norm");
    expectClose(network.parameters, flatParameters(run.final), tolerance, "parameters");
    expectClose(
      [lossOf(problem, network, workspace, allRows)],
      [run.final_loss_all_rows],
      tolerance,
      "final loss",
    );
    expect(problem.runs.length).toBeGreaterThan(0);
  });
});
