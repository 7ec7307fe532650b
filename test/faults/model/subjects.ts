// The files that are damaged: a model of each kind that there is, and how each is judged.

import { loadClassifier, saveClassifier } from "../../../src/artifact.ts";
import { PulloneError } from "../../../src/errors.ts";
import { allFeatures, type ExampleOptions, exampleClassifier, oddNames } from "../../artifact/example.ts";

export interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Reads a file of its kind and writes it again. */
  readonly again: (bytes: Uint8Array) => Uint8Array;
}

const again = (bytes: Uint8Array) => saveClassifier(loadClassifier(bytes, "m"));

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

/** No mutant may take longer: two seconds on a busy machine are a thousand times the usual. */
const SLOWEST = 2_000;
const LONGEST_MESSAGE = 2_000;

/**
 * Reads a damaged file: true when it was refused by name, false when it is a whole file after all, other bytes of the
 * same format that are written exactly as they were read. Whatever else happens is thrown.
 */
export function isRefused({ again }: Subject, bytes: Uint8Array): boolean {
  const start = performance.now();
  let written: Uint8Array | undefined;
  try {
    written = again(bytes);
  } catch (error) {
    if (!(error instanceof PulloneError) || error.code !== "model_invalid") throw error;
    if (!error.message.startsWith("m: ")) throw error;
    if (error.message.length > LONGEST_MESSAGE) throw new Error(`${error.message.length} characters`);
  }
  const took = performance.now() - start;
  if (took > SLOWEST) throw new Error(`it took ${took} ms`);
  if (written === undefined) return true;
  if (Buffer.compare(written, bytes) !== 0) throw new Error("accepted, but written otherwise");
  return false;
}
