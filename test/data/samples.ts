// Small tables and options for the tests of the data room.
import type { EncodingOptions } from "../../src/data/columns.ts";
import { defaultMissingValues } from "../../src/data/numbers.ts";
import { type Table, type TableOptions, tableFromRows } from "../../src/data/table.ts";

export const encoding: EncodingOptions = {
  columns: {},
  missingValues: defaultMissingValues,
  scaling: "standard",
  imputation: "median",
  unseen: "ignore",
};

/** A table from named columns of cells; all of one length. */
export function tableOf(
  columns: Readonly<Record<string, readonly string[]>>,
  options: TableOptions = {},
): Table {
  const names = Object.keys(columns);
  const length = Math.max(0, ...names.map((name) => columns[name]!.length));
  const rows = Array.from({ length }, (_, i) => names.map((name) => columns[name]![i]!));
  return tableFromRows("fruit.csv", names, rows, options);
}

export const everyRow = (table: Table): Int32Array => Int32Array.from(table.lines.keys());

/** `make(0)` … `make(count - 1)` */
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
