import { describe, expect, test } from "vitest";
import {
  type ColumnOptions,
  type ColumnProfile,
  profileColumns,
  surveyColumns,
} from "../../src/data/columns.ts";
import { concatTables } from "../../src/data/concat.ts";
import { identifierReason, looksLikeDate, looksLikeNumber } from "../../src/data/suspects.ts";
import golden from "../golden/preprocessing.json" with { type: "json" };
import { encoding, everyRow, tableOf, times } from "./samples.ts";

/** The profile of one column "x", over all rows or the rows given. */
function profile(cells: readonly string[], options: ColumnOptions = {}, rows?: Int32Array): ColumnProfile {
  const table = tableOf({ x: cells });
  const [found] = profileColumns(table, rows ?? everyRow(table), { ...encoding, columns: { x: options } });
  return found!;
}
const kindOf = (cells: readonly string[]): string => profile(cells).kind;
/** Numbers that are no identifier: they repeat. */
const numbers = times(90, (i) => String((i * 7) % 30));

describe("rule 1: a declared kind holds", () => {
  test("numbers as categories, a constant as a number, anything as ignored", () => {
    expect(profile(["1", "2", "1"], { kind: "categorical" }).kind).toBe("categorical");
    expect(profile(["7", "7", "7"], { kind: "numeric" })).toMatchObject({ kind: "numeric", declared: true });
    expect(profile(["a", "1", ""], { kind: "ignored" }).kind).toBe("ignored");
  });
  test("a row counter declared numeric is numeric, with a remark", () => {
    const counter = profile(times(30, String), { kind: "numeric" });
    expect(counter.kind).toBe("numeric");
    expect(counter.remarks).toEqual(["distinct whole numbers in the order of the rows: an identifier"]);
  });
  test("text in a column declared numeric is refused by its line", () => {
    expect(() => profile(["a", "b", "1"], { kind: "numeric" })).toThrow(
      'fruit.csv:2, column "x": expected a number, got "a"',
    );
  });
  test("and so is the one cell that is no number", () => {
    expect(() => profile(["1", "2", "heavy", "3"], { kind: "numeric" })).toThrow(
      'expected a number, got "heavy"',
    );
  });
  test("a column declared numeric needs a number", () => {
    expect(() => profile(["", "NA"], { kind: "numeric" })).toThrow(
      'fruit.csv, column "x": expected a number in at least one training row, got none',
    );
  });
});

describe("rule 2: what tells nothing is ignored", () => {
  test.each([
    ["every cell is missing", ["", "NA", " "]],
    ["constant", ["7", "7.0", "7"]],
    ["constant", ["7", "", "7"]],
    ["constant", ["red", "red", "red "]],
  ])("%s: %j", (reason, cells) => {
    expect(profile(cells)).toMatchObject({ kind: "ignored", reason, remarks: [`ignored: ${reason}`] });
  });
  test("two numbers are not constant, whichever of them is the rarer", () => {
    for (const cells of [
      ["7", "7", "8"],
      ["7", "8", "8"],
    ]) {
      expect(kindOf(cells)).toBe("numeric");
      expect(profile(cells, { kind: "numeric" }).remarks).toEqual([]);
    }
  });
  test("one category beside missing cells tells something", () => {
    expect(profile(["yes", "", "yes", "NA"])).toMatchObject({ kind: "categorical", missing: 2 });
  });
});

