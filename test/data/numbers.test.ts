import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultMissingValues, missingTest, parseNumber, trimCell } from "../../src/data/numbers.ts";

describe("the number grammar", () => {
  test.each([
    ["0", 0],
    ["7", 7],
    ["-5", -5],
    ["+5", 5],
    [".5", 0.5],
    ["5.", 5],
    ["-.5", -0.5],
    ["1E5", 100000],
    ["1e+05", 100000],
    ["1.5e-3", 0.0015],
    ["007", 7],
    ["  1.25\t", 1.25],
    ["\t-1.25e2 ", -125],
    ["0.1", 0.1],
    ["123456789012345", 123456789012345],
    ["9007199254740993", 9007199254740992],
    ["179769313486231570000e288", Number.MAX_VALUE],
    ["5e-324", Number.MIN_VALUE],
    ["1e-400", 0],
  ])("reads %j as exactly %d", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  test.each([
    ...[
      "",
      " ",
      "\t",
      ".",
      "+",
      "-",
      "+-5",
      "--5",
      "e5",
      ".e5",
      "1e",
      "1e+",
      "1e5.5",
      "1.2.3",
      "1 2",
      "1e 5",
      "- 5",
    ],
    ...[
      "0x1F",
      "0b11",
      "0o7",
      "1_000",
      "1,234.5",
      "1'000",
      "3,14",
      "5%",
      "$5",
      "5€",
      "1/2",
      "(5)",
      "1d5",
      "1f",
      "5n",
    ],
    ...["NaN", "nan", "Infinity", "-inf", "inf", "true", "null", "heavy", "2026-01-02", "12:30"],
    ...["\uff11\uff12", "\u22125", "\u0661", "5\u00a0", "\u20095", "5\n", "\v5", "5\0", "\ufeff5", "½", "²"],
  ])("does not take %j for a number", (text) => {
    expect(parseNumber(text)).toBeNaN();
  });

  test("a number outside the range of float64 is infinite, with its sign", () => {
    expect(parseNumber("1e400")).toBe(Number.POSITIVE_INFINITY);
    expect(parseNumber("-1e400")).toBe(Number.NEGATIVE_INFINITY);
    expect(parseNumber("9".repeat(400))).toBe(Number.POSITIVE_INFINITY);
  });

  test("negative zero is 0, in every spelling", () => {
    for (const text of ["-0", "-0.0", "-.0", " -0", "-0e5", "-1e-400", "-0.000000000000000000"]) {
      expect(Object.is(parseNumber(text), 0), text).toBe(true);
    }
  });

  test("400 digits are read to the nearest float64", () => {
    expect(parseNumber(`1.${"123456789".repeat(44)}`)).toBe(1.1234567891234568);
  });

  test("any decimal gives the bits that Number gives, whatever path reads it", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 20 });
    const decimal = fc.tuple(fc.constantFrom("", "+", "-"), digits, fc.constantFrom("", "."), digits);
    fc.assert(
      fc.property(decimal, (parts) => {
        const text = parts.join("");
        if (!/[0-9]/.test(text) || !/^[+-]?[0-9]*\.?[0-9]*$/.test(text)) return;
        expect(Object.is(parseNumber(text), Number(text) + 0), text).toBe(true);
      }),
      { seed: 20, numRuns: 5000 },
    );
  });

  test("every finite float64 comes back from its own text, bit for bit", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(parseNumber(String(value)), value + 0)).toBe(true);
      }),
      { seed: 21, numRuns: 2000 },
    );
  });

  test("no text that the grammar leaves out is a number, however near it is", () => {
    const grammar = /^[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*$/;
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789+-.eE \t,_x"), maxLength: 8 }), (text) => {
        expect(Number.isNaN(parseNumber(text))).toBe(!grammar.test(text));
      }),
      { seed: 22, numRuns: 5000 },
    );
  });
});

describe("missing cells", () => {
  test("are those on the list, with spaces and tabs around them left aside", () => {
    const isMissing = missingTest(defaultMissingValues);
    for (const text of [
      "",
      "  ",
      "\t",
      "NA",
      " NA ",
      "N/A",
      "nan",
      "NaN",
      "null",
      "NULL",
      "None",
      "?",
      "-",
    ]) {
      expect(isMissing(text), text).toBe(true);
    }
    for (const text of ["0", "na", "none", "--", "-1", "\u00a0", "NA,", "N A"])
      expect(isMissing(text), text).toBe(false);
  });

  test("an empty cell is missing whatever the list says", () => {
    const isMissing = missingTest([" -999 "]);
    expect(["", " ", "-999", "-999\t", "-999.0", "NA"].map(isMissing)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test("trimming takes spaces and tabs only, and only at the ends", () => {
    expect(trimCell(" \ta b\t ")).toBe("a b");
    expect(trimCell("\u00a0a\n")).toBe("\u00a0a\n");
    expect(trimCell("   ")).toBe("");
  });
});
