// From gradients to the next parameters.
// One flat buffer of parameters; momentum and the like share its layout.

import { assertNever } from "../errors.ts";
import type { FloatArray } from "../matrix.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import type { Network } from "../model/network.ts";
import { learningRateAt, power, type Schedule } from "./schedule.ts";

export interface OptimizerOptions {
  readonly kind: "sgd" | "adam" | "adamw";
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Coupled: l2 · p is added to the gradient, so momentum and Adam see it. */
  readonly l2: number;
  /** Decoupled: p shrinks by rate · weightDecay, unseen by momentum and Adam. */
  readonly weightDecay: number;
  readonly decayBiases: boolean;
  /** Largest global norm of the gradient, or null. */
  readonly clipNorm: number | null;
  /** Added to the norm before dividing; torch uses 1e-6. */
  readonly clipEpsilon: number;
  /** Multiplies the learning rate of the output layer. */
  readonly headLearningRateFactor: number;
  /** Multiplies l2 and weightDecay of the output layer. */
  readonly headL2Factor: number;
}

/** A range of the parameters that is updated alike. */
interface Segment {
  readonly from: number;
  readonly length: number;
  readonly rateFactor: number;
  readonly l2: number;
  readonly weightDecay: number;
}

export interface Optimizer {
  readonly options: OptimizerOptions;
  readonly segments: readonly Segment[];
  /** Momentum of sgd; first and second moment of adam. */
  readonly moments: readonly FloatArray[];
}

/** What differs from step to step. */
export interface StepNumbers {
  readonly rate: number;
  /** 1 - β₁ᵗ and 1 - β₂ᵗ, t counting steps from 1. */
  readonly correction1: number;
  readonly correction2: number;
}

/** What decides the numbers of a step. */
interface StepSettings {
  readonly schedule: Schedule;
  readonly learningRate: number;
  readonly optimizer: OptimizerOptions;
}

/** The numbers of a step, which counts from 0. */
export function stepNumbers(options: OptimizerOptions, rate: number, step: number): StepNumbers {
  return {
    rate,
    correction1: 1 - power(options.beta1, step + 1),
    correction2: 1 - power(options.beta2, step + 1),
  };
}

/** Those of steps before, before + 1, … as a `Stepper` takes them. @param steps (count, 3), overwritten */
export function writeStepNumbers(
  steps: Float64Array,
  { schedule, learningRate, optimizer }: StepSettings,
  before: number,
): void {
  for (let step = 0; 3 * step < steps.length; step++) {
    const rate = learningRateAt(schedule, learningRate, before + step);
    const { correction1, correction2 } = stepNumbers(optimizer, rate, before + step);
    steps.set([rate, correction1, correction2], 3 * step);
  }
}

/** Velocity of sgd; first and second moment of adam. */
export function momentCount({ kind }: OptimizerOptions): 1 | 2 {
  return kind === "sgd" ? 1 : 2;
}

/** Zeroed moments and the ranges of `network.parameters` that share a rate and a decay. */
export function allocateOptimizer(kernels: Kernels, network: Network, options: OptimizerOptions): Optimizer {
  const length = network.parameters.length;
  const moments = Array.from({ length: momentCount(options) }, () => kernels.allocate(length));
  return { options, segments: segmentsOf(network, options), moments };
}

function segmentsOf(network: Network, options: OptimizerOptions): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const layer of network.layers) {
    const isHead = layer === network.layers.at(-1);
    const rateFactor = isHead ? options.headLearningRateFactor : 1;
    const decayFactor = isHead ? options.headL2Factor : 1;
    for (const [length, decays] of [
      [layer.weights.length, true],
      [layer.biases.length, options.decayBiases],
    ] as const) {
      const l2 = decays ? options.l2 * decayFactor : 0;
      const weightDecay = decays ? options.weightDecay * decayFactor : 0;
      const last = segments.at(-1);
      if (last && last.rateFactor === rateFactor && last.l2 === l2 && last.weightDecay === weightDecay) {
        segments[segments.length - 1] = { ...last, length: last.length + length };
      } else {
        segments.push({ from, length, rateFactor, l2, weightDecay });
      }
      from += length;
    }
  }
  return segments;
}

/**
 * One step of the optimiser: clip, decay, move. Overwrites `parameters`, `gradients` and the moments.
 *
 *   N = ‖g‖₂;  g ← g · clipNorm / (N + clipEpsilon) when that shrinks it
 *   sgd     v ← momentum·v + (g + l2·p);  p ← p·(1 - rate·weightDecay) - rate·v   (nesterov: look ahead)
 *   adam    moments of g + l2·p, each divided by 1 - βᵗ;  adamw the same with weightDecay in place of l2
 *
 * @param step rate, before the factor of the output layer, and the corrections of adam
 *
 * Source: Polyak (1964); Nesterov (1983) in the form of Sutskever et al. (2013); Kingma and Ba, Adam (2015);
 * Loshchilov and Hutter, AdamW (2019); Pascanu et al. (2013) for clipping.
 */
export function optimizerStep(
  kernels: Kernels,
  optimizer: Optimizer,
  parameters: FloatArray,
  gradients: FloatArray,
  step: StepNumbers,
): void {
  const { options, segments, moments } = optimizer;
  if (options.clipNorm !== null) {
    const norm = Math.sqrt(kernels.sumOfSquares(gradients, gradients.length));
    const factor = options.clipNorm / (norm + options.clipEpsilon);
    if (factor < 1) kernels.scale(gradients, factor, gradients.length);
  }
  for (const { from, length, rateFactor, l2, weightDecay } of segments) {
    const segmentRate = step.rate * rateFactor;
    switch (options.kind) {
      case "sgd":
        kernels.sgdUpdate(
          parameters,
          gradients,
          moments[0]!,
          from,
          length,
          segmentRate,
          options.momentum,
          options.nesterov,
          l2,
          weightDecay,
        );
        break;
      case "adam":
      case "adamw":
        kernels.adamUpdate(
          parameters,
          gradients,
          moments[0]!,
          moments[1]!,
          from,
          length,
          segmentRate,
          options.beta1,
          options.beta2,
          options.epsilon,
          step.correction1,
          step.correction2,
          l2,
          weightDecay,
        );
        break;
      default:
        assertNever(options.kind, "optimizer");
    }
  }
}
