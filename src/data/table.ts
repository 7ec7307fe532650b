// A table in memory: named columns of cells as they were written, and the line each row came from.
// Letters: N rows.

import { PulloneError, printable, quote } from "../errors.ts";
import { type CsvOptions, readCsv } from "./csv.ts";
import { parseHeader, placeInFile } from "./header.ts";
import { limits } from "./limits.ts";
import { defaultMissingValues } from "./numbers.ts";
import type { RowBatch } from "./rows.ts";
import { createColumnStore, type Keeping, readingOf } from "./storage.ts";

/**
 * One column as read, kept small. Text stays exactly as written: `texts` holds each distinct cell once and
 * `codes[row]` says which. A column with more than `limits.distinctTexts` distinct cells keeps only what its
 * cells mean as numbers and the first few cells that were none.
 */
export type RawColumn = CodedColumn | NumbersColumn;

export interface CodedColumn {
  readonly name: string;
  readonly kind: "coded";
  /** (N) places in `texts` */
  readonly codes: Uint32Array;
  readonly texts: readonly string[];
}

export interface NumbersColumn {
  readonly name: string;
  readonly kind: "numbers";
  /** (N) NaN where a cell is missing or no number, ±Infinity where it is a number beyond float64. */
  readonly values: Float64Array;
  /** (N) 1 where a cell is missing */
  readonly missing: Uint8Array;
  /** The first few cells that are neither missing nor a finite number, in the order of the rows. */
  readonly strays: readonly { readonly row: number; readonly text: string }[];
  /** How many such cells there are in all. */
  readonly strayCount: number;
}

export interface Table {
  /** For messages: a file name, or what the caller named the rows. */
  readonly source: string;
  /** (N) line of the file on which each row begins, counted from 1 with the header. */
  readonly lines: Int32Array;
  readonly columns: readonly RawColumn[];
  /** The files that a joined table came from, in the order of its rows; see `sourceOf`. */
  readonly parts?: readonly { readonly source: string; readonly rows: number }[];
}

/** How columns are kept. A name that the file does not have does nothing here. */
export interface TableOptions extends CsvOptions {
  /** Kept as text whatever happens: the label, the split column, columns declared categorical. */
  readonly coded?: readonly string[];
  /** Straight to numbers, the fast path; what is no number is a stray. */
  readonly numeric?: readonly string[];
  /** Read and dropped. */
  readonly ignored?: readonly string[];
  /** The only columns that are kept, when given. */
  readonly only?: readonly string[];
  readonly missingValues?: readonly string[];
}

export interface TableBuilder {
  readonly add: (batch: RowBatch) => void;
  readonly rows: () => number;
  /** The table of all rows so far; the builder is then spent. */
  readonly finish: () => Table;
}

/** Gathers rows into columns, one pass and no object for a cell: 30 numbers a row take 270 bytes. */
export function createTableBuilder(
  header: readonly string[],
  source: string,
  options: TableOptions = {},
): TableBuilder {
  const coded = new Set(options.coded);
  const numeric = new Set(options.numeric);
  const ignored = new Set(options.ignored);
  const only = options.only && new Set(options.only);
  const reading = readingOf(options.missingValues ?? defaultMissingValues);
  const stores = header.map((name) => {
    if (ignored.has(name) || only?.has(name) === false) return undefined;
    const keeping: Keeping = coded.has(name) ? "coded" : numeric.has(name) ? "numbers" : "inferred";
    return createColumnStore(name, source, keeping, reading);
  });
  let lines = new Int32Array(64);
  let rows = 0;

  function add(batch: RowBatch): void {
    const count = batch.rows.length;
    if (rows + count > limits.rows) {
      throw new PulloneError(
        "data_invalid",
        `${printable(source)}: expected at most ${limits.rows} rows (the limit)`,
      );
    }
    for (let place = 0; place < stores.length; place++) stores[place]?.add(batch, place);
    if (rows + count > lines.length) {
      const grown = new Int32Array(Math.max(2 * lines.length, rows + count));
      grown.set(lines);
      lines = grown;
    }
    lines.set(batch.lines, rows);
    rows += count;
  }

  function finish(): Table {
    const columns = stores.flatMap((store) => store?.finish() ?? []);
    return { source, lines: lines.slice(0, rows), columns };
  }

  return { add, rows: () => rows, finish };
}

