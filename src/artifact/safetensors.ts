// A container of named tensors: a valid safetensors file whose last tensor is the SHA-256 of every byte before it.
// It knows nothing of classifiers, and believes no length before it has bounded it.

import { PulloneError, quote } from "../errors.ts";
import { sha256 } from "../hash.ts";
import type { FloatArray } from "../matrix.ts";
import { isJsonObject, type Json, type JsonObject, parseStrictJson } from "./strictjson.ts";

/** What is read and written; 20,000 columns with names of usual length need some 3 MiB of header. */
export const CONTAINER_LIMITS = {
  fileBytes: 512 * 1024 * 1024,
  headerBytes: 8 * 1024 * 1024,
  tensors: 4096,
  dimensions: 4,
} as const;

const ITEM_BYTES = { F64: 8, F32: 4, U8: 1 } as const;
const CHECKSUM = "~sha256";
const CHECKSUM_BYTES = 32;
const SHORTEST_FILE = 8 + 8 + CHECKSUM_BYTES;
const DAMAGED = "the file is damaged or incomplete";

export type Dtype = keyof typeof ITEM_BYTES;

/** A tensor to be written: row-major; the kind of array gives the dtype. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: FloatArray;
}

/** A tensor in a file: `bytes` is a view of it, little-endian, as long as dtype and shape say. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Both in the order of the file; the checksum is not among the tensors. */
export interface Container {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * The bytes of a container:
 *
 *   N (8 bytes, little-endian) · JSON header (N bytes, padded with spaces to a multiple of 8) · tensors · SHA-256
 *
 * The same arguments give the same bytes on every machine.
 *
 * @param digest SHA-256, where the machine has a faster one than ours
 *
 * Source: the format section of https://github.com/huggingface/safetensors.
 */
export function packContainer(
  metadata: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, FloatTensor>,
  digest: (bytes: Uint8Array) => Uint8Array = sha256,
): Uint8Array {
  const described = [...tensors].map(([name, { shape, values }]) => {
    return [name, { dtype: values instanceof Float64Array ? "F64" : "F32", shape }] as const;
  });
  const header = writeHeader(metadata, new Map(described));
  const dataBytes = [...tensors.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
  const bytes = new Uint8Array(8 + header.length + dataBytes + CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let at = 8 + header.length;
  for (const { values } of tensors.values()) {
    writeFloats(view, at, values);
    at += values.byteLength;
  }
  bytes.set(digest(bytes.subarray(0, at)), at);
  return bytes;
}

/**
 * The metadata and tensors of a container: the checksum first, then each length, name and shape before it is used.
 * Only what `packContainer` writes is accepted, so packing the answer gives the same bytes again.
 *
 * @param source    begins every message
 * @param mostBytes of the file
 * @throws {PulloneError} model_invalid
 */
export function unpackContainer(
  bytes: Uint8Array,
  source: string,
  mostBytes: number = CONTAINER_LIMITS.fileBytes,
): Container {
  const headerBytes = findHeader(bytes, source, mostBytes);
  const data = bytes.subarray(8 + headerBytes.length);
  const { __metadata__: metadata, ...entries } = parseHeader(headerBytes, source);
  const names = Object.keys(entries);
  if (names.length > CONTAINER_LIMITS.tensors) {
    throw invalid(source, `at most ${CONTAINER_LIMITS.tensors} tensors`, String(names.length));
  }
  const tensors = new Map<string, StoredTensor>();
  let at = 0;
  for (const name of names) {
    const where = `${source}: tensor ${quote(name)}`;
    const { dtype, shape, offsets } = parseEntry(entries[name], where);
    const end = at + byteLength(dtype, shape);
    if (end > data.length || offsets[0] !== at || offsets[1] !== end) {
      const room = `data_offsets [${at},${end}] within ${data.length} bytes`;
      throw invalid(where, room, quote(offsets));
    }
    tensors.set(name, { dtype, shape, bytes: data.subarray(at, end) });
    at = end;
  }
  if (at !== data.length) throw invalid(source, `tensors of ${data.length} bytes`, `${at} bytes`);
  if (!tensors.delete(CHECKSUM)) throw invalid(source, `a tensor ${quote(CHECKSUM)}`, "none");
  const texts = parseMetadata(metadata, source);
  if (!isSame(headerBytes, writeHeader(texts, tensors))) {
    throw invalid(`${source}: header`, "the one way this format is written", "another");
  }
  return { metadata: texts, tensors };
}

/**
 * The values of a stored tensor, in an array of their own.
 *
 * @throws {PulloneError} model_invalid if one of them is NaN or infinite
 */
export function readFloats(tensor: StoredTensor, where: string): FloatArray {
  const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.length);
  const isDouble = tensor.dtype === "F64";
  const length = tensor.bytes.length / ITEM_BYTES[tensor.dtype];
  const values = isDouble ? new Float64Array(length) : new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const value = isDouble ? view.getFloat64(8 * i, true) : view.getFloat32(4 * i, true);
    if (!Number.isFinite(value)) throw invalid(where, "finite numbers", String(value));
    values[i] = value;
  }
  return values;
}

/** Through a DataView: a big-endian machine writes the same bytes. */
function writeFloats(view: DataView, at: number, values: FloatArray): void {
  if (values instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) view.setFloat64(at + 8 * i, values[i]!, true);
  } else {
    for (let i = 0; i < values.length; i++) view.setFloat32(at + 4 * i, values[i]!, true);
  }
}

