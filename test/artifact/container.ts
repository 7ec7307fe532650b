// A second, lenient hand at the container, to damage it: node's own SHA-256 mends what the damage breaks.

import { createHash } from "node:crypto";

// biome-ignore lint/suspicious/noExplicitAny: damaged headers have no type
export type LooseJson = any;

export interface Opened {
  readonly header: string;
  /** The tensors and, in the last 32 bytes, the checksum. */
  readonly data: Uint8Array;
}

export function open(bytes: Uint8Array): Opened {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return {
    header: new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd(),
    data: bytes.slice(8 + length),
  };
}

/** The bytes with their last 32 replaced by the SHA-256 of the others. */
export function mend(bytes: Uint8Array): Uint8Array {
  const mended = Uint8Array.from(bytes);
  mended.set(createHash("sha256").update(mended.subarray(0, -32)).digest(), mended.length - 32);
  return mended;
}

/** A file of this header and data with a right checksum, whatever they say. */
export function close(header: string | Uint8Array, data: Uint8Array, length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const padded = new Uint8Array(8 * Math.ceil(text.length / 8)).fill(0x20);
  padded.set(text);
  const start = new DataView(new ArrayBuffer(8));
  start.setBigUint64(0, length ?? BigInt(padded.length), true);
  const whole = new Uint8Array(8 + padded.length + data.length);
  whole.set(new Uint8Array(start.buffer));
  whole.set(padded, 8);
  whole.set(data, 8 + padded.length);
  return mend(whole);
}

/** The header, edited as a value. */
export function editHeader({ header }: Opened, edit: (header: LooseJson) => void): string {
  const value = JSON.parse(header);
  edit(value);
  return JSON.stringify(value);
}

/** The header with its spec edited as a value. */
export function editSpec(opened: Opened, edit: (spec: LooseJson) => void): string {
  return editHeader(opened, ({ __metadata__: metadata }) => {
    const spec = JSON.parse(metadata.spec);
    edit(spec);
    metadata.spec = JSON.stringify(spec);
  });
}
