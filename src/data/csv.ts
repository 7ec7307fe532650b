// CSV bytes to rows of strings, each with the line it begins on: streaming, strict, bounded in memory.
// The only file that knows the parser, csv-parse.

import { type CsvError, parse } from "csv-parse";
import { PulloneError, printable } from "../errors.ts";
import type { Delimiter } from "./header.ts";
import { limits } from "./limits.ts";
import { endOfRows, plainLines } from "./plainrows.ts";
import { createRowCheck, type RowBatch, type RowCheck } from "./rows.ts";
import { type BrokenRow, notTextError, quotingError, type SyntaxFault, tooLongError } from "./syntax.ts";
import { emptyFile, joinBytes, textPieces } from "./text.ts";

export interface CsvOptions {
  /** A comma unless said otherwise; never guessed. */
  readonly delimiter?: Delimiter;
}

export interface CsvFile {
  /** Names of the columns, without blanks around them. */
  readonly header: readonly string[];
  /** The rows, about 16 KiB of the file at a time; to be pulled once, or closed with `return()`. */
  readonly batches: AsyncGenerator<RowBatch, void, undefined>;
  /** What a person should know of the rows pulled so far: which blank lines were skipped. */
  readonly remarks: () => readonly string[];
}

/**
 * Reads a CSV file as far as its header; the rows follow as they are pulled.
 *
 * RFC 4180 with a header: a field in double quotes may hold delimiters, line ends and doubled quotes. Lines end in
 * LF, CRLF or CR, also mixed. A byte-order mark is skipped, and so are blank lines, with a remark; in a file of one
 * column `""` is an empty cell and a blank line is none. Rows are arrays: no name of a column is ever a key.
 *
 * @param source for messages: the name of the file
 * @throws {PulloneError} data_invalid, here or while the rows are pulled, with the line: an empty file, another kind
 * of file, bytes that are not UTF-8, a NUL, a header that is none, a stray or unclosed quote, a row with other than
 * the header's number of fields, the header again, a row past the limit; the same of several, however the bytes are
 * cut into chunks
 */
export async function readCsv(
  bytes: AsyncIterable<Uint8Array>,
  source: string,
  options: CsvOptions = {},
): Promise<CsvFile> {
  const delimiter = options.delimiter ?? ",";
  const check = createRowCheck(source, delimiter);
  const all = readBatches(bytes, source, delimiter, check);
  let first = await all.next();
  while (!first.done && check.header() === undefined) first = await all.next();
  const header = check.header();
  if (header === undefined) throw emptyFile(source, "an empty file: only blank lines");
  return { header, batches: continueWith(first, all), remarks: check.remarks };
}

async function* continueWith(
  first: IteratorResult<RowBatch, void>,
  rest: AsyncGenerator<RowBatch, void, undefined>,
): AsyncGenerator<RowBatch, void, undefined> {
  try {
    for (let next = first; !next.done; next = await rest.next())
      if (next.value.rows.length > 0) yield next.value;
  } finally {
    await rest.return();
  }
}

/** The rows of each piece of the file, none for a piece within a row. */
async function* readBatches(
  bytes: AsyncIterable<Uint8Array>,
  source: string,
  delimiter: Delimiter,
  check: RowCheck,
): AsyncGenerator<RowBatch, void, undefined> {
  const reader = createReader(source, delimiter, check);
  for await (const piece of textPieces(bytes, source)) {
    reader.read(piece.bytes);
    if (piece.fault !== undefined) throw reader.notText(piece.fault);
    yield check.take();
  }
  reader.end();
  yield check.take();
}

const LF = 10;
const CR = 13;
const QUOTE = 34;

const faults = new Map<string, SyntaxFault>([
  ["CSV_QUOTE_NOT_CLOSED", "quote_not_closed"],
  ["CSV_INVALID_CLOSING_QUOTE", "text_after_quote"],
  ["INVALID_OPENING_QUOTE", "quote_in_field"],
]);

/**
 * Cuts rows as long as there is no quote, which takes a quarter of the parser's time; from the first quote on, and for
 * a row past the limit and the last row, the parser decides. Knows at which byte and on which line each row begins.
 */
