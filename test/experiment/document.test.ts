// The document of an experiment: what it means, and the message about each kind of mistake.
import { describe, expect, test } from "vitest";
import { resolveRunConfig } from "../../src/config.ts";
import { PulloneError } from "../../src/errors.ts";
import {
  inlineBase,
  parseExperiment,
  resolveVariants,
  writeExperiment,
} from "../../src/experiment/document.ts";
import { seedsOf } from "../../src/experiment/plan.ts";

const BASE = '{ "data": { "label": "y" } }';

function documentOf(text: string, settings: readonly string[] = []) {
  return parseExperiment(text, settings, "e.jsonc");
}

function variantsOf(variants: object, base: string | object = BASE) {
  return resolveVariants(documentOf(JSON.stringify({ base: "run.jsonc", variants })), base, "run.jsonc");
}

function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof PulloneError)) throw error;
    return [error.code, error.message, error.hint].filter((part) => part !== undefined).join(" | ");
  }
  return "no complaint";
}

describe("an experiment", () => {
  test("needs a base and variants; every other key has its default", () => {
    expect(documentOf('{ "base": "run.jsonc", "variants": { "a": {} } }').words).toEqual({
      kind: "grid",
      name: "experiment",
      base: "run.jsonc",
      variants: { a: {} },
      seeds: 1,
      folds: { kind: "stratified", folds: 5, repeats: 1 },
      metrics: ["logLoss", "accuracy"],
      jobs: "auto",
    });
  });

  test("takes settings over the file", () => {
    const { words } = documentOf('{ "base": "run.jsonc", "variants": { "a": {} } }', [
      "seeds=[4,2]",
      "folds.folds=3",
    ]);
    expect(words.folds).toEqual({ kind: "stratified", folds: 3, repeats: 1 });
    expect(seedsOf(words.seeds)).toEqual([4, 2]);
    expect(seedsOf(3)).toEqual([1, 2, 3]);
  });

  test("written and read again is the same experiment", () => {
    const document = documentOf(
      '{ "base": "run.jsonc", "variants": { "a": { "model.hidden": [3] }, "b": { "train": { "optimizer": "adam" } } }, "seeds": [7] }',
    );
    const base = resolveRunConfig(BASE, [], "run.jsonc");
    const again = documentOf(writeExperiment(document.words, base));
    expect(again.words).toEqual({ ...document.words, base });
    expect(resolveVariants(again, inlineBase(again), "again")).toEqual(
      resolveVariants(document, BASE, "run.jsonc"),
    );
  });
});

describe("a variant", () => {
  test("changes the base by paths or by a partial document, to the same run", () => {
    const [paths, nested] = variantsOf({
      paths: { "model.hidden": [8, 4], "train.optimizer": "adam", 'data.columns."a.b".kind': "numeric" },
      nested: {
        model: { hidden: [8, 4] },
        train: { optimizer: "adam" },
        data: { columns: { "a.b": { kind: "numeric" } } },
      },
    });
    expect(paths!.config).toEqual(nested!.config);
    expect(paths!.config.model.hidden).toEqual([8, 4]);
    expect(paths!.config.train).toMatchObject({ optimizer: "adam", learningRate: 0.001 });
    expect(Object.keys(paths!.config.data.columns)).toEqual(["a.b"]);
  });

  test("text stays text: a class may be called 1", () => {
    const base = '{ "data": { "label": "y", "classes": ["0", "1"] } }';
    const [a] = variantsOf({ a: { "data.classes": ["1", "0"], "model.head": "sigmoid" } }, base);
    expect(a!.config.data.classes).toEqual(["1", "0"]);
  });
});

