import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMissingAt, readCells, valueAt } from "../../src/data/cells.ts";
import { concatTables } from "../../src/data/concat.ts";
import { ABSENT, createDecimalStore } from "../../src/data/decimals.ts";
import { limits } from "../../src/data/limits.ts";
import { parseNumber } from "../../src/data/numbers.ts";
import { readTable } from "../../src/data/reader.ts";
import { cellText, type RawColumn, type Table, tableFromRows } from "../../src/data/table.ts";
import { times } from "./samples.ts";

/** NaN is a missing cell. */
function store(values: readonly number[]) {
  const decimals = createDecimalStore("x");
  const taken = values.map((value) => {
    if (!Number.isNaN(value)) return decimals.add(value);
    decimals.addMissing();
    return true;
  });
  return { taken, ...decimals.finish() };
}

describe("a column of decimals", () => {
  test("counts in the largest power of ten that holds all of its numbers", () => {
    expect(store([1, 20, -3])).toMatchObject({ integers: Int32Array.of(1, 20, -3), divisor: 1 });
    expect(store([1, 0.5, NaN, -2.25])).toMatchObject({
      integers: Int32Array.of(100, 50, ABSENT, -225),
      divisor: 100,
    });
  });

  test("has every number while it grows", () => {
    const values = times(300, (i) => ((i * i) % 97) / 4);
    expect(store(values)).toMatchObject({ integers: Int32Array.from(values, (x) => 100 * x), divisor: 100 });
  });

  test.each([
    ["2^31 - 1", 2_147_483_647, true],
    ["-(2^31 - 1)", -2_147_483_647, true],
    ["2^31", 2_147_483_648, false],
    ["-2^31, which means missing", -2_147_483_648, false],
    ["1e-9", 1e-9, true],
    ["1e-10", 1e-10, false],
    ["2.147483647", 2.147483647, true],
    ["2.147483649", 2.147483649, false],
    ["one third", 1 / 3, false],
    ["1e300", 1e300, false],
    ["5e-324", 5e-324, false],
  ])("of one number: %s", (_, value, fits) => {
    expect(store([value]).taken).toEqual([fits]);
  });

  test("refuses a number that would make an earlier one too large, and stays as it was", () => {
    const { taken, integers, divisor } = store([300_000_000, 0.1, 0.01, 7]);
    expect(taken).toEqual([true, false, false, true]);
    expect([Array.from(integers), divisor]).toEqual([[300_000_000, 7], 1]);
  });

  test("gives back the bits of every number it takes, whatever came before and after", () => {
    const decimal = fc
      .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 9 }))
      .map(([digits, places]) => parseNumber(`${digits}e-${places}`));
    const any = fc.oneof({ weight: 20, arbitrary: decimal }, fc.constant(NaN), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (values) => {
        const { taken, integers, divisor } = store(values);
        const kept = values.filter((_, i) => taken[i]);
        expect(integers).toHaveLength(kept.length);
        kept.forEach((value, row) => {
          const back = integers[row] === ABSENT ? NaN : integers[row]! / divisor;
          expect(back === value || (Number.isNaN(back) && Number.isNaN(value))).toBe(true);
        });
      }),
      { seed: 31, numRuns: 2_000 },
    );
  });
});

/** The rows as a file that is read whole, and as a table that keeps float64. */
async function bothWays(cells: readonly string[], missingValues?: readonly string[]) {
  const text = `x,y\n${cells.map((cell) => `"${cell}",1\n`).join("")}`;
  const bytes = (async function* () {
    yield new TextEncoder().encode(text);
  })();
  const options = { numeric: ["x"], ...(missingValues && { missingValues }) };
  const rows = cells.map((cell) => [cell, "1"]);
  return {
    read: (await readTable(bytes, "t", options)).table,
    plain: tableFromRows("t", ["x", "y"], rows, options),
  };
}

const xOf = (table: Table): RawColumn => table.columns.find(({ name }) => name === "x")!;

/** What a column says of each row, with the sign of zero. */
function sayings(column: RawColumn, rows: number) {
  const cells = readCells(column, []);
  return times(rows, (row) => {
    const value = valueAt(cells, row);
    return [Object.is(value, -0) ? "-0" : value, isMissingAt(cells, row), cellText(column, row)];
  });
}

describe("a table that is read whole", () => {
  test("keeps short numbers as decimals, also those that were text until there were too many", async () => {
    const text = `x,y\n${times(limits.distinctTexts + 1, (i) => `${i / 4},ant\n`).join("")}`;
    const bytes = (async function* () {
      yield new TextEncoder().encode(text);
    })();
    const column = xOf((await readTable(bytes, "t")).table);
    expect(column).toMatchObject({ kind: "decimals", divisor: 100 });
    expect(sayings(column, 3)).toEqual([
      [0, false, "0"],
      [0.25, false, "0.25"],
      [0.5, false, "0.5"],
    ]);
  });

  test("keeps float64 from the first long number or stray on, and says the same of every cell", async () => {
    const written = fc.oneof(
      fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.nat(3)).map(([n, d]) => (n / 10 ** d).toFixed(d)),
      fc.constantFrom(
        "",
        "NA",
        "-999",
        " 7 ",
        "+.5",
        "-0",
        "heavy",
        "1e400",
        "-1e999",
        "0.1234567890123",
        "1e9",
      ),
    );
    const property = fc.asyncProperty(fc.array(written, { maxLength: 25 }), async (cells) => {
      for (const missingValues of [undefined, ["-999", "NA"]]) {
        const { read, plain } = await bothWays(cells, missingValues);
        expect(sayings(xOf(read), cells.length)).toEqual(sayings(xOf(plain), cells.length));
      }
    });
    await fc.assert(property, { seed: 32, numRuns: 300 });
  });

  test("joins with another, short numbers or not, as if they were one file", async () => {
    const parts = [
      ["1.5", "", "2"],
      ["0.001", "-7"],
      ["0.1234567890123", "3"],
      ["heavy", "4"],
    ];
    for (const above of parts) {
      for (const below of parts) {
        const joined = concatTables([(await bothWays(above)).read, (await bothWays(below)).read]);
        const whole = (await bothWays([...above, ...below])).plain;
        const rows = above.length + below.length;
        expect(sayings(xOf(joined), rows)).toEqual(sayings(xOf(whole), rows));
      }
    }
  });
});

test("a column of decimals takes another whole or not at all", () => {
  const first = createDecimalStore("x");
  for (const value of [1, 2]) first.add(value);
  const other = createDecimalStore("x");
  other.add(3);
  other.addMissing();
  other.add(5.5);
  const small = other.finish();
  expect(first.addColumn(small)).toBe(true);
  expect(first.finish()).toMatchObject({ integers: Int32Array.of(10, 20, 30, ABSENT, 55), divisor: 10 });
  const large = { ...small, integers: Int32Array.of(7, 2_000_000_000), divisor: 1 };
  expect(first.addColumn(large)).toBe(false);
  expect(first.finish().integers).toEqual(Int32Array.of(10, 20, 30, ABSENT, 55));
});
