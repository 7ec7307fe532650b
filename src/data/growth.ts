// Arrays that grow while a file is read and shrink while it is encoded: in place where the engine can, else by copying.

import { type ArrayConstructor, type NumberArray, PLAIN_BYTES, reserve, resizable } from "../borrow.ts";

/** Addresses reserved for each byte in use; they cost no memory until they are written. */
const RESERVE = 256;

/**
 * The same elements with room for at least `length`; zeros behind them. The array that was handed in is spent.
 *
 * A large array grows without a second copy of itself and without garbage: half of the memory that reading used to take.
 */
export function grow<T extends NumberArray>(array: T, length: number): T {
  if (length <= array.length) return array;
  const ArrayOf = constructorOf(array);
  const size = array.BYTES_PER_ELEMENT;
  const room = Math.max(
    length,
    Math.ceil(array.length * 1.25),
    Math.min(2 * array.length, PLAIN_BYTES / size),
  );
  const own = resizable(array.buffer);
  if (own !== undefined && room * size <= own.maxByteLength) {
    own.resize(room * size);
    return new ArrayOf(own, 0, room);
  }
  const buffer = room * size > PLAIN_BYTES ? reserve(room * size, room * size * RESERVE) : undefined;
  const grown = buffer === undefined ? new ArrayOf(room) : new ArrayOf(buffer, 0, room);
  grown.set(array);
  return grown;
}

/**
 * The first `length` elements. The memory behind them is given back at once, where the engine can; the array that was
 * handed in is then spent.
 */
export function shrink<T extends NumberArray>(array: T, length: number): T {
  const own = array.byteOffset === 0 ? resizable(array.buffer) : undefined;
  if (own === undefined) return array.subarray(0, length) as T;
  own.resize(length * array.BYTES_PER_ELEMENT);
  return new (constructorOf(array))(own, 0, length);
}

function constructorOf<T extends NumberArray>(array: T) {
  return array.constructor as ArrayConstructor<T>;
}
