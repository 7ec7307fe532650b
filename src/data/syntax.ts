// Why a row is no CSV: from the bytes of the row that broke, and the parser's verdict, to a message with its line.

import { PulloneError, quote } from "../errors.ts";
import { type Delimiter, delimiterName, delimiters, placeInFile, wrongDelimiter } from "./header.ts";
import { limits } from "./limits.ts";

const LF = 10;
const CR = 13;
const QUOTE = 34;

/** The row that broke, as far as it has been read. */
export interface BrokenRow {
  readonly source: string;
  readonly delimiter: Delimiter;
  /** Line on which the row begins. */
  readonly line: number;
  /** The row is the first. */
  readonly isHeader: boolean;
  /** From the first byte of the row on. */
  readonly bytes: Uint8Array;
}

export type SyntaxFault = "quote_not_closed" | "text_after_quote" | "quote_in_field";

const DOUBLE_QUOTE = 'a quote inside a field is written twice, "", and the field stands in quotes';

/**
 * The error for a fault of quoting in the field after the first `fields` fields, which are sound.
 *
 * The line is that on which the field begins, where the quote opened: fields before it may hold line ends.
 */
export function quotingError(row: BrokenRow, fault: SyntaxFault, fields: number): PulloneError {
  const field = locateField(row, fields);
  if (fault === "quote_not_closed") {
    const message = `expected a closing quote for the field that opens on line ${field.line}, got the end of the file`;
    return refuse(row, field.line, message, `close the quote; ${DOUBLE_QUOTE}`);
  }
  if (fault === "quote_in_field") {
    const message = `expected quotes around the whole of field ${fields + 1} on line ${field.line}, got a quote inside it`;
    return refuse(row, field.line, message, DOUBLE_QUOTE);
  }
  const got = characterAfterQuote(row.bytes, field.at);
  const other = delimiters.find((candidate) => candidate === got);
  if (row.isHeader && other !== undefined) {
    return wrongDelimiter(row.delimiter, other, placeInFile(row.source, field.line));
  }
  const message = `expected ${delimiterName(row.delimiter)} after the quoted field that opens on line ${field.line}`;
  return refuse(row, field.line, `${message}, got ${quote(got)} after its closing quote`, DOUBLE_QUOTE);
}

/** The error for a row past the limit; a quote left open, the usual reason, is named with its line. */
export function tooLongError(row: BrokenRow): PulloneError {
  // How much more was read depends on how the bytes came; the message must not.
  const cut = { ...row, bytes: row.bytes.subarray(0, limits.rowBytes) };
  const last = locateField(cut, Number.POSITIVE_INFINITY);
  if (row.isHeader && last.number >= limits.columns) {
    const message = `expected at most ${limits.columns} columns (the limit), got more`;
    return refuse(row, row.line, message);
  }
  const message = `expected a row of at most ${limits.rowBytes} bytes (the limit), got more in the row from line ${row.line} on`;
  const hint = row.bytes[last.at] === QUOTE ? `a quote opens on line ${last.line}: is it closed?` : undefined;
  return refuse(row, row.line, message, hint);
}

/** The error for bytes that are no text, right after those of the row. */
export function notTextError(row: BrokenRow, got: string): PulloneError {
  const line = row.line + countLineEnds(row.bytes, row.bytes.length);
  const hint =
    got === "a NUL byte" ? undefined : 'save the file as UTF-8 text; spreadsheets call it "CSV UTF-8"';
  return refuse(row, line, `expected text in UTF-8, got ${got} on line ${line}`, hint);
}

/** Field number `number` (from 0), or the last when there are fewer: its first byte and its line. */
function locateField(row: BrokenRow, number: number): { number: number; at: number; line: number } {
  const { bytes } = row;
  const delimiter = row.delimiter.charCodeAt(0);
  let fields = 0;
  let fieldAt = 0;
  let quoted = false; // a doubled quote leaves and enters: only its parity matters
  for (let at = 0; at < bytes.length && fields < number; at++) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    if (bytes[at] !== delimiter || quoted) continue;
    fields++;
    fieldAt = at + 1;
  }
  return { number: fields, at: fieldAt, line: row.line + countLineEnds(bytes, fieldAt) };
}

/** Line ends among the first `end` bytes. */
function countLineEnds(bytes: Uint8Array, end: number): number {
  let count = 0;
  for (let at = 0; at < end; at++) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) count++;
  }
  return count;
}

function characterAfterQuote(bytes: Uint8Array, fieldAt: number): string {
  let at = fieldAt + 1;
  while (at < bytes.length && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE))
    at += bytes[at] === QUOTE ? 2 : 1;
  return Array.from(new TextDecoder().decode(bytes.subarray(at + 1, at + 5)))
    .slice(0, 1)
    .join("");
}

function refuse(row: BrokenRow, line: number, message: string, hint?: string): PulloneError {
  return new PulloneError("data_invalid", `${placeInFile(row.source, line)}: ${message}`, hint);
}
