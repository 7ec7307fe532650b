// The loop: epochs of minibatches, a pause at least after each, the best weights at the end.
// Letters: N rows, D encoded features, B rows of a minibatch, K classes.

import type { Part } from "../data/dataset.ts";
import type { Kernels, StepPlan } from "../model/kernels/kernels.ts";
import { stepsOfSlice } from "../model/kernels/operations.ts";
import type { Network } from "../model/network.ts";
import { shuffledOrder, stepsPerEpoch } from "./batches.ts";
import { assertFiniteParameters, lossDiverged, type Moment } from "./divergence.ts";
import { createHistory, type History, historyWidth } from "./history.ts";
import { momentCount, type OptimizerOptions, writeStepNumbers } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { assertFits, type Pause, type TrainState } from "./state.ts";
import { createStepper } from "./stepper.ts";
import { createBest, type EarlyStopping } from "./stopping.ts";
import { allocateValidator, type ValidationReport, validate } from "./validation.ts";

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
  /** Null: train to the end. */
  readonly earlyStopping: EarlyStopping | null;
  /** Steps between two pauses inside an epoch; as many as take some 100 ms when left out. Never a change of bits. */
  readonly stepsBetweenPauses?: number;
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
  readonly history: History;
  /** Of the training that is over: going on from it does no step more. */
  readonly state: () => TrainState;
}

/**
 * Trains `network` in place by minibatch descent and pauses after each epoch, with its report, and inside epochs that
 * take long; whoever pulls decides when to stop. With early stopping and validation rows the parameters of the best
 * epoch are restored at the end.
 *
 * @param train        (N, D) in the precision of the kernels, N >= 1
 * @param featureNames (D) for the message when training diverges
 * @param from         the state of a pause of the same training: goes on from there, to the same bits
 * @throws {PulloneError} training_diverged at the first loss or weight that is not finite; model_invalid for a state
 *   that is of another training
 */
export function* trainNetwork(
  kernels: Kernels,
  network: Network,
  train: Part,
  validation: Part,
  featureNames: readonly string[],
  options: TrainOptions,
  from?: TrainState,
): Generator<Pause, Trained> {
  const N = train.labels.length;
  const { seed, learningRate, labelSmoothing, optimizer } = options;
  const batchSize = Math.min(options.batchSize, N);
  const count = stepsPerEpoch(N, batchSize);
  const { features, labels } = train;
  const isValidated = validation.labels.length > 0;
  const stopping = isValidated ? options.earlyStopping : null;
  if (from) {
    assertFits(from, {
      precision: network.precision,
      parameters: network.parameters.length,
      moments: momentCount(optimizer),
      epochs: options.epochs,
      steps: count,
      figures: historyWidth(isValidated),
      keepsBest: stopping !== null,
    });
    network.parameters.set(from.parameters);
  }
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
  if (from) stepper.writeMoments(from.moments);
  const slice = options.stepsBetweenPauses ?? stepsOfSlice(kernels, network, batchSize);
  const order = new Int32Array(N);
  const steps = new Float64Array(3 * count);
  const losses = new Float64Array(count);
  losses.set(from?.losses ?? []);
  const validator = allocateValidator(
    kernels,
    network,
    validation,
    options.validationWeights,
    labelSmoothing,
  );
  const best = stopping && createBest(stopping, kernels.allocate(network.parameters.length), from?.best);
  const history = createHistory(isValidated, from?.history);
  let epoch = from?.epochs ?? 0; // all of its steps and its validation are done
  let done = from?.losses.length ?? 0; // steps of the next one
  const bestEpoch = () => best?.view()?.epoch ?? epoch;
  const state = (): TrainState => ({
    epochs: epoch,
    losses: losses.subarray(0, done),
    parameters: network.parameters,
    moments: stepper.readMoments(),
    best: best?.view() ?? null,
    history: history.view(),
  });
  const pause: Pause = { report: null, state };

  try {
    while (epoch < options.epochs && !best?.isGivenUp(epoch)) {
      const before = epoch * count;
      const momentAfter = (taken: number): Moment => ({
        epoch: epoch + 1,
        step: before + taken,
        learningRate: steps[3 * (taken - 1)]!,
        baseRate: learningRate,
        network,
        train,
        featureNames,
      });
      shuffledOrder(order, seed, epoch + 1);
      writeStepNumbers(steps, options, before);
      while (done < count) {
        const end = Math.min(done + slice, count);
        const more = stepper.run(order, steps.subarray(3 * done, 3 * end), losses.subarray(done, end), done);
        if (done + more < end) throw lossDiverged(losses[done + more]!, momentAfter(done + more + 1));
        assertFiniteParameters(momentAfter(end));
        done = end;
        if (done < count) yield pause;
      }
      const report = validator ? yield* validate(kernels, network, validator, pause) : null;
      if (report && !Number.isFinite(report.loss)) throw lossDiverged(report.loss, momentAfter(count));
      epoch++;
      done = 0;
      if (report) best?.judge(epoch, report, network.parameters);
      const figures = {
        learningRate: steps[3 * (count - 1)]!,
        trainLoss: meanOverRows(losses, batchSize, N),
        validation: report,
      };
      history.add(figures);
      const counted = { epoch, epochs: options.epochs, steps: count };
      yield { report: { ...counted, ...figures, bestEpoch: bestEpoch() }, state };
    }
  } finally {
    stepper.finish?.();
    const kept = best?.view();
    if (kept) network.parameters.set(kept.parameters);
  }
  const stoppedEarly = epoch < options.epochs;
  return { epochs: epoch, bestEpoch: bestEpoch(), stoppedEarly, history: history.view(), state };
}

/** The mean of minibatch losses, each counting as its rows. */
function meanOverRows(losses: Float64Array, batchSize: number, N: number): number {
  let sum = 0;
  for (let step = 0; step < losses.length; step++)
    sum += losses[step]! * Math.min(batchSize, N - step * batchSize);
  return sum / N;
}