/** Reads a whole file, and what a person should know of it. Throws as `readCsv` does. */
export async function readTable(
  bytes: AsyncIterable<Uint8Array>,
  source: string,
  options: TableOptions = {},
): Promise<{ readonly table: Table; readonly remarks: readonly string[] }> {
  const csv = await readCsv(bytes, source, options);
  const builder = createTableBuilder(csv.header, source, options);
  for await (const batch of csv.batches) builder.add(batch);
  return { table: builder.finish(), remarks: csv.remarks() };
}

export interface TableStream {
  readonly header: readonly string[];
  /** At least one row each; none when the file has only a header. */
  readonly tables: AsyncGenerator<Table, void, undefined>;
  readonly remarks: () => readonly string[];
}

/**
 * Reads a file of any length in bounded memory: as far as its header, then a table of `batchRows` rows at a time.
 *
 * @param batchRows at most `limits.distinctTexts`, so that no batch can hold too many distinct texts
 */
export async function readTables(
  bytes: AsyncIterable<Uint8Array>,
  source: string,
  options: TableOptions & { readonly batchRows?: number } = {},
): Promise<TableStream> {
  const batchRows = Math.min(options.batchRows ?? 500, limits.distinctTexts);
  const csv = await readCsv(bytes, source, options);
  const begin = () => createTableBuilder(csv.header, source, options);
  return { header: csv.header, tables: regroup(csv.batches, batchRows, begin), remarks: csv.remarks };
}

async function* regroup(
  batches: AsyncGenerator<RowBatch, void, undefined>,
  batchRows: number,
  begin: () => TableBuilder,
): AsyncGenerator<Table, void, undefined> {
  let builder = begin();
  for await (const { lines, rows } of batches) {
    for (let start = 0; start < rows.length; ) {
      const end = start + batchRows - builder.rows();
      builder.add({ lines: lines.slice(start, end), rows: rows.slice(start, end) });
      start = end;
      if (builder.rows() < batchRows) continue;
      yield builder.finish();
      builder = begin();
    }
  }
  if (builder.rows() > 0) yield builder.finish();
}

/**
 * A table of rows that are in memory already; their lines are those of a file that begins with the header.
 *
 * @throws {PulloneError} data_invalid for a header that is none, a row of another length, a cell that is no string
 */
export function tableFromRows(
  source: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): Table {
  const names = parseHeader(header, options.delimiter ?? ",", placeInFile(source, 1));
  const lines = rows.map((row, index) => {
    const line = index + 2;
    const problem = rowProblem(row, names);
    if (problem) throw new PulloneError("data_invalid", `${placeInFile(source, line)}${problem}`);
    return line;
  });
  const builder = createTableBuilder(names, source, options);
  builder.add({ lines, rows });
  return builder.finish();
}

function rowProblem(row: readonly unknown[], names: readonly string[]): string | undefined {
  if (row.length !== names.length)
    return `: expected ${names.length} fields, as in the header, got ${row.length}`;
  const place = row.findIndex((cell) => typeof cell !== "string");
  if (place < 0) return undefined;
  return `, column ${quote(names[place])}: expected text, got ${quote(row[place])}`;
}

/** The column of that name, if there is one. */
export function findColumn(table: Table, name: string): RawColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

/**
 * A cell as it was written. In a column of numbers, where the writing is not kept: empty when missing, a stray as
 * written if it is among the first, else `"not a number"`, and a number in its shortest form.
 */
export function cellText(column: RawColumn, row: number): string {
  if (column.kind === "coded") return column.texts[column.codes[row]!]!;
  if (column.missing[row] === 1) return "";
  const value = column.values[row]!;
  if (Number.isFinite(value)) return String(value);
  return column.strays.find((stray) => stray.row === row)?.text ?? "not a number";
}

/** The file that a row came from, also in a joined table. */
export function sourceOf(table: Table, row: number): string {
  let first = 0;
  for (const { source, rows } of table.parts ?? []) {
    first += rows;
    if (row < first) return source;
  }
  return table.source;
}
