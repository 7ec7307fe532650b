// How messages and remarks of this room mention a cell, a column, names and counts.

import { didYouMean, PulloneError, printable, quote } from "../errors.ts";
import { placeInFile } from "./header.ts";
import { trimCell } from "./numbers.ts";
import { columnNames, findColumn, type RawColumn, sourceOf, type Table } from "./table.ts";

/**
 * An error about one cell: `file:17, column "x": expected …, got … on line 17`; the file is the one the row came from,
 * also in a joined table.
 */
export function refuseCell(
  table: Table,
  row: number,
  column: string,
  expected: string,
  got: string,
  hint?: string,
): PulloneError {
  const line = table.lines[row]!;
  const where = `${placeInFile(sourceOf(table, row), line)}, column ${quote(column)}`;
  return new PulloneError("data_invalid", `${where}: expected ${expected}, got ${got} on line ${line}`, hint);
}

/** More than this and nobody types it. */
const LONGEST_SETTING = 200;

/** The way out for text among numbers: the settings to type where they are short, else in words. */
export function strayHint(text: string, column: string, missingValues: readonly string[]): string {
  const missing = JSON.stringify([...missingValues, trimCell(text)]);
  const name = /^\w+$/.test(column) ? column : JSON.stringify(column);
  const hint = `train with --set 'data.missingValues=${missing}' or with --set 'data.columns.${name}.kind="categorical"'`;
  // What a shell would take for something else, or a terminal not show, is not for copying.
  const isPlain = hint.length <= LONGEST_SETTING && printable(hint) === hint && !/['!]/.test(text + column);
  return isPlain ? hint : `list ${quote(text)} in data.missingValues, or declare the column categorical`;
}

/** `file, column "x"` */
export function columnPlace(table: Table, column: string): string {
  return `${printable(table.source)}, column ${quote(column)}`;
}

const MOST_LISTED = 5;

/** Names for a message: in quotes, the first five, and how many more. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).map(quote).join(", ");
  const more = names.length - MOST_LISTED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** `1 row`, `2 rows` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * The column of that name.
 *
 * @param what its part in the program: "label column", "split column"
 * @throws {PulloneError} data_invalid with the nearest name
 */
export function requireColumn(table: Table, name: string, what: string): RawColumn {
  const column = findColumn(table, name);
  if (column) return column;
  const names = columnNames(table);
  throw new PulloneError(
    "data_invalid",
    `${printable(table.source)}: expected a ${what} ${quote(name)}, got columns ${listed(names)}`,
    didYouMean(name, names),
  );
}
