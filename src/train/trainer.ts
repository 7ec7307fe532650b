// The loop: epochs of minibatches, a report after each, the best weights at the end.
// Letters: N rows, D encoded features, B rows of a minibatch, K classes.

import type { Part } from "../data/dataset.ts";
import {
  allocateWorkspace,
  backward,
  forward,
  type HeadLossOptions,
  headLoss,
  type Workspace,
} from "../model/forward.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import type { Network } from "../model/network.ts";
import { shuffledOrder, stepsPerEpoch } from "./batches.ts";
import { assertFiniteLoss, assertFiniteParameters } from "./divergence.ts";
import { allocateOptimizer, type OptimizerOptions, optimizerStep } from "./optimizer.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import {
  allocateValidator,
  kernelWeights,
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
  const D = network.shape.inputs;
  const batchSize = Math.min(options.batchSize, N);
  const { seed, learningRate, labelSmoothing, classWeights } = options;
  const order = new Int32Array(N);
  const workspace = allocateWorkspace(kernels, network.shape, batchSize);
  const optimizer = allocateOptimizer(kernels, network, options.optimizer);
  const lossOptions: HeadLossOptions = {
    classWeights: kernelWeights(kernels, classWeights),
    smoothing: labelSmoothing,
    reduction: "mean",
  };
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
  let step = 0;
  let epoch = 0;
  let waiting = 0;

  try {
    while (epoch < options.epochs && !(stopping && waiting >= stopping.patience)) {
      epoch++;
      shuffledOrder(order, seed, epoch);
      let lossOfRows = 0;
      let rate = 0;
      for (let from = 0; from < N; from += batchSize) {
        const B = Math.min(batchSize, N - from);
        gatherBatch(kernels, workspace, train, order, from, B, D);
        forward(kernels, network, workspace, B);
        const loss = headLoss(kernels, network, workspace, workspace.labels, lossOptions, B);
        lossOfRows += loss * B;
        step++;
        assertFiniteLoss(loss, { epoch, step, network, train, featureNames, learningRate });
        backward(kernels, network, workspace, B);
        rate = learningRateAt(options.schedule, learningRate, step - 1);
        optimizerStep(kernels, optimizer, network.parameters, workspace.gradients.parameters, rate, step - 1);
      }
      assertFiniteParameters({ epoch, step, network, train, featureNames, learningRate });

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
        steps: stepsPerEpoch(N, batchSize),
        learningRate: rate,
        trainLoss: lossOfRows / N,
        validation: report,
        bestEpoch,
      };
    }
  } finally {
    if (best && bestEpoch > 0) network.parameters.set(best);
  }
  return { epochs: epoch, bestEpoch, stoppedEarly: epoch < options.epochs };
}

/** The rows order[from … from + B) and their labels into the workspace: the only copy of a minibatch. */
function gatherBatch(
  kernels: Kernels,
  workspace: Workspace,
  train: Part,
  order: Int32Array,
  from: number,
  B: number,
  D: number,
): void {
  kernels.gather(workspace.activations[0]!, train.features.values, order, from, B, D);
  for (let r = 0; r < B; r++) workspace.labels[r] = train.labels[order[from + r]!]!;
}
