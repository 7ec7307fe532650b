import { expect, test } from "vitest";
import { borrow, type NumberArray, release, resizable } from "../src/borrow.ts";

const kinds = [Int32Array, Uint32Array, Uint16Array, Uint8Array, Float32Array, Float64Array] as const;

test.each(kinds.map((kind) => [kind.name, kind] as const))(
  "is an array of zeros of any length: %s",
  (_, ArrayOf) => {
    for (const length of [0, 1, 5, 20_000, 100_001]) {
      const array: NumberArray = borrow<NumberArray>(ArrayOf, length);
      expect(array).toBeInstanceOf(ArrayOf);
      expect(array).toHaveLength(length);
      expect(array.every((value) => value === 0)).toBe(true);
      release(array);
    }
  },
);

test("gives the memory back at once, also that of views, where the engine has resizable buffers", (context) => {
  const array = borrow(Float64Array, 1_000_000);
  if (resizable(array.buffer) === undefined) context.skip("no resizable buffers in this engine");
  const view = array.subarray(10, 20);
  release(array);
  expect(array.buffer.byteLength).toBe(0);
  expect([array.length, view.length]).toEqual([0, 0]);
});

test("a small array is an ordinary one, which nothing happens to", () => {
  const array = borrow(Int32Array, 16).fill(7);
  release(array);
  expect([...array]).toEqual(Array(16).fill(7));
});
