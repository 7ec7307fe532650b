import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EncodingOptions, profileColumns } from "../../src/data/columns.ts";
import {
  type Encoder,
  encode,
  encodedWidth,
  featureNames,
  fitColumns,
  fitEncoder,
} from "../../src/data/encoder.ts";
import { type Table, tableFromRows } from "../../src/data/table.ts";
import golden from "../golden/preprocessing.json" with { type: "json" };
import { encoding, everyRow, tableOf, times } from "./samples.ts";

function fit(table: Table, options: Partial<EncodingOptions> = {}, rows = everyRow(table)): Encoder {
  const complete = { ...encoding, ...options };
  return fitEncoder(table, rows, profileColumns(table, rows, complete), complete);
}

/** The encoded rows as an array of rows. */
function encoded(encoder: Encoder, table: Table, rows: Int32Array | null = null): number[][] {
  const width = encodedWidth(encoder);
  const count = rows?.length ?? table.lines.length;
  const out = new Float64Array(count * width).fill(9);
  encode(encoder, table, rows, out);
  return times(count, (i) => Array.from(out.subarray(i * width, (i + 1) * width)));
}

describe("golden/preprocessing.json, one_hot, exactly", () => {
  test.each(golden.one_hot)("$id", ({ fit: cells, transform, categories, expected }) => {
    const table = tableOf({ x: cells.map(String) });
    const encoder = fit(table, { columns: { x: { kind: "categorical" } } });
    const found = featureNames(encoder);
    // Categories are text here: a number stands where its text does, and the empty text is the missing cell.
    const placeOf = categories.map((name) => found.indexOf(`x=${name === "" ? "(missing)" : name}`));
    expect(placeOf).not.toContain(-1);
    const actual = encoded(encoder, tableOf({ x: transform.map(String) }));
    expect(actual.map((row) => placeOf.map((at) => row[at]))).toEqual(expected);
    expect(actual.map((row) => row.reduce((sum, x) => sum + x, 0))).toEqual(
      expected.map((row) => row.reduce((sum, x) => sum + x, 0)),
    );
  });
});

describe("fitEncoder", () => {
  test("sorts features by name and categories by code point, whatever the order in the file", () => {
    const table = tableOf({ size: ["1", "2", "4"], color: ["red", "", "blue"], Age: ["3", "1", "1"] });
    const encoder = fit(table);
    expect(featureNames(encoder)).toEqual(["Age", "color=blue", "color=red", "color=(missing)", "size"]);
    const shuffled = tableOf({ color: ["red", "", "blue"], Age: ["3", "1", "1"], size: ["1", "2", "4"] });
    expect(fit(shuffled)).toEqual(encoder);
    expect(fitColumns(shuffled, everyRow(shuffled), encoding).encoder).toEqual(encoder);
    expect(encoded(encoder, shuffled)).toEqual(encoded(encoder, table));
  });

  test("gives each feature its columns, side by side in the order of their names", () => {
    const cells = {
      size: ["1", "2", "4"],
      color: ["red", "", "blue"],
      Age: ["3", "", "1"],
      note: times(3, () => "x"),
    };
    const encoder = fit(tableOf(cells), { scaling: "none" });
    const expected = [
      // Age, color=blue, color=red, color=(missing), size
      [3, 0, 1, 0, 1],
      [2, 0, 0, 1, 2],
      [1, 1, 0, 0, 4],
    ];
    expect(encoded(encoder, tableOf(cells))).toEqual(expected);
    expect(encoded(encoder, tableOf(cells, { numeric: ["size", "Age"] }))).toEqual(expected);
    expect(encoded(encoder, tableOf(cells), Int32Array.of(2, 0))).toEqual([expected[2], expected[0]]);
  });

  test("the order of the training rows changes no bit", () => {
    const cells = times(200, (i) => String(((i * 7919) % 1000) / 7));
    const table = tableOf({ x: cells });
    expect(fit(tableOf({ x: cells.toReversed() }))).toEqual(fit(table));
  });

  test("the same column as text and as plain numbers gives the same bits", () => {
    const columns = { x: ["1", "", "2.5", "-0", "1e3", "2.5"] };
    const [texts, numbers] = [tableOf(columns), tableOf(columns, { numeric: ["x"] })];
    for (const scaling of ["none", "standard", "robust", "min_max", "quantile_normal"] as const) {
      const encoder = fit(texts, { scaling });
      expect(fit(numbers, { scaling })).toEqual(encoder);
      expect(encoded(encoder, numbers)).toEqual(encoded(encoder, texts));
    }
  });

  test("learns nothing from rows it is not given", () => {
    const rows = Int32Array.of(0, 1, 2, 3);
    const base = { x: ["1", "2", "4", "1", "5", "6"], color: ["a", "b", "a", "b", "b", "a"] };
    const cell = fc.oneof(fc.constant("heavy"), fc.double({ noNaN: true }).map(String), fc.constant(""));
    const property = fc.property(cell, cell, fc.string(), (x4, x5, color) => {
      const edited = { x: base.x.with(4, x4).with(5, x5), color: base.color.with(5, color) };
      expect(fit(tableOf(edited), {}, rows)).toEqual(fit(tableOf(base), {}, rows));
    });
    fc.assert(property, { seed: 3, numRuns: 200 });
  });

  test("is plain data: JSON gives it back", () => {
    const encoder = fit(tableOf({ x: ["1", "2", ""], color: ["a", "b", "a"] }), {
      scaling: "quantile_uniform",
    });
    expect(JSON.parse(JSON.stringify(encoder))).toEqual(encoder);
  });
});

