// Part two of the comparison of heads: a sigmoid net that starts where a softmax net starts, its output layer with
// twice the learning rate and half the decay, is the same model after every step. And what breaks that.

import type { RunConfig } from "../config.ts";
import { encodedWidth } from "../data/encode.ts";
import { allocateForward } from "../model/forward.ts";
import { initialise } from "../model/init.ts";
import { chooseKernels } from "../model/kernels/choose.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import { createNetwork, type Network } from "../model/network.ts";
import type { Prepared } from "../prepare.ts";
import { networkShape, trainOptions } from "../recipe.ts";
import { headRowSums } from "../train/invariants.ts";
import type { OptimizerOptions } from "../train/optimizer.ts";
import { everyRow, largestGapDifference } from "./gap.ts";
import { trainInLockstep } from "./lockstep.ts";

/** What the output layer of the sigmoid net gets over that of the softmax net. */
export interface HeadMatch {
  /** 2 makes the two one model. */
  readonly rateFactor: number;
  /** 1/2 does, for coupled and decoupled decay alike. */
  readonly decayFactor: number;
}

/** The most that rounding alone makes of a run of thousands of steps in float64. */
export const IDENTITY_BOUND = 1e-9;

/** The rules in their order: those that keep the two nets one model, then those that break it. */
export type RuleId =
  | ("sgd" | "momentum" | "nesterov" | "l2" | "weight_decay" | "adam" | "adamw" | "adam_l2_symmetric")
  | ("one_rate" | "one_l2" | "adam_l2" | "clipping");

export interface MatchRule {
  readonly id: RuleId;
  readonly name: string;
  /** Whether the two nets are one model in exact arithmetic. */
  readonly identical: boolean;
  readonly optimizer: OptimizerOptions;
  readonly learningRate: number;
  readonly match: HeadMatch;
  /** `symmetric` starts from w₀ = -w₁. */
  readonly start: "drawn" | "symmetric";
}

/** What two runs in lockstep came to. */
export interface MatchedRun {
  readonly id: RuleId;
  readonly name: string;
  readonly identical: boolean;
  readonly steps: number;
  /** Largest difference of the logit gaps: after every step on its minibatch, after every epoch on every row. */
  readonly gap: number;
  /** Largest movement of any entry of w₀ + w₁ and b₀ + b₁ from where it started, over all steps. */
  readonly idleDrift: number;
  /** Length of w₀ + w₁, without the bias, before and after. */
  readonly idleStart: number;
  readonly idleEnd: number;
}

