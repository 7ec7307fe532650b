// The rows of every part as the numbers that training needs; the table can be given up on the way.
// Letters: N rows, D encoded features.

import { allocateMatrix, type Matrix, type Precision } from "../matrix.ts";
import { checkRows, encode, encodedWidth, type UnseenCells } from "./encode.ts";
import type { Encoder } from "./encoder.ts";
import { shrink } from "./growth.ts";
import type { RawColumn, Table } from "./table.ts";

/** Rows that are encoded before the table is cut by as many. */
const ROWS_AT_A_TIME = 8_192;

/** Makes a zeroed (rows, columns) matrix. */
export type AllocateRows = (precision: Precision, rows: number, columns: number) => Matrix;

export interface EncodedPart {
  /** (N, D) */
  readonly features: Matrix;
  readonly unseen: readonly UnseenCells[];
}

/**
 * Encodes the rows of each part.
 *
 * @param parts   row numbers, each ascending
 * @param consume the columns of the table are spent afterwards: they are encoded from their end, and what is encoded
 *   is given back, so that table and encoded rows together take little more memory than the larger of the two
 * @param allocateFirst makes the matrix of the first part, the one that trains
 * @throws {PulloneError} as `encode` does; the table is then still whole
 */
export function encodeParts(
  encoder: Encoder,
  table: Table,
  parts: readonly Int32Array[],
  precision: Precision,
  consume: boolean,
  allocateFirst: AllocateRows = allocateMatrix,
): EncodedPart[] {
  const width = encodedWidth(encoder);
  const allocate = (rows: Int32Array, p: number) =>
    (p === 0 ? allocateFirst : allocateMatrix)(precision, rows.length, width);
  if (!consume) {
    return parts.map((rows, p) => {
      const features = allocate(rows, p);
      return { features, unseen: encode(encoder, table, rows, features.values) };
    });
  }
  const encoded = parts.map((rows) => ({ rows, unseen: checkRows(encoder, table, rows, precision) }));
  const matrices = parts.map(allocate);
  const ends = parts.map((rows) => rows.length);
  let rest = usedColumns(encoder, table);
  for (let end = table.lines.length; end > 0; ) {
    const start = Math.max(0, end - ROWS_AT_A_TIME);
    const tail = { ...rest, columns: rest.columns.map((column) => cut(column, start, end)) };
    parts.forEach((rows, p) => {
      const last = ends[p]!;
      let first = last;
      while (first > 0 && rows[first - 1]! >= start) first--;
      const places = rows.subarray(first, last).map((row) => row - start);
      encode(encoder, tail, places, matrices[p]!.values.subarray(first * width, last * width));
      ends[p] = first;
    });
    rest = { ...rest, columns: rest.columns.map((column) => cutOff(column, start)) };
    end = start;
  }
  return encoded.map(({ unseen }, p) => ({ features: matrices[p]!, unseen }));
}

function usedColumns(encoder: Encoder, { source, lines, columns }: Table): Table {
  const used = new Set(encoder.features.map((feature) => feature.column));
  return { source, lines, columns: columns.filter(({ name }) => used.has(name)) };
}

/** A view of some rows; strays stay behind, as a table with one is never cut. */
function cut(column: RawColumn, start: number, end: number): RawColumn {
  switch (column.kind) {
    case "coded":
      return { ...column, codes: column.codes.subarray(start, end) };
    case "decimals":
      return { ...column, integers: column.integers.subarray(start, end) };
    case "numbers": {
      const values = column.values.subarray(start, end);
      return { ...column, values, missing: column.missing.subarray(start, end) };
    }
  }
}

/** The rows before `end`; the memory of the others is given back. */
function cutOff(column: RawColumn, end: number): RawColumn {
  switch (column.kind) {
    case "coded":
      return { ...column, codes: shrink(column.codes, end) };
    case "decimals":
      return { ...column, integers: shrink(column.integers, end) };
    case "numbers":
      return { ...column, values: shrink(column.values, end), missing: shrink(column.missing, end) };
  }
}