describe("refused", () => {
  const from = (text: string) => complaint(() => documentOf(text));
  test.each([
    [
      '{ "base": "run.jsonc", "varaints": {} }',
      'config_invalid | e.jsonc:1:24 varaints: expected a key of the configuration, got "varaints" | did you mean "variants"?',
    ],
    [
      '{ "variants": { "a": {} } }',
      "config_invalid | e.jsonc:1:1 base: expected a path of 1 to 4096 characters, or an object, got nothing | base is the run that the variants change: a file relative to this one, or the document itself",
    ],
    [
      '{ "base": "b", "variants": {} }',
      "config_invalid | e.jsonc:1:16 variants: expected 1 to 100 variants, got 0",
    ],
    [
      '{ "base": "b", "variants": { "a b": {} } }',
      'config_invalid | e.jsonc:1:30 variants."a b": expected a name of 1 to 64 of A-Z a-z 0-9 . _ - (no dot at an end, no device such as "CON"), got "a b"',
    ],
    [
      '{ "base": "b", "variants": { "A": {}, "a": {} } }',
      'config_invalid | e.jsonc:1:39 variants.a: expected a name other than "A", got "a" | their files would have one name where capital letters do not count',
    ],
    [
      '{ "base": "b", "variants": { "a": [] } }',
      "config_invalid | e.jsonc:1:35 variants.a: expected an object, got []",
    ],
    [
      '{ "base": "b", "variants": { "a": {} }, "seeds": [1, 1] }',
      "config_invalid | e.jsonc:1:50 seeds: expected a count from 1 to 1000, or a list of 1 to 1000 different whole numbers, got [1,1]",
    ],
    [
      '{ "base": "b", "variants": { "a": {} }, "metrics": ["loss"] }',
      'config_invalid | e.jsonc:1:53 metrics[0]: expected one of "logLoss", "accuracy", "balancedAccuracy", "brier", "macroF1", "mcc", "ece" or "rocAuc", got "loss"',
    ],
    [
      '{ "base": "b", "variants": { "a": {} }, "folds": { "kind": "stratified", "column": "f" } }',
      'config_invalid | e.jsonc:1:74 folds.column: expected a key of folds, got "column" | "column" goes with folds.kind "column"',
    ],
  ])("%s", (text, message) => {
    expect(from(text)).toBe(message);
  });

  const ofVariant = (changes: object, base?: string) => complaint(() => variantsOf({ a: changes }, base));
  test.each<[object, string]>([
    [
      { "model.haed": "sigmoid" },
      'config_invalid | e.jsonc:1:51 variants.a."model.haed": expected a key of model, got "haed" | did you mean "head"?',
    ],
    [
      { train: { learningRate: 0 } },
      "config_invalid | e.jsonc:1:62 variants.a.train.learningRate: expected a number above 0 and at most 1000, got 0",
    ],
    [
      { seed: 3 },
      'config_invalid | e.jsonc:1:45 variants.a.seed: expected a key that a variant may change, got "seed" | the seeds stand in seeds',
    ],
    [
      { "split.test": 0.5 },
      'config_invalid | e.jsonc:1:51 variants.a."split.test": expected a key that a variant may change, got "split.test" | the folds stand in folds; the share that chooses the epoch is split.validation of the base',
    ],
    [
      { "data.label": "z" },
      'config_invalid | e.jsonc:1:51 variants.a."data.label": expected a key that a variant may change, got "data.label" | all variants are judged on the same rows',
    ],
  ])("variant %j", (changes, message) => {
    expect(ofVariant(changes)).toBe(message);
  });

  test("a mistake in the base has the place in the base", () => {
    expect(ofVariant({}, '{ "data": { "label": "y" },\n  "sed": 1 }')).toBe(
      'config_invalid | run.jsonc:2:3 sed: expected a key of the configuration, got "sed" | did you mean "seed"?',
    );
  });

  test("a mistake in a base inside the experiment has its line and column there", () => {
    const document = documentOf(
      '{ "variants": { "a": {} },\n  "base": { "data": { "label": "y" },\n    "sed": 1 } }',
    );
    expect(complaint(() => resolveVariants(document, inlineBase(document), "e.jsonc"))).toBe(
      'config_invalid | e.jsonc:3:5 sed: expected a key of the configuration, got "sed" | did you mean "seed"?',
    );
  });
});
