import { describe, expect, test } from "vitest";
import { type EncodingOptions, profileColumns } from "../../src/data/columns.ts";
import { fitEncoder } from "../../src/data/encoder.ts";
import { outlyingCells } from "../../src/data/outlying.ts";
import { readTable } from "../../src/data/reader.ts";
import { outlyingRemarks } from "../../src/data/remarks.ts";
import { randomStream } from "../../src/random.ts";
import { encoding, everyRow, tableOf, times } from "./samples.ts";

const scalings = ["standard", "robust", "min_max", "quantile_uniform", "quantile_normal", "none"] as const;

function fitted(cells: readonly string[], options: Partial<EncodingOptions> = {}) {
  const table = tableOf({ x: cells });
  const complete = { ...encoding, columns: { x: { kind: "numeric" } } as const, ...options };
  const rows = everyRow(table);
  return fitEncoder(table, rows, profileColumns(table, rows, complete), complete);
}

/** Of some cells, those far from the cells that were fitted. */
function outlying(fit: readonly string[], cells: readonly string[], options?: Partial<EncodingOptions>) {
  return outlyingCells(fitted(fit, options), fit.length, tableOf({ x: cells }));
}

/** Whether a single number lies far out. */
const isOutlying = (fit: readonly string[], cell: string, options: Partial<EncodingOptions>) =>
  outlying(fit, [cell], options).length === 1;

describe("outlyingCells", () => {
  // Of -1 and 1 as often: mean 0, deviation 1, range -1 … 1.
  const signs = (count: number) => times(count, (i) => (i % 2 === 0 ? "-1" : "1"));

  test.each<[(typeof scalings)[number], number, string, string]>([
    ["standard", 20, "10", "10.01"],
    ["standard", 20, "-10", "-10.01"],
    ["standard", 100, "10", "10.01"],
    ["standard", 400, "20", "20.01"],
    ["standard", 400, "-20", "-20.01"],
    ["min_max", 20, "21", "21.01"],
    ["min_max", 20, "-21", "-21.01"],
    ["quantile_uniform", 400, "21", "21.01"],
    ["quantile_uniform", 400, "-21", "-21.01"],
    ["quantile_normal", 20, "21", "21.01"],
    ["quantile_normal", 20, "-21", "-21.01"],
  ])("%s over %i rows: %s is near, %s is far", (scaling, count, near, far) => {
    expect(isOutlying(signs(count), near, { scaling })).toBe(false);
    expect(isOutlying(signs(count), far, { scaling })).toBe(true);
  });

  test.each(["robust", "none"] as const)("%s keeps no end of the numbers: nothing is far", (scaling) => {
    expect(isOutlying(signs(20), "1e30", { scaling })).toBe(false);
  });

  // The model does not tell the range 0 of a constant column from the range 1 when it scales by it.
  test.each([
    ["standard", "13", "13.1"],
    ["min_max", "14", "14.1"],
    ["quantile_uniform", "13", "13.1"],
  ] as const)("%s of a constant 3: %s is near, %s is far", (scaling, near, far) => {
    const constant = times(20, () => "3");
    expect(isOutlying(constant, near, { scaling })).toBe(false);
    expect(isOutlying(constant, far, { scaling })).toBe(true);
  });

  test.each(scalings)("%s: no number of the training rows is far, whatever their tails", (scaling) => {
    for (const count of [1, 2, 3, 50, 101, 500, 5000]) {
      const random = randomStream(7, "check", count);
      const spike = times(count, (i) => (i === 0 ? "1e9" : "0"));
      const cauchy = times(count, () => String(1 / (random() - 0.5)));
      const powers = times(count, (i) => `1e${(i * 37) % 300}`);
      for (const cells of [spike, cauchy, powers]) {
        expect(outlying(cells, cells, { scaling }), `${count} rows`).toEqual([]);
      }
    }
  });

  test("counts the numbers of a column, and names the first, with its line", () => {
    expect(outlying([...signs(20), ""], ["1", "", " 1e9 ", "NA", "-50", "2", "1e9"])).toEqual([
      { column: "x", rows: 3, value: 1e9, line: 4 },
    ]);
  });

  test.each([
    ["texts", times(40, (i) => String(i % 2)), "coded"],
    ["numbers", times(5000, String), "numbers"],
    ["decimals", times(5000, String), "decimals"],
  ])("however the cells are kept: as %s", async (_, cells, kind) => {
    const kept = async (column: readonly string[]) => {
      if (kind !== "decimals") return tableOf({ x: column });
      const bytes = (async function* () {
        yield new TextEncoder().encode(["x", ...column].join("\n"));
      })();
      return (await readTable(bytes, "fruit.csv")).table;
    };
    const late = await kept(cells.with(-2, "90000"));
    expect(late.columns[0]!.kind).toBe(kind);
    const encoder = fitted(["0", "5000"], { scaling: "min_max" });
    expect(outlyingCells(encoder, 2, late)).toEqual([
      { column: "x", rows: 1, value: 90000, line: cells.length },
    ]);
    expect(outlyingCells(encoder, 2, await kept(cells))).toEqual([]);
  });

  test("an unknown scaling is a fault of ours", () => {
    const { missingValues, features } = fitted(signs(20));
    const encoder = { missingValues, features: [{ ...features[0]!, scaling: "log" as never }] };
    expect(() => outlyingCells(encoder, 20, tableOf({ x: ["1"] }))).toThrow(
      'scaling: expected a known kind, got "log"',
    );
  });

  test("categories are not measured", () => {
    const options = { columns: { x: { kind: "categorical" } } } as const;
    expect(outlying(signs(20), ["1e9"], options)).toEqual([]);
  });
});

test("the remark counts, and names the first", () => {
  const cells = { column: "age", rows: 3, value: -0.5, line: 12 };
  expect(outlyingRemarks([cells, { ...cells, column: "mass", rows: 1 }], "new")).toEqual([
    'column "age": 3 new rows hold a number far outside of those of the training rows, first -0.5 on line 12',
    'column "mass": 1 new row holds a number far outside of those of the training rows, first -0.5 on line 12',
  ]);
});
