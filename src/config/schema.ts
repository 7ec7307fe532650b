// The run document: one schema that gives the types, the bounds, the defaults, the page of keys and the completion in
// editors. What must hold between two keys is in rules.ts.

import { defaultMissingValues } from "../data/numbers.ts";
import {
  above,
  between,
  choice,
  choiceOrList,
  choiceOrNamed,
  choiceOrWhole,
  column,
  described,
  exactOptional,
  flag,
  folderName,
  fraction,
  type InferOutput,
  kind,
  named,
  nullable,
  optional,
  path,
  section,
  text,
  texts,
  units,
  variant,
  whole,
} from "./words.ts";

const scalings = ["standard", "robust", "min_max", "quantile_uniform", "quantile_normal", "none"] as const;
const imputations = ["median", "most_frequent", "error"] as const;
const unseenPolicies = ["error", "ignore", "bucket"] as const;
const inits = ["he_uniform", "glorot_uniform", "zeros"] as const;
const activations = [
  ...(["identity", "relu", "leaky_relu", "tanh", "sigmoid"] as const),
  ...(["gelu", "gelu_tanh", "silu", "elu", "softplus"] as const),
] as const;
const columnKinds = ["numeric", "categorical", "ignored"] as const;

const columnOptions = section({
  kind: exactOptional(choice(columnKinds, "what it holds; inferred from the training rows when absent")),
  scaling: exactOptional(choice(scalings, "how it is scaled; numeric columns only")),
  imputation: exactOptional(choice(imputations, "what replaces its missing numbers; numeric columns only")),
  unseen: exactOptional(choice(unseenPolicies, "what unseen categories become; categorical columns only")),
});
const columns = named(described(columnOptions, "one column"), "what differs for single columns, by name");

const data = section({
  file: exactOptional(path("the CSV file of the table, relative to this configuration")),
  label: column("the column to predict"),
  classes: exactOptional(
    texts(2, "the classes in order, of two the second is the positive one; found when absent"),
  ),
  missingValues: optional(texts(0, "cells that mean a missing value, as an empty one does"), [
    ...defaultMissingValues,
  ]),
  missingLabel: optional(choice(["refuse", "drop"], "what is done about rows without a label"), "refuse"),
  scaling: optional(choice(scalings, "how numeric columns are scaled"), "standard"),
  imputation: optional(choice(imputations, "what replaces a missing number"), "median"),
  unseen: optional(choice(unseenPolicies, "what a category becomes that no training row has"), "ignore"),
  columns: optional(columns, {}),
});

const validationShare = optional(fraction("share of the rows that choose the epoch"), 0.2);
const split = variant(
  "kind",
  ["stratified", "column", "files", "folds"],
  [
    section({
      kind: optional(kind("stratified", "drawn at random, every class in the same share"), "stratified"),
      validation: validationShare,
      test: optional(fraction("share of the rows that judge, and do nothing else"), 0.2),
    }),
    section({
      kind: kind("column", "as a column of the table says"),
      column: column("the column that says which part a row belongs to; it is no feature"),
      validation: optional(texts(0, "values of that column that mean validation"), []),
      test: optional(texts(0, "values of that column that mean test"), []),
      validationShare: exactOptional(
        fraction("share of the rows that are neither, drawn at random to choose the epoch"),
      ),
    }),
    section({
      kind: kind("files", "from files of their own"),
      validation: exactOptional(path("CSV file of the validation rows; none when absent")),
      test: exactOptional(path("CSV file of the test rows; none when absent")),
    }),
    section({
      kind: kind("folds", "one of several stratified parts is the test"),
      folds: optional(whole(2, 1_000, "number of parts"), 5),
      fold: optional(whole(1, 1_000, "which part is the test, counted from 1"), 1),
      validation: validationShare,
      foldSeed: exactOptional(
        whole(0, Number.MAX_SAFE_INTEGER, "deals the parts; the seed of the run when absent"),
      ),
    }),
  ],
  "which rows train, which choose the epoch, which judge",
);

const model = section({
  head: optional(
    choice(["softmax", "sigmoid"], "a node for each class, or one node for two classes"),
    "softmax",
  ),
  hidden: optional(units(64, 65_536, "of each hidden layer; [] is logistic regression"), [64]),
  activation: optional(
    choiceOrList(activations, "of all hidden layers, or a list with one for each"),
    "silu",
  ),
  alpha: exactOptional(
    between(0, 1_000, "slope of leaky_relu (0.01 when absent), scale of elu (1), below 0"),
  ),
  init: optional(choice(inits, "how the weights of the hidden layers begin"), "he_uniform"),
  headInit: optional(choice(inits, "how the weights of the output layer begin"), "glorot_uniform"),
});

