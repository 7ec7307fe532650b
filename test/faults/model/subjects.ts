// The files that are damaged: a model of each kind that there is, and how each is judged.

import { loadClassifier, saveClassifier } from "../../../src/artifact.ts";
import { loadCheckpoint, saveCheckpoint } from "../../../src/checkpoint.ts";
import type { Classifier } from "../../../src/classifier.ts";
import { resolveRunConfig } from "../../../src/config.ts";
import { PulloneError } from "../../../src/errors.ts";
import { historyWidth } from "../../../src/train/history.ts";
import { allFeatures, type ExampleOptions, exampleClassifier, oddNames } from "../../artifact/example.ts";
import { processorTime } from "../clock.ts";

export interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Reads a file of its kind and writes it again. */
  readonly again: (bytes: Uint8Array) => Uint8Array;
}

function again(bytes: Uint8Array): Uint8Array {
  const classifier = loadClassifier(bytes, "m");
  assertSound(classifier);
  return saveClassifier(classifier);
}

/** What no model may be, said a second time and otherwise than in the reader. */
function assertSound({ encoder, labels, network, calibration }: Classifier): void {
  const { features } = encoder;
  const differ = (texts: readonly string[]) => new Set(texts).size === texts.length;
  const numbers = features.flatMap((feature) =>
    feature.kind === "numeric" ? [feature.fill, feature.center, feature.scale, ...feature.knots] : [],
  );
  const sound = {
    columns: differ([labels.column, ...features.map(({ column }) => column)]) && features.length > 0,
    classes: differ(labels.classes) && labels.classes.length === network.shape.classes,
    scales: features.every((feature) => feature.kind !== "numeric" || feature.scale > 0),
    categories: features.every((feature) => feature.kind === "numeric" || differ(feature.categories)),
    knots: features.every(
      (feature) =>
        feature.kind !== "numeric" || feature.knots.every((knot, i, all) => i === 0 || knot >= all[i - 1]!),
    ),
    finite: [...numbers, ...network.parameters].every(Number.isFinite),
    temperature: calibration?.method !== "temperature" || calibration.temperature > 0,
  };
  const fault = Object.entries(sound).find(([, isSound]) => !isSound);
  if (fault) throw new Error(`accepted in spite of its ${fault[0]}`);
}

function model(name: string, options: ExampleOptions, more: object = {}): Subject {
  return { name, again, bytes: saveClassifier({ ...exampleClassifier(options), ...more }) };
}

const deep = (["relu", "elu", "softplus"] as const).map((kind) => ({
  units: 2,
  activation: { kind, alpha: 0.7 },
}));

export const models: readonly Subject[] = [
  model("softmax, every kind of column", { features: allFeatures }),
  model("softmax, float64, odd classes", { features: allFeatures, classes: oddNames, precision: "float64" }),
  model("sigmoid", { head: "sigmoid", features: allFeatures }),
  model("sigmoid, float64, categories only", {
    head: "sigmoid",
    precision: "float64",
    features: allFeatures.filter(({ kind }) => kind === "categorical"),
  }),
  model("logistic regression on one column", { hidden: [], rows: 1 }),
  model("three hidden layers", { hidden: deep, classes: ["a", "b", "c"] }),
  model("a temperature", {}, { calibration: { method: "temperature", temperature: 1.7 } }),
  model("scales and biases", {}, { calibration: { method: "vector", scales: [0.5, 2], biases: [0, -1e-9] } }),
];

/** @param isFloat64 the precision; with it the optimiser is one of two moments, and nothing was validated */
function checkpoint(name: string, isFloat64: boolean): Subject {
  const numbers = (salt: number) => {
    const values = isFloat64 ? new Float64Array(7) : new Float32Array(7);
    return values.map((_, i) => Math.fround((i - 3) / salt));
  };
  const width = historyWidth(!isFloat64);
  const settings = isFloat64 ? ["train.precision=float64", "train.optimizer=adam"] : [];
  const digests = ["0", "a", "b", "c"].map((digit) => digit.repeat(64));
  const bytes = saveCheckpoint({
    run: {
      files: digests.slice(0, 1),
      rows: digests[1]!,
      split: digests[2]!,
      encoder: digests[3]!,
      config: resolveRunConfig({ data: { label: "y" } }, settings, "example"),
    },
    program: "1.2.3",
    state: {
      epochs: 2,
      losses: Float64Array.of(0.5, 0.25),
      parameters: numbers(2),
      moments: isFloat64 ? [numbers(3), numbers(5)] : [numbers(3)],
      best: isFloat64 ? null : { epoch: 1, score: -0.5, parameters: numbers(7) },
      history: { epochs: 2, width, figures: new Float64Array(2 * width).fill(0.125) },
    },
  });
  return { name, bytes, again: (damaged) => saveCheckpoint(loadCheckpoint(damaged, "m")) };
}

export const checkpoints: readonly Subject[] = [
  checkpoint("a checkpoint, float32, validated", false),
  checkpoint("a checkpoint, float64, two moments", true),
];

/** No mutant may take more milliseconds of the processor: a thousand times the usual. */
const SLOWEST = 2_000;
const LONGEST_MESSAGE = 2_000;

/**
 * Reads a damaged file: true when it was refused by name, false when it is a whole file after all, other bytes of the
 * same format that are written exactly as they were read. Whatever else happens is thrown.
 */
export function isRefused({ again }: Subject, bytes: Uint8Array): boolean {
  const start = processorTime();
  let written: Uint8Array | undefined;
  try {
    written = again(bytes);
  } catch (error) {
    if (!(error instanceof PulloneError) || error.code !== "model_invalid") throw error;
    if (!error.message.startsWith("m: ")) throw error;
    if (error.message.length > LONGEST_MESSAGE) throw new Error(`${error.message.length} characters`);
  }
  const took = processorTime() - start;
  if (took > SLOWEST) throw new Error(`it took ${took} ms`);
  if (written === undefined) return true;
  if (Buffer.compare(written, bytes) !== 0) throw new Error("accepted, but written otherwise");
  return false;
}
