// Cells that only look like what they are not: dates, numbers in another dress, identifiers.
// Letters: N rows.

import { type Cells, place, valueAt } from "./cells.ts";

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?`;
const ZONE = String.raw`(?:Z|[+-]\d{2}:?\d{2})?`;
const MONTH = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}`;
const DAYS = [
  String.raw`\d{4}([-/.])\d{1,2}\1\d{1,2}`,
  String.raw`\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})`,
  String.raw`\d{4}-\d{2}`,
  String.raw`\d{1,2}[- ]${MONTH},?[- ]\d{2,4}`,
  String.raw`${MONTH} \d{1,2},? \d{4}`,
].join("|");

const DATE = new RegExp(`^(?:(?:${DAYS})(?:[T ]${TIME}${ZONE})?|${TIME})$`, "i");

/**
 * Whether a cell is a date or a time of day: 2026-01-31, 2026/1/31, 31.1.2026, 1/31/26, 2026-01, 31 Jan 2026,
 * Jan 31, 2026, each with a time or without, and 13:05:00 alone.
 */
export function looksLikeDate(text: string): boolean {
  return text.length <= 40 && DATE.test(text);
}

// Digits grouped by threes, or plain; a decimal comma or point; a sign, a currency and a percent sign around them.
const DRESSED =
  /^[+\u2212-]?[$€£¥]? ?[+-]?(?:\d{1,3}(?:[,.'’_ \u00a0\u202f]\d{3})+|\d*)(?:[.,]\d+)? ?[%‰$€£¥]?$/;

/** Whether a cell that is no number to the grammar is one to a person: `1,5`, `1,234.50`, `1_000`, `5%`, `$5`. */
export function looksLikeNumber(text: string): boolean {
  return text.length <= 40 && /\d/.test(text) && DRESSED.test(text);
}

/** Fewer numbers than this are too few to call a row counter what may be chance. */
const FEWEST_NUMBERS = 20;

const TWO_TO_53 = 9_007_199_254_740_992;
const TWO_TO_64 = 1.8446744073709552e19;

/**
 * Why a column of numbers is an identifier and no measurement, or undefined. All of them are whole, and
 *
 *   - one is beyond 2^53 (and none beyond 2^64), where a number of 64 bits loses its last digits; or
 *   - they are distinct, at least 20, and rise or fall from row to row through the file: a counter, a timestamp; or
 *   - they are distinct, at least 20, and at least half of all whole numbers between the smallest and the largest
 *     occur: the numbers of the rows, shuffled.
 *
 * @param sorted the same numbers, ascending
 */
export function identifierReason(cells: Cells, rows: Int32Array, sorted: Float64Array): string | undefined {
  if (!sorted.every(Number.isInteger)) return undefined;
  const [smallest, largest] = [sorted[0]!, sorted[sorted.length - 1]!];
  const size = Math.max(-smallest, largest);
  if (size > TWO_TO_53 && size <= TWO_TO_64) {
    return "whole numbers beyond 2^53, which lose precision: identifiers";
  }
  if (sorted.length < FEWEST_NUMBERS || countDistinct(sorted) < sorted.length) return undefined;
  if (isMonotone(cells, rows)) return "distinct whole numbers in the order of the rows: an identifier";
  if (largest - smallest < 2 * sorted.length) return "distinct whole numbers without gaps: an identifier";
  return undefined;
}

/** How many different numbers there are; `sorted` ascending. */
export function countDistinct(sorted: Float64Array): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** Whether the numbers of the rows all rise, or all fall. */
function isMonotone(cells: Cells, rows: Int32Array): boolean {
  let previous = Number.NaN;
  let rises = 0;
  let falls = 0;
  for (const row of rows) {
    const value = valueAt(cells, place(cells, row));
    if (Number.isNaN(value)) continue;
    if (value > previous) rises++;
    if (value < previous) falls++;
    previous = value;
  }
  return rises === 0 || falls === 0;
}
