// One column while it grows: a code for each distinct text, or numbers once there are too many texts.
// Letters: N rows.

import { PulloneError, quote } from "../errors.ts";
import { grow } from "./growth.ts";
import { placeInFile } from "./header.ts";
import { limits } from "./limits.ts";
import { parseNumber } from "./numbers.ts";
import {
  type CellReading,
  createCompactStore,
  createNumberStore,
  type NumberStore,
} from "./numberstorage.ts";
import type { RowBatch } from "./rows.ts";
import type { CodedColumn, RawColumn } from "./table.ts";

/**
 * How a column is kept: `coded` as text whatever happens, `numbers` as numbers from the first row, `inferred` as text
 * while its distinct texts are few and as numbers from then on.
 */
export type Keeping = "coded" | "numbers" | "inferred";

export interface ColumnStore {
  /** Adds the cells of one place of each row. Throws data_invalid for a coded column with too many distinct texts. */
  readonly add: (batch: RowBatch, place: number) => void;
  /** How many distinct texts are kept. */
  readonly texts: () => number;
  /** Keeps an inferred column as numbers if all of it so far is: this says the same in a tenth of the memory. */
  readonly condense: () => void;
  /** The column of all rows so far; the store is then spent. */
  readonly finish: () => RawColumn;
}

/**
 * @param batchRows how many rows there will be, in a table of a batch; without, numbers are decimals while they can be
 */
export function createColumnStore(
  name: string,
  source: string,
  keeping: Keeping,
  reading: CellReading,
  batchRows: number | undefined,
): ColumnStore {
  const ofNumbers = () =>
    batchRows === undefined ? createCompactStore(name, reading) : createNumberStore(name, reading, batchRows);
  let texts = keeping === "numbers" ? undefined : createTextStore(name, batchRows ?? FIRST_CAPACITY);
  let numbers: NumberStore | undefined = keeping === "numbers" ? ofNumbers() : undefined;

  function add({ rows, lines }: RowBatch, place: number): void {
    let row = 0;
    if (texts !== undefined) {
      while (row < rows.length && texts.add(rows[row]![place]!)) row++;
      if (row === rows.length) return;
      if (keeping === "coded") throw tooManyTexts(name, placeInFile(source, lines[row]!));
      becomeNumbers(texts);
    }
    for (; row < rows.length; row++) numbers!.add(rows[row]![place]!);
  }

  function becomeNumbers(kept: TextStore): void {
    numbers = ofNumbers();
    numbers.addColumn(kept.finish());
    texts = undefined;
  }

  function condense(): void {
    if (texts === undefined || keeping === "coded") return;
    const isNumber = (text: string) => reading.isMissing(text) || Number.isFinite(parseNumber(text));
    if (texts.distinct().every(isNumber)) becomeNumbers(texts);
  }

  return {
    add,
    texts: () => texts?.count() ?? 0,
    condense,
    finish: () => (texts ?? numbers)!.finish(),
  };
}

function tooManyTexts(name: string, place: string): PulloneError {
  const message = `expected at most ${limits.distinctTexts} distinct classes or categories (the limit), got more`;
  const hint =
    "is it an identifier or a number? ignore the column, declare it numeric, or name another label";
  return new PulloneError("data_invalid", `${place}, column ${quote(name)}: ${message}`, hint);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** V8 makes a shorter part of a text a text of its own. Source: SlicedString::kMinLength. */
const SHORTEST_VIEW = 13;

/** A longer cell is a view on the 16 KiB of the file that it was cut from, which would stay in memory with it. */
function ownCopy(text: string): string {
  if (text.length < SHORTEST_VIEW) return text;
  return decoder.decode(encoder.encode(text));
}

const FIRST_CAPACITY = 64;

interface TextStore {
  /** False, and nothing added, for a new text past the limit. */
  readonly add: (text: string) => boolean;
  readonly count: () => number;
  readonly distinct: () => string[];
  readonly finish: () => CodedColumn;
}

function createTextStore(name: string, capacity: number): TextStore {
  const codeOf = new Map<string, number>();
  let codes = new Uint16Array(capacity);
  let count = 0;

  function add(text: string): boolean {
    let code = codeOf.get(text);
    if (code === undefined) {
      if (codeOf.size === limits.distinctTexts) return false;
      code = codeOf.size;
      codeOf.set(ownCopy(text), code);
    }
    if (count === codes.length) codes = grow(codes, count + 1);
    codes[count++] = code;
    return true;
  }

  const distinct = () => Array.from(codeOf.keys());

  function finish(): CodedColumn {
    return { name, kind: "coded", codes: codes.subarray(0, count), texts: distinct() };
  }

  return { add, count: () => codeOf.size, distinct, finish };
}
