import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apportion, largestRemainder } from "../../src/data/apportion.ts";
import {
  columnSplit,
  type Split,
  splitTable,
  stratifiedFolds,
  stratifiedSplit,
} from "../../src/data/split.ts";
import { type Table, tableFromRows } from "../../src/data/table.ts";
import { randomStream } from "../../src/random.ts";

const codes = fc
  .array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 120 })
  .map((list) => Int32Array.from(list));
const shares = fc
  .tuple(fc.nat({ max: 45 }), fc.nat({ max: 45 }))
  .map(([validation, test]) => ({ validation: validation / 100, test: test / 100 }));
const seed = fc.nat({ max: 1000 });
const check = (property: fc.IRawProperty<never>) => fc.assert(property as never, { seed: 5, numRuns: 400 });

const sizesOf = (list: Int32Array): number[] => {
  const sizes = new Array<number>(Math.max(...list) + 1).fill(0);
  for (const k of list) sizes[k]!++;
  return sizes;
};
const places = (split: Split) => [split.train, split.validation, split.test];

describe("stratifiedSplit", () => {
  test("is disjoint and complete, and each part ascends", () => {
    check(
      fc.property(codes, shares, seed, (list, share, s) => {
        const split = stratifiedSplit(list, share, randomStream(s, "split"));
        const all = places(split).flatMap((part) => Array.from(part));
        expect(all.toSorted((a, b) => a - b)).toEqual(Array.from(list.keys()));
        for (const part of places(split)) expect(part).toEqual(part.toSorted((a, b) => a - b));
      }) as never,
    );
  });

  test("is a function of the seed, and another seed gives another", () => {
    const list = Int32Array.from({ length: 100 }, (_, i) => i % 3);
    const draw = (s: number) =>
      stratifiedSplit(list, { validation: 0.2, test: 0.2 }, randomStream(s, "split"));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test("of iris (3 × 50 rows) with 0.2 and 0.2 is 30, 10, 10 of each class", () => {
    const list = Int32Array.from({ length: 150 }, (_, i) => Math.floor(i / 50));
    const split = stratifiedSplit(list, { validation: 0.2, test: 0.2 }, randomStream(1, "split"));
    expect(places(split).map((part) => sizesOf(part.map((at) => list[at]!)))).toEqual([
      [30, 30, 30],
      [10, 10, 10],
      [10, 10, 10],
    ]);
  });

  test("refuses shares that leave nothing to train on", () => {
    expect(() => stratifiedSplit(Int32Array.of(0, 1), { validation: 0.5, test: 0.5 }, Math.random)).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message: "split: expected shares from 0 with a sum below 1, got validation 0.5 and test 0.5",
      }),
    );
  });
});

describe("apportion", () => {
  const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 });
  const fractions = shares.map(({ validation, test }) => [1 - validation - test, validation, test]);

  test("keeps every class whole, and gives every part its share of all rows within one row", () => {
    check(
      fc.property(sizes, fractions, (classes, parts) => {
        const counts = apportion(classes, parts);
        counts.forEach((row, k) => {
          expect(row.reduce((sum, x) => sum + x, 0)).toBe(classes[k]);
          for (const x of row) expect(x).toBeGreaterThanOrEqual(0);
        });
        const single = classes.filter((size) => size === 1).length;
        const total = classes.reduce((sum, x) => sum + x, 0) - single;
        parts.forEach((share, p) => {
          const rows = counts.reduce((sum, row) => sum + row[p]!, 0) - (p === 0 ? single : 0);
          expect(Math.abs(rows - total * share)).toBeLessThan(1);
        });
      }) as never,
    );
  });

  test("keeps every class of 20 rows and more within one row of its share", () => {
    check(
      fc.property(fc.array(fc.integer({ min: 20, max: 60 }), { minLength: 1, maxLength: 8 }), (classes) => {
        const parts = [0.6, 0.2, 0.2];
        apportion(classes, parts).forEach((row, k) => {
          row.forEach((x, p) => {
            expect(Math.abs(x - classes[k]! * parts[p]!)).toBeLessThan(1);
          });
        });
      }) as never,
    );
  });

  test("has every class of three rows and more in every part, when the parts have room", () => {
    check(
      fc.property(fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 1, maxLength: 4 }), (small) => {
        for (const row of apportion([40, 40, ...small], [0.7, 0.15, 0.15])) {
          for (const x of row) expect(x).toBeGreaterThanOrEqual(1);
        }
      }) as never,
    );
  });

  test("trains on a class of one row, and on one of two", () => {
    check(
      fc.property(sizes, fractions, (classes, parts) => {
        apportion([60, ...classes], parts).forEach((row, k) => {
          const size = [60, ...classes][k]!;
          if (size === 1) expect(row).toEqual([1, 0, 0]);
          if (size === 2) expect(row[0]).toBeGreaterThanOrEqual(1);
        });
      }) as never,
    );
  });

  test("takes a row of the class that loses least by it, and of equals the first", () => {
    expect(apportion([2, 5], [0.75, 0.25, 0])).toEqual([
      [1, 1, 0],
      [4, 1, 0],
    ]);
    expect(apportion([6, 7, 2], [0.75, 0.25, 0])).toEqual([
      [5, 1, 0],
      [5, 2, 0],
      [1, 1, 0],
    ]);
    expect(apportion([2, 4], [1 / 3, 1 / 3, 1 / 3])).toEqual([
      [1, 0, 1],
      [1, 2, 1],
    ]);
    expect(apportion([2, 2], [0.7, 0.15, 0.15])).toEqual([
      [1, 1, 0],
      [2, 0, 0],
    ]);
  });

  test("moves a row over a third part where no class can give it at once", () => {
    expect(apportion([2, 3, 3, 2], [0.45, 0.35, 0.2])).toEqual([
      [1, 0, 1],
      [2, 1, 0],
      [1, 1, 1],
      [1, 1, 0],
    ]);
  });

  test("rounds 10 rows of thirds and of 0.29s by the largest remainder", () => {
    expect(largestRemainder(10, [1 / 3, 1 / 3, 1 / 3])).toEqual([4, 3, 3]);
    expect(largestRemainder(100, [0.42, 0.29, 0.29])).toEqual([42, 29, 29]);
  });
});

