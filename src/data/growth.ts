// Arrays that grow while a file is read and shrink while it is encoded: in place where the engine can, else by copying.

/** The arrays a column is kept in. */
export type NumberArray = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;

/** An ArrayBuffer of ECMAScript 2024, whose end moves within the addresses it has reserved. */
interface ResizableBuffer extends ArrayBuffer {
  readonly resizable: boolean;
  readonly maxByteLength: number;
  resize(bytes: number): void;
}

type ResizableConstructor = new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => ResizableBuffer;

/** Below this an array is copied: a small table, or one of very many columns, reserves nothing. */
const PLAIN_BYTES = 1 << 16;
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
  const buffer = room * size > PLAIN_BYTES ? reserve(room * size) : undefined;
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
  return array.constructor as new (
    from: number | ArrayBufferLike,
    at?: number,
    length?: number,
  ) => T;
}

function resizable(buffer: ArrayBufferLike): ResizableBuffer | undefined {
  return (buffer as Partial<ResizableBuffer>).resizable === true ? (buffer as ResizableBuffer) : undefined;
}

/** Undefined in an engine before ECMAScript 2024, which ignores the option, and where addresses are scarce. */
function reserve(bytes: number): ResizableBuffer | undefined {
  try {
    const Buffer = ArrayBuffer as unknown as ResizableConstructor;
    return resizable(new Buffer(bytes, { maxByteLength: bytes * RESERVE }));
  } catch {
    return undefined;
  }
}
