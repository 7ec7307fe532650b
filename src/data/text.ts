// A stream of bytes as text: no other kind of file, UTF-8 by the letter, no NUL; checked, never repaired.

import { PulloneError, printable } from "../errors.ts";
import { SNIFFED_BYTES, sniff } from "./sniff.ts";

/**
 * Bytes between two looks at what has been read; it bounds how far a row can run past its limit. The cells of so few are
 * still in the cache when they become columns, and dead when the young objects are collected: a sixth less time than 64 KiB.
 */
const PIECE_BYTES = 16_384;

export interface TextPiece {
  /** Well-formed as far as it goes; a character may be cut at either end. */
  readonly bytes: Uint8Array;
  /** What comes right after the bytes and is no text, for a message; then this is the last piece. */
  readonly fault?: string;
}

/**
 * The bytes of a text file in pieces of at most 16 KiB, without their byte-order mark.
 *
 * @throws {PulloneError} data_invalid for an empty file and for another kind of file, which it names
 */
export async function* textPieces(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
): AsyncGenerator<TextPiece, void, undefined> {
  const check = beginCheck();
  for await (const chunk of withoutMark(chunks, source)) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const bytes = chunk.subarray(start, start + PIECE_BYTES);
      const at = findFault(bytes, check);
      if (at >= 0) return yield { bytes: bytes.subarray(0, at), fault: nameFault(bytes[at]!, check) };
      yield { bytes };
    }
  }
  if (check.pending > 0)
    yield { bytes: new Uint8Array(0), fault: "a UTF-8 character cut by the end of the file" };
}

/** Holds the first bytes back until there are enough to tell what kind of file they begin. */
async function* withoutMark(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = joinBytes(start, chunk);
    if (start.length < SNIFFED_BYTES) continue;
    yield textStart(start, source);
    start = undefined;
  }
  if (start !== undefined) yield textStart(start, source);
}

function textStart(start: Uint8Array, source: string): Uint8Array {
  const foreign = sniff(start);
  if (foreign) {
    throw new PulloneError(
      "data_invalid",
      `${printable(source)}: expected CSV text in UTF-8, got ${foreign.what}`,
      foreign.hint,
    );
  }
  const marked = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
  const text = marked ? start.subarray(3) : start;
  if (text.length === 0) throw emptyFile(source, "an empty file");
  return text;
}

export function emptyFile(source: string, got: string): PulloneError {
  return new PulloneError("data_invalid", `${printable(source)}: expected a header and rows, got ${got}`);
}

/** A copy of the bytes of `a` and then those of `b`. */
export function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** Where the check stands between two pieces. */
interface Utf8Check {
  /** First byte of the character that began, and how many bytes of it are still to come. */
  lead: number;
  pending: number;
  /** Range of the next continuation byte. */
  low: number;
  high: number;
}

function beginCheck(): Utf8Check {
  return { lead: 0, pending: 0, low: 0x80, high: 0xbf };
}

/**
 * The place of the first byte that cannot stand in UTF-8 text, or of a NUL; -1 when all of the piece can stay.
 *
 * Overlong forms, surrogates and what is beyond U+10FFFF show in the second byte, whose range the first decides.
 * Source: The Unicode Standard, table 3-7, well-formed UTF-8 byte sequences.
 */
function findFault(piece: Uint8Array, check: Utf8Check): number {
  const first = -piece.byteOffset & 3; // where whole words begin, if there is one
  const count = Math.max(0, (piece.length - first) >> 2);
  const words = new Int32Array(piece.buffer, count === 0 ? 0 : piece.byteOffset + first, count);
  for (let at = 0; at < piece.length; at++) {
    if (check.pending === 0 && (at & 3) === first) {
      let word = (at - first) >> 2;
      while (word < words.length && isPlain(words[word]!)) word++;
      at = first + 4 * word;
      if (at >= piece.length) break;
    }
    const byte = piece[at]!;
    if (byte > 0 && byte < 0x80 && check.pending === 0) continue;
    if (check.pending > 0) {
      if (byte < check.low || byte > check.high) return at;
      check.pending--;
      check.low = 0x80;
      check.high = 0xbf;
    } else {
      if (byte < 0xc2 || byte > 0xf4) return at; // a NUL too
      check.lead = byte;
      check.pending = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      check.low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
      check.high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    }
  }
  return -1;
}

/**
 * Whether all four bytes of a word are from 1 to 127: four at a time, the check takes a third of the time.
 * Source of the test for a zero byte: Anderson, Bit Twiddling Hacks, haszero, public domain.
 */
function isPlain(word: number): boolean {
  return ((word | ((word - 0x01010101) & ~word)) & 0x80808080) === 0;
}

/** Names the first byte of the character that broke, which is the one an editor would show. */
function nameFault(byte: number, check: Utf8Check): string {
  if (byte === 0) return "a NUL byte";
  const first = check.pending > 0 ? check.lead : byte;
  return `bytes that are not UTF-8 (0x${first.toString(16).toUpperCase()})`;
}
