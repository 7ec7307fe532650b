// Configurations as commented text.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRunConfig, resolveRunConfig, writeCommentedConfig, writeRunConfig } from "../../src/config.ts";
import type { ColumnProfile } from "../../src/data/columns.ts";
import { printable } from "../../src/errors.ts";
import { documentWith } from "./complaint.ts";

const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => {
  return (
    text.trim() !== "" &&
    !["__proto__", "constructor", "prototype", "y"].includes(text) &&
    !text.includes("\0")
  );
});
const share = fc.double({ min: 0, max: 0.49, noNaN: true });
const rate = fc.double({ min: 1e-300, max: 1000, noNaN: true });
const document = fc.record(
  {
    name: fc.constantFrom("a", "tumor-1"),
    seed: fc.nat(),
    data: fc.record(
      {
        label: fc.constant("y"),
        file: fc.constantFrom("x.csv", "../a b/é.csv"),
        classes: fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 4 }),
        missingValues: fc.uniqueArray(fc.string(), { maxLength: 4 }),
        columns: fc.dictionary(
          name,
          fc.record({ kind: fc.constantFrom("numeric", "categorical", "ignored") }),
        ),
      },
      { requiredKeys: ["label"] },
    ),
    split: fc.oneof(
      fc.record({ kind: fc.constant("stratified"), validation: share, test: share }),
      fc.record({
        kind: fc.constant("folds"),
        folds: fc.integer({ min: 5, max: 9 }),
        fold: fc.integer({ min: 1, max: 5 }),
      }),
      fc.record({
        kind: fc.constant("column"),
        column: name,
        validation: fc.constant(["1"]),
        test: fc.constant(["0", "2"]),
      }),
    ),
    model: fc.record({ hidden: fc.array(fc.integer({ min: 1, max: 2_500 }), { maxLength: 5 }) }),
    train: fc.oneof(
      fc.record({ optimizer: fc.constant("sgd"), learningRate: rate, l2: rate, clipNorm: fc.option(rate) }),
      fc.record({ optimizer: fc.constant("adamw"), beta1: share, earlyStopping: fc.constant(null) }),
      fc.record({
        schedule: fc.record({
          kind: fc.constant("step"),
          factor: fc.double({ min: 1e-9, max: 1, noNaN: true }),
        }),
      }),
    ),
  },
  { requiredKeys: ["data"] },
);

/** Without validation rows there is nothing to stop early by. */
function withoutStopping(given: { split?: object | undefined; train?: object | undefined }): object {
  const share = given.split && "validation" in given.split ? given.split.validation : undefined;
  return share === 0 ? { ...given, train: { ...given.train, earlyStopping: null } } : given;
}