/** The rules of part two, with the rate, momentum and decay of the configuration where it has them. */
export function matchRules({ train }: RunConfig, match: HeadMatch): MatchRule[] {
  const isSgd = train.optimizer === "sgd";
  const rate = isSgd ? train.learningRate : 0.01;
  const adamRate = isSgd ? 0.001 : train.learningRate;
  const momentum = (isSgd && train.momentum) || 0.9;
  const decay = (train.optimizer !== "adamw" && train.l2) || 0.01;
  const clipNorm = train.clipNorm ?? 0.1;
  const plain: OptimizerOptions = {
    ...{ kind: "sgd", momentum: 0, nesterov: false, l2: 0, weightDecay: 0, clipNorm: null, clipEpsilon: 0 },
    ...(isSgd
      ? { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
      : { beta1: train.beta1, beta2: train.beta2, epsilon: train.epsilon }),
    decayBiases: train.decayBiases,
    headLearningRateFactor: train.headLearningRateFactor,
    headL2Factor: train.headL2Factor,
  };
  const rule = (
    id: RuleId,
    name: string,
    optimizer: Partial<OptimizerOptions>,
    rest: Partial<MatchRule> = {},
  ): MatchRule => ({
    ...{ id, name, identical: true, match, start: "drawn" },
    optimizer: { ...plain, ...optimizer },
    learningRate: optimizer.kind === undefined ? rate : adamRate,
    ...rest,
  });
  const broken = { identical: false };
  const adam = { kind: "adam" } as const;
  return [
    rule("sgd", "SGD", {}),
    rule("momentum", `momentum ${momentum}`, { momentum }),
    rule("nesterov", `Nesterov ${momentum}`, { momentum, nesterov: true }),
    rule("l2", `momentum, L2 ${decay}`, { momentum, l2: decay }),
    rule("weight_decay", `momentum, weight decay ${decay}`, { momentum, weightDecay: decay }),
    rule("adam", "Adam", adam),
    rule("adamw", `AdamW, weight decay ${decay}`, { kind: "adamw", weightDecay: decay }),
    rule(
      "adam_l2_symmetric",
      `Adam, L2 ${decay}, from w₀ = -w₁`,
      { ...adam, l2: decay },
      { start: "symmetric" },
    ),
    rule(
      "one_rate",
      "momentum, one rate for both",
      { momentum },
      { ...broken, match: { ...match, rateFactor: 1 } },
    ),
    rule(
      "one_l2",
      `momentum, one L2 ${decay} for both`,
      { momentum, l2: decay },
      { ...broken, match: { ...match, decayFactor: 1 } },
    ),
    rule("adam_l2", `Adam, L2 ${decay}, from any start`, { ...adam, l2: decay }, broken),
    rule("clipping", `momentum, clipped to norm ${clipNorm}`, { momentum, clipNorm }, broken),
  ];
}

/**
 * Trains a softmax net and the sigmoid net matched to it, on the same minibatches for all epochs, and compares them.
 *
 * @param config with `train.precision` float64
 * @param data   two classes, prepared with it
 * @throws {PulloneError} training_diverged
 */
export function runMatched(config: RunConfig, data: Prepared, rule: MatchRule): MatchedRun {
  const kernels = chooseKernels("float64");
  const options = trainOptions(config, data);
  const softmax = startingNetwork(kernels, config, data);
  if (rule.start === "symmetric") makeSymmetric(softmax);
  const sigmoid = sigmoidOf(kernels, softmax);
  const { optimizer, learningRate, match } = rule;
  const ofSigmoid: OptimizerOptions = {
    ...optimizer,
    headLearningRateFactor: optimizer.headLearningRateFactor * match.rateFactor,
    headL2Factor: optimizer.headL2Factor * match.decayFactor,
  };
  const rows = everyRow(data);
  const networks = [softmax, sigmoid] as const;
  const workspaces = [
    allocateForward(kernels, softmax.shape, 64),
    allocateForward(kernels, sigmoid.shape, 64),
  ] as const;
  const before = headRowSums(softmax);
  let gap = largestGapDifference(kernels, networks, workspaces, rows);
  let idleDrift = 0;
  let steps = 0;
  trainInLockstep(
    kernels,
    data.train,
    options,
    [
      { network: softmax, optimizer, learningRate },
      { network: sigmoid, optimizer: ofSigmoid, learningRate },
    ],
    (moment) => {
      steps++;
      const seen = moment.isEndOfEpoch
        ? largestGapDifference(kernels, networks, workspaces, rows)
        : largestGapDifference(kernels, networks, workspaces, data.train.features, moment.rows);
      gap = Math.max(gap, seen);
      const sums = headRowSums(softmax);
      for (let i = 0; i < sums.length; i++) idleDrift = Math.max(idleDrift, Math.abs(sums[i]! - before[i]!));
    },
  );
  const { id, name, identical } = rule;
  const [idleStart, idleEnd] = [before, headRowSums(softmax)].map(lengthOf);
  return { id, name, identical, steps, gap, idleDrift, idleStart: idleStart!, idleEnd: idleEnd! };
}

/** Whether a run that should be one model is one. */
export function holdsIdentity({ identical, gap }: MatchedRun): boolean {
  return !identical || gap < IDENTITY_BOUND;
}

/** The softmax net that the configuration describes, with an output layer that is not zero. */
export function startingNetwork(kernels: Kernels, config: RunConfig, data: Prepared): Network {
  const model = { ...config.model, head: "softmax" as const };
  const network = createNetwork(
    kernels,
    networkShape(model, encodedWidth(data.encoder), data.labels.classes.length),
  );
  const headInit = model.headInit === "zeros" ? "glorot_uniform" : model.headInit;
  initialise(network, { ...model, headInit }, config.seed);
  return network;
}

/** The sigmoid net that computes the same function as a softmax net of two classes: w = w₁ - w₀, b = b₁ - b₀. */
export function sigmoidOf(kernels: Kernels, softmax: Network): Network {
  const sigmoid = createNetwork(kernels, { ...softmax.shape, head: "sigmoid" });
  const [from, to] = [softmax.layers.at(-1)!, sigmoid.layers.at(-1)!];
  const body = softmax.parameters.length - from.weights.length - from.biases.length;
  sigmoid.parameters.set(softmax.parameters.subarray(0, body));
  for (let i = 0; i < to.weights.length; i++) to.weights[i] = from.weights[2 * i + 1]! - from.weights[2 * i]!;
  to.biases[0] = from.biases[1]! - from.biases[0]!;
  return sigmoid;
}

/** The same function from w₀ = -w₁; overwrites the output layer. */
function makeSymmetric(softmax: Network): void {
  const { weights, biases } = softmax.layers.at(-1)!;
  for (const part of [weights, biases]) {
    for (let i = 0; i < part.length; i += 2) {
      const half = (part[i + 1]! - part[i]!) / 2;
      part[i] = -half;
      part[i + 1] = half;
    }
  }
}

/** √Σ s², the bias at the end left out. */
function lengthOf(sums: Float64Array): number {
  return Math.sqrt(sums.subarray(0, -1).reduce((sum, s) => sum + s * s, 0));
}
