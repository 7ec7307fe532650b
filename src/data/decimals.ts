// Numbers kept as they were written: so many tenths, hundredths, … as a whole number of 32 bits.
// Half the memory of float64, and nothing is lost: what does not come back bit for bit is not kept this way.

import { grow } from "./growth.ts";
import type { DecimalsColumn } from "./table.ts";

/** Stands for a missing cell; one below the smallest number. */
export const ABSENT = -2_147_483_648;
const LARGEST = 2_147_483_647;
/** 10^9, the largest power of ten that fits. */
const LARGEST_DIVISOR = 1_000_000_000;
const FIRST_CAPACITY = 64;

export interface DecimalStore {
  /**
   * Adds a finite number; false, and nothing added, when the numbers so far and this one are no whole numbers of one
   * power of ten in 32 bits.
   */
  readonly add: (value: number) => boolean;
  readonly addMissing: () => void;
  /** Adds all rows of another column; false, and nothing added, when one of its numbers does not fit. */
  readonly addColumn: (column: DecimalsColumn) => boolean;
  /** The column of all rows so far; the store is then spent. */
  readonly finish: () => DecimalsColumn;
}

/**
 * A column that keeps each number as
 *
 *   integer = value · divisor    with    integer / divisor = value, bit for bit
 *
 * where the divisor is the smallest power of ten, up to 10⁹, that all of them have in common. A decimal is the
 * quotient of two integers, and float64 rounds that quotient the same however it is expanded; a number for which the
 * equation does not hold is refused.
 */
export function createDecimalStore(name: string): DecimalStore {
  let integers = new Int32Array(FIRST_CAPACITY);
  let count = 0;
  let divisor = 1;
  let largest = 0;

  function put(integer: number): void {
    if (count === integers.length) integers = grow(integers, count + 1);
    integers[count++] = integer;
  }

  function add(value: number): boolean {
    let integer = Math.round(value * divisor);
    if (integer / divisor !== value) {
      if (!refine(value)) return false;
      integer = Math.round(value * divisor);
    }
    const size = Math.abs(integer);
    if (size > LARGEST) return false;
    if (size > largest) largest = size;
    put(integer);
    return true;
  }

  /** Takes the smallest larger divisor that the number needs; false when the integers would grow too large. */
  function refine(value: number): boolean {
    for (let factor = 10; divisor * factor <= LARGEST_DIVISOR && largest * factor <= LARGEST; factor *= 10) {
      const finer = divisor * factor;
      if (Math.round(value * finer) / finer !== value) continue;
      for (let row = 0; row < count; row++) if (integers[row] !== ABSENT) integers[row]! *= factor;
      divisor = finer;
      largest *= factor;
      return true;
    }
    return false;
  }

  function addColumn({ integers: more, divisor: theirs }: DecimalsColumn): boolean {
    const before = count;
    for (let row = 0; row < more.length; row++) {
      if (more[row] === ABSENT) put(ABSENT);
      else if (!add(more[row]! / theirs)) {
        count = before;
        return false;
      }
    }
    return true;
  }

  return {
    add,
    addColumn,
    addMissing: () => put(ABSENT),
    finish: () => ({ name, kind: "decimals", integers: integers.subarray(0, count), divisor }),
  };
}
