// The run document: defaults, and the message about each kind of mistake.
import { describe, expect, expectTypeOf, test } from "vitest";
import { parseRunConfig, type RunConfig } from "../../src/config.ts";
import type { DataOptions } from "../../src/data/dataset.ts";
import { defaultMissingValues } from "../../src/data/numbers.ts";
import type { SplitOptions } from "../../src/data/split.ts";
import { complaintAbout, documentWith } from "./complaint.ts";

const minimal = parseRunConfig('{ "data": { "label": "y" } }', "c.jsonc");

describe("defaults", () => {
  test("a label is enough; every other key has its default", () => {
    expect(minimal).toEqual({
      name: "run",
      seed: 1,
      data: {
        label: "y",
        missingValues: defaultMissingValues,
        missingLabel: "refuse",
        scaling: "standard",
        imputation: "median",
        unseen: "ignore",
        columns: {},
      },
      split: { kind: "stratified", validation: 0.2, test: 0.2 },
      model: {
        head: "softmax",
        hidden: [64],
        activation: "silu",
        init: "he_uniform",
        headInit: "glorot_uniform",
      },
      train: {
        optimizer: "sgd",
        learningRate: 0.01,
        momentum: 0.9,
        nesterov: false,
        l2: 0.0003,
        weightDecay: 0,
        decayBiases: false,
        clipNorm: null,
        schedule: { kind: "cosine", minimum: 0, warmup: 0 },
        headLearningRateFactor: 1,
        headL2Factor: 1,
        batchSize: 32,
        epochs: 100,
        classWeights: "none",
        validationWeights: "same",
        labelSmoothing: 0,
        earlyStopping: { metric: "logLoss", patience: 30, minimumImprovement: 0 },
        precision: "float32",
        threads: "auto",
      },
    });
  });

  test("defaults go with the kind: adamw has its own learning rate and decay, and no momentum", () => {
    const { train } = parseRunConfig(
      '{ "data": { "label": "y" }, "train": { "optimizer": "adamw" } }',
      "c.jsonc",
    );
    expect(train).toMatchObject({
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    });
    expect(train).not.toHaveProperty("momentum");
    expect(train).not.toHaveProperty("l2");
  });

  test("no two configurations share a list or an object", () => {
    const other = parseRunConfig('{ "data": { "label": "y" } }', "c.jsonc");
    expect(other.data.missingValues).not.toBe(minimal.data.missingValues);
    expect(other.data.columns).not.toBe(minimal.data.columns);
    expect(other.model.hidden).not.toBe(minimal.model.hidden);
  });

  test("the sections are what the data room takes", () => {
    expectTypeOf<RunConfig["data"]>().toExtend<DataOptions>();
    expectTypeOf<RunConfig["split"]>().toExtend<SplitOptions>();
  });

  test("$schema is for editors and no part of a run", () => {
    expect(parseRunConfig('{ "$schema": "./schema.json", "data": { "label": "y" } }', "c.jsonc")).toEqual(
      minimal,
    );
  });

  test("-0 is 0 where it is allowed", () => {
    const { train } = parseRunConfig('{ "data": { "label": "y" }, "train": { "momentum": -0 } }', "c.jsonc");
    expect(Object.is((train as { momentum: number }).momentum, 0)).toBe(true);
  });

  test("a column may be called toString, and no other column is there by inheritance", () => {
    const { data } = parseRunConfig(
      '{ "data": { "label": "y", "columns": { "toString": { "kind": "numeric" } } } }',
      "c",
    );
    expect(data.columns.toString).toEqual({ kind: "numeric" });
    expect(data.columns.valueOf).toBeUndefined();
  });
});

describe("a missing or unknown key", () => {
  test.each<[object, string, string]>([
    [
      {},
      "c.jsonc:1:1 data.label: expected a column name of 1 to 256 characters, got nothing",
      "data.label is the column to predict",
    ],
    [
      { data: {} },
      "c.jsonc:1:9 data.label: expected a column name of 1 to 256 characters, got nothing",
      "data.label is the column to predict",
    ],
    [
      documentWith({ split: { kind: "column" } }),
      "c.jsonc:1:31 split.column: expected a column name of 1 to 256 characters, got nothing",
      "split.column is the column that says which part a row belongs to; it is no feature",
    ],
    [
      { data: { labl: "y" } },
      'c.jsonc:1:10 data.labl: expected a key of data, got "labl"',
      'did you mean "label"?',
    ],
    [
      documentWith({ Train: {} }),
      'c.jsonc:1:23 Train: expected a key of the configuration, got "Train"',
      'did you mean "train"?',
    ],
    [
      documentWith({ data: { label: "y", columns: { "a b": { scalng: "none" } } } }),
      'c.jsonc:1:40 data.columns."a b".scalng: expected a key of data.columns."a b", got "scalng"',
      'did you mean "scaling"?',
    ],
  ])("%j", (document, message, hint) => {
    expect(complaintAbout(document)).toEqual({ code: "config_invalid", message, hint });
  });
});

