import { describe, expect, test } from "vitest";
import { checkConfig } from "../../src/artifact/spec.ts";
import { loadClassifier, saveClassifier } from "../../src/artifact.ts";
import { predictRows } from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { allFeatures, type ExampleOptions, exampleClassifier, exampleConfig, oddNames } from "./example.ts";

const wide = [{ units: 5, activation: { kind: "elu", alpha: 0.7 } }] as const;
const deep = (["relu", "tanh", "softplus"] as const).map((kind) => ({
  units: 2,
  activation: { kind, alpha: 1 },
}));
const examples: readonly (readonly [string, ExampleOptions])[] = [
  ["softmax, float32", { features: allFeatures, classes: oddNames, hidden: wide }],
  ["softmax, float64", { features: allFeatures, classes: oddNames, hidden: wide, precision: "float64" }],
  ["one knot", { features: [{ ...allFeatures[4]! }] }],
  ["sigmoid, float32", { head: "sigmoid", features: allFeatures, rows: 16 }],
  ["sigmoid, float64", { head: "sigmoid", features: allFeatures, precision: "float64" }],
  ["logistic regression on one column", { hidden: [], rows: 1 }],
  ["three hidden layers", { hidden: deep }],
  ["categories only", { features: allFeatures.filter(({ kind }) => kind === "categorical") }],
];

describe.each(examples)("a saved model: %s", (_name, options) => {
  const classifier = exampleClassifier(options);
  const bytes = saveClassifier(classifier);
  const loaded = loadClassifier(bytes);

  test("is loaded as it was, -0 included", () => {
    const { config, ...rest } = loaded;
    const { config: _config, ...original } = classifier;
    expect(plain(rest)).toStrictEqual(plain(original));
    expect(Object.is(loaded.network.parameters[0], -0)).toBe(true);
    expect(Object.is(loaded.golden.inputs[0], -0)).toBe(true);
    expect(config.name).toBe("example");
  });

  test("is the same bytes when saved again", () => {
    expect(saveClassifier(loaded)).toStrictEqual(bytes);
  });

  test("predicts the same bits", () => {
    const { rows, inputs: values } = classifier.golden;
    const features = { rows, columns: classifier.network.shape.inputs, values };
    const kernels = referenceKernels(classifier.network.precision);
    const before = predictRows(kernels, classifier.network, features).logits;
    expect(predictRows(kernels, loaded.network, features).logits).toStrictEqual(before);
  });
});

test("bytes at an odd place of a larger buffer are read as well", () => {
  const bytes = saveClassifier(exampleClassifier());
  const shifted = new Uint8Array(bytes.length + 9).subarray(3, 3 + bytes.length);
  shifted.set(bytes);
  expect(saveClassifier(loadClassifier(shifted))).toStrictEqual(bytes);
});

test("every tensor starts at a multiple of its item size", () => {
  const bytes = saveClassifier(exampleClassifier({ features: allFeatures }));
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  const { __metadata__: _, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const starts = Object.values(tensors as Record<string, { dtype: string; data_offsets: number[] }>).map(
    ({ dtype, data_offsets }) =>
      (8 + length + data_offsets[0]!) % (dtype === "F64" ? 8 : dtype === "F32" ? 4 : 1),
  );
  expect(new Set(starts)).toEqual(new Set([0]));
});

test("a model tells the names of data files, but no folder", () => {
  const { data } = exampleConfig;
  const files = { kind: "files", validation: "C:\\work\\secret\\v.csv", test: "../secret/t.csv" } as const;
  const config = {
    ...exampleConfig,
    $schema: "../secret/schema.json",
    data: { ...data, file: "/secret/d.csv" },
    split: files,
  };
  const bytes = saveClassifier(exampleClassifier({ config }));
  const loaded = loadClassifier(bytes);
  expect(loaded.config.data.file).toBe("d.csv");
  expect(loaded.config.split).toEqual({ kind: "files", validation: "v.csv", test: "t.csv" });
  expect(new TextDecoder().decode(bytes)).not.toMatch(/secret/);
});

describe("what cannot be loaded is not saved", () => {
  test.each([
    [
      "a weight",
      Number.NaN,
      /^the classifier to save: tensor "layer\.1\.weights": expected finite numbers, got NaN$/,
    ],
    ["a weight", -Infinity, /tensor "layer\.1\.weights": expected finite numbers, got -Infinity$/],
    [
      "a weight",
      1,
      /^the classifier to save: golden\.logits\[2\]: expected .*, got .*this machine computes differently$/,
    ],
  ])("%s of %d", (_what, value, message) => {
    const classifier = exampleClassifier();
    classifier.network.parameters[1] = value;
    expect(() => saveClassifier(classifier)).toThrow(expect.objectContaining({ code: "model_invalid" }));
    expect(() => saveClassifier(classifier)).toThrow(message);
  });

  test("more than 16 golden rows", () => {
    const message = "the classifier to save: spec.golden.rows: expected a whole number from 1 to 16, got 17";
    expect(() => saveClassifier(exampleClassifier({ rows: 17 }))).toThrow(message);
  });
});

/** Without prototypes and views of buffers, but with the sign of zero. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [value.constructor.name, ...(value as Float64Array)];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

test("of files that are the parts, a model keeps the names and not the folders", () => {
  const split = {
    kind: "files",
    validation: "/home/someone/later.csv",
    test: "C:\\tables\\last.csv",
  } as const;
  const config = { ...exampleConfig, split };
  const loaded = loadClassifier(saveClassifier(exampleClassifier({ config })));
  expect(loaded.config.split).toEqual({ kind: "files", validation: "later.csv", test: "last.csv" });
});

test("of rows that came from no file, a model names none", () => {
  const { file: _, ...data } = exampleConfig.data;
  const loaded = loadClassifier(saveClassifier(exampleClassifier({ config: { ...exampleConfig, data } })));
  expect(loaded.config.data).not.toHaveProperty("file");
});

test("a configuration that fails by itself is no refusal of ours", () => {
  const config = Object.defineProperty({ ...exampleConfig }, "seed", {
    enumerable: true,
    get: () => {
      throw new RangeError("no seed today");
    },
  });
  expect(() => checkConfig(config, "m")).toThrow(RangeError);
  expect(() => checkConfig({ ...exampleConfig, seed: -1 }, "m")).toThrow(
    expect.objectContaining({ code: "model_invalid", message: expect.stringMatching(/^m seed: expected/) }),
  );
});
