import { describe, expect, test } from "vitest";
import { type Classifier, fit, predict } from "../src/classifier.ts";
import { resolveRunConfig } from "../src/config.ts";
import { encodedWidth } from "../src/data/encode.ts";
import { explainRow } from "../src/explain.ts";
import { permutationImportance } from "../src/importance.ts";
import { inputGradient } from "../src/model/inputgradient.ts";
import { complete } from "../src/model/kernels/operations.ts";
import { prepare, tableOf } from "../src/prepare.ts";
import { logLossFromLogits } from "../src/train/scores.ts";
import { exampleClassifier } from "./artifact/example.ts";
import { differences } from "./model/differences.ts";

/** The class is decided by x and a little by the colour; `noise` says nothing. */
const records = Array.from({ length: 240 }, (_, i) => {
  const x = ((37 * i) % 101) / 25 - 2;
  const noise = ((61 * i) % 103) / 25 - 2;
  const color = ["red", "green", "blue"][i % 3]!;
  const score = x + (color === "red" ? 0.6 : 0) + (((i * 7919) % 97) / 97 - 0.5);
  return { x, noise, color, class: score > 0.8 ? "high" : score < -0.8 ? "low" : "middle" };
});

function trained(head: "softmax" | "sigmoid", hidden: number[], precision = "float64"): Classifier {
  const two = records.map((record) => ({ ...record, class: record.class === "low" ? "low" : "other" }));
  const rows = head === "sigmoid" ? two : records;
  const config = resolveRunConfig(
    {
      data: { label: "class" },
      model: { head, hidden, activation: "tanh" },
      train: { epochs: 20, precision },
    },
    [],
    "test",
  );
  return complete(fit(config, prepare(config, tableOf(rows, config))));
}

describe("the gradient with respect to the inputs equals central differences within 1e-8", () => {
  test.each([
    ["softmax", "float64"],
    ["sigmoid", "float64"],
    ["softmax", "float32"],
  ] as const)("%s head, %s network, three hidden layers", (head, precision) => {
    const hidden = (["tanh", "silu", "gelu"] as const).map((kind) => ({
      units: 4,
      activation: { kind, alpha: 1 },
    }));
    const { network } = exampleClassifier({ head, precision, hidden });
    const x = Float64Array.of(0.7);
    const direction = head === "sigmoid" ? [1] : [1, -0.5];
    const value = () =>
      inputGradient(network, x, direction).logits.reduce((sum, z, k) => sum + z * direction[k]!, 0);
    const [slope] = differences(value, x);
    const { dX } = inputGradient(network, x, direction);
    expect(Math.abs(dX[0]! - slope!)).toBeLessThan(1e-8);
    expect(Math.abs(dX[0]!)).toBeGreaterThan(1e-6);
  });
});

const linear = trained("softmax", []);
const deep = trained("softmax", [6, 5]);
const node = trained("sigmoid", [6]);
const table = tableOf(records);

describe.each([
  ["no hidden layer", linear],
  ["two hidden layers", deep],
  [
    "two hidden layers, calibrated",
    { ...deep, calibration: { method: "temperature", temperature: 1.5 } } as Classifier,
  ],
  [
    "two hidden layers, vector scaling",
    {
      ...deep,
      calibration: { method: "vector", scales: [1.2, 0.9, 1.1], biases: [0.1, -0.2, 0.3] },
    } as Classifier,
  ],
])("an explained row: %s", (_, classifier) => {
  const row = 18;
  const explained = explainRow(classifier, table, row);
  const { logits, probabilities, classes } = predict(classifier, table);
  const own = Array.from(logits.subarray(3 * (row - 1), 3 * row));

  test("has the very logits and probabilities of predict, and its answer", () => {
    expect(explained.logits.map(({ logit }) => logit)).toEqual(own);
    const p = Array.from(probabilities.subarray(3 * (row - 1), 3 * row));
    expect(explained.classes.map(({ probability }) => probability)).toEqual(p);
    expect(explained.predicted).toBe(classifier.labels.classes[classes[row - 1]!]);
    expect(explained.line).toBe(row + 1);
  });

  test("p - y sums to 0 within 1e-15, and a step of rate 1 lowers the loss", () => {
    const { label, classes: told, logits: z, loss } = explained;
    expect(label).toBe(records[row - 1]!.class);
    expect(told.map(({ y }) => y)).toEqual(told.map(({ class: name }) => (name === label ? 1 : 0)));
    expect(Math.abs(told.reduce((sum, { push }) => sum + push!, 0))).toBeLessThan(1e-15);
    const y = told.findIndex(({ class: name }) => name === label);
    expect(loss).toBe(logLossFromLogits(own, [y], 3));
    const next = z.map((logit) => logit.next!);
    expect(next).toEqual(own.map((logit, k) => logit - told[k]!.push!));
    expect(logLossFromLogits(next, [y], 3)).toBeLessThan(loss!);
  });

  test("contributions and the rest are the margin ln p[a] - ln p[b], within 1e-12", () => {
    const p = (name: string) => explained.classes.find((one) => one.class === name)!.probability;
    expect(explained.margin).toBeCloseTo(Math.log(p(explained.predicted) / p(explained.against)), 12);
    const sum = explained.columns.reduce((total, { contribution }) => total + contribution, explained.rest);
    expect(sum).toBeCloseTo(explained.margin, 12);
    const sizes = explained.columns.map(({ contribution }) => Math.abs(contribution));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });
});

