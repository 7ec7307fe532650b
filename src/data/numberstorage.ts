// A column of numbers while it grows: decimals while they can be, or float64.
// Letters: N rows.

import { ABSENT, createDecimalStore, type DecimalStore } from "./decimals.ts";
import { grow } from "./growth.ts";
import { missingTest, parseNumber } from "./numbers.ts";
import type { DecimalsColumn, NumbersColumn, RawColumn } from "./table.ts";

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

const FIRST_CAPACITY = 64;

/** Strays that are kept with their text: enough to name a place. */
const KEPT_STRAYS = 5;

export interface NumberStore {
  readonly add: (text: string) => void;
  /** Adds all rows of another column. */
  readonly addColumn: (column: RawColumn) => void;
  readonly finish: () => NumbersColumn | DecimalsColumn;
}

/** A column of float64, and of the first cells that are no numbers. */
export function createNumberStore(
  name: string,
  { isMissing, numbersMayBeMissing }: CellReading,
  capacity = FIRST_CAPACITY,
): NumberStore {
  let values = new Float64Array(capacity);
  let missing = new Uint8Array(capacity);
  const strays: { row: number; text: string }[] = [];
  let strayCount = 0;
  let count = 0;

  function reserve(more: number): void {
    values = grow(values, count + more);
    missing = grow(missing, values.length);
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
    if (column.kind === "decimals") {
      addDecimals(column);
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

  function addDecimals({ integers, divisor }: DecimalsColumn): void {
    reserve(integers.length);
    for (let row = 0; row < integers.length; row++) {
      const integer = integers[row]!;
      values[count] = integer === ABSENT ? Number.NaN : integer / divisor;
      missing[count++] = integer === ABSENT ? 1 : 0;
    }
  }

  function finish(): NumbersColumn {
    return {
      name,
      kind: "numbers",
      values: values.subarray(0, count),
      missing: missing.subarray(0, count),
      strays,
      strayCount,
    };
  }

  return { add, addColumn, finish };
}

/**
 * A column of decimals up to the first cell that is no number, or none that decimals can hold; of float64 from then on.
 */
export function createCompactStore(name: string, reading: CellReading): NumberStore {
  let decimals: DecimalStore | undefined = createDecimalStore(name);
  let numbers: NumberStore | undefined;

  function add(text: string): void {
    if (decimals === undefined) {
      numbers!.add(text);
      return;
    }
    const value = parseNumber(text);
    const finite = Number.isFinite(value);
    if ((!finite || reading.numbersMayBeMissing) && reading.isMissing(text)) decimals.addMissing();
    else if (!finite || !decimals.add(value)) leaveDecimals().add(text);
  }

  function leaveDecimals(): NumberStore {
    numbers = createNumberStore(name, reading);
    numbers.addColumn(decimals!.finish());
    decimals = undefined;
    return numbers;
  }

  function addColumn(column: RawColumn): void {
    if (column.kind === "coded") {
      for (let row = 0; row < column.codes.length; row++) add(column.texts[column.codes[row]!]!);
    } else if (column.kind === "numbers" || !decimals?.addColumn(column)) {
      (numbers ?? leaveDecimals()).addColumn(column);
    }
  }

  return { add, addColumn, finish: () => (decimals ?? numbers)!.finish() };
}