describe("stratifiedFolds", () => {
  test("differ by at most one row, overall and in every class", () => {
    check(
      fc.property(codes, fc.integer({ min: 2, max: 7 }), seed, (list, folds, s) => {
        fc.pre(list.length >= folds);
        const foldOf = stratifiedFolds(list, folds, randomStream(s, "folds"));
        const spread = (rows: readonly number[]) => {
          const sizes = Array.from({ length: folds }, (_, f) => rows.filter((at) => foldOf[at] === f).length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        };
        const all = Array.from(list.keys());
        spread(all);
        for (const k of new Set(list)) spread(all.filter((at) => list[at] === k));
      }) as never,
    );
  });

  test("refuse more folds than rows", () => {
    expect(() => stratifiedFolds(Int32Array.of(0, 1), 3, Math.random)).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message: "split.folds: expected a whole number from 2 to the number of rows (2), got 3",
      }),
    );
  });
});

function foldTable(cells: readonly string[]): Table {
  return tableFromRows(
    "fruit.csv",
    ["fold", "x"],
    cells.map((cell, i) => [cell, String(i)]),
  );
}

describe("a column that tells the parts", () => {
  const table = foldTable(["0", "1", "2", "", " 1", "0"]);
  const rows = Int32Array.of(0, 1, 2, 3, 5);
  const named = { kind: "column", column: "fold", validation: ["1"], test: ["0"] } as const;

  test("names validation and test; all other rows train", () => {
    expect(columnSplit(table, rows, named)).toEqual({
      train: Int32Array.of(2, 3),
      validation: Int32Array.of(1),
      test: Int32Array.of(0, 5),
    });
  });
  test("must have the values that are named", () => {
    const text = foldTable(["train", "test", "train"]);
    const split = () => columnSplit(text, Int32Array.of(0, 1), { ...named, validation: [], test: ["tset"] });
    expect(split).toThrow('fruit.csv, column "fold": expected a row with "tset", got none');
    expect(split).toThrow(expect.objectContaining({ code: "data_invalid", hint: 'did you mean "test"?' }));
  });
  test("must not name a value twice", () => {
    expect(() => columnSplit(table, rows, { ...named, validation: ["0"] })).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message: 'split: expected each value once, got "0" twice',
      }),
    );
  });
  test("must be there", () => {
    expect(() => columnSplit(table, rows, { ...named, column: "folds" })).toThrow(
      'fruit.csv: expected a split column "folds", got columns "fold", "x"',
    );
  });
  test("must leave rows to train on", () => {
    const split = () => splitTable(table, Int32Array.of(0, 1), Int32Array.of(0, 1), named, 1);
    expect(split).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: "fruit.csv: expected training rows, got none after the split",
      }),
    );
  });
});

