// From the bytes of a CSV file to a table: whole, or a few rows at a time.

import { readCsv } from "./csv.ts";
import { limits } from "./limits.ts";
import type { RowBatch } from "./rows.ts";
import { createTableBuilder, type Table, type TableBuilder, type TableOptions } from "./table.ts";

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
  const begin = () => createTableBuilder(csv.header, source, options, batchRows);
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
