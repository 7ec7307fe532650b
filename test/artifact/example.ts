// Classifiers to be saved: small, with every kind of feature and the oddest names, and weights from a seed.

import type { Classifier, Metrics } from "../../src/classifier.ts";
import type { RunConfig } from "../../src/config.ts";
import type { Feature } from "../../src/data/encoder.ts";
import type { Precision } from "../../src/matrix.ts";
import { predictRows } from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { type Head, type NetworkShape, networkFrom, parameterCount } from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";

export const oddNames = [
  "__proto__",
  "constructor",
  "toString",
  "a\nb",
  "👩‍🔬",
  "\u202eltr",
  "",
  "=1+1",
  "0",
];

const config = {
  name: "example",
  seed: 7,
  data: {
    file: "/home/someone/tables/flowers.csv",
    label: "class",
    missingValues: ["", "NA"],
    missingLabel: "refuse",
    scaling: "standard",
    imputation: "median",
    unseen: "ignore",
    columns: {},
  },
  split: { kind: "stratified", validation: 0.2, test: 0.2 },
  model: {
    head: "softmax",
    hidden: [3, 2],
    activation: "relu",
    init: "he_uniform",
    headInit: "glorot_uniform",
  },
  train: {
    optimizer: "sgd",
    learningRate: 0.05,
    momentum: 0.9,
    nesterov: false,
    l2: 0.0001,
    weightDecay: 0,
    schedule: { kind: "constant", warmup: 0 },
    decayBiases: false,
    clipNorm: null,
    headLearningRateFactor: 1,
    headL2Factor: 1,
    batchSize: 32,
    epochs: 200,
    classWeights: "none",
    validationWeights: "same",
    labelSmoothing: 0,
    earlyStopping: { metric: "logLoss", patience: 20, minimumImprovement: 0 },
    precision: "float32",
  },
} as RunConfig;

const metrics: Metrics = {
  rows: 90,
  accuracy: 0.9555555555555556,
  balancedAccuracy: 0.95,
  logLoss: 0.1234567890123456,
  brier: 0.07,
  macroF1: 0.955,
  mcc: 1e-7,
  ece: 0.02,
  rocAuc: null,
};

const numeric = { kind: "numeric", imputation: "median", scaling: "standard", knots: [] } as const;

/** A numeric column of each sort and a categorical one of each policy. */
export const allFeatures: readonly Feature[] = [
  { ...numeric, column: "__proto__", fill: -0, center: -0, scale: 5e-324 },
  { ...numeric, column: "width", imputation: "error", scaling: "none", fill: 0, center: 0, scale: 1 },
  {
    ...numeric,
    column: "q",
    scaling: "quantile_normal",
    fill: 2,
    center: 0,
    scale: 1,
    knots: [-0, 2, 2, 1e300],
  },
  {
    kind: "categorical",
    column: "color",
    unseen: "bucket",
    categories: ["", "red", "ﬁ", "😀"],
    missingRows: 1,
    unseenRows: 0,
  },
  { ...numeric, column: "u", scaling: "quantile_uniform", fill: 1.5, center: 0, scale: 1, knots: [1.5] },
  {
    kind: "categorical",
    column: "constructor",
    unseen: "ignore",
    categories: ["__proto__"],
    missingRows: 0,
    unseenRows: 0,
  },
  {
    kind: "categorical",
    column: "line\nbreak",
    unseen: "error",
    categories: ["b", "c"],
    missingRows: 0,
    unseenRows: 0,
  },
];

export const oneColumn: readonly Feature[] = [{ ...numeric, column: "x", fill: 1, center: 2, scale: 3 }];

export interface ExampleOptions {
  readonly head?: Head;
  readonly precision?: Precision;
  readonly features?: readonly Feature[];
  readonly classes?: readonly string[];
  readonly hidden?: NetworkShape["hidden"];
  readonly rows?: number;
  readonly config?: RunConfig;
}

const widthOf = (feature: Feature) =>
  feature.kind === "numeric" ? 1 : feature.categories.length + 1 + (feature.unseen === "bucket" ? 1 : 0);

/** A classifier that nobody trained, but whose golden rows are its own; the first weight is -0. */
export function exampleClassifier(options: ExampleOptions = {}): Classifier {
  const { head = "softmax", precision = "float32", features = oneColumn, rows = 2 } = options;
  const { classes = ["cat", "dog"], hidden = [{ units: 3, activation: { kind: "gelu", alpha: 0.01 } }] } =
    options;
  const inputs = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  const shape: NetworkShape = { inputs, hidden, head, classes: classes.length };
  const random = randomStream(1, "init");
  const kernels = referenceKernels(precision);
  const parameters = Float64Array.from({ length: parameterCount(shape) }, () => random() - 0.5);
  parameters[0] = -0;
  const network = networkFrom(kernels, shape, parameters);
  const golden = kernels.allocate(rows * inputs).map(() => random() * 4 - 2);
  golden[0] = -0;
  const logits = predictRows(kernels, network, { rows, columns: inputs, values: golden }).logits;
  return {
    config: options.config ?? config,
    labels: { column: "class", classes },
    encoder: { missingValues: ["", "NA"], features },
    network,
    golden: { rows, inputs: golden, logits },
    record: {
      fingerprint: "0123456789abcdef".repeat(4),
      epochs: 40,
      bestEpoch: 20,
      rows: { train: 90, validation: 0 },
      metrics: { train: metrics, validation: { ...metrics, rows: 30, rocAuc: 0.99 } },
    },
  };
}

export { config as exampleConfig };
