// Lists and ways out in messages, at the lengths where they change.
import { describe, expect, test } from "vitest";
import { listed, strayHint } from "../../src/data/mentions.ts";
import { labelRemarks } from "../../src/data/remarks.ts";
import { alikeTexts } from "../../src/data/spelling.ts";
import { times } from "./samples.ts";

describe("a list of names in a message", () => {
  test.each([
    [1, '"0"'],
    [5, '"0", "1", "2", "3", "4"'],
    [6, '"0", "1", "2", "3", "4" and 1 more'],
    [9, '"0", "1", "2", "3", "4" and 4 more'],
  ])("of %d shows five at most, and how many are left", (count, text) => {
    expect(listed(times(count, String))).toBe(text);
  });
});

test("a way out of more than 200 characters is told in words", () => {
  const settings = (length: number) => strayHint("?", "c".repeat(length), []);
  const longest = 200 - settings(1).length + 1;
  expect(settings(longest)).toHaveLength(200);
  expect(settings(longest)).toContain("--set");
  expect(settings(longest + 1)).toBe('list "?" in data.missingValues, or declare the column categorical');
});

test.each([
  ["weight 1", "heavy"],
  ["x", "it's"],
  ["x", "hey!"],
  ["x", "a\u202eb"],
  ["x", "w".repeat(201)],
])("a way out for text in column %j names the setting where it can be copied (%j)", (name, text) => {
  const hint = strayHint(text, name, []);
  if (text === "heavy") expect(hint).toContain(`--set 'data.columns."weight 1".kind="categorical"'`);
  else expect(hint).toMatch(/^list ".*" in data\.missingValues, or declare the column categorical$/);
});

test("of classes of equal size the first is called the largest and the last the smallest", () => {
  const counts = { train: [20, 20, 2, 2], validation: [5, 5, 5, 5], test: [5, 5, 5, 5] };
  expect(labelRemarks(["a", "b", "c", "d"], counts)).toEqual([
    'classes are imbalanced: 20 training rows of "a", 2 of "d": look at balanced accuracy and at each class',
  ]);
});

test("the largest and the smallest class are found wherever they stand", () => {
  const counts = { train: [9, 2, 30, 8], validation: [5, 5, 5, 5], test: [5, 5, 5, 5] };
  expect(labelRemarks(["a", "b", "c", "d"], counts)).toEqual([
    'classes are imbalanced: 30 training rows of "c", 2 of "b": look at balanced accuracy and at each class',
  ]);
});

test("one row is one row in whichever part it is, and three are three", () => {
  const counts = { train: [8, 1, 1, 0, 0], validation: [1, 1, 0, 1, 0], test: [1, 1, 0, 0, 1] };
  expect(labelRemarks(["a", "b", "c", "d", "e"], counts)).toContain(
    'classes "c", "d", "e" have one row each: too few to learn and to judge',
  );
});

test.each([
  ["few rows each", 11, (i: number) => String(i), 9, true],
  ["many rows each", 11, (i: number) => String(i), 10, false],
  ["fractions, whatever their rows", 11, (i: number) => String(i / 2), 100, true],
  ["as many as there are grades", 10, (i: number) => String(i / 2), 2, false],
  ["one of which is a name", 11, (i: number) => (i === 0 ? "none" : String(i)), 2, false],
] as const)("classes that are numbers look like a quantity, or not: %s", (_, K, name, each, isQuantity) => {
  const remarks = labelRemarks(times(K, name), {
    train: times(K, () => each - 1),
    validation: times(K, () => 1),
    test: times(K, () => 0),
  });
  const said = `${K} classes, all numbers, in ${K * each} rows: a quantity is learnt as names without an order; sort it into a few ranges first`;
  expect(remarks.includes(said)).toBe(isQuantity);
});

test("0 and -0 are spelt alike, 0 and 1 are not", () => {
  expect(alikeTexts(["0", "1", "-0", "1.5"])).toEqual([["0", "-0"]]);
});