describe("rule 3: all cells are numbers", () => {
  test("gives a numeric column with its summary", () => {
    expect(profile(["3", "1", "", " 2 ", "1e1"])).toMatchObject({
      kind: "numeric",
      declared: false,
      reason: "all 4 cells are numbers, 1 missing",
      rows: 5,
      missing: 1,
      distinct: 4,
      numbers: { minimum: 1, median: 2.5, maximum: 10, mean: 4 },
      remarks: [],
    });
  });
  test("a number written in two ways is one number", () => {
    expect(profile(["1", "1.0", "2"]).distinct).toBe(2);
  });
  test("distinct measurements are no identifier", () => {
    expect(kindOf(times(90, (i) => ((i * 37) % 90).toFixed(1).concat("5")))).toBe("numeric");
    expect(kindOf(times(90, (i) => String((i * 1009) % 9973)))).toBe("numeric");
  });
  test("a row counter is, in order, backwards, shuffled, or with every third row held out", () => {
    expect(kindOf(times(90, (i) => String(i + 1)))).toBe("ignored");
    expect(kindOf(times(90, (i) => String(1000 - 7 * i)))).toBe("ignored");
    expect(kindOf(times(90, (i) => String((i * 37) % 90)))).toBe("ignored");
    expect(profile(times(90, (i) => String((i * 37) % 90))).reason).toBe(
      "distinct whole numbers without gaps: an identifier",
    );
    const rows = Int32Array.from(times(90, (i) => i).filter((i) => i % 3 > 0));
    expect(
      profile(
        times(90, (i) => String((i * 37) % 90)),
        {},
        rows,
      ).kind,
    ).toBe("ignored");
  });
  test("fewer than 20 counting numbers may be chance", () => {
    expect(kindOf(times(19, String))).toBe("numeric");
    expect(kindOf(times(20, String))).toBe("ignored");
  });
  test("whole numbers beyond 2^53 are identifiers that have lost precision", () => {
    const cells = times(90, (i) => String(9007199254740993n + BigInt(i % 45) * 2n));
    expect(profile(cells)).toMatchObject({
      kind: "ignored",
      reason: "whole numbers beyond 2^53, which lose precision: identifiers",
    });
    const below = times(90, (i) => String(-9007199254740993n - BigInt(i % 45) * 2n));
    expect(profile(below).reason).toBe("whole numbers beyond 2^53, which lose precision: identifiers");
    expect(kindOf(times(90, (i) => `${(i * 37) % 90}.5e20`))).toBe("numeric");
  });
  test.each([
    ["1e400", "1e400"],
    ["-1e308", "-1e308"],
  ])("a number beyond 1e300 is refused by its line: %s", (cell, shown) => {
    expect(() => profile([...numbers, cell])).toThrow(
      `fruit.csv:92, column "x": expected a number in the range of ±1e300, got "${shown}"`,
    );
  });
});

describe("rule 4: numbers in another dress are refused", () => {
  test.each(["1,5", "1,234.5", "1_000", "5%", "$5", "1 234", "1.234,5", "\u22125"])("%s", (cell) => {
    expect(looksLikeNumber(cell)).toBe(true);
    expect(() => profile([...numbers, cell])).toThrow(
      `fruit.csv:92, column "x": expected a number like 1234.5, got "${cell}"`,
    );
    expect(() => profile(times(90, () => cell).concat("2,5"))).toThrow("expected a number like 1234.5");
  });
  test.each(["a1", "1-2", "12:30", "1.2.3", "", "%", "heavy"])("but not %j", (cell) => {
    expect(looksLikeNumber(cell)).toBe(false);
  });
});

