// The loop: epochs of minibatches, a report after each, the best weights at the end.
// Letters: N rows, D encoded features, B rows of a minibatch, K classes.

import type { Part } from "../data/dataset.ts";
import type { Kernels, StepPlan } from "../model/kernels/kernels.ts";
import type { Network } from "../model/network.ts";
import { shuffledOrder, stepsPerEpoch } from "./batches.ts";
import { assertFiniteParameters, lossDiverged } from "./divergence.ts";
import { type OptimizerOptions, stepNumbers } from "./optimizer.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import { createStepper } from "./stepper.ts";
import {
  allocateValidator,
  type StoppingMetric,
  stoppingScore,
  type ValidationReport,
  validate,
} from "./validation.ts";

export interface TrainOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly optimizer: OptimizerOptions;
  /** (K) weight of a row of each class in the training loss. */
  readonly classWeights: Float64Array;
  /** (K) the same for the validation loss. */
  readonly validationWeights: Float64Array;
  readonly labelSmoothing: number;
  /** Threads to share each step between; the bits are the same with any number. */
  readonly threads?: StepPlan["threads"];
  /** Stop when the metric of the validation rows has not improved for `patience` epochs; null: train to the end. */
  readonly earlyStopping: {
    readonly metric: StoppingMetric;
    readonly patience: number;
    readonly minimumImprovement: number;
  } | null;
}

/** What is known after an epoch. Losses are in nats. */
export interface EpochReport {
  /** Counts from 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly steps: number;
  /** Of the last step of the epoch. */
  readonly learningRate: number;
  /** Mean of the minibatch losses, each taken before its step, weighted by rows. */
  readonly trainLoss: number;
  /** Null without validation rows. */
  readonly validation: ValidationReport | null;
  /** The epoch whose weights would be kept if training ended now. */
  readonly bestEpoch: number;
}

/** What training leaves behind: the network's parameters hold the best epoch. */
export interface Trained {
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
}

/**
 * Trains `network` in place by minibatch descent and yields a report after each epoch; whoever pulls decides when
 * to stop. With early stopping and validation rows the parameters of the best epoch are restored at the end.
 *
 * @param train        (N, D) in the precision of the kernels, N >= 1
 * @param featureNames (D) for the message when training diverges
 * @throws {PulloneError} training_diverged at the first loss or weight that is not finite
 */
export function* trainNetwork(
  kernels: Kernels,
  network: Network,
  train: Part,
  validation: Part,
  featureNames: readonly string[],
  options: TrainOptions,
): Generator<EpochReport, Trained> {
  const N = train.labels.length;
  const { seed, learningRate, labelSmoothing, optimizer } = options;
  const batchSize = Math.min(options.batchSize, N);
  const count = stepsPerEpoch(N, batchSize);
  const { features, labels } = train;
  const plan: StepPlan = {
    network,
    features,
    labels,
    batchSize,
    classWeights: options.classWeights,
    labelSmoothing,
    optimizer,
    ...(options.threads && { threads: options.threads }),
  };
  const stepper = kernels.createStepper?.(plan) ?? createStepper(kernels, plan);
  const order = new Int32Array(N);
  const steps = new Float64Array(3 * count);
  const losses = new Float64Array(count);
  const validator = allocateValidator(
    kernels,
    network,
    validation,
    options.validationWeights,
    labelSmoothing,
  );
  const stopping = validator ? options.earlyStopping : null;
  const best = stopping ? kernels.allocate(network.parameters.length) : null;
  let bestScore = 0;
  let bestEpoch = 0;
  let epoch = 0;
  let waiting = 0;

  try {
    while (epoch < options.epochs && !(stopping && waiting >= stopping.patience)) {
      epoch++;
      shuffledOrder(order, seed, epoch);
      const before = (epoch - 1) * count;
      for (let step = 0; step < count; step++) {
        const rate = learningRateAt(options.schedule, learningRate, before + step);
        const { correction1, correction2 } = stepNumbers(optimizer, rate, before + step);
        steps.set([rate, correction1, correction2], 3 * step);
      }
      const done = stepper.run(order, steps, losses);
      const moment = { epoch, network, train, featureNames, learningRate };
      if (done < count) throw lossDiverged(losses[done]!, { ...moment, step: before + done + 1 });
      assertFiniteParameters({ ...moment, step: before + count });

      const report = validator ? validate(kernels, network, validator) : null;
      if (!stopping || !report) bestEpoch = epoch;
      else {
        const score = stoppingScore(stopping.metric, report);
        waiting++;
        if (bestEpoch === 0 || score > bestScore + stopping.minimumImprovement) {
          bestScore = score;
          bestEpoch = epoch;
          waiting = 0;
          best!.set(network.parameters);
        }
      }
      yield {
        epoch,
        epochs: options.epochs,
        steps: count,
        learningRate: steps[3 * (count - 1)]!,
        trainLoss: meanOverRows(losses, batchSize, N),
        validation: report,
        bestEpoch,
      };
    }
  } finally {
    stepper.finish?.();
    if (best && bestEpoch > 0) network.parameters.set(best);
  }
  return { epochs: epoch, bestEpoch, stoppedEarly: epoch < options.epochs };
}

/** The mean of minibatch losses, each counting as its rows. */
function meanOverRows(losses: Float64Array, batchSize: number, N: number): number {
  let sum = 0;
  for (let step = 0; step < losses.length; step++)
    sum += losses[step]! * Math.min(batchSize, N - step * batchSize);
  return sum / N;
}