const warmup = optional(between(0, 1_000_000, "epochs over which the rate first rises"), 0);
const schedule = variant(
  "kind",
  ["constant", "step", "cosine"],
  [
    section({ kind: optional(kind("constant", "the rate stays"), "constant"), warmup }),
    section({
      kind: kind("step", "it is multiplied by factor, again and again"),
      every: optional(whole(1, 1_000_000, "epochs from one multiplication to the next"), 30),
      factor: optional(above(0, 1, "what multiplies the rate"), 0.5),
      warmup,
    }),
    section({
      kind: kind("cosine", "it falls along half a cosine until the last epoch"),
      minimum: optional(between(0, 1_000, "the rate at the end"), 0),
      warmup,
    }),
  ],
  "how the learning rate changes over the epochs",
);

const stoppingMetrics = ["logLoss", "loss", "accuracy", "balancedAccuracy", "macroF1"] as const;
const earlyStopping = described(
  section(
    {
      metric: optional(choice(stoppingMetrics, "what is watched on the validation rows"), "logLoss"),
      patience: optional(whole(1, 1_000_000, "epochs without improvement before the end"), 30),
      minimumImprovement: optional(between(0, 1_000_000, "only a larger gain counts"), 0),
    },
    "null or an object",
  ),
  "ends training, and keeps the best weights; null trains all epochs, and keeps the last",
);

const learningRate = above(0, 1_000, "how far a step goes along the gradient");
const l2 = optional(between(0, 1_000, "coupled: l2 · weights is added to the gradient"), 0.0003);
const weightDecay = between(0, 1_000, "decoupled: a step shrinks the weights by rate · weightDecay");
const adamKeys = {
  learningRate: optional(learningRate, 0.001),
  beta1: optional(fraction("what a step keeps of the running mean of the gradient"), 0.9),
  beta2: optional(fraction("what a step keeps of the running mean of its square"), 0.999),
  epsilon: optional(above(0, 1, "added to the root of that mean before dividing by it"), 1e-8),
};
const clipNorm = above(0, 1_000_000, "the largest norm of the gradient over all parameters", "null or ");
const weights = above(0, 1_000_000, "weight of the class of this name");
const threads = choiceOrWhole(
  ["auto"],
  1,
  64,
  "that share each step, as many as pay with auto; no bit depends on it",
);
const trainKeys = {
  decayBiases: optional(flag("whether l2 and weightDecay hold for biases too"), false),
  clipNorm: optional(nullable(clipNorm), null),
  schedule: optional(schedule, { kind: "cosine" }),
  headLearningRateFactor: optional(above(0, 1_000, "times the learning rate, in the output layer"), 1),
  headL2Factor: optional(between(0, 1_000, "times l2 and weightDecay, in the output layer"), 1),
  batchSize: optional(whole(1, 1_000_000, "rows of a step"), 32),
  epochs: optional(whole(1, 1_000_000, "passes over the training rows, at most"), 100),
  classWeights: optional(
    choiceOrNamed(["none", "balanced"], weights, "what a row of each class counts"),
    "none",
  ),
  validationWeights: optional(choice(["same", "none"], "class weights of the validation loss"), "same"),
  labelSmoothing: optional(fraction("share of each target that is spread over all classes"), 0),
  earlyStopping: optional(nullable(earlyStopping), {}),
  precision: optional(choice(["float32", "float64"], "how numbers are kept and rounded"), "float32"),
  threads: optional(threads, "auto"),
};

const train = variant(
  "optimizer",
  ["sgd", "adam", "adamw"],
  [
    section({
      optimizer: optional(kind("sgd", "minibatch descent with momentum"), "sgd"),
      learningRate: optional(learningRate, 0.01),
      momentum: optional(fraction("share of the last step that is repeated in the next"), 0.9),
      nesterov: optional(flag("whether to look ahead along the momentum (Nesterov)"), false),
      l2,
      weightDecay: optional(weightDecay, 0),
      ...trainKeys,
    }),
    section({ optimizer: kind("adam", "steps scaled by the gradients seen"), ...adamKeys, l2, ...trainKeys }),
    section({
      optimizer: kind("adamw", "adam with decoupled weight decay"),
      ...adamKeys,
      weightDecay: optional(weightDecay, 0.01),
      ...trainKeys,
    }),
  ],
  "how the network learns",
);

/** The schema as the library knows it, for those who make other documents of it. */
export const runSchema = section({
  $schema: exactOptional(text("an address", 4_096, /\0/, "where editors find schema.json")),
  name: optional(folderName("of the run, and of its folder"), "run"),
  seed: optional(whole(0, Number.MAX_SAFE_INTEGER, "the same seed gives the same bits"), 1),
  data: described(data, "the table, and how its columns are read"),
  split: optional(split, {}),
  model: optional(described(model, "the network"), {}),
  train: optional(train, {}),
});

/** A run, complete: every key that has a default is there. */
export type RunConfig = Omit<InferOutput<typeof runSchema>, "$schema">;
