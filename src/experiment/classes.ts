// K softmax nodes against K-1 free rows: the factor that makes two nodes one, and why none does it for more.
// Letters: I inputs of the output layer, K classes.

import type { RunConfig } from "../config.ts";
import { allocateForward } from "../model/forward.ts";
import { chooseKernels } from "../model/kernels/choose.ts";
import { type Network, networkFrom } from "../model/network.ts";
import type { Prepared } from "../prepare.ts";
import { trainOptions } from "../recipe.ts";
import type { OptimizerOptions } from "../train/optimizer.ts";
import { everyRow, largestGapDifference } from "./gap.ts";
import { trainInLockstep } from "./lockstep.ts";
import { startingNetwork } from "./matched.ts";

/** What one factor on the rate of the free rows does. */
export interface FactorRun {
  readonly factor: number;
  /** Largest difference of the logit gaps over the run. */
  readonly gap: number;
}

export interface ClassesComparison {
  readonly classes: number;
  readonly steps: number;
  /** Of the first step at one rate: how far Σₖ (w[k] - w[0]) moves over how far Σₖ of the free rows does; K. */
  readonly sumRatio: number;
  /** The same of (w[1] - w[0]) - (w[2] - w[0]); 1, and null for two classes. */
  readonly differenceRatio: number | null;
  /** Every factor that was tried, ascending. */
  readonly factors: readonly FactorRun[];
}

const sgd: OptimizerOptions = {
  ...{ kind: "sgd", momentum: 0, nesterov: false, beta1: 0, beta2: 0, epsilon: 0, l2: 0, weightDecay: 0 },
  ...{ decayBiases: false, clipNorm: null, clipEpsilon: 0, headLearningRateFactor: 1, headL2Factor: 1 },
};

/**
 * Trains all K rows against the net that holds row 0 at zero, by plain SGD on the same minibatches, for each factor.
 *
 *   u[k] = w[k] - w[0]:   step of u = -rate · (I + 1·1ᵀ) · gradient,   eigenvalues 1 (K-2 times) and K
 *
 * With two classes the only eigenvalue is 2, and a factor of 2 is exact. With more there are two, and no one factor.
 *
 * @param config with `train.precision` float64
 */
export function compareClasses(
  config: RunConfig,
  data: Prepared,
  factors: readonly number[],
): ClassesComparison {
  const K = data.labels.classes.length;
  const runs = factors.map((factor) => runFactor(config, data, factor));
  const { moved, free } = runs[0]!;
  const ratio = (weights: readonly number[]) => ratioAlong(moved, free, weights) * factors[0]!;
  return {
    classes: K,
    steps: runs[0]!.steps,
    sumRatio: ratio(Array.from({ length: K - 1 }, () => 1)),
    differenceRatio: K === 2 ? null : ratio(Array.from({ length: K - 1 }, (_, k) => [1, -1][k] ?? 0)),
    factors: runs.map(({ factor, gap }) => ({ factor, gap })),
  };
}

interface Run extends FactorRun {
  readonly steps: number;
  /** (I + 1, K-1) how far w[k] - w[0] moved in the first step, and how far the free rows did. */
  readonly moved: Float64Array;
  readonly free: Float64Array;
}

function runFactor(config: RunConfig, data: Prepared, factor: number): Run {
  const kernels = chooseKernels("float64");
  const full = startingNetwork(kernels, config, data);
  const free = networkFrom(kernels, full.shape, full.parameters);
  holdFirstRow(free, true);
  const networks = [full, free] as const;
  const before = networks.map(rowsOverFirst);
  const rows = everyRow(data);
  const workspaces = [
    allocateForward(kernels, full.shape, 64),
    allocateForward(kernels, full.shape, 64),
  ] as const;
  const { learningRate } = config.train;
  const freeSgd = { ...sgd, headLearningRateFactor: factor };
  let gap = 0;
  let steps = 0;
  let first = before;
  trainInLockstep(
    kernels,
    data.train,
    trainOptions(config, data),
    [
      { network: full, optimizer: sgd, learningRate },
      { network: free, optimizer: freeSgd, learningRate, hold: (network) => holdFirstRow(network, false) },
    ],
    ({ step, isEndOfEpoch }) => {
      steps++;
      if (step === 0) first = networks.map(rowsOverFirst);
      if (!isEndOfEpoch) return;
      gap = Math.max(gap, largestGapDifference(kernels, networks, workspaces, rows));
    },
  );
  const [moved, ofFree] = first.map((now, side) => now.map((x, i) => x - before[side]![i]!));
  return { factor, gap, steps, moved: moved!, free: ofFree! };
}

/** Puts row 0 at zero; `takeOut` first takes it out of every row, which leaves the function as it is. */
function holdFirstRow(network: Network, takeOut: boolean): void {
  const { weights, biases, outputs: K } = network.layers.at(-1)!;
  for (const part of [weights, biases]) {
    for (let i = 0; i < part.length; i += K) {
      for (let k = K - 1; k >= 0; k--) if (takeOut || k === 0) part[i + k] = part[i + k]! - part[i]!;
    }
  }
}

/** (I + 1, K-1) w[k] - w[0] and b[k] - b[0]. */
function rowsOverFirst(network: Network): Float64Array {
  const { weights, biases, outputs: K } = network.layers.at(-1)!;
  const all = [...weights, ...biases];
  return Float64Array.from({ length: (all.length / K) * (K - 1) }, (_, at) => {
    const i = Math.floor(at / (K - 1)) * K;
    return all[i + 1 + (at % (K - 1))]! - all[i]!;
  });
}

/** Along one combination of the rows: a over b, at the input where b moved furthest. */
function ratioAlong(a: Float64Array, b: Float64Array, weights: readonly number[]): number {
  const R = weights.length;
  const along = (moved: Float64Array) =>
    Float64Array.from({ length: moved.length / R }, (_, i) =>
      weights.reduce((sum, weight, k) => sum + weight * moved[i * R + k]!, 0),
    );
  const [ofA, ofB] = [along(a), along(b)];
  const at = ofB.reduce((best, x, i) => (Math.abs(x) > Math.abs(ofB[best]!) ? i : best), 0);
  return ofA[at]! / ofB[at]!;
}
