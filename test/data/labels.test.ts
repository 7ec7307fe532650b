import { describe, expect, test } from "vitest";
import { concatTables } from "../../src/data/concat.ts";
import { fitLabels, labelCodes, labelledRows } from "../../src/data/labels.ts";
import { defaultMissingValues } from "../../src/data/numbers.ts";
import { type Table, tableFromRows } from "../../src/data/table.ts";

const column = "species";
const options = { column, missingValues: defaultMissingValues };

function labelTable(labels: readonly string[]): Table {
  return tableFromRows(
    "fruit.csv",
    ["x", column],
    labels.map((label, i) => [String(i), label]),
    { coded: [column] },
  );
}

const all = (table: Table): Int32Array => Int32Array.from(table.lines.keys());
const classesOf = (labels: readonly string[], classes?: readonly string[]): readonly string[] => {
  const table = labelTable(labels);
  return fitLabels(table, all(table), classes ? { ...options, classes } : options).classes;
};

test("there may be a thousand classes", () => {
  expect(classesOf(Array.from({ length: 2000 }, (_, i) => `k${i % 1000}`))).toHaveLength(1000);
});

describe("the order of the classes", () => {
  test("is by value when every label is a number: 2 before 10", () => {
    expect(classesOf(["10", "2", "1", "2"])).toEqual(["1", "2", "10"]);
  });
  test("is by code point otherwise: A before a, and U+1F600 after U+FB01", () => {
    expect(classesOf(["a", "A", "\u{1F600}", "\ufb01", "a"])).toEqual(["A", "a", "\ufb01", "\u{1F600}"]);
  });
  test("is the given one when there is one", () => {
    expect(classesOf(["no", "yes", "no"], ["yes", "no"])).toEqual(["yes", "no"]);
  });
  test("keeps labels as written: 01, 1 and 1.0 are three classes", () => {
    expect(classesOf(["1", "1.0", "01", "1"])).toEqual(["01", "1", "1.0"]);
  });
  test("does not see blanks around a label", () => {
    expect(classesOf(["ant", "ant ", "\tbee"])).toEqual(["ant", "bee"]);
  });
  test("takes any name: __proto__, constructor", () => {
    expect(classesOf(["__proto__", "constructor", "__proto__"])).toEqual(["__proto__", "constructor"]);
  });
});

describe("codes", () => {
  test("are the places of the labels among the classes", () => {
    const table = labelTable(["b", "a", "b", "c"]);
    const labels = { column, classes: ["c", "b", "a"] };
    expect(labelCodes(labels, table, Int32Array.of(3, 0, 1))).toEqual(Int32Array.of(0, 1, 2));
  });
  test("refuse a label that no training row has, with its line", () => {
    const table = labelTable(["ant", "bee", "dog"]);
    expect(() => labelCodes({ column, classes: ["ant", "bee"] }, table, all(table))).toThrow(
      'fruit.csv:4, column "species": expected one of the classes of the training rows ("ant", "bee"), got "dog"',
    );
  });
});

describe("rows without a label", () => {
  const table = labelTable(["ant", "", "bee", "NA", "ant"]);
  test("are refused with their line", () => {
    expect(() => labelledRows(table, options, "refuse")).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^fruit\.csv:3, column "species": expected a label, got "", which means missing/,
        ),
        hint: "train with --set data.missingLabel=drop to leave such rows out, or change data.missingValues",
      }),
    );
  });
  test("are dropped when the configuration says so, and counted", () => {
    expect(labelledRows(table, options, "drop")).toEqual({
      rows: Int32Array.of(0, 2, 4),
      dropped: 2,
      firstDropped: 1,
    });
  });
});

describe("labels that cannot be learnt are refused", () => {
  test("one class only", () => {
    expect(() => classesOf(["ant", "ant"])).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv, column "species": expected two classes or more, got only "ant"',
      }),
    );
  });
  test("another label on every row", () => {
    expect(() => classesOf(["a", "b", "c"])).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv, column "species": expected classes that repeat, got 3 distinct labels in 3 rows',
        hint: "name another column as the label: this one looks like an identifier",
      }),
    );
  });
  test("more than the limit, kept as text or not", () => {
    const table = tableFromRows(
      "fruit.csv",
      [column],
      Array.from({ length: 2002 }, (_, i) => [`k${i % 1001}`]),
    );
    const message =
      'fruit.csv, column "species": expected at most 1000 classes (the limit), got more distinct labels';
    expect(() => fitLabels(table, all(table), options)).toThrow(expect.objectContaining({ message }));
  });
  test("an absent column, with the nearest name", () => {
    const table = labelTable(["a", "b", "a"]);
    const fit = () => fitLabels(table, all(table), { ...options, column: "specis" });
    expect(fit).toThrow('fruit.csv: expected a label column "specis", got columns "x", "species"');
    expect(fit).toThrow(expect.objectContaining({ code: "data_invalid", hint: 'did you mean "species"?' }));
  });
});

describe("given classes", () => {
  test("must name every label", () => {
    expect(() => classesOf(["a", "b", "a"], ["a", "c"])).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv, column "species": expected one of the classes "a", "c" of data.classes, got "b"',
      }),
    );
  });
  test("must each have a training row", () => {
    expect(() => classesOf(["a", "b", "a"], ["a", "b", "c"])).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message:
          'fruit.csv, column "species": expected training rows of every class in data.classes, got none of "c"',
      }),
    );
  });
  test("must differ", () => {
    expect(() => classesOf(["a", "b", "a"], ["a", "b", "a"])).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message: 'data.classes: expected distinct names, got "a" twice',
      }),
    );
  });
});

test("more classes than there may be are refused with their number when all were kept", () => {
  const half = (from: number) => labelTable(Array.from({ length: 1200 }, (_, i) => `k${from + (i % 600)}`));
  const table = concatTables([half(0), half(600)]);
  expect(() => fitLabels(table, all(table), options)).toThrow(
    expect.objectContaining({
      code: "data_invalid",
      message:
        'fruit.csv, column "species": expected at most 1000 classes (the limit), got 1200 distinct labels',
      hint: "name another column as the label: classes repeat, identifiers and measurements do not",
    }),
  );
});
