// What must hold between two keys.
import { describe, expect, test } from "vitest";
import { parseRunConfig } from "../../src/config.ts";
import { complaintAbout, documentWith } from "./complaint.ts";

const data = { label: "y" };

describe("two keys that contradict each other are refused", () => {
  test.each<[object, string, string?]>([
    [
      { split: { validation: 0.5, test: 0.5 } },
      "split.validation: expected validation and test to leave rows for training: a sum below 1, got 0.5 and 0.5",
    ],
    [{ split: { kind: "folds", folds: 5, fold: 6 } }, "split.fold: expected a fold from 1 to 5, got 6"],
    [
      { split: { kind: "column", column: "f", validation: ["0", "1"], test: ["1"] } },
      'split.test: expected cells that are not in split.validation too, got "1"',
    ],
    [
      { split: { kind: "column", column: "y", validation: ["0"] } },
      'split.column: expected a column other than the label, got "y"',
    ],
    [
      { split: { validation: 0 } },
      "train.earlyStopping: expected validation rows to judge by, or null, got no validation rows",
      "give split.validation, or set train.earlyStopping to null and train all epochs",
    ],
    [
      { split: { kind: "files", test: "t.csv" } },
      "train.earlyStopping: expected validation rows to judge by, or null, got no validation rows",
      "give split.validation, or set train.earlyStopping to null and train all epochs",
    ],
    [
      { split: { kind: "column", column: "f", test: ["1"] } },
      "train.earlyStopping: expected validation rows to judge by, or null, got no validation rows",
      "give split.validation, or set train.earlyStopping to null and train all epochs",
    ],
    [
      { data: { ...data, columns: { y: { kind: "numeric" } } } },
      'data.columns.y: expected a column other than the label, got "y"',
      "the label is no feature",
    ],
    [
      { data: { ...data, columns: { a: { kind: "numeric", unseen: "error" } } } },
      'data.columns.a.unseen: expected only keys that a column of kind "numeric" uses, got "unseen"',
      '"unseen" goes with kind "categorical"',
    ],
    [
      { data: { ...data, columns: { a: { kind: "ignored", scaling: "none" } } } },
      'data.columns.a.scaling: expected only keys that a column of kind "ignored" uses, got "scaling"',
      '"scaling" goes with kind "numeric"',
    ],
    [
      { model: { hidden: [65_536, 65_536] } },
      "model.hidden: expected a network of at most 33554432 weights, got [65536,65536] with 4295032832 (32769 MiB in float64)",
    ],
    [
      { data: { ...data, classes: ["a", "b", "c"] }, model: { head: "sigmoid" } },
      'model.head: expected "softmax" for more than two classes, got "sigmoid" for 3 classes',
    ],
    [
      { data: { ...data, classes: ["a", "b"] }, train: { classWeights: { A: 2 } } },
      'train.classWeights.A: expected a name out of data.classes, got "A"',
    ],
    [
      { model: { hidden: [8, 8], activation: ["relu"] } },
      "model.activation: expected one activation for each of 2 hidden layers, got 1",
    ],
    [
      { model: { alpha: 0.1 } },
      'model.alpha: expected alpha only with "leaky_relu" or "elu", got alpha with "silu"',
    ],
    [
      { model: { hidden: [8, 8], activation: ["relu", "tanh"], alpha: 0.1 } },
      'model.alpha: expected alpha only with "leaky_relu" or "elu", got alpha with "relu", "tanh"',
    ],
    [
      { train: { nesterov: true, momentum: 0 } },
      "train.nesterov: expected a momentum above 0 to look ahead along, got momentum 0",
    ],
    [
      { train: { schedule: { kind: "cosine", minimum: 0.1 } } },
      "train.schedule.minimum: expected at most train.learningRate, which is 0.01, got 0.1",
    ],
    [
      { train: { epochs: 5, schedule: { warmup: 6 } } },
      "train.schedule.warmup: expected at most train.epochs, which is 5, got 6",
    ],
  ])("%j", (more, message, hint) => {
    const complaint = complaintAbout(documentWith(more));
    expect(complaint.message.replace(/^c\.jsonc:1:\d+ /, "")).toBe(message);
    expect(complaint.hint).toBe(hint);
  });
});

test.each<[object]>([
  [{ split: { validation: 0 }, train: { earlyStopping: null } }],
  [{ split: { test: 0 } }],
  [{ split: { kind: "column", column: "fold", validation: ["1"], test: ["0"] } }],
  [{ split: { kind: "files", validation: "v.csv", test: "t.csv" } }],
  [{ split: { kind: "folds", folds: 3, fold: 3 } }],
  [{ model: { hidden: [] } }],
  [{ model: { hidden: [8, 8], activation: ["leaky_relu", "tanh"], alpha: 0.2 } }],
  [{ model: { head: "sigmoid" }, data: { ...data, classes: ["a", "b"] } }],
  [{ train: { classWeights: { a: 2, b: 0.5 } } }],
  [
    {
      train: {
        optimizer: "adam",
        clipNorm: 1,
        schedule: { kind: "step", every: 10, factor: 0.1, warmup: 2.5 },
      },
    },
  ],
  [{ data: { ...data, columns: { a: { scaling: "none", unseen: "error" }, b: { kind: "ignored" } } } }],
])("%j is taken", (more) => {
  expect(parseRunConfig(JSON.stringify(documentWith(more)), "c.jsonc")).toMatchObject(documentWith(more));
});

describe("two keys that go together only when both are given", () => {
  const column = { kind: "column", column: "fold", test: ["2"] };

  test("a share for validation and cells for validation are refused together", () => {
    expect(
      complaintAbout(documentWith({ split: { ...column, validation: ["1"], validationShare: 0.2 } })),
    ).toEqual({
      code: "config_invalid",
      message: "c.jsonc:1:114 split.validationShare: expected it or split.validation, got both",
    });
  });
  test("a share for validation, like cells for it, is enough to stop early by; a share of 0 is not", () => {
    const read = (split: object) => () =>
      parseRunConfig(JSON.stringify(documentWith({ split: { ...column, ...split } })), "c.jsonc");
    expect(read({ validationShare: 0.2 })().split).toMatchObject({ validationShare: 0.2 });
    expect(read({ validation: ["1"] })().split).toMatchObject({ validation: ["1"] });
    expect(read({})).toThrow("got no validation rows");
  });
  test("weights for classes that are all named are fine", () => {
    const document = { data: { label: "y", classes: ["a", "b"] }, train: { classWeights: { a: 2 } } };
    expect(parseRunConfig(JSON.stringify(document), "c.jsonc").train.classWeights).toEqual({ a: 2 });
  });
  test("a slope without any hidden layer is refused", () => {
    const document = documentWith({ model: { hidden: [], activation: [], alpha: 0.1 } });
    expect(complaintAbout(document).message).toMatch(
      /model\.alpha: expected alpha only with "leaky_relu" or "elu", got alpha with no activation$/,
    );
  });
});