describe("rule 5: text", () => {
  test("gives a categorical column, most frequent first, ties by code point", () => {
    expect(profile(["red", "blue", "", "red", "green"])).toMatchObject({
      kind: "categorical",
      reason: "3 categories in 4 cells, 1 missing",
      distinct: 3,
      categories: [
        { text: "red", rows: 2 },
        { text: "blue", rows: 1 },
        { text: "green", rows: 1 },
      ],
    });
  });
  test("of which some are numbers in another dress stays categorical, with a remark", () => {
    const cells = times(40, (i) => ["unknown", "60k", "42,500", "5%"][i % 4]!);
    expect(profile(cells)).toMatchObject({
      kind: "categorical",
      remarks: ['categories such as "42,500" look like numbers, taken as text'],
    });
  });
  test("of which at least half is text stays categorical, with a remark", () => {
    const cells = times(40, (i) => (i % 2 ? "unknown" : String(i % 4)));
    expect(profile(cells)).toMatchObject({
      kind: "categorical",
      remarks: ["20 of 40 cells are numbers, taken as text"],
    });
  });
  test("of nearly one row each is an identifier or free text", () => {
    expect(profile(times(90, (i) => `c${i}`))).toMatchObject({
      kind: "ignored",
      reason: "90 distinct texts in 90 cells: an identifier or free text",
    });
    expect(kindOf(times(90, (i) => `c${i % 45}`))).toBe("categorical");
    expect(kindOf(times(9, (i) => `c${i}`))).toBe("categorical");
  });
  test.each([
    "2026-01-31",
    "2026/1/31",
    "31.1.2026",
    "1/31/26",
    "2026-01",
    "2026-01-31T10:20:30Z",
    "2026-01-31 10:20:30.5+01:00",
    "31 Jan 2026",
    "January 31, 2026",
    "10:20",
    "10:20 PM",
  ])("of dates and times is ignored: %s", (cell) => {
    expect(looksLikeDate(cell)).toBe(true);
    expect(profile([...times(60, () => cell), "2025-12-31"])).toMatchObject({
      kind: "ignored",
      reason: "dates or times, which are not understood",
    });
  });
  test("of more than a thousand dates is ignored too, though the text is not kept", () => {
    const day = (i: number) => new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10);
    expect(kindOf(times(1200, day))).toBe("ignored");
  });
  test.each(["1.2.3", "2026", "mar", "31", "a 10:20"])("is no date: %s", (cell) => {
    expect(looksLikeDate(cell)).toBe(false);
  });
  test("of more than a thousand categories is refused, kept as text or not", () => {
    const cells = times(4000, (i) => `k${i % 1001}`);
    const message =
      'fruit.csv, column "x": expected at most 1000 categories (the limit), got more distinct texts';
    expect(() => profile(cells)).toThrow(message);
    expect(() => profile(cells, { kind: "categorical" })).toThrow(message);
  });
  test("spelt alike is pointed out: case, composed accents, number forms", () => {
    const cells = ["caf\u00e9", "cafe\u0301", "Red", "red", "Red", "red"];
    expect(profile(cells).remarks).toEqual([
      'categories "Red" and "red" differ only in their spelling',
      'categories "cafe\u0301" and "caf\u00e9" differ only in their spelling',
    ]);
  });
  test("golden/preprocessing.json, impute_most_frequent_text: the first category fills", () => {
    for (const { fit, fill } of golden.impute_most_frequent_text) {
      expect(profile(fit.map((cell) => cell ?? "")).categories?.[0]?.text).toBe(fill);
    }
  });
});

describe("rule 6: some text among more numbers is refused", () => {
  test("one word among 90 numbers, by its line", () => {
    const cells = numbers.with(39, "heavy");
    expect(() => profile(cells)).toThrow('fruit.csv:41, column "x": expected a number, got "heavy"');
    expect(() => profile(cells)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        hint: `train with --set 'data.missingValues=["","NA","N/A","n/a","#N/A","<NA>","NaN","nan","NULL","null","None","?","-","heavy"]' or with --set 'data.columns.x.kind="categorical"'`,
      }),
    );
  });
  test("also when the column has too many distinct cells to keep", () => {
    const cells = times(2000, (i) => `${i}.5`).with(1500, "heavy");
    expect(() => profile(cells)).toThrow('fruit.csv:1502, column "x": expected a number, got "heavy"');
  });
  test("a word in a row that does not train leaves the kind alone", () => {
    expect(profile(numbers.with(39, "heavy"), {}, Int32Array.from(times(50, (i) => i + 40))).kind).toBe(
      "numeric",
    );
  });
});