describe("a wrong type is refused with the expectation, nothing is coerced", () => {
  const complaintAt = (path: string, value: unknown) => {
    const [section, key] = path.split(".") as [string, string | undefined];
    const document = key === undefined ? { [section]: value } : { [section]: { [key]: value } };
    const merged =
      section === "data" && key !== "label" && key !== undefined
        ? { data: { label: "y", [key]: value } }
        : document;
    return complaintAbout({ ...documentWith({}), ...merged });
  };
  test.each<[string, unknown, string, string?]>([
    ["seed", "42", 'a whole number from 0 to 9007199254740991, got "42"', "write 42 without quotes"],
    ["seed", null, "a whole number from 0 to 9007199254740991, got null"],
    ["seed", [5], "a whole number from 0 to 9007199254740991, got [5]"],
    ["name", 5, 'a name of 1 to 64 of A-Z a-z 0-9 . _ - (no dot at an end, no device such as "CON"), got 5'],
    ["data", [], "an object, got []"],
    ["data", "x", 'an object, got "x"'],
    ["data.label", 5, "a column name of 1 to 256 characters, got 5"],
    ["data.label", " ", 'a column name of 1 to 256 characters, got " "'],
    ["data.label", "a\0", 'a column name of 1 to 256 characters, got "a\\u{0}"'],
    ["data.file", "", 'a path of 1 to 4096 characters, got ""'],
    ["data.file", "a\0b", 'a path of 1 to 4096 characters, got "a\\u{0}b"'],
    ["data.classes", "a", 'a list of 2 to 1000 different texts, got "a"'],
    ["data.classes", ["a"], 'a list of 2 to 1000 different texts, got ["a"]'],
    ["data.classes", ["a", "a"], 'a list of 2 to 1000 different texts, got ["a","a"]'],
    ["data.columns", [], "an object, got []"],
    [
      "data.scaling",
      true,
      'one of "standard", "robust", "min_max", "quantile_uniform", "quantile_normal" or "none", got true',
    ],
    ["data.missingLabel", "dorp", 'one of "refuse" or "drop", got "dorp"', 'did you mean "drop"?'],
    ["split", 5, "an object, got 5"],
    ["split", [], "an object, got []"],
    [
      "split.kind",
      "kfold",
      'one of "stratified", "column", "files" or "folds", got "kfold"',
      'did you mean "folds"?',
    ],
    ["model", [], "an object, got []"],
    ["model.hidden", 16, "a list of at most 64 whole numbers from 1 to 65536, got 16"],
    [
      "model.activation",
      5,
      'one of "identity", "relu", "leaky_relu", "tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "elu" or "softplus", or a list of these, got 5',
    ],
    ["train", null, "an object, got null"],
    ["train.nesterov", "yes", 'true or false, got "yes"'],
    ["train.decayBiases", 0, "true or false, got 0"],
    [
      "train.clipNorm",
      "1",
      'null or a number above 0 and at most 1000000, got "1"',
      "write 1 without quotes",
    ],
    ["train.optimizer", "Adam", 'one of "sgd", "adam" or "adamw", got "Adam"', 'did you mean "adam"?'],
    ["train.learningRate", "fast", 'a number above 0 and at most 1000, got "fast"'],
    ["train.schedule", "cosine", 'an object, got "cosine"'],
    [
      "train.classWeights",
      "balance",
      'one of "none" or "balanced", or an object of names and numbers, got "balance"',
      'did you mean "balanced"?',
    ],
    ["train.classWeights", [1], 'one of "none" or "balanced", or an object of names and numbers, got [1]'],
    ["train.earlyStopping", 5, "null or an object, got 5"],
    ["train.earlyStopping", [], "null or an object, got []"],
  ])("%s: %j", (path, value, rest, hint) => {
    const { message, hint: given } = complaintAt(path, value);
    expect(message.replace(/^c\.jsonc:1:\d+ /, "")).toBe(`${path}: expected ${rest}`);
    expect(given).toBe(hint);
  });

  test("a value inside a list or a record is named by its own place", () => {
    expect(complaintAbout(documentWith({ model: { hidden: [8, 8], activation: ["relu", "tnah"] } }))).toEqual(
      {
        code: "config_invalid",
        message:
          'c.jsonc:1:68 model.activation[1]: expected one of "identity", "relu", "leaky_relu", "tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "elu" or "softplus", got "tnah"',
        hint: 'did you mean "tanh"?',
      },
    );
    expect(complaintAbout(documentWith({ train: { classWeights: { a: "2" } } })).message).toBe(
      'c.jsonc:1:52 train.classWeights.a: expected a number above 0 and at most 1000000, got "2"',
    );
    expect(complaintAbout(documentWith({ model: { hidden: [16, 0] } })).message).toBe(
      "c.jsonc:1:45 model.hidden[1]: expected a whole number from 1 to 65536, got 0",
    );
  });
});