test("without hidden layers the rest is the difference of the two biases, within 1e-12: nothing is left unexplained", () => {
  for (const row of [1, 7, 100]) {
    const { rest, predicted, against } = explainRow(linear, table, row);
    const { biases } = linear.network.layers[0]!;
    const bias = (name: string) => biases[linear.labels.classes.indexOf(name)]!;
    expect(rest).toBeCloseTo(bias(predicted) - bias(against), 12);
  }
});

test("of a category only the place that is lit counts; the cell stands as it is written", () => {
  const { columns } = explainRow(linear, table, 2);
  const color = columns.find(({ column }) => column === "color")!;
  expect(color).toMatchObject({ value: "green", encoded: 1 });
  expect(encodedWidth(linear.encoder)).toBe(6);
});

test("a sigmoid node has one logit, of the second class, and its gradient is p - y of that class", () => {
  const rows = tableOf(records.slice(0, 9).map((record) => ({ ...record, class: "other" })));
  for (let row = 1; row <= 9; row++) {
    const { logits, classes, margin, predicted } = explainRow(node, rows, row);
    expect(logits).toHaveLength(1);
    expect(logits[0]).toMatchObject({ class: "other", gradient: classes[1]!.push });
    expect(margin).toBeCloseTo(predicted === "other" ? logits[0]!.logit : -logits[0]!.logit, 12);
  }
});

test("a row without a label has no loss, no push and no step", () => {
  const bare = tableOf(records.slice(0, 3).map(({ class: _, ...rest }) => rest));
  const { label, loss, classes, logits } = explainRow(deep, bare, 1);
  expect({ label, loss }).toEqual({ label: null, loss: null });
  expect(classes.every(({ y, push }) => y === null && push === null)).toBe(true);
  expect(logits.every(({ gradient, next }) => gradient === null && next === null)).toBe(true);
});

test.each([0, 241, 1.5])("row %d is refused", (row) => {
  expect(() => explainRow(deep, table, row)).toThrow(
    expect.objectContaining({
      code: "usage_invalid",
      message: `--row: expected 1 to 240, a row of the data, got ${row}`,
    }),
  );
});

describe("permutation importance", () => {
  const config = deep.config;
  const data = prepare(config, tableOf(records, config)).train;
  const importance = permutationImportance(deep, data);

  test("finds the column that decides, and that noise says nothing", () => {
    const [first, ...others] = importance.columns;
    expect(first!.column).toBe("x");
    expect(first!.interval.lower).toBeGreaterThan(0.3);
    const noise = others.find(({ column }) => column === "noise")!;
    expect(noise.rise).toBeLessThan(first!.rise / 10);
    const told = records.filter((_, row) => data.rows.includes(row));
    const labels = told.map((record) => deep.labels.classes.indexOf(record.class));
    expect(importance.logLoss).toBeCloseTo(
      logLossFromLogits(predict(deep, tableOf(told)).logits, labels, 3),
      12,
    );
  });

  test("is the same twice, and leaves the rows as they were", () => {
    const before = data.features.values.slice();
    expect(permutationImportance(deep, data)).toEqual(importance);
    expect(data.features.values).toEqual(before);
  });

  test("takes at most 2,000 rows, each class as it comes", () => {
    const many = Array.from({ length: 10 }, () => records).flat();
    const part = prepare(config, tableOf(many, config)).train;
    expect(part.labels.length).toBeGreaterThan(1400);
    expect(permutationImportance(deep, part, 1).rows).toBe(Math.min(2000, part.labels.length));
  });
});