function writeHeader(
  metadata: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, Pick<StoredTensor, "dtype" | "shape">>,
): Uint8Array {
  let at = 0;
  const entry = (name: string, dtype: Dtype, shape: readonly number[]): string => {
    const from = at;
    at += byteLength(dtype, shape);
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [from, at] })}`;
  };
  const members = [
    `"__metadata__":${JSON.stringify(Object.fromEntries(metadata))}`,
    ...Array.from(tensors, ([name, { dtype, shape }]) => entry(name, dtype, shape)),
    entry(CHECKSUM, "U8", [CHECKSUM_BYTES]),
  ];
  const text = new TextEncoder().encode(`{${members.join(",")}}`);
  const padded = new Uint8Array(8 * Math.ceil(text.length / 8)).fill(0x20);
  padded.set(text);
  return padded;
}

/** The header, once the size of the file, its checksum and the length of the header have been found right. */
function findHeader(bytes: Uint8Array, source: string, mostBytes: number): Uint8Array {
  const { headerBytes } = CONTAINER_LIMITS;
  if (bytes.length > mostBytes) {
    throw invalid(source, `a file of at most ${mostBytes} bytes`, String(bytes.length));
  }
  if (bytes.length < SHORTEST_FILE) {
    throw invalid(source, `at least ${SHORTEST_FILE} bytes`, `${bytes.length}: ${DAMAGED}`);
  }
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!isSame(sha256(body), bytes.subarray(-CHECKSUM_BYTES))) {
    throw invalid(source, "the SHA-256 of the file at its end", `another: ${DAMAGED}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const longest = Math.min(headerBytes, body.length - 8);
  if (length > BigInt(longest) || length === 0n || length % 8n !== 0n) {
    throw invalid(source, `a header of 8, 16, … bytes, at most ${longest}`, String(length));
  }
  return bytes.subarray(8, 8 + Number(length));
}

function parseHeader(bytes: Uint8Array, source: string): JsonObject {
  const where = `${source}: header`;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(where, "UTF-8", "other bytes");
  }
  const header = parseStrictJson(text, where, "model_invalid");
  if (!isJsonObject(header)) throw invalid(where, "an object", quote(header));
  return header;
}

function parseEntry(entry: Json | undefined, where: string) {
  if (!isJsonObject(entry)) throw invalid(where, "an object", quote(entry));
  const { dtype, shape, data_offsets: offsets, ...others } = entry;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalid(where, "dtype, shape and data_offsets", quote(unknown));
  if (!isDtype(dtype)) throw invalid(where, "dtype F64, F32 or U8", quote(dtype));
  if (!isSizes(shape, 1) || shape.length > CONTAINER_LIMITS.dimensions) {
    throw invalid(where, `a shape of at most ${CONTAINER_LIMITS.dimensions} lengths from 1 up`, quote(shape));
  }
  if (!isSizes(offsets, 0) || offsets.length !== 2) throw invalid(where, "two data_offsets", quote(offsets));
  return { dtype, shape, offsets };
}

function parseMetadata(metadata: Json | undefined, source: string): ReadonlyMap<string, string> {
  const where = `${source}: metadata`;
  if (!isJsonObject(metadata)) throw invalid(where, "an object", quote(metadata));
  const texts = Object.entries(metadata).map(([key, text]) => {
    if (typeof text !== "string") throw invalid(where, `text as ${quote(key)}`, quote(text));
    return [key, text] as const;
  });
  return new Map(texts);
}

/** Beyond 2^53 the product is rounded, but never down to the size of a file. */
function byteLength(dtype: Dtype, shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, ITEM_BYTES[dtype]);
}

function isDtype(value: Json | undefined): value is Dtype {
  return typeof value === "string" && Object.hasOwn(ITEM_BYTES, value);
}

function isSizes(value: Json | undefined, least: number): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= least);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function invalid(where: string, expected: string, got: string): PulloneError {
  return new PulloneError("model_invalid", `${where}: expected ${expected}, got ${got}`);
}
