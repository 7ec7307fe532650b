// Rows that are equal in every feature: copies across the parts, and copies that disagree about the label.
// Letters: N rows.

import { borrow, release } from "../borrow.ts";
import { type Cells, isMissingAt, place, readCells, valueAt } from "./cells.ts";
import { categoryTexts } from "./encode.ts";
import type { Encoder, Feature } from "./encoder.ts";
import { requireColumn } from "./mentions.ts";
import type { Table } from "./table.ts";

/**
 * A number for each row and feature; two rows are equal when all of theirs are. A number means itself; NaN is a
 * missing cell. For categories: which text, counted from 0.
 */
type Key = Cells;

/**
 * For each of the rows, the place of the first row that is equal in every feature; its own when it is the first.
 *
 * @returns (rows.length), borrowed
 */
export function equalRows(table: Table, rows: Int32Array, encoder: Encoder): Int32Array {
  const keys = encoder.features.map((feature) => keyOf(table, feature, encoder.missingValues));
  // A hash is needed once, when the search for its row begins: then its place takes the answer.
  const hashes = hashRows(keys, rows);
  const first = hashes;
  let capacity = 16;
  while (capacity < 2 * rows.length) capacity *= 2;
  const slots = borrow(Int32Array, capacity).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    let slot = hashes[i]! & (capacity - 1);
    while (slots[slot]! >= 0 && !sameRow(keys, rows[slots[slot]!]!, rows[i]!))
      slot = (slot + 1) & (capacity - 1);
    if (slots[slot]! < 0) slots[slot] = i;
    first[i] = slots[slot]!;
  }
  release(slots);
  return first;
}

function keyOf(table: Table, feature: Feature, missingValues: readonly string[]): Key {
  const cells = readCells(requireColumn(table, feature.column, "feature column"), missingValues);
  if (feature.kind === "numeric") return cells;
  return { ...cells, values: textNumbers(cells, categoryTexts(cells, table, feature.column)) };
}

function textNumbers(cells: Cells, texts: readonly string[]): Float64Array {
  const numbers = new Map<string, number>();
  return Float64Array.from(texts, (text, at) => {
    if (isMissingAt(cells, at)) return Number.NaN;
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  });
}

/** A hash of 32 bits a row, column by column. */
function hashRows(keys: readonly Key[], rows: Int32Array): Int32Array {
  const hashes = borrow(Int32Array, rows.length);
  const value = new Float64Array(1);
  const words = new Int32Array(value.buffer);
  for (const key of keys) {
    for (let i = 0; i < rows.length; i++) {
      const number = numberAt(key, rows[i]!);
      value[0] = Number.isNaN(number) ? Number.MAX_VALUE : number; // the bits of NaN are not one
      hashes[i] = mix(hashes[i]! ^ words[0]!, words[1]!);
    }
  }
  return hashes;
}

/** Spreads 64 bits over 32. Source: the finaliser of MurmurHash3, Appleby (2011), public domain. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (a >>> 16), 0x85ebca6b) + b;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function sameRow(keys: readonly Key[], a: number, b: number): boolean {
  return keys.every((key) => {
    const [x, y] = [numberAt(key, a), numberAt(key, b)];
    return x === y || (Number.isNaN(x) && Number.isNaN(y));
  });
}

function numberAt(key: Key, row: number): number {
  return valueAt(key, place(key, row));
}
