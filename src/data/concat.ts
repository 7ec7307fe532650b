// Tables of the same columns one below the other: training, validation and test rows from files of their own.

import { PulloneError, printable, quote } from "../errors.ts";
import { defaultMissingValues } from "./numbers.ts";
import { type CellReading, createCompactStore, readingOf } from "./numberstorage.ts";
import type { CodedColumn, RawColumn, Table } from "./table.ts";

/**
 * The rows of all tables in their order, columns matched by name, in the order of the first table.
 *
 * A column is text where all tables have it as text, also past the limit of distinct texts, else numbers.
 *
 * @throws {PulloneError} data_invalid when a table lacks a column of the first, or has one more
 */
export function concatTables(
  tables: readonly Table[],
  missingValues: readonly string[] = defaultMissingValues,
): Table {
  const [first] = tables;
  if (first === undefined) throw new PulloneError("internal", "concatTables: expected a table, got none");
  const columnsOf = tables.map((table) => new Map(table.columns.map((column) => [column.name, column])));
  for (let i = 1; i < tables.length; i++) assertSameNames(columnsOf[0]!, first, columnsOf[i]!, tables[i]!);
  const reading = readingOf(missingValues);
  const columns = first.columns.map(({ name }) =>
    concatColumns(
      columnsOf.map((named) => named.get(name)!),
      reading,
    ),
  );
  const parts = tables.flatMap(
    (table) => table.parts ?? [{ source: table.source, rows: table.lines.length }],
  );
  const source = Array.from(new Set(parts.map((part) => part.source))).join(", ");
  const lines = new Int32Array(parts.reduce((sum, part) => sum + part.rows, 0));
  let row = 0;
  for (const table of tables) {
    lines.set(table.lines, row);
    row += table.lines.length;
  }
  return { source, lines, columns, parts };
}

type NamedColumns = ReadonlyMap<string, RawColumn>;

function assertSameNames(expected: NamedColumns, first: Table, got: NamedColumns, table: Table): void {
  const absent = first.columns.find(({ name }) => !got.has(name));
  const extra = table.columns.find(({ name }) => !expected.has(name));
  if (absent === undefined && extra === undefined) return;
  const wrong = absent ? `no column ${quote(absent.name)}` : `one more column, ${quote(extra!.name)}`;
  const message = `${printable(table.source)}: expected the columns of ${printable(first.source)}, got ${wrong}`;
  throw new PulloneError("data_invalid", message, "columns are matched by name: rename, add or ignore it");
}

function concatColumns(columns: readonly RawColumn[], reading: CellReading): RawColumn {
  const coded = columns.filter((column) => column.kind === "coded");
  if (coded.length === columns.length) return concatCoded(coded);
  const store = createCompactStore(columns[0]!.name, reading);
  for (const column of columns) store.addColumn(column);
  return store.finish();
}

function concatCoded(columns: readonly CodedColumn[]): CodedColumn {
  const codeOf = new Map<string, number>();
  const newCodes = columns.map(({ texts }) =>
    texts.map((text) => {
      const code = codeOf.get(text) ?? codeOf.size;
      codeOf.set(text, code);
      return code;
    }),
  );
  const rows = columns.reduce((sum, column) => sum + column.codes.length, 0);
  const codes = codeOf.size <= 65_536 ? new Uint16Array(rows) : new Uint32Array(rows);
  let row = 0;
  columns.forEach((column, c) => {
    for (let i = 0; i < column.codes.length; i++) codes[row++] = newCodes[c]![column.codes[i]!]!;
  });
  return { name: columns[0]!.name, kind: "coded", codes, texts: Array.from(codeOf.keys()) };
}
