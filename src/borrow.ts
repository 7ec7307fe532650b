// Large arrays that are needed for a moment only, in memory that is given back at once: dead arrays that wait for the
// collector would stand beside the next ones, some 60 bytes a row of a long table.

/** The kinds of array that are kept by columns, or by rows. */
export type NumberArray = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float32Array | Float64Array;

export interface ArrayConstructor<T> {
  new (from: number | ArrayBufferLike, at?: number, length?: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** An ArrayBuffer of ECMAScript 2024, whose end moves within the addresses it has reserved. */
export interface ResizableBuffer extends ArrayBuffer {
  readonly resizable: boolean;
  readonly maxByteLength: number;
  resize(bytes: number): void;
}

type ResizableConstructor = new (
  bytes: number,
  options: { readonly maxByteLength: number },
) => ResizableBuffer;

/** Up to this size an array is an ordinary one. */
export const PLAIN_BYTES = 1 << 16;

/** A zeroed array, for as long as `release` is not called. */
export function borrow<T extends NumberArray>(ArrayOf: ArrayConstructor<T>, length: number): T {
  const bytes = length * ArrayOf.BYTES_PER_ELEMENT;
  const buffer = bytes > PLAIN_BYTES ? reserve(bytes, bytes) : undefined;
  return buffer === undefined ? new ArrayOf(length) : new ArrayOf(buffer, 0, length);
}

/** Gives the memory of borrowed arrays back at once, where the engine can; they and views of them are then spent. */
export function release(...arrays: readonly NumberArray[]): void {
  for (const array of arrays) resizable(array.buffer)?.resize(0);
}

/** The buffer, if its end can be moved. */
export function resizable(buffer: ArrayBufferLike): ResizableBuffer | undefined {
  return (buffer as Partial<ResizableBuffer>).resizable === true ? (buffer as ResizableBuffer) : undefined;
}

/**
 * A buffer with addresses for `most` bytes, which cost no memory until they are written. Undefined in an engine before
 * ECMAScript 2024, which ignores the option, and where addresses are scarce.
 */
export function reserve(bytes: number, most: number): ResizableBuffer | undefined {
  try {
    const Buffer = ArrayBuffer as unknown as ResizableConstructor;
    return resizable(new Buffer(bytes, { maxByteLength: most }));
  } catch {
    return undefined;
  }
}