describe("numeric features", () => {
  const table = tableOf({ x: ["1", "3", "", "3"] });

  test("scale, and fill what is missing with the median or the most frequent number", () => {
    expect(encoded(fit(table, { scaling: "none" }), table)).toEqual([[1], [3], [3], [3]]);
    const gap = tableOf({ x: ["1", "", "2", "9", "9"] });
    expect(encoded(fit(gap, { scaling: "none" }), gap)[1]).toEqual([5.5]);
    expect(encoded(fit(gap, { scaling: "none", imputation: "most_frequent" }), gap)[1]).toEqual([9]);
    expect(encoded(fit(gap, { scaling: "min_max" }), gap)[1]).toEqual([4.5 / 8]);
  });

  test("refuse a missing cell where the imputation is error", () => {
    const encoder = fit(table, { imputation: "error" });
    expect(() => encoded(encoder, table)).toThrow(
      expect.objectContaining({
        message: 'fruit.csv:4, column "x": expected a number and not a missing value, got "" on line 4',
        hint: 'set the imputation of this column to "median", or fill the cell',
      }),
    );
  });

  test("refuse text by its line, but only in the rows that are asked for", () => {
    const encoder = fit(table);
    const other = tableOf({ x: ["1", "2", "heavy"] });
    expect(() => encoded(encoder, other)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv:4, column "x": expected a number, got "heavy" on line 4',
        hint: 'correct the cell, or leave it empty; a model trained with "heavy" in data.missingValues takes it for missing',
      }),
    );
    expect(encoded(encoder, other, Int32Array.of(1))).toHaveLength(1);
  });

  test("refuse what leaves the range of the precision after scaling", () => {
    const encoder = fit(table, { scaling: "none" });
    const large = tableOf({ x: ["1e39"] });
    expect(encoded(encoder, large)).toEqual([[1e39]]);
    expect(() => encode(encoder, large, null, new Float32Array(1))).toThrow(
      'fruit.csv:2, column "x": expected a number in the range of float32 after scaling, got "1e39"',
    );
    for (const scaling of ["none", "standard", "quantile_uniform", "quantile_normal"] as const) {
      const infinite = () => encoded(fit(table, { scaling }), tableOf({ x: ["1e400"] }));
      expect(infinite).toThrow('in the range of float64 after scaling, got "1e400"');
    }
  });
});

