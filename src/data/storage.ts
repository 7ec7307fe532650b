// One column while it grows: a code for each distinct text, or numbers once there are too many texts.
// Letters: N rows.

import { PulloneError, quote } from "../errors.ts";
import { placeInFile } from "./header.ts";
import { limits } from "./limits.ts";
import { missingTest, parseNumber } from "./numbers.ts";
import type { RowBatch } from "./rows.ts";
import type { CodedColumn, NumbersColumn, RawColumn } from "./table.ts";

/**
 * How a column is kept: `coded` as text whatever happens, `numbers` as numbers from the first row, `inferred` as text
 * while its distinct texts are few and as numbers from then on.
 */
export type Keeping = "coded" | "numbers" | "inferred";

export interface ColumnStore {
  /** Adds the cells of one place of each row. Throws data_invalid for a coded column with too many distinct texts. */
  readonly add: (batch: RowBatch, place: number) => void;
  /** The column of all rows so far; the store is then spent. */
  readonly finish: () => RawColumn;
}

export function createColumnStore(
  name: string,
  source: string,
  keeping: Keeping,
  reading: CellReading,
): ColumnStore {
  let texts = keeping === "numbers" ? undefined : createTextStore(name);
  let numbers = keeping === "numbers" ? createNumberStore(name, reading) : undefined;

  function add({ rows, lines }: RowBatch, place: number): void {
    let row = 0;
    if (texts !== undefined) {
      while (row < rows.length && texts.add(rows[row]![place]!)) row++;
      if (row === rows.length) return;
      if (keeping === "coded") throw tooManyTexts(name, placeInFile(source, lines[row]!));
      numbers = createNumberStore(name, reading);
      numbers.addColumn(texts.finish());
      texts = undefined;
    }
    for (; row < rows.length; row++) numbers!.add(rows[row]![place]!);
  }

  return { add, finish: () => (texts ?? numbers)!.finish() };
}

function tooManyTexts(name: string, place: string): PulloneError {
  const message = `expected at most ${limits.distinctTexts} distinct classes or categories (the limit), got more`;
  const hint =
    "is it an identifier or a number? ignore the column, declare it numeric, or name another label";
  return new PulloneError("data_invalid", `${place}, column ${quote(name)}: ${message}`, hint);
}

const FIRST_CAPACITY = 64;

function createTextStore(name: string) {
  const codeOf = new Map<string, number>();
  let codes = new Uint32Array(FIRST_CAPACITY);
  let count = 0;

  /** False, and nothing added, for a new text past the limit. */
  function add(text: string): boolean {
    let code = codeOf.get(text);
    if (code === undefined) {
      if (codeOf.size === limits.distinctTexts) return false;
      code = codeOf.size;
      codeOf.set(text, code);
    }
    if (count === codes.length) {
      const grown = new Uint32Array(2 * count);
      grown.set(codes);
      codes = grown;
    }
    codes[count++] = code;
    return true;
  }

  function finish(): CodedColumn {
    return { name, kind: "coded", codes: codes.slice(0, count), texts: Array.from(codeOf.keys()) };
  }

  return { add, finish };
}

/** What cells mean, where the meaning is not kept with the text. */
export interface CellReading {
  readonly isMissing: (text: string) => boolean;
  /** A missing value looks like a number, as -999 does, so that every cell must be held against the list. */
  readonly numbersMayBeMissing: boolean;
}

export function readingOf(missingValues: readonly string[]): CellReading {
  const numbersMayBeMissing = missingValues.some((value) => Number.isFinite(parseNumber(value)));
  return { isMissing: missingTest(missingValues), numbersMayBeMissing };
}

/** Strays that are kept with their text: enough to name a place. */
const KEPT_STRAYS = 5;

export function createNumberStore(name: string, { isMissing, numbersMayBeMissing }: CellReading) {
  let values = new Float64Array(FIRST_CAPACITY);
  let missing = new Uint8Array(FIRST_CAPACITY);
  const strays: { row: number; text: string }[] = [];
  let strayCount = 0;
  let count = 0;

  function reserve(more: number): void {
    if (count + more <= values.length) return;
    const capacity = Math.max(2 * values.length, count + more);
    const grownValues = new Float64Array(capacity);
    const grownMissing = new Uint8Array(capacity);
    grownValues.set(values);
    grownMissing.set(missing);
    values = grownValues;
    missing = grownMissing;
  }

  function add(text: string): void {
    if (count === values.length) reserve(1);
    const row = count++;
    const value = parseNumber(text);
    values[row] = value;
    if (Number.isFinite(value) && !numbersMayBeMissing) return;
    if (isMissing(text)) {
      values[row] = Number.NaN;
      missing[row] = 1;
      return;
    }
    if (Number.isFinite(value)) return;
    strayCount++;
    if (strays.length < KEPT_STRAYS) strays.push({ row, text });
  }

  /** Adds all rows of another column. */
  function addColumn(column: RawColumn): void {
    if (column.kind === "coded") {
      for (let row = 0; row < column.codes.length; row++) add(column.texts[column.codes[row]!]!);
      return;
    }
    reserve(column.values.length);
    values.set(column.values, count);
    missing.set(column.missing, count);
    const kept = column.strays.slice(0, KEPT_STRAYS - strays.length);
    strays.push(...kept.map(({ row, text }) => ({ row: count + row, text })));
    strayCount += column.strayCount;
    count += column.values.length;
  }

  function finish(): NumbersColumn {
    return {
      name,
      kind: "numbers",
      values: values.slice(0, count),
      missing: missing.slice(0, count),
      strays,
      strayCount,
    };
  }

  return { add, addColumn, finish };
}