describe("a value out of range is refused with the range", () => {
  const share = "a number of at least 0 and below 1";
  const million = "a whole number from 1 to 1000000";
  test.each<[string, readonly string[], string]>([
    ["seed", ["9007199254740993", "0.5", "-0", "-1"], "a whole number from 0 to 9007199254740991"],
    ["train.epochs", ["0", "-1", "1.5", "1000000000", "-0"], million],
    ["train.batchSize", ["0", "1000001"], million],
    ["train.learningRate", ["0", "-1", "1e308", "1000.5", "-0"], "a number above 0 and at most 1000"],
    ["train.momentum", ["1", "-0.1"], share],
    ["train.l2", ["-1e-9", "1001"], "a number from 0 to 1000"],
    ["train.weightDecay", ["-1", "1001"], "a number from 0 to 1000"],
    ["train.clipNorm", ["0", "1e7"], "null or a number above 0 and at most 1000000"],
    ["train.headLearningRateFactor", ["0", "1001"], "a number above 0 and at most 1000"],
    ["train.headL2Factor", ["-1", "1001"], "a number from 0 to 1000"],
    ["train.labelSmoothing", ["1", "-0.1"], share],
    ["split.validation", ["1", "-0.1", "2"], share],
    ["split.test", ["1", "-0.1", "2"], share],
    ["model.alpha", ["-1", "1001"], "a number from 0 to 1000"],
    [
      "model.hidden",
      [`[${Array.from({ length: 65 }, () => 1)}]`],
      "a list of at most 64 whole numbers from 1 to 65536",
    ],
  ])("%s", (path, values, expected) => {
    const [section, key] = path.split(".");
    for (const value of values) {
      const body = key === undefined ? value : `{ "${key}": ${value} }`;
      const got = value.length > 40 ? `${value.slice(0, 40)}…` : value;
      const { message } = complaintAbout(`{ "data": { "label": "y" }, "${section}": ${body} }`);
      expect(message.replace(/^c\.jsonc:1:\d+ /, "")).toBe(`${path}: expected ${expected}, got ${got}`);
    }
  });

  test.each([
    "../x",
    "CON",
    "con.txt",
    "nul",
    "Com1",
    "a/b",
    ".",
    "",
    ".x",
    "x.",
    "__proto__",
    "x".repeat(300),
    "a b",
    "é",
  ])("the name %j is refused: a run becomes a folder", (name) => {
    expect(complaintAbout(documentWith({ name })).message).toMatch(
      / name: expected a name of 1 to 64 of A-Z a-z 0-9 \. _ -/,
    );
  });

  test.each(["a", "tumor", "A-1_b.c", "x".repeat(64), "console"])("the name %j is taken", (name) => {
    expect(parseRunConfig(JSON.stringify(documentWith({ name })), "c.jsonc").name).toBe(name);
  });
});

describe("one complaint of several", () => {
  test("an unknown key is named before the missing one that it explains", () => {
    expect(complaintAbout({ data: { Label: "y" } }).hint).toBe('did you mean "label"?');
  });
  test("the first in the text is named first", () => {
    const text = '{ "train": { "epochs": 0 }, "data": { "label": "y" }, "seed": -1 }';
    expect(complaintAbout(text).message).toBe(
      "c.jsonc:1:24 train.epochs: expected a whole number from 1 to 1000000, got 0",
    );
  });
  test("a mistyped kind is named before the keys that go with it", () => {
    const { message, hint } = complaintAbout(
      documentWith({ train: { schedule: { every: 5, kinz: "step" } } }),
    );
    expect(message).toContain('train.schedule.kinz: expected a key of train.schedule, got "kinz"');
    expect(hint).toBe('did you mean "kind"?');
  });
});
