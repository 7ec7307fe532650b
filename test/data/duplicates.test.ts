import fc from "fast-check";
import { expect, test } from "vitest";
import { equalRows } from "../../src/data/duplicates.ts";
import type { Encoder, Feature } from "../../src/data/encoder.ts";
import { outlyingCells } from "../../src/data/outlying.ts";
import { duplicateRemarks, missingRemarks } from "../../src/data/remarks.ts";
import type { Table } from "../../src/data/table.ts";
import { encoding, everyRow, tableOf, times } from "./samples.ts";

const number = { imputation: "median", fill: 0, scaling: "none", center: 0, scale: 1, knots: [] } as const;
const text = { unseen: "ignore", categories: [], missingRows: 0, unseenRows: 0 } as const;
const encoder: Encoder = {
  missingValues: encoding.missingValues,
  features: [
    { kind: "categorical", column: "color", ...text },
    { kind: "numeric", column: "mass", ...number },
  ],
};

test("rows are equal when they mean the same: 1 and 1.0, blanks and none, NA and nothing", () => {
  const table = tableOf({
    color: ["red", "red ", "", "NA", "red", "blue"],
    mass: ["1", "1.0", "", "NaN", "2", "1"],
    note: ["a", "b", "c", "d", "e", "f"],
  });
  expect(equalRows(table, everyRow(table), encoder)).toEqual(Int32Array.of(0, 0, 2, 2, 4, 5));
});

test("equals the comparison of every row with every other, over 300 random tables", () => {
  const cell = fc.constantFrom("a", "b", "c", "");
  const mass = fc.constantFrom("0", "-0", "1", "2", "");
  const rows = fc.array(fc.tuple(cell, mass), { minLength: 1, maxLength: 40 });
  const property = fc.property(rows, (list) => {
    const table = tableOf({ color: list.map(([color]) => color), mass: list.map(([, x]) => x) });
    const same = list.map(([color, x]) => `${color}|${x === "-0" ? "0" : x}`);
    const expected = Int32Array.from(same, (row) => same.indexOf(row));
    expect(equalRows(table, everyRow(table), encoder)).toEqual(expected);
  });
  fc.assert(property, { seed: 6, numRuns: 300 });
});

test("300,000 different rows are all told apart, though some 10 pairs share half of their hash", () => {
  const N = 300_000;
  const row = Int32Array.from({ length: N }, (_, i) => i);
  const table: Table = {
    source: "fruit.csv",
    lines: row,
    columns: [
      {
        name: "color",
        kind: "coded",
        codes: Uint32Array.from(row, (i) => i % 500),
        texts: times(500, String),
      },
      {
        name: "mass",
        kind: "numbers",
        values: Float64Array.from(row, (i) => Math.floor(i / 500) / 10),
        missing: new Uint8Array(N),
        strays: [],
        strayCount: 0,
      },
    ],
  };
  expect(equalRows(table, row, encoder).every((first, i) => first === i)).toBe(true);
});

test("copies across the parts, and copies of another class, are counted and placed", () => {
  // training rows 0-3, validation 4-5, test 6-9
  const first = Int32Array.of(0, 0, 2, 3, 2, 5, 0, 5, 8, 8);
  const labels = Int32Array.of(0, 1, 0, 0, 0, 1, 0, 1, 0, 0);
  const lines = Int32Array.from(first, (_, i) => i + 2);
  expect(duplicateRemarks(first, labels, (row) => lines[row]!, { train: 4, validation: 2 })).toEqual([
    "1 of 2 validation rows are duplicates of training rows, equal in every feature: they are easier than new rows",
    "1 of 4 test rows are duplicates of training rows, equal in every feature: they are easier than new rows",
    "1 of 4 test rows are duplicates of validation rows, equal in every feature: they are easier than new rows",
    "3 rows are equal in every feature but not in their class, such as lines 2 and 3: no model can tell them apart",
  ]);
});

test("a text column with too many distinct cells to keep is refused", () => {
  const table = tableOf({ color: times(1001, (i) => `k${i}`), mass: times(1001, () => "1") });
  expect(() => equalRows(table, everyRow(table), encoder)).toThrow(
    'fruit.csv, column "color": expected at most 1000 distinct categories (the limit), got more',
  );
});

test("a feature column that the table has not is named as one", () => {
  const table = tableOf({ color: ["red"] });
  const complaint = 'fruit.csv: expected a feature column "mass", got columns "color"';
  expect(() => equalRows(table, everyRow(table), encoder)).toThrow(complaint);
  expect(() => missingRemarks(table, everyRow(table), encoder)).toThrow(complaint);
  const ranged = encoder.features.map((feature) => ({ ...feature, scaling: "min_max" }) as Feature);
  expect(() => outlyingCells({ ...encoder, features: ranged }, 1, table)).toThrow(complaint);
});