describe("categorical features", () => {
  const colors = tableOf({ color: ["red", "blue", "red", "blue", "green"] });
  const gaps = tableOf({ color: ["red", "blue", "", "blue", "red", "blue"] });
  const later = tableOf({ color: ["red", "purple", ""] });

  test("ignore: an unseen category is all zeros, and is counted", () => {
    const encoder = fit(colors);
    expect(featureNames(encoder)).toEqual(["color=blue", "color=green", "color=red", "color=(missing)"]);
    expect(encoded(encoder, later)[1]).toEqual([0, 0, 0, 0]);
    expect(encode(encoder, later, Int32Array.of(0, 1), new Float32Array(8))).toEqual([
      { column: "color", rows: 1, text: "purple", line: 3 },
    ]);
  });

  test("error: an unseen category is refused by its line", () => {
    const encoder = fit(colors, { unseen: "error" });
    expect(() => encoded(encoder, later)).toThrow(
      expect.objectContaining({
        message:
          'fruit.csv:3, column "color": expected a category of the training rows ("blue", "green", "red"), got "purple" on line 3',
        hint: 'set data.unseen to "ignore" or "bucket"',
      }),
    );
  });

  test("bucket: categories of one training row train the place of the unseen", () => {
    const encoder = fit(colors, { unseen: "bucket" });
    expect(featureNames(encoder)).toEqual(["color=blue", "color=red", "color=(missing)", "color=(unseen)"]);
    expect(encoder.features[0]).toMatchObject({ missingRows: 0, unseenRows: 1 });
    expect(encoded(encoder, colors)[4]).toEqual([0, 0, 0, 1]);
    expect(encoded(encoder, later)[1]).toEqual([0, 0, 0, 1]);
  });

  test("bucket: without such categories its place was never trained, and is never lit", () => {
    const encoder = fit(gaps, { unseen: "bucket" });
    expect(featureNames(encoder)).toEqual(["color=blue", "color=red", "color=(missing)", "color=(unseen)"]);
    expect(encoded(encoder, later)[1]).toEqual([0, 0, 0, 0]);
  });

  test("missing: its place is lit when a training row lit it, else the cell is unseen", () => {
    expect(encoded(fit(gaps), later)[2]).toEqual([0, 0, 1]);
    expect(encoded(fit(colors), later)[2]).toEqual([0, 0, 0, 0]);
    expect(encoded(fit(colors, { unseen: "bucket" }), later)[2]).toEqual([0, 0, 0, 1]);
    expect(() => encoded(fit(colors, { unseen: "error" }), tableOf({ color: [""] }))).toThrow('got ""');
  });

  test("every row lights one place or none", () => {
    const category = fc.constantFrom("a", "b", "c", "d", "", "NA", " a ");
    const property = fc.property(
      fc.array(category, { minLength: 4, maxLength: 20 }),
      fc.array(category, { maxLength: 9 }),
      fc.constantFrom("ignore" as const, "bucket" as const),
      (training, cells, unseen) => {
        const table = tableOf({ x: training });
        const encoder = fit(table, { unseen, columns: { x: { kind: "categorical" } } });
        for (const row of encoded(encoder, tableOf({ x: cells }))) {
          expect(row.every((value) => value === 0 || value === 1)).toBe(true);
          expect(row.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(1);
        }
        for (const row of encoded(encoder, table)) expect(row).toContain(1);
      },
    );
    fc.assert(property, { seed: 4, numRuns: 200 });
  });

  test("names of Object.prototype are categories like any other", () => {
    const odd = tableOf({ x: ["__proto__", "constructor", "__proto__", "hasOwnProperty"] });
    expect(encoded(fit(odd), odd)[1]).toEqual([0, 1, 0, 0]);
  });
});

describe("columns are matched by name", () => {
  const table = tableOf({ mass: ["1", "2", "4"], width: ["1", "5", "3"] });
  const encoder = fit(table);

  test("other columns are left aside, and a table without rows is fine", () => {
    const more = tableOf({ note: ["hi"], width: ["5"], mass: ["2"] });
    expect(encoded(encoder, more)).toEqual([encoded(encoder, table)[1]]);
    expect(encoded(encoder, tableFromRows("empty.csv", ["mass", "width"], []))).toEqual([]);
  });

  test("absent columns are named, with the nearest name or what is there instead", () => {
    expect(() => encoded(encoder, tableOf({ mas: ["1"], width: ["1"] }))).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv: expected a column "mass", got columns "mas", "width"',
        hint: 'did you mean "mas"?',
      }),
    );
    expect(() => encoded(encoder, tableOf({ color: ["1"] }))).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv: expected columns "mass", "width", got columns "color"',
        hint: 'columns not used: "color"',
      }),
    );
  });
});

describe("what cannot be encoded is refused", () => {
  const table = tableOf({ mass: ["1", "2", "4"], color: ["a", "b", "a"] });
  const encoder = fit(table);

  test("an absent column beside which nothing is left over has no hint", () => {
    expect(() => encoded(encoder, tableOf({ mass: ["1"] }))).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv: expected a column "color", got columns "mass"',
        hint: undefined,
      }),
    );
  });

  test("a categorical column with too many distinct cells to keep", () => {
    const many = tableOf({ mass: times(1001, () => "1"), color: times(1001, (i) => `k${i}`) });
    expect(() => encoded(encoder, many)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: 'fruit.csv, column "color": expected at most 1000 distinct categories (the limit), got more',
      }),
    );
  });

  test("into too small a room, as a mistake of ours; into a larger one it is not", () => {
    const room = (length: number) => () => encode(encoder, table, null, new Float64Array(length));
    expect(room(11)).toThrow(
      expect.objectContaining({
        code: "internal",
        message: "encode: expected room for 12 numbers, got 11",
      }),
    );
    expect(room(13)()).toEqual([]);
  });
});
