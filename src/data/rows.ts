// Rows as they come from the parser: the first is the header, and every other must fit it.

import { PulloneError, quote } from "../errors.ts";
import { type Delimiter, parseHeader, placeInFile } from "./header.ts";

/** Rows in the order of the file. */
export interface RowBatch {
  /** Line on which each row begins, counted from 1. */
  readonly lines: readonly number[];
  /** Cells as written, without their quotes. */
  readonly rows: readonly (readonly string[])[];
}

export interface RowCheck {
  /** Takes the next row; `blankBefore` blank lines stand right above it. Throws data_invalid. */
  readonly add: (row: string[], line: number, blankBefore: number) => void;
  /** Hands over the rows since the last call. */
  readonly take: () => RowBatch;
  /** Undefined until the first row that is not blank. */
  readonly header: () => readonly string[] | undefined;
  readonly remarks: () => readonly string[];
}

/** Blank lines so far, and the first of them, which a remark names. */
interface BlankLines {
  readonly count: number;
  readonly first: readonly number[];
}

const NAMED_LINES = 5;

/** Adds `count` blank lines from `line` on. */
function withBlankLines(blank: BlankLines, line: number, count: number): BlankLines {
  const named = Math.min(count, NAMED_LINES - blank.first.length);
  const more = Array.from({ length: named }, (_, i) => line + i);
  return { count: blank.count + count, first: [...blank.first, ...more] };
}

/**
 * Holds rows against the header and gathers those that fit.
 *
 * Refused with their line: a row with another number of fields, and the header again, which two joined files have in
 * the middle. A row of one cell with nothing but white space is a blank line, unless the file has one column.
 */
export function createRowCheck(source: string, delimiter: Delimiter): RowCheck {
  let header: readonly string[] | undefined;
  let headerRow: readonly string[] = [];
  let headerLine = 0;
  let lines: number[] = [];
  let rows: string[][] = [];
  let skipped: BlankLines = { count: 0, first: [] };
  let trailing = skipped; // below the last row: at the end of the file nobody wants to know of them

  function add(row: string[], line: number, blankBefore: number): void {
    if (blankBefore > 0) trailing = withBlankLines(trailing, line - blankBefore, blankBefore);
    if (row.length === 1 && header?.length !== 1 && row[0]!.trim() === "") {
      trailing = withBlankLines(trailing, line, 1);
      return;
    }
    skipped = trailing;
    if (header === undefined) {
      header = parseHeader(row, delimiter, placeInFile(source, line));
      headerRow = row;
      headerLine = line;
      return;
    }
    if (row.length !== header.length) throw wrongLength(row, line);
    if (row[0] === headerRow[0] && row.every((cell, place) => cell === headerRow[place])) {
      const message = `${placeInFile(source, line)}: expected a row of data, got the header again on line ${line}`;
      throw new PulloneError("data_invalid", message, "remove it: were two files joined?");
    }
    lines.push(line);
    rows.push(row);
  }

  function wrongLength(row: readonly string[], line: number): PulloneError {
    const expected = header!.length;
    const fields = expected === 1 ? "1 field" : `${expected} fields`;
    const message = `expected ${fields}, as in the header on line ${headerLine}, got ${row.length} on line ${line}`;
    return new PulloneError(
      "data_invalid",
      `${placeInFile(source, line)}: ${message}`,
      lengthHint(row, expected),
    );
  }

  function take(): RowBatch {
    const batch = { lines, rows };
    lines = [];
    rows = [];
    return batch;
  }

  function remarks(): readonly string[] {
    const { count, first } = skipped;
    if (count === 0) return [];
    if (count === 1) return [`line ${first[0]}: blank line skipped`];
    return [`lines ${first.join(", ")}${count > first.length ? ", …" : ""}: ${count} blank lines skipped`];
  }

  return { add, take, header: () => header, remarks };
}

function lengthHint(row: readonly string[], expected: number): string {
  if (expected === 1) return "remove the lines above the names of the columns, if that is what they are";
  if (row.length < expected) return "complete the row, or remove it";
  if (row.at(-1) === "") return "the row ends in a delimiter that the header does not have: remove it";
  return `put quotes around a field that holds a delimiter; the first field is ${quote(row[0])}`;
}
