import { describe, expect, test, vi } from "vitest";
import { grow, shrink } from "../../src/data/growth.ts";

const counted = (array: Int32Array) => array.every((value, i) => value === (i < 1000 ? i : 0));

describe("an array that grows", () => {
  test.each([
    ["Int32Array", Int32Array.of(1, 2)],
    ["Uint32Array", Uint32Array.of(1, 2)],
    ["Uint16Array", Uint16Array.of(1, 2)],
    ["Uint8Array", Uint8Array.of(1, 2)],
    ["Float64Array", Float64Array.of(1, 2)],
  ])("keeps its elements and its kind, zeros behind them: %s", (_, array) => {
    for (const length of [3, 100, 1_000_000]) {
      const grown = grow(array, length);
      expect(grown.constructor).toBe(array.constructor);
      expect(grown.length).toBeGreaterThanOrEqual(length);
      expect([...grown.subarray(0, 4)].slice(0, 3)).toEqual([1, 2, 0]);
      expect(grown.subarray(2).every((value) => value === 0)).toBe(true);
    }
  });

  test("is the same array when there is room already", () => {
    const array = new Int32Array(5);
    expect(grow(array, 5)).toBe(array);
  });

  test("may be empty at first", () => {
    expect(grow(new Int32Array(0), 1).length).toBeGreaterThanOrEqual(1);
  });

  test.each([
    [1_000, 1_001, 2_000],
    [8_000, 8_001, 10_000],
    [100_000, 100_001, 125_000],
    [100_000, 300_000, 300_000],
  ])(
    "of %d elements of 8 bytes for %d has room for %d: twice while small, a quarter more when large",
    (from, to, room) => {
      expect(grow(new Float64Array(from), to)).toHaveLength(room);
    },
  );

  test("reserves addresses only above 64 KiB, where the engine has resizable buffers", () => {
    if (!("resizable" in ArrayBuffer.prototype)) return;
    const isReserved = (length: number) =>
      "resizable" in grow(new Uint8Array(1), length).buffer &&
      (grow(new Uint8Array(1), length).buffer as { resizable?: boolean }).resizable === true;
    expect([isReserved(65_536), isReserved(65_537)]).toEqual([false, true]);
  });

  test("stays in its place up to 256 times its size, where the engine has resizable buffers", () => {
    if (!("resizable" in ArrayBuffer.prototype)) return;
    const array = grow(new Float64Array(1), 10_000);
    expect(grow(array, 2_560_000).buffer).toBe(array.buffer);
    expect(grow(grow(array, 2_560_000), 2_560_001).buffer).not.toBe(array.buffer);
  });

  test("one element at a time, a million, keeps all of them and makes few arrays on the way", () => {
    let array = new Int32Array(1);
    let arrays = 0;
    for (let i = 0; i < 1_000_000; i++) {
      const grown = grow(array, i + 1);
      if (grown !== array) arrays++;
      array = grown;
      array[i] = i;
    }
    expect(array.subarray(0, 1_000_000).every((value, i) => value === i)).toBe(true);
    expect(arrays).toBeLessThan(70);
  });
});

describe("an array that shrinks", () => {
  const large = () => {
    const array = grow(Int32Array.of(0), 1_000_000);
    for (let i = 0; i < 1000; i++) array[i] = i;
    return array;
  };

  test("keeps its first elements", () => {
    const shrunk = shrink(large(), 2_000);
    expect(shrunk).toHaveLength(2_000);
    expect(counted(shrunk)).toBe(true);
    expect(shrink(shrunk, 0)).toHaveLength(0);
  });

  test("gives its memory back at once, where the engine has resizable buffers", () => {
    const array = large();
    const { buffer } = array;
    if (!("resizable" in buffer)) return;
    shrink(array, 2_000);
    expect(buffer.byteLength).toBe(8_000);
  });

  test("of a view that begins elsewhere, or of an ordinary buffer, is a view of it", () => {
    const view = large().subarray(1);
    expect(shrink(view, 3)).toEqual(Int32Array.of(1, 2, 3));
    expect(shrink(Int32Array.of(1, 2, 3), 2)).toEqual(Int32Array.of(1, 2));
  });
});

test("without resizable buffers everything is the same by copying", () => {
  const { get } = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable") ?? {};
  if (!get) return;
  Object.defineProperty(ArrayBuffer.prototype, "resizable", { get: () => undefined, configurable: true });
  try {
    const array = grow(Int32Array.of(7), 1_000_000);
    expect([array[0], array[1], array.length >= 1_000_000]).toEqual([7, 0, true]);
    expect(shrink(array, 1)).toEqual(Int32Array.of(7));
  } finally {
    Object.defineProperty(ArrayBuffer.prototype, "resizable", { get, configurable: true });
  }
});

test("where addresses are scarce everything is the same by copying", () => {
  class Scarce extends ArrayBuffer {
    constructor(bytes: number, options?: object) {
      if (options !== undefined) throw new RangeError("Array buffer allocation failed");
      super(bytes);
    }
  }
  vi.stubGlobal("ArrayBuffer", Scarce);
  try {
    const array = grow(Int32Array.of(7), 1_000_000);
    expect([array[0], array[1], array.length >= 1_000_000]).toEqual([7, 0, true]);
    expect("resizable" in array.buffer && array.buffer.resizable).toBe(false);
  } finally {
    vi.unstubAllGlobals();
  }
});
