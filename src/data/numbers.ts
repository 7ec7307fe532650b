// What a cell means as a number, and which cells mean "missing": one grammar for every entrance.

/** The cells that mean "no value" unless the configuration lists others; compared without blanks around them. */
export const defaultMissingValues: readonly string[] = [
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "<NA>",
  "NaN",
  "nan",
  "NULL",
  "null",
  "None",
  "?",
  "-",
];

const TAB = 9;
const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** 10^0 … 10^15, each exact in float64. */
const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
const EXACT_DIGITS = 15;

const EXPONENT_AND_BLANKS = /^(?:[eE][+-]?[0-9]+)?[ \t]*$/;

/**
 * The float64 nearest to the number a cell holds; NaN when the cell is no number.
 *
 *   number   = blank* sign? (digit+ ("." digit*)? | "." digit+) exponent? blank*
 *   exponent = ("e" | "E") sign? digit+
 *   sign     = "+" | "-"      digit = "0" … "9"      blank = space | tab
 *
 * Nothing else: no hexadecimal, underscore, thousands separator, decimal comma, percent or currency sign, "NaN",
 * "Infinity", digit or minus of another script. Negative zero is 0.
 *
 * @returns NaN outside the grammar, ±Infinity for a number outside the range of float64 (the caller refuses it)
 *
 * Up to 15 digits and no exponent: digits / 10^decimals, both exact, so one division rounds correctly; twice as
 * fast as `Number`, which reads the rest. Source: Clinger, How to read floating point numbers accurately (1990), §3.
 */
export function parseNumber(text: string): number {
  const end = text.length;
  let at = 0;
  let code = end > 0 ? text.charCodeAt(0) : 0;
  while (code === SPACE || code === TAB) code = ++at < end ? text.charCodeAt(at) : 0;
  const negative = code === MINUS;
  if (negative || code === PLUS) code = ++at < end ? text.charCodeAt(at) : 0;

  let digits = 0;
  let decimals = 0;
  let integer = 0; // all digits read as one integer; exact while there are at most 15
  while (code >= ZERO && code <= NINE) {
    integer = integer * 10 + (code - ZERO);
    digits++;
    code = ++at < end ? text.charCodeAt(at) : 0;
  }
  if (code === POINT) {
    code = ++at < end ? text.charCodeAt(at) : 0;
    while (code >= ZERO && code <= NINE) {
      integer = integer * 10 + (code - ZERO);
      decimals++;
      code = ++at < end ? text.charCodeAt(at) : 0;
    }
    digits += decimals;
  }

  if (digits === 0) return Number.NaN;
  if (at === end && digits <= EXACT_DIGITS) {
    const value = integer / POWERS_OF_TEN[decimals]!;
    return negative ? 0 - value : value;
  }
  return EXPONENT_AND_BLANKS.test(text.slice(at)) ? Number(text) + 0 : Number.NaN;
}

/** The text without the spaces and tabs around it; other white space is part of a cell. */
export function trimCell(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/**
 * A test for cells that mean "missing": the empty cell always, and those that equal one of the tokens; spaces and
 * tabs around either are left aside.
 */
export function missingTest(missingValues: readonly string[]): (text: string) => boolean {
  const tokens = new Set(missingValues.map(trimCell));
  tokens.add("");
  return (text) => tokens.has(trimCell(text));
}
