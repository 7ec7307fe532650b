import { describe, expect, test } from "vitest";
import { textPieces } from "../../src/data/text.ts";

async function read(bytes: readonly number[], size = bytes.length) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += size)
      yield Uint8Array.from(bytes.slice(start, start + size));
  }
  const kept: number[] = [];
  let fault: string | undefined;
  for await (const piece of textPieces(chunks(), "t.csv")) {
    kept.push(...piece.bytes);
    fault = piece.fault;
  }
  return { kept, fault };
}

function isUtf8(bytes: readonly number[]): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

describe("a stream of bytes as text", () => {
  test("is UTF-8 exactly where TextDecoder says so, for every first byte and every edge of the others", async () => {
    const edges = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    const tails = [[], [0x41], [0x80], [0xc0], [0xbf, 0x41], [0x80, 0xbf], [0x80, 0xc0], [0x80, 0x80, 0x80]];
    for (let first = 0x80; first <= 0xff; first++) {
      for (const second of edges) {
        for (const tail of tails) {
          const bytes = [0x61, first, second, ...tail];
          const { kept, fault } = await read(bytes);
          expect(fault === undefined, bytes.map((byte) => byte.toString(16)).join(" ")).toBe(isUtf8(bytes));
          if (fault === undefined) expect(kept).toEqual(bytes);
        }
      }
    }
  });

  test("finds what is no text at every place of a piece, wherever in memory the piece begins", async () => {
    for (const fault of [0x00, 0x80, 0xff]) {
      for (let offset = 0; offset < 5; offset++) {
        for (let length = 1; length < 20; length++) {
          for (let at = 0; at < length; at++) {
            const memory = new Uint8Array(offset + length).fill(0x7f);
            memory[offset + at] = fault;
            async function* chunks(): AsyncGenerator<Uint8Array> {
              yield new Uint8Array(2_000).fill(0x61); // more than is looked at to tell what kind of file it is
              yield memory.subarray(offset);
            }
            let kept = 0;
            for await (const piece of textPieces(chunks(), "t.csv")) kept += piece.bytes.length;
            expect([fault, offset, length, kept]).toEqual([fault, offset, length, 2_000 + at]);
          }
        }
      }
    }
  });

  test("loses its byte-order mark, however it is cut, and no other U+FEFF", async () => {
    const mark = [0xef, 0xbb, 0xbf];
    for (const size of [1, 2, 3, 4, 99]) {
      expect(await read([...mark, 0x61, ...mark, 0x62], size)).toEqual({
        kept: [0x61, ...mark, 0x62],
        fault: undefined,
      });
    }
  });

  test("comes in pieces of at most 16 KiB, also from one chunk", async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(200_000).fill(0x61);
    }
    const sizes: number[] = [];
    for await (const piece of textPieces(chunks(), "t.csv")) sizes.push(piece.bytes.length);
    expect(sizes).toEqual([...Array(12).fill(16_384), 3_392]);
  });

  test("ends before the first NUL", async () => {
    expect(await read([0x61, 0x62, 0, 0x63])).toEqual({ kept: [0x61, 0x62], fault: "a NUL byte" });
  });
});
