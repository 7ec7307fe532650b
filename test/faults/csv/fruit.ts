// The sound table that each case spoils in its own way: three numbers, one category, three kinds of fruit, 90 rows.

export const HEADER = ["length", "weight", "sugar", "skin", "fruit"];
const FRUITS = ["apple", "kiwi", "plum"];
const SKINS = ["smooth", "hairy", "waxy"];

/** Row 0 stands on line 2 of the file; every third row is of the same fruit, and the numbers overlap a little. */
export function fruitRows(count = 90): string[][] {
  return Array.from({ length: count }, (_, i) => {
    const fruit = i % 3;
    const noise = (step: number) => ((i * step) % 97) / 97;
    return [
      (6 + 2 * fruit + 3 * noise(31)).toFixed(2),
      (150 - 40 * fruit + 60 * noise(57)).toFixed(1),
      (9 + fruit + 2 * noise(11)).toFixed(3),
      SKINS[(i * 7 + fruit) % 3]!,
      FRUITS[fruit]!,
    ];
  });
}

/** Rows as CSV; a cell that needs quotes gets them. */
export function csvOf(rows: readonly (readonly string[])[], lineEnd = "\n"): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join(",") + lineEnd).join("");
}

export const sound = (lineEnd?: string): string => csvOf([HEADER, ...fruitRows()], lineEnd);

const placeOf = (column: string) => {
  const place = HEADER.indexOf(column);
  if (place < 0) throw new Error(`no column ${column}`);
  return place;
};

/** The sound table with other cells in one column; `make` is given the number of the row, from 0, and the cell. */
export function withColumn(column: string, make: (row: number, cell: string) => string): string {
  const place = placeOf(column);
  const rows = fruitRows().map((row, i) => row.with(place, make(i, row[place]!)));
  return csvOf([HEADER, ...rows]);
}

/** The sound table with other cells on some lines. */
export function withCells(column: string, cells: Readonly<Record<number, string>>): string {
  return withColumn(column, (row, cell) => cells[row + 2] ?? cell);
}

/** The sound table under other names, and with other columns when there are more or fewer. */
export const withNames = (names: readonly string[]): string => csvOf([names, ...fruitRows()]);

export const renamed = (column: string, name: string): string =>
  withNames(HEADER.with(placeOf(column), name));

/** The sound table with the text of one line replaced as it stands, quotes and all; `undefined` leaves it out. */
export function withLine(line: number, change: (text: string) => string): string {
  return sound()
    .split("\n")
    .map((text, i) => (i + 1 === line ? change(text) : text))
    .join("\n");
}

/** A line above line `line`. */
export const withLineAbove = (line: number, text: string): string =>
  withLine(line, (old) => `${text}\n${old}`);

/** Text and raw bytes, one after the other. */
export function joined(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part)))),
  );
}