describe("options for columns", () => {
  const table = tableOf({ mass: ["1", "2", "1"], color: ["a", "b", "a"], species: ["x", "y", "x"] });
  const profileWith = (columns: Record<string, ColumnOptions>) =>
    profileColumns(table, everyRow(table), { ...encoding, columns }, "species");

  test("name columns of the file", () => {
    expect(() => profileWith({ mas: {} })).toThrow(
      'data.columns: expected names of columns of fruit.csv ("mass", "color", "species"), got "mas"',
    );
    expect(() => profileWith({ mas: {} })).toThrow(
      expect.objectContaining({ code: "config_invalid", hint: 'did you mean "mass"?' }),
    );
  });
  test("do not name the label", () => {
    expect(() => profileWith({ species: {} })).toThrow('got "species", which is the label');
  });
  test("suit the kind that was inferred", () => {
    expect(() => profileWith({ color: { scaling: "robust" } })).toThrow(
      'data.columns, column "color": expected scaling only for a numeric column, got a categorical one',
    );
    expect(() => profileWith({ mass: { unseen: "error" } })).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message:
          'data.columns, column "mass": expected unseen only for a categorical column, got a numeric one',
      }),
    );
  });
  test("are idle where the column is ignored, whichever kind they suit", () => {
    expect(profile(["7", "7"], { scaling: "robust" }).kind).toBe("ignored");
    expect(profile(["7", "7"], { unseen: "error" }).kind).toBe("ignored");
  });
  test("the label has no profile, and the split column is ignored", () => {
    const profiles = profileColumns(table, everyRow(table), encoding, "species", "color");
    expect(profiles.map(({ name, kind }) => [name, kind])).toEqual([
      ["mass", "numeric"],
      ["color", "ignored"],
    ]);
  });
  test("columns may have names of Object.prototype", () => {
    const odd = tableOf(
      Object.fromEntries([
        ["__proto__", ["1", "2"]],
        ["constructor", ["a", "b"]],
      ]),
    );
    expect(profileColumns(odd, everyRow(odd), encoding).map((column) => column.kind)).toEqual([
      "numeric",
      "categorical",
    ]);
  });
});

test("identifierReason leaves aside missing cells when it looks at the order", () => {
  const values = Float64Array.from(times(30, (i) => (i === 7 ? Number.NaN : 5 * i)));
  const cells = { codes: null, values, divisor: 1, missing: new Uint8Array(30).fill(1, 7, 8), texts: null };
  const sorted = values.filter((value) => !Number.isNaN(value));
  expect(identifierReason(cells, Int32Array.from(times(30, (i) => i)), sorted)).toContain("identifier");
});

describe("a column declared of a kind it hardly is", () => {
  const declared = (kind: "numeric" | "categorical", cells: readonly string[]) => profile(cells, { kind });

  test("numeric: out of range it is refused, constant it has a remark", () => {
    expect(() => declared("numeric", ["1", "1e301"])).toThrow(
      'fruit.csv:3, column "x": expected a number in the range of ±1e300, got "1e301" on line 3',
    );
    expect(declared("numeric", ["7", "7"]).remarks).toEqual(["constant: it tells the classes nothing apart"]);
    expect(declared("numeric", ["7", "8", "7"]).remarks).toEqual([]);
  });

  test("categorical: text of nearly one row each has a remark", () => {
    const names = times(30, (i) => `name ${i}`);
    expect(declared("categorical", names).remarks).toEqual([
      "30 distinct texts in 30 cells: an identifier or free text",
    ]);
    expect(declared("categorical", ["a", "b"]).remarks).toEqual([]);
  });

  test("categorical: more categories than there may be are refused with their number, though all were kept", () => {
    const half = (from: number) => tableOf({ x: times(600, (i) => `k${from + i}`) });
    const table = concatTables([half(0), half(600)]);
    const columns = { x: { kind: "categorical" } } as const;
    expect(() => profileColumns(table, everyRow(table), { ...encoding, columns })).toThrow(
      expect.objectContaining({
        message:
          'fruit.csv, column "x": expected at most 1000 categories (the limit), got 1200 distinct texts',
        hint: 'declare the column ignored: { "kind": "ignored" } under its name in data.columns',
      }),
    );
  });
});

