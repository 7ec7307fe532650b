// From the words of a configuration to the records that the model and train rooms take.

import { sizeOf, sizeWords } from "./config/rules.ts";
import type { RunConfig } from "./config.ts";
import type { Dataset } from "./data/dataset.ts";
import { PulloneError } from "./errors.ts";
import { defaultAlpha } from "./model/activations.ts";
import type { ThreadHost } from "./model/kernels/threads.ts";
import { MOST_PARAMETERS, type NetworkShape, parameterCount } from "./model/network.ts";
import { stepsPerEpoch } from "./train/batches.ts";
import type { OptimizerOptions } from "./train/optimizer.ts";
import type { Schedule } from "./train/schedule.ts";
import type { TrainOptions } from "./train/trainer.ts";
import { classWeightsOf } from "./train/weights.ts";

/**
 * The network that a configuration describes, for `inputs` encoded features and `classes` classes.
 *
 * @throws {PulloneError} config_invalid for a sigmoid head of more than two classes, or a network beyond the limit
 */
export function networkShape(model: RunConfig["model"], inputs: number, classes: number): NetworkShape {
  if (model.head === "sigmoid" && classes !== 2) {
    throw new PulloneError(
      "config_invalid",
      `model.head: expected "softmax" for ${classes} classes, got "sigmoid"`,
      "one sigmoid node tells two classes apart",
    );
  }
  const shape: NetworkShape = {
    inputs,
    hidden: model.hidden.map((units, l) => {
      const kind = typeof model.activation === "string" ? model.activation : model.activation[l]!;
      return { units, activation: { kind, alpha: model.alpha ?? defaultAlpha(kind) } };
    }),
    head: model.head,
    classes,
  };
  const count = parameterCount(shape);
  if (count > MOST_PARAMETERS) {
    throw new PulloneError(
      "config_invalid",
      `model.hidden: expected ${sizeWords}, got ${sizeOf(model.hidden, count)}`,
    );
  }
  return shape;
}

/** How to train: lengths in steps, class weights as numbers, every key of every optimiser present. */
export function trainOptions(config: RunConfig, dataset: Dataset, host?: ThreadHost): TrainOptions {
  const { train } = config;
  const { classes } = dataset.labels;
  const classWeights = classWeightsOf(train.classWeights, classes, dataset.train.labels);
  return {
    seed: config.seed,
    epochs: train.epochs,
    batchSize: train.batchSize,
    learningRate: train.learningRate,
    schedule: scheduleInSteps(train, stepsPerEpoch(dataset.train.labels.length, train.batchSize)),
    optimizer: optimizerOptions(train),
    classWeights,
    validationWeights: train.validationWeights === "same" ? classWeights : classWeights.map(() => 1),
    labelSmoothing: train.labelSmoothing,
    earlyStopping: train.earlyStopping,
    ...(host && { threads: { wanted: train.threads, host } }),
  };
}

function optimizerOptions(train: RunConfig["train"]): OptimizerOptions {
  const isSgd = train.optimizer === "sgd";
  return {
    kind: train.optimizer,
    momentum: isSgd ? train.momentum : 0,
    nesterov: isSgd && train.nesterov,
    beta1: isSgd ? 0 : train.beta1,
    beta2: isSgd ? 0 : train.beta2,
    epsilon: isSgd ? 0 : train.epsilon,
    l2: train.optimizer === "adamw" ? 0 : train.l2,
    weightDecay: train.optimizer === "adam" ? 0 : train.weightDecay,
    decayBiases: train.decayBiases,
    clipNorm: train.clipNorm,
    clipEpsilon: 0,
    headLearningRateFactor: train.headLearningRateFactor,
    headL2Factor: train.headL2Factor,
  };
}

/** A schedule counted in epochs becomes one counted in steps; warm-up begins at the rate of its first step. */
function scheduleInSteps({ schedule, epochs }: RunConfig["train"], stepsAnEpoch: number): Schedule {
  const warmup = Math.round(schedule.warmup * stepsAnEpoch);
  return {
    kind: schedule.kind,
    every: schedule.kind === "step" ? schedule.every * stepsAnEpoch : 1,
    factor: schedule.kind === "step" ? schedule.factor : 1,
    length: Math.max(epochs * stepsAnEpoch - warmup, 1),
    minimum: schedule.kind === "cosine" ? schedule.minimum : 0,
    warmup,
    warmupFactor: warmup > 0 ? 1 / (warmup + 1) : 0,
  };
}