describe("writeRunConfig", () => {
  test("what is written is read as the same configuration, whatever it holds", () => {
    fc.assert(
      fc.property(document, (given) => {
        const config = resolveRunConfig(withoutStopping(given), [], "options");
        const text = writeRunConfig(config);
        expect(parseRunConfig(text, "c.jsonc")).toEqual(config);
        expect(writeRunConfig(parseRunConfig(text, "c.jsonc"))).toBe(text);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  test("the order of keys is that of the schema, not that of the document", () => {
    const one = resolveRunConfig(
      { seed: 3, name: "a", data: { scaling: "none", label: "y" } },
      [],
      "options",
    );
    const other = {
      train: one.train,
      split: one.split,
      data: one.data,
      name: "a",
      seed: 3,
      model: one.model,
    };
    expect(writeRunConfig(other)).toBe(writeRunConfig(one));
  });

  test("a comment stands above every key; names out of the data stay short", () => {
    const columns = { age: { kind: "numeric", scaling: "robust" }, "a\u0007b": { kind: "ignored" } };
    const text = writeRunConfig(resolveRunConfig({ data: { label: "y", columns } }, [], "options"));
    expect(text).toContain(
      '  // how far a step goes along the gradient; a number above 0 and at most 1000\n    "learningRate": 0.01,\n',
    );
    expect(text).toContain(
      '      "age": { "kind": "numeric", "scaling": "robust" },\n      "a\\u0007b": { "kind": "ignored" }\n',
    );
    expect(text.split("\n").every((line) => printable(line) === line)).toBe(true);
  });
});

describe("writeCommentedConfig", () => {
  const column = (more: Partial<ColumnProfile> & { name: string }): ColumnProfile => ({
    kind: "numeric",
    declared: false,
    reason: "all 90 cells are numbers",
    rows: 90,
    missing: 0,
    distinct: 80,
    remarks: [],
    ...more,
  });
  const columns = [
    column({
      name: "id",
      kind: "ignored",
      reason: "every cell differs",
      remarks: ["looks like an identifier"],
    }),
    column({ name: "flat", kind: "ignored", reason: "constant", remarks: ["ignored: constant"] }),
    column({ name: "age", missing: 3 }),
    column({ name: "y", kind: "categorical" }),
    column({ name: "evil\n\u001b[31m", kind: "categorical", reason: 'holds "\n"' }),
    column({ name: "constructor" }),
  ];
  const text = writeCommentedConfig(
    { $schema: "./schema.json", data: { label: "y", file: "x.csv" } },
    columns,
  );

  test("lists the columns with what was inferred and why, the label left out", () => {
    expect(text).toContain('"id": { "kind": "ignored" }, // every cell differs; looks like an identifier\n');
    expect(text).toContain('"flat": { "kind": "ignored" }, // constant\n');
    expect(text).toContain('"age": { "kind": "numeric" }, // all 90 cells are numbers; 3 missing\n');
    expect(text).not.toContain('"y": {');
  });
  test("begins with what it is, and names the schema", () => {
    expect(text).toMatch(/^\/\/ A run of pullone\..*\n\{\n\s+\/\/ .*\n\s+"\$schema": "\.\/schema\.json",\n/);
  });
  test("is read as the configuration it was made of", () => {
    const { data, ...rest } = parseRunConfig(text, "c.jsonc");
    const { data: given, ...others } = resolveRunConfig(documentWith({}), [], "options");
    expect(rest).toEqual(others);
    expect(data).toEqual({
      ...given,
      file: "x.csv",
      columns: {
        id: { kind: "ignored" },
        flat: { kind: "ignored" },
        age: { kind: "numeric" },
        "evil\n\u001b[31m": { kind: "categorical" },
      },
    });
  });
  test("what was declared stays declared", () => {
    const declared = {
      data: { label: "y", columns: { age: { scaling: "robust" }, id: { kind: "categorical" } } },
    };
    const { data } = parseRunConfig(writeCommentedConfig(declared, columns), "c.jsonc");
    expect(data.columns).toMatchObject({
      age: { kind: "numeric", scaling: "robust" },
      id: { kind: "categorical" },
    });
  });
  test("shows the classes in a comment that stays out of what is read", () => {
    const commented = writeCommentedConfig({ data: { label: "y" } }, columns, ["no", "yes"]);
    expect(commented).toMatch(
      /"label": "y",\n {4}\/\/ the classes in order, .*:\n {4}\/\/ "classes": \["no", "yes"\],\n/,
    );
    expect(parseRunConfig(commented, "c.jsonc").data).not.toHaveProperty("classes");
    const uncommented = commented.replace('// "classes"', '"classes"');
    expect(parseRunConfig(uncommented, "c.jsonc").data.classes).toEqual(["no", "yes"]);
    const many = Array.from({ length: 200 }, (_, k) => `class ${k}`);
    expect(writeCommentedConfig({ data: { label: "y" } }, columns, many)).not.toContain('"classes"');
  });
  test("more than 2,000 columns are left to be inferred when training", () => {
    const many = Array.from({ length: 2_001 }, (_, i) => column({ name: `c${i}` }));
    expect(
      parseRunConfig(writeCommentedConfig({ data: { label: "y" } }, many), "c.jsonc").data.columns,
    ).toEqual({});
  });
});

test("a first configuration keeps the schema that it was begun with", () => {
  const text = writeCommentedConfig({ $schema: "../schema.json", data: { label: "y" } }, []);
  expect(text).toContain('"$schema": "../schema.json"');
  expect(writeCommentedConfig({ data: { label: "y" } }, [])).not.toContain("$schema");
});

test("a first configuration says which classes were found, where none are given", () => {
  const written = (data: object) => writeCommentedConfig({ data: { label: "y", ...data } }, [], ["b", "a"]);
  expect(written({})).toContain('"classes": ["b", "a"],');
  expect(written({ classes: ["a", "b"] })).not.toContain('["b", "a"]');
});