function createReader(source: string, delimiter: Delimiter, check: RowCheck) {
  const parser = parse({
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true, // the check counts, and names the line of the header
    skip_empty_lines: true,
  });
  const toBuffer = bufferKindOf(parser);
  let held: Uint8Array = new Uint8Array(0); // the bytes from the row being read on
  let heldAt = 0; // where they begin in the text
  let rowAt = 0; // where the row being read begins
  let line = 1; // the line on which it begins
  let blankLines = 0; // right above it
  let plain = true; // no quote so far: rows are cut without the parser, and it begins where this ends
  let parserAt = 0; // the byte of the text at which the parser began
  let parserLines = 0;
  let fault: unknown;

  // The parser is called as its stream would call it, and the stream stands idle. Rows are taken where they are handed
  // over: no queue, and no context object for each (a tenth of its time on wide rows, more on narrow ones). And the
  // stream in the parser's build for pages is an old one, without the `destroy` that the parser wants to hand on.
  parser.destroy = () => parser;
  parser.push = (row: string[] | null) => {
    if (row === null || fault !== undefined) return true;
    try {
      takeRow(row);
    } catch (error) {
      fault = error;
    }
    return true;
  };

  function takeRow(row: string[]): void {
    skipBlankLines();
    const size = parserAt + parser.info.bytes - rowAt;
    if (size > limits.rowBytes) throw tooLongError(brokenRow());
    check.add(row, line, blankLines);
    rowAt += size;
    line++;
    blankLines = 0;
    // The parser counts a CRLF within quotes twice: its count only tells whether there is something to count.
    if (parser.info.lines !== parserLines + 1) line += countLineEnds(row);
    parserLines = parser.info.lines;
  }

  /** Moves `rowAt` over line ends; never over the last byte, whose CR may be half of a CRLF. */
  function skipBlankLines(): void {
    let at = rowAt - heldAt;
    while (at + 1 < held.length && (held[at] === LF || held[at] === CR)) {
      at += held[at] === CR && held[at + 1] === LF ? 2 : 1;
      line++;
      blankLines++;
    }
    rowAt = heldAt + at;
  }

  function read(piece: Uint8Array): void {
    const carried = heldAt + held.length - rowAt;
    held = joinBytes(held.subarray(rowAt - heldAt), piece);
    heldAt = rowAt;
    // The parser keeps a view of the end of what it is given: it gets our own copy, as a piece may be overwritten.
    if (plain && held.length <= limits.rowBytes && !piece.includes(QUOTE)) cutPlainRows(carried);
    else if (plain) beginParsing();
    else parser._transform(toBuffer(held.buffer, held.length - piece.length, piece.length), "utf8", settle);
    skipBlankLines();
    if (heldAt + held.length - rowAt > limits.rowBytes) throw tooLongError(brokenRow());
  }

  /** Takes the whole rows of what is held, of which the first `carried` bytes end no row unless by a last CR. */
  function cutPlainRows(carried: number): void {
    const end = endOfRows(held, carried);
    if (end === 0) return;
    for (const text of plainLines(held.subarray(0, end))) {
      if (text === "") blankLines++;
      else {
        check.add(text.split(delimiter), line, blankLines);
        blankLines = 0;
      }
      line++;
    }
    rowAt = heldAt + end;
  }

  /** From the row being read on, the parser decides. */
  function beginParsing(): void {
    plain = false;
    parserAt = rowAt;
    const rest = held.subarray(rowAt - heldAt);
    parser._transform(toBuffer(rest.buffer, rest.byteOffset, rest.length), "utf8", settle);
  }

  function end(): void {
    if (plain) beginParsing();
    parser._flush(settle);
  }

  function settle(error?: Error | null): void {
    if (fault !== undefined) throw fault;
    if (error) throw translate(error);
  }

  function translate(error: Error): PulloneError {
    const kind = faults.get((error as CsvError).code);
    if (kind === undefined) return new PulloneError("internal", `csv-parse: ${printable(error.message)}`);
    skipBlankLines();
    return quotingError(brokenRow(), kind, Number((error as CsvError).index));
  }

  function brokenRow(): BrokenRow {
    return {
      source,
      delimiter,
      line,
      isHeader: check.header() === undefined,
      bytes: held.subarray(rowAt - heldAt),
    };
  }

  const notText = (got: string) => notTextError(brokenRow(), got);
  return { read, end, notText };
}

/** Views bytes as the parser's own kind of Buffer, in Node or in its build for pages: it joins no other kind. */
function bufferKindOf(parser: ReturnType<typeof parse>) {
  const [delimiter] = parser.options.delimiter as unknown as readonly [Buffer];
  return (delimiter.constructor as typeof Buffer).from;
}

function countLineEnds(row: readonly string[]): number {
  return row.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}
