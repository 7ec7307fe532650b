import { describe, expect, test } from "vitest";
import {
  aligned,
  bar,
  byteSize,
  compact,
  counted,
  decimals,
  duration,
  inRow,
  percent,
  percentRange,
  quotePath,
  quoteWord,
  shown,
  sparkline,
} from "../../src/cli/text.ts";

describe("numbers as a person reads them", () => {
  test.each([
    [0.97368, "97.4 %"],
    [1, "100 %"],
    [0.99999, "> 99.9 %"],
    [0, "0 %"],
    [0.0001, "< 0.1 %"],
    [0.5, "50.0 %"],
  ])("percent(%d) is %s: all and nothing only when exact", (share, text) => {
    expect(percent(share)).toBe(text);
  });

  test.each([
    [0, "0"],
    [-3, "-3"],
    [143.5, "143.5"],
    [0.001684, "0.001684"],
    [654.889_104, "654.9"],
    [1234.567, "1235"],
    [2501, "2501"],
    [12_345_678, "1.235e7"],
    [1e-9, "1e-9"],
    [1.5e300, "1.5e300"],
    [-0.00001234, "-1.234e-5"],
  ])("compact(%d) is %s", (value, text) => {
    expect(compact(value)).toBe(text);
  });

  test.each([
    [0.04, "0.0 s"],
    [3.14, "3.1 s"],
    [9.96, "10 s"],
    [83, "1 min 23 s"],
    [3725, "1 h 2 min"],
  ])("duration(%d) is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test("counts, sizes and undefined values have their own forms", () => {
    expect(counted(1, "row")).toBe("1 row");
    expect(counted(12_345, "row")).toBe("12,345 rows");
    expect(counted(2, "class", "classes")).toBe("2 classes");
    expect([byteSize(999), byteSize(24_576), byteSize(3_000_000)]).toEqual(["999 B", "24.6 kB", "3.0 MB"]);
    expect([decimals(0.07126, 4), decimals(null, 4), decimals(Number.NaN, 2)]).toEqual(["0.0713", "–", "–"]);
  });
});

describe("tables and curves", () => {
  test("columns are aligned and lines end without spaces", () => {
    const lines = aligned(
      [
        ["", "rows", "accuracy"],
        ["train", "364", "98.9 %"],
        ["validation", "91", ""],
      ],
      ["left", "right", "right"],
    );
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "            rows  accuracy
      train        364    98.9 %
      validation    91"
    `);
  });

  test("a range has one unit, and its ends are exact only when they are", () => {
    expect(percentRange(0.9474, 1)).toBe("94.7 to 100 %");
    expect(percentRange(0, 0.0536)).toBe("0 to 5.4 %");
    expect(percentRange(0.5, 0.9999)).toBe("50.0 to > 99.9 %");
  });

  test("a bar has eight steps a character and stays within its length", () => {
    expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(2, 4), bar(1 / 32, 4)]).toEqual([
      "",
      "██",
      "████",
      "████",
      "▏",
    ]);
  });

  test("a sparkline reaches from the smallest to the largest value", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([5, 5, 5], 8)).toBe("▁▁▁");
    expect(sparkline([], 8)).toBe("");
    expect(sparkline([3], 8)).toBe("▁");
    expect([
      ...sparkline(
        Array.from({ length: 1000 }, (_, i) => -i),
        30,
      ),
    ]).toHaveLength(30);
  });

  test("a name from outside is printable and cut", () => {
    expect(shown("\u001b[31mred\u202e")).toBe("\\u{1b}[31mred\\u{202e}");
    expect(shown("x".repeat(100), 5)).toBe("xxxx…");
  });
});

test("words are quoted as a shell needs it, and a path is never an option", () => {
  expect(["a/b-1.csv", "a b", "it's", "-x", "é", "a\nb", "\u202e'"].map(quoteWord)).toEqual([
    ...["a/b-1.csv", "'a b'", "'it'\\''s'", "'-x'", "'é'", "$'a\\U0000000ab'"],
    "$'\\U0000202e\\U00000027'",
  ]);
  expect(["-x.csv", "--a b", "x-.csv"].map(quotePath)).toEqual(["./-x.csv", "'./--a b'", "x-.csv"]);
});

test("names in a row are told apart though one holds a comma", () => {
  expect(inRow(["ok", "called, angry", "a\nb"])).toBe('ok, "called, angry", a\\nb');
  expect(inRow(["abcdefgh, i"], 6)).toBe("abcde…");
});