describe("splitTable", () => {
  const table = foldTable(Array.from({ length: 60 }, () => "x"));
  const rows = Int32Array.from({ length: 50 }, (_, i) => i + 5);
  const strata = Int32Array.from({ length: 50 }, (_, i) => i % 2);

  test("folds: every row tests in exactly one of the folds 1 … k", () => {
    const tests = [1, 2, 3, 4, 5].map(
      (fold) => splitTable(table, rows, strata, { kind: "folds", folds: 5, fold, validation: 0.25 }, 7).test,
    );
    expect(tests.flatMap((part) => Array.from(part)).sort((a, b) => a - b)).toEqual(Array.from(rows));
  });
  test("folds: a share of the other rows validates", () => {
    const split = splitTable(table, rows, strata, { kind: "folds", folds: 5, fold: 1, validation: 0.25 }, 7);
    expect(places(split).map((part) => part.length)).toEqual([30, 10, 10]);
    const all = places(split).flatMap((part) => Array.from(part));
    expect(all.sort((a, b) => a - b)).toEqual(Array.from(rows));
  });
  test("folds: refuses a fold there is not", () => {
    const split = () =>
      splitTable(table, rows, strata, { kind: "folds", folds: 5, fold: 6, validation: 0 }, 7);
    expect(split).toThrow(
      expect.objectContaining({ code: "config_invalid", message: "split.fold: expected 1 to 5, got 6" }),
    );
  });
  test("draws from streams of their own names: split, and folds and split with the fold", () => {
    const stratified = { kind: "stratified", validation: 0.2, test: 0.2 } as const;
    const drawn = stratifiedSplit(strata, stratified, randomStream(7, "split"));
    const at = (split: Split) => places(split).map((part) => part.map((i) => rows[i]!));
    expect(places(splitTable(table, rows, strata, stratified, 7))).toEqual(at(drawn));

    const folds = { kind: "folds", folds: 5, fold: 2, validation: 0.25 } as const;
    const foldOf = stratifiedFolds(strata, 5, randomStream(7, "folds"));
    const others = strata.map((_, i) => i).filter((i) => foldOf[i] !== 1);
    const inner = stratifiedSplit(
      others.map((i) => strata[i]!),
      { validation: 0.25, test: 0 },
      randomStream(7, "split", 2),
    );
    const split = splitTable(table, rows, strata, folds, 7);
    expect(split.validation).toEqual(inner.validation.map((i) => rows[others[i]!]!));
    expect(split.test).toEqual(rows.filter((_, i) => foldOf[i] === 1));
    expect(splitTable(table, rows, strata, { ...folds, foldSeed: 7 }, 8)).toEqual(split);
  });
  test("files: each row stays in the part of its file", () => {
    const lengths = { train: 40, validation: 10, test: 10 };
    const split = splitTable(table, rows, strata, { kind: "files", test: "b.csv" }, 7, lengths);
    expect(places(split).map((part) => [part[0], part.at(-1)])).toEqual([
      [5, 39],
      [40, 49],
      [50, 54],
    ]);
  });
});

describe("a column that tells the parts, and a share of the training rows that validates", () => {
  const table = foldTable(Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? "test" : "")));
  const rows = Int32Array.from({ length: 50 }, (_, i) => i + 5);
  const strata = Int32Array.from({ length: 50 }, (_, i) => (i < 20 ? 0 : 1));
  const column = { kind: "column", column: "fold", validation: [], test: ["test"] } as const;
  const split = splitTable(table, rows, strata, { ...column, validationShare: 0.25 }, 7);

  test("leaves the test rows as they are, and divides the others by class", () => {
    const without = splitTable(table, rows, strata, column, 7);
    expect(split.test).toEqual(without.test);
    const others = [...split.train, ...split.validation].sort((a, b) => a - b);
    expect(others).toEqual(Array.from(without.train));
    expect(without.validation).toHaveLength(0);
    expect([split.train.length, split.validation.length]).toEqual([25, 8]);
    const small = split.validation.filter((row) => strata[row - 5] === 0).length;
    expect([3, 4]).toContain(small);
    for (const part of places(split)) expect(part).toEqual(part.toSorted());
  });

  test("draws from the stream named split", () => {
    const others = splitTable(table, rows, strata, column, 7).train;
    const drawn = stratifiedSplit(
      others.map((row) => strata[row - 5]!),
      { validation: 0.25, test: 0 },
      randomStream(7, "split"),
    );
    expect(split.validation).toEqual(drawn.validation.map((i) => others[i]!));
  });

  test("is a function of the seed", () => {
    const again = (seed: number) =>
      splitTable(table, rows, strata, { ...column, validationShare: 0.25 }, seed).validation;
    expect(again(7)).toEqual(split.validation);
    expect(again(8)).not.toEqual(split.validation);
  });

  test("is refused when the column has too many distinct cells to keep", () => {
    const many = tableFromRows(
      "many.csv",
      ["fold"],
      Array.from({ length: 1001 }, (_, i) => [String(i)]),
    );
    expect(() => columnSplit(many, Int32Array.of(0), column)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'many.csv, column "fold": expected a few values that name the parts, got too many',
      }),
    );
  });
});

test("files whose lengths do not add up to the table are our own mistake", () => {
  const table = foldTable(["1", "2", "3"]);
  const all = Int32Array.of(0, 1, 2);
  const split = (lengths?: { train: number; validation: number; test: number }) => () =>
    splitTable(table, all, all, { kind: "files", test: "b.csv" }, 7, lengths);
  const message = (got: number) =>
    expect.objectContaining({
      code: "internal",
      message: `split: expected the lengths of the files to add up to the table, got ${got}`,
    });
  expect(split()).toThrow(message(-1));
  expect(split({ train: 2, validation: 1, test: 1 })).toThrow(message(4));
});