describe("a file that is only looked at", () => {
  const survey = (cells: readonly string[], options: ColumnOptions = {}) => {
    const table = tableOf({ x: cells });
    return surveyColumns(table, everyRow(table), { ...encoding, columns: { x: options } })[0]!;
  };

  test("has a remark where training would refuse a column, with the way out", () => {
    const { kind, remarks, numbers: none } = survey(numbers.with(39, "heavy").with(2, "no value!"));
    expect([kind, none]).toEqual(["numeric", undefined]);
    expect(remarks).toEqual([
      'training refuses it: expected a number, got "no value!" on line 4; list "no value!" in data.missingValues, or declare the column categorical',
    ]);
    expect(survey(["", "NA"], { kind: "numeric" }).remarks).toEqual([
      "training refuses it: expected a number in at least one training row, got none",
    ]);
    const many = survey(
      times(1100, (i) => `k${i}`),
      { kind: "categorical" },
    );
    expect(many.categories).toBeUndefined();
    expect(many.remarks[0]).toMatch(/^training refuses it: expected at most 1000 categories/);
  });

  test("has its distinct cells counted: numbers by value, texts as written, a thousand of more", () => {
    const distinct = (cells: readonly string[]) => survey(cells).distinct;
    expect(distinct(["ant", "ant", ""])).toBe(1);
    expect(distinct(["ant", "bee", "Bee"])).toBe(3);
    expect(distinct(["1", "1.0", "2"])).toBe(2);
    expect(distinct(times(1100, (i) => `k${i}`))).toBe(1000);
  });

  test("has the profiles that training would have, where it refuses nothing", () => {
    expect(survey(numbers)).toEqual(profile(numbers));
  });
});

describe("every kind has its reason, and every refusal its way out", () => {
  const surveyed = (cells: readonly string[], options: ColumnOptions = {}) => {
    const table = tableOf({ x: cells });
    const [{ kind, reason, remarks } = expect.fail("no column")] = surveyColumns(table, everyRow(table), {
      ...encoding,
      columns: { x: options },
    });
    return { kind, reason, remarks };
  };
  const refusal = (words: string) => [`training refuses it: ${words}`];

  test.each<[string, readonly string[], ColumnOptions, ColumnProfile["kind"], string, readonly string[]]>([
    ["ignored", ["1"], { kind: "ignored" }, "ignored", "declared ignored", []],
    ["categorical", ["1", "2"], { kind: "categorical" }, "categorical", "declared categorical", []],
    ["numeric", ["1", "2"], { kind: "numeric" }, "numeric", "declared numeric", []],
    [
      ...(["no number", ["", ""], { kind: "numeric" }, "numeric", "no cell is a number"] as const),
      refusal("expected a number in at least one training row, got none"),
    ],
    [
      ...(["out of range", ["1", "2", "-1e301"], {}, "numeric", "a number beyond ±1e300"] as const),
      refusal(
        'expected a number in the range of ±1e300, got "-1e301" on line 4; give the column in a larger unit, or declare it ignored',
      ),
    ],
    [
      ...([
        "in another dress",
        ["1,5", "2,5", "2,5", ""],
        {},
        "numeric",
        "3 of 3 cells are no number, 1 missing",
      ] as const),
      refusal(
        'expected a number like 1234.5, got "1,5" on line 2; write numbers with a decimal point, without thousands separators, currency or percent signs, or declare the column categorical',
      ),
    ],
    [
      ...(["one word", ["1", "2", "3", "a b!"], {}, "numeric", "1 of 4 cells is no number"] as const),
      refusal(
        'expected a number, got "a b!" on line 5; list "a b!" in data.missingValues, or declare the column categorical',
      ),
    ],
  ])("%s", (_, cells, options, kind, reason, remarks) => {
    expect(surveyed(cells, options)).toEqual({ kind, reason, remarks });
  });

  test("numbers at ±1e300 are in range, and one category less than too many is not too many", () => {
    expect(surveyed(["1e300", "-1e300", "0"]).remarks).toEqual([]);
    const many = (count: number) =>
      surveyed(
        times(count, (i) => `k${i}`),
        { kind: "categorical" },
      ).reason;
    expect([many(1000), many(1001)]).toEqual(["declared categorical", "more than 1000 categories"]);
  });

  test("the column that tells the parts says so", () => {
    const table = tableOf({ x: ["1", "2"] });
    expect(profileColumns(table, everyRow(table), encoding, undefined, "x")[0]).toMatchObject({
      kind: "ignored",
      reason: "it says which rows train, validate and test",
      remarks: [],
    });
  });
});
