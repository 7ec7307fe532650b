// Networks trained side by side: the same minibatches in the same order, a look at all of them after every step.
// Letters: N rows, B rows of a minibatch.

import type { Part } from "../data/dataset.ts";
import { PulloneError } from "../errors.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import type { Network } from "../model/network.ts";
import { shuffledOrder, stepsPerEpoch } from "../train/batches.ts";
import { type OptimizerOptions, writeStepNumbers } from "../train/optimizer.ts";
import { createStepper } from "../train/stepper.ts";
import type { TrainOptions } from "../train/trainer.ts";

/** One of the networks, trained in place. */
export interface Side {
  readonly network: Network;
  readonly optimizer: OptimizerOptions;
  readonly learningRate: number;
  /** Called after each step, for what the optimiser has no key for. */
  readonly hold?: (network: Network) => void;
}

/** Where all sides stand. */
export interface Moment {
  /** Counts from 1. */
  readonly epoch: number;
  /** Counts from 0 over the whole run. */
  readonly step: number;
  readonly isEndOfEpoch: boolean;
  /** (B) rows of the minibatch just used. */
  readonly rows: Int32Array;
}

/**
 * Trains all sides for the epochs of `options`, step by step, with the kernels one by one; no validation and no early
 * stopping. Rate and optimiser are those of each side, everything else is in `options`.
 *
 * @param train (N, D) in the precision of the kernels
 * @throws {PulloneError} training_diverged when a loss is not finite
 */
export function trainInLockstep(
  kernels: Kernels,
  train: Part,
  options: TrainOptions,
  sides: readonly Side[],
  look: (moment: Moment) => void,
): void {
  const { seed, epochs, schedule, classWeights, labelSmoothing } = options;
  const { features, labels } = train;
  const N = labels.length;
  const batchSize = Math.min(options.batchSize, N);
  const count = stepsPerEpoch(N, batchSize);
  const steppers = sides.map(({ network, optimizer }) =>
    createStepper(kernels, {
      ...{ network, features, labels, batchSize },
      ...{ classWeights, labelSmoothing, optimizer },
    }),
  );
  const order = new Int32Array(N);
  const numbers = new Float64Array(3);
  const losses = new Float64Array(1);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffledOrder(order, seed, epoch);
    for (let at = 0; at < count; at++) {
      const step = (epoch - 1) * count + at;
      const rows = order.subarray(at * batchSize, (at + 1) * batchSize);
      sides.forEach(({ network, optimizer, learningRate, hold }, side) => {
        writeStepNumbers(numbers, { schedule, learningRate, optimizer }, step);
        if (steppers[side]!.run(rows, numbers, losses) < 1)
          throw diverged(epoch, step, numbers[0]!, losses[0]!);
        hold?.(network);
      });
      look({ epoch, step, isEndOfEpoch: at === count - 1, rows });
    }
  }
}

function diverged(epoch: number, step: number, rate: number, loss: number): PulloneError {
  return new PulloneError(
    "training_diverged",
    `epoch ${epoch}, step ${step + 1}, learning rate ${rate}: expected a finite loss, got ${loss}`,
    "lower train.learningRate",
  );
}
