// The first row of a file: names of columns, each there, each once, none of them data.

import { PulloneError, printable, quote } from "../errors.ts";
import { limits } from "./limits.ts";
import { parseNumber, trimCell } from "./numbers.ts";

/** What may stand between two fields of a row. */
export type Delimiter = "," | ";" | "\t" | "|";

export const delimiters: readonly Delimiter[] = [",", ";", "\t", "|"];

/** For a message: the name of a delimiter. */
export function delimiterName(delimiter: string): string {
  if (delimiter === "\t") return "a tab";
  if (delimiter === ",") return "a comma";
  return quote(delimiter);
}

/**
 * The names of the columns, without the spaces and tabs around them; any other character may stand in a name.
 *
 * @param where the file and the line of the header, for messages
 * @throws {PulloneError} data_invalid when the row cannot be a header: too many columns, a line for a spreadsheet
 * program, another delimiter, data, an empty name, a name that is too long, a name twice
 */
export function parseHeader(row: readonly string[], delimiter: Delimiter, where: string): string[] {
  if (row.length > limits.columns) {
    throw refuse(where, `expected at most ${limits.columns} columns (the limit), got ${row.length}`);
  }
  const names = row.map(trimCell);
  if (row.length <= 2 && /^sep=/i.test(names[0]!)) {
    const hint = "remove the line: only spreadsheet programs read it";
    throw refuse(where, `expected the names of the columns, got ${quote(names[0])}`, hint);
  }
  assertDelimiter(names, delimiter, where);
  assertNames(names, where);
  return names;
}

function assertDelimiter(names: readonly string[], delimiter: Delimiter, where: string): void {
  if (names.length !== 1) return;
  const other = delimiters.find((candidate) => candidate !== delimiter && names[0]!.includes(candidate));
  if (other !== undefined) throw wrongDelimiter(delimiter, other, where);
}

/** The error for a file whose fields are separated by something else. */
export function wrongDelimiter(delimiter: Delimiter, other: string, where: string): PulloneError {
  const message = `expected ${delimiterName(delimiter)} between the names of columns, got ${delimiterName(other)}`;
  return refuse(where, message, `the delimiter of this file is ${delimiterName(other)}: save it with commas`);
}

/** An empty name in front is above the row numbers that pandas and R write if one does not object. */
const ROW_NUMBERS_HINT =
  "name the column, or leave row numbers out: to_csv(index=False) in pandas, write.csv(row.names = FALSE) in R";

function assertNames(names: readonly string[], where: string): void {
  const firstPlace = new Map<string, number>();
  const twice = names.findIndex((name, place) => {
    if (firstPlace.has(name)) return true;
    firstPlace.set(name, place);
    return false;
  });
  // "0", "1", "2", … may be names; "5.1" or a number twice are not.
  const numbers = names.every((name) => !Number.isNaN(parseNumber(name)));
  if (numbers && (twice >= 0 || names.some((name) => !/^[0-9]+$/.test(name)))) {
    const message = `expected a header with the names of the columns, got numbers, the first ${quote(names[0])}`;
    throw refuse(where, message, "put a line with the names above the first row");
  }
  for (let place = 0; place < names.length; place++) {
    const name = names[place]!;
    if (name === "") {
      throw refuse(
        where,
        `expected a name for column ${place + 1}, got an empty one`,
        place === 0 ? ROW_NUMBERS_HINT : "name the column, or remove it",
      );
    }
    if (name.length > limits.nameLength) {
      const message = `expected column names of at most ${limits.nameLength} characters (the limit)`;
      throw refuse(where, `${message}, got ${name.length} for column ${place + 1}, ${quote(name)}`);
    }
  }
  if (twice >= 0) {
    const name = names[twice]!;
    const places = `columns ${firstPlace.get(name)! + 1} and ${twice + 1}`;
    throw refuse(
      where,
      `expected each column name once, got the duplicate ${quote(name)} (${places})`,
      "rename one",
    );
  }
}

function refuse(where: string, message: string, hint?: string): PulloneError {
  return new PulloneError("data_invalid", `${where}: ${message}`, hint);
}

/** `file:line`, as every message about a row begins. */
export function placeInFile(source: string, line: number): string {
  return `${printable(source)}:${line}`;
}
