// A training from its rows to a classifier, with pauses short enough for a signal, from the start or from a state.
// Letters: D encoded features.

import type { PartReports } from "./baselines.ts";
import type { Classifier, GoldenRows } from "./classifier.ts";
import type { RunConfig } from "./config.ts";
import type { Part } from "./data/dataset.ts";
import { encodedWidth, featureNames } from "./data/encode.ts";
import { allocateMatrix } from "./matrix.ts";
import { predictInSlices, predictRows } from "./model/forward.ts";
import { initialise } from "./model/init.ts";
import { chooseKernels } from "./model/kernels/choose.ts";
import type { ThreadHost } from "./model/kernels/threads.ts";
import { createNetwork, type Network } from "./model/network.ts";
import type { Prepared } from "./prepare.ts";
import { randomStream } from "./random.ts";
import { networkShape, trainOptions } from "./recipe.ts";
import type { History } from "./train/history.ts";
import { type MetricsReport, reportFromLogits, summaryOf } from "./train/metrics.ts";
import type { Pause, TrainState } from "./train/state.ts";
import { trainNetwork } from "./train/trainer.ts";

export interface FitOptions {
  /** Starts threads where `train.threads` wants them; without it one thread trains, to the same bits. */
  readonly host?: ThreadHost | undefined;
  /** The state at a pause of the same run: goes on from there, to the same bits. */
  readonly from?: TrainState | undefined;
  /** Steps between two pauses inside an epoch; as many as take some 100 ms when left out. */
  readonly stepsBetweenPauses?: number | undefined;
}

export interface Fitted {
  readonly classifier: Classifier;
  readonly history: History;
  /** All there is to say of the rows that took part; the record of the classifier has the few numbers of it. */
  readonly reports: Pick<PartReports, "train" | "validation">;
}

/**
 * As `fit`, but yields more often: at pauses within long epochs and while the result is scored. At each of them the
 * state of the training can be asked for, also after its last step.
 *
 * @throws {PulloneError} config_invalid for a network that does not suit the data; training_diverged
 */
export function* fitInSlices(
  config: RunConfig,
  data: Prepared,
  { host, from, stepsBetweenPauses }: FitOptions = {},
): Generator<Pause, Fitted> {
  const kernels = chooseKernels(config.train.precision);
  const shape = networkShape(config.model, encodedWidth(data.encoder), data.labels.classes.length);
  const network = createNetwork(kernels, shape);
  initialise(network, config.model, config.seed);
  const { train, validation, labels, encoder } = data;
  const names = featureNames(encoder);
  const options = { ...trainOptions(config, data, host), ...(stepsBetweenPauses && { stepsBetweenPauses }) };
  const trained = yield* trainNetwork(kernels, network, train, validation, names, options, from);
  const pause: Pause = { report: null, state: trained.state };
  const reports = {
    train: (yield* scorePart(network, labels.classes, train, pause))!,
    validation: yield* scorePart(network, labels.classes, validation, pause),
  };
  const classifier: Classifier = {
    config,
    labels,
    encoder,
    network,
    golden: drawGoldenRows(network, config.seed),
    record: {
      fingerprint: data.fingerprint,
      epochs: trained.epochs,
      bestEpoch: trained.bestEpoch,
      rows: { train: train.labels.length, validation: validation.labels.length },
      metrics: {
        train: summaryOf(reports.train),
        validation: reports.validation && summaryOf(reports.validation),
      },
    },
  };
  return { classifier, history: trained.history, reports };
}

function* scorePart(
  network: Network,
  classes: readonly string[],
  part: Part,
  pause: Pause,
): Generator<Pause, MetricsReport | null> {
  if (part.labels.length === 0) return null;
  yield pause;
  const kernels = chooseKernels(network.precision);
  return reportFromLogits(
    yield* predictInSlices(kernels, network, part.features, pause),
    part.labels,
    classes,
  );
}

/** Rows of the golden check: few, since each weight takes part in every one. */
const GOLDEN_ROWS = 4;

/** Inputs drawn from U(-2, 2), not rows of the data: a model file holds nobody's record. */
function drawGoldenRows(network: Network, seed: number): GoldenRows {
  const random = randomStream(seed, "golden");
  const inputs = allocateMatrix(network.precision, GOLDEN_ROWS, network.shape.inputs);
  for (let i = 0; i < inputs.values.length; i++) inputs.values[i] = 4 * random() - 2;
  const logits = predictRows(chooseKernels(network.precision), network, inputs).logits;
  return { rows: GOLDEN_ROWS, inputs: inputs.values, logits };
}
