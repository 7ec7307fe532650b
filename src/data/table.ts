// A table in memory: named columns of cells as they were written, and the line each row came from.
// Letters: N rows.

import { PulloneError, printable, quote } from "../errors.ts";
import type { CsvOptions } from "./csv.ts";
import { ABSENT } from "./decimals.ts";
import { grow } from "./growth.ts";
import { parseHeader, placeInFile } from "./header.ts";
import { limits } from "./limits.ts";
import { defaultMissingValues } from "./numbers.ts";
import { readingOf } from "./numberstorage.ts";
import type { RowBatch } from "./rows.ts";
import { type ColumnStore, createColumnStore, type Keeping } from "./storage.ts";

/**
 * One column as read, kept small. Text stays exactly as written: `texts` holds each distinct cell once and
 * `codes[row]` says which. A column with more than `limits.distinctTexts` distinct cells keeps only what its
 * cells mean as numbers and the first few cells that were none.
 */
export type RawColumn = CodedColumn | NumbersColumn | DecimalsColumn;

/** Of 16 bits in a table that was read, where the texts are few; of 32 in a joined one, where they may be many. */
export type Codes = Uint16Array | Uint32Array;

export interface CodedColumn {
  readonly name: string;
  readonly kind: "coded";
  /** (N) places in `texts` */
  readonly codes: Codes;
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

/** Numbers as they were written, none of them a stray; see decimals.ts. */
export interface DecimalsColumn {
  readonly name: string;
  readonly kind: "decimals";
  /** (N) a number times `divisor`; `ABSENT` where a cell is missing. */
  readonly integers: Int32Array;
  /** A power of ten. */
  readonly divisor: number;
}

export interface Table {
  /** For messages: a file name, or what the caller named the rows. */
  readonly source: string;
  /** (N) line of the file on which each row begins, counted from 1 with the header. */
  readonly lines: Int32Array;
  readonly columns: readonly RawColumn[];
  /** All columns of the file, for messages, where not all of them were kept. */
  readonly header?: readonly string[];
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

/**
 * Gathers rows into columns, one pass and no object for a cell.
 *
 * @param batchRows how many rows there will be, when the table will soon be gone; without, numbers are kept in little
 *   memory: 30 of them take 120 bytes where they are short, else 270
 */
export function createTableBuilder(
  header: readonly string[],
  source: string,
  options: TableOptions = {},
  batchRows?: number,
): TableBuilder {
  const coded = new Set(options.coded);
  const numeric = new Set(options.numeric);
  const ignored = new Set(options.ignored);
  const only = options.only && new Set(options.only);
  const reading = readingOf(options.missingValues ?? defaultMissingValues);
  const stores = header.map((name) => {
    if (ignored.has(name) || only?.has(name) === false) return undefined;
    const keeping: Keeping = coded.has(name) ? "coded" : numeric.has(name) ? "numbers" : "inferred";
    return createColumnStore(name, source, keeping, reading, batchRows);
  });
  let lines = new Int32Array(batchRows ?? 64);
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
    boundTexts(stores, () => placeInFile(source, batch.lines.at(-1)!));
    lines = grow(lines, rows + count);
    lines.set(batch.lines, rows);
    rows += count;
  }

  function finish(): Table {
    const columns = stores.flatMap((store) => store?.finish() ?? []);
    const all = columns.length === header.length ? {} : { header };
    return { source, lines: lines.subarray(0, rows), columns, ...all };
  }

  return { add, rows: () => rows, finish };
}

/** Keeps the texts of all columns together below the limit. @param place of the last row, for the refusal */
function boundTexts(stores: readonly (ColumnStore | undefined)[], place: () => string): void {
  const kept = () => stores.reduce((sum, store) => sum + (store?.texts() ?? 0), 0);
  if (kept() <= limits.tableTexts) return;
  for (const store of stores) store?.condense();
  if (kept() <= limits.tableTexts) return;
  const message = `expected at most ${limits.tableTexts} distinct texts in all columns together (the limit), got more`;
  const hint = "declare columns of free text ignored, and those of numbers numeric, in data.columns";
  throw new PulloneError("data_invalid", `${place()}: ${message}`, hint);
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
  const builder = createTableBuilder(names, source, options, rows.length);
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

/** The names of all columns of the file, also of those that were not kept. */
export function columnNames(table: Table): readonly string[] {
  return table.header ?? table.columns.map((column) => column.name);
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
  if (column.kind === "decimals") {
    const integer = column.integers[row]!;
    return integer === ABSENT ? "" : String(integer / column.divisor);
  }
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
