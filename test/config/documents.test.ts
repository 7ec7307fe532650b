// The committed documents of the configuration are those that the schema gives; UPDATE=1 writes them anew.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configJsonSchema, configurationPage, experimentJsonSchema } from "../../scripts/schema.ts";
import { describeConfig, resolveRunConfig } from "../../src/config.ts";

const root = join(import.meta.dirname, "..", "..");

function assertCommitted(file: string, text: string): void {
  const path = join(root, file);
  if (process.env.UPDATE === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8"), `${file} is stale: UPDATE=1 npx vitest run test/config`).toBe(text);
}

test("configs/schema.json is the one of the schema", () => {
  assertCommitted("configs/schema.json", configJsonSchema());
});

test("configs/experiment.schema.json is the one of the schema of experiments", () => {
  assertCommitted("configs/experiment.schema.json", experimentJsonSchema());
});

test("docs/configuration.md is the one of the schema", () => {
  assertCommitted("docs/configuration.md", configurationPage());
});

describe("describeConfig", () => {
  test("every key says what it takes and what it means", () => {
    const silent = describeConfig().filter(({ expected, meaning }) => expected === "" || meaning === "");
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
  test("no path is described twice for the same kind", () => {
    const seen = describeConfig().flatMap(({ path, only }) =>
      (only?.kinds ?? ["all"]).map((kind) => `${path} ${kind}`),
    );
    expect(new Set(seen).size).toBe(seen.length);
  });
  test("only data.label, and the column of a split by column, have to be given", () => {
    const required = describeConfig().filter((key) => key.required && !key.isSection);
    expect(required.map(({ path }) => path)).toEqual(["data.label", "split.column"]);
  });
});

describe("configs/schema.json, as an editor reads it", () => {
  const schema = JSON.parse(configJsonSchema()) as Schema;
  const document = (more: object) => ({ $schema: "./schema.json", data: { label: "y" }, ...more });

  test.each<[object]>([
    [{}],
    [resolveRunConfig({ data: { label: "y" } }, [], "options")],
    [
      resolveRunConfig(
        { data: { label: "y" } },
        ["train.optimizer=adamw", "train.schedule.kind=cosine"],
        "options",
      ),
    ],
    [{ split: { kind: "column", column: "fold", validation: ["1"], test: ["0"] } }],
    [{ split: { kind: "files", validation: "v.csv" }, model: { hidden: [], activation: [] } }],
    [{ train: { classWeights: { a: 2 }, earlyStopping: null, clipNorm: null } }],
    [{ data: { label: "y", columns: { a: { kind: "ignored" } } } }],
  ])("%j is fine", (more) => {
    expect(fits(schema, document(more))).toBe(true);
  });

  test.each<[object]>([
    [{ data: {} }],
    [{ data: { label: "" } }],
    [{ seed: -1 }],
    [{ seed: 1.5 }],
    [{ sed: 1 }],
    [{ name: ".x" }],
    [{ split: { kind: "folds", test: 0.2 } }],
    [{ split: { kind: "column" } }],
    [{ train: { beta1: 0.9 } }],
    [{ train: { learningRate: 0 } }],
    [{ train: { momentum: 1 } }],
    [{ train: { optimizer: "adam", momentum: 0.9 } }],
    [{ train: { schedule: { kind: "step", minimum: 1 } } }],
    [{ train: { classWeights: { a: "2" } } }],
    [{ model: { hidden: [0] } }],
    [{ model: { activation: ["relu", "tnah"] } }],
    [{ data: { label: "y", columns: { a: { kind: "number" } } } }],
  ])("%j is underlined", (more) => {
    expect(fits(schema, document(more))).toBe(false);
  });
});

describe("configs/experiment.schema.json, as an editor reads it", () => {
  const schema = JSON.parse(experimentJsonSchema()) as Schema;
  const document = (more: object) => ({ base: "run.jsonc", variants: { a: {} }, ...more });

  test.each<[object]>([
    [{}],
    [{ base: { data: { label: "y" } } }],
    [{ variants: { "h64-32": { "model.hidden": [64, 32] }, b: { model: { head: "sigmoid" } } } }],
    [{ seeds: 10 }],
    [{ seeds: [3, 1, 4] }],
    [{ folds: { kind: "column", column: "fold" } }],
    [{ folds: { folds: 10, repeats: 3 }, metrics: ["brier"], jobs: 4 }],
  ])("%j is fine", (more) => {
    expect(fits(schema, document(more))).toBe(true);
  });

  test.each<[object]>([
    [{ base: undefined }],
    [{ base: 1 }],
    [{ variants: ["a"] }],
    [{ variants: { "a b": {} } }],
    [{ variants: { a: 1 } }],
    [{ seeds: 0 }],
    [{ seeds: [] }],
    [{ folds: { kind: "column" } }],
    [{ folds: { folds: 1 } }],
    [{ metrics: [] }],
    [{ metrics: ["loss"] }],
    [{ jobs: "all" }],
    [{ varaints: {} }],
  ])("%j is underlined", (more) => {
    expect(fits(schema, JSON.parse(JSON.stringify(document(more))))).toBe(false);
  });
});

interface Schema {
  readonly [keyword: string]: unknown;
}

/** JSON Schema, as much of it as the committed file uses. Source: JSON Schema Validation, draft 7, §6. */
function fits(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    const number = typeof value === "number" ? value : Number.NaN;
    const object = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
    switch (keyword) {
      case "type":
        if (rule === "integer") return Number.isInteger(value);
        if (rule === "null") return value === null;
        if (rule === "array") return Array.isArray(value);
        return typeof value === rule && (rule !== "object" || object === value);
      case "const":
        return value === rule;
      case "enum":
        return (rule as unknown[]).includes(value);
      case "minimum":
        return number >= (rule as number);
      case "maximum":
        return number <= (rule as number);
      case "exclusiveMinimum":
        return number > (rule as number);
      case "exclusiveMaximum":
        return number < (rule as number);
      case "minLength":
      case "minItems":
        return (value as string).length >= (rule as number);
      case "maxLength":
      case "maxItems":
        return (value as string).length <= (rule as number);
      case "pattern":
        return new RegExp(rule as string).test(value as string);
      case "items":
        return (value as unknown[]).every((item) => fits(rule as Schema, item));
      case "required":
        return (rule as string[]).every((name) => Object.hasOwn(object, name));
      case "propertyNames":
        return Object.keys(object).every((name) => fits(rule as Schema, name));
      case "properties": {
        const known = rule as Readonly<Record<string, Schema>>;
        return Object.entries(object).every(
          ([name, item]) => !Object.hasOwn(known, name) || fits(known[name]!, item),
        );
      }
      case "additionalProperties": {
        const known = Object.keys((schema.properties as object | undefined) ?? {});
        const others = Object.entries(object).filter(([name]) => !known.includes(name));
        return others.every(([, item]) => rule !== false && fits(rule as Schema, item));
      }
      case "anyOf":
        return (rule as Schema[]).some((option) => fits(option, value));
      case "oneOf":
        return (rule as Schema[]).filter((option) => fits(option, value)).length === 1;
      default:
        return [
          "$schema",
          "title",
          "description",
          "default",
          "allowComments",
          "allowTrailingCommas",
        ].includes(keyword);
    }
  });
}
