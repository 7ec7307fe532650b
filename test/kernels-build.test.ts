// The SIMD kernels that are shipped are those that stand in the sources, and hold nothing that engines do differently.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { compileKernels, embeddingOf } from "../scripts/kernels.mjs";
import { simdModule } from "../src/model/kernels/simd.wasm.ts";
import { root } from "./built.ts";

const shipped = Uint8Array.from(Buffer.from(simdModule, "base64"));
let compiled: Uint8Array;
beforeAll(async () => {
  compiled = await compileKernels();
}, 60_000);

test("compiling the sources again gives the shipped module, byte for byte", () => {
  expect(Buffer.compare(compiled, shipped)).toBe(0);
});

test("the file that carries it is the one that is written from it, so it was not edited", () => {
  const file = readFileSync(join(root, "src/model/kernels/simd.wasm.ts"), "utf8");
  expect(file === embeddingOf(compiled)).toBe(true);
});

test("it imports one memory and nothing else: no function of the engine, no clock, no chance", () => {
  // Types of a page, which those of Node leave out.
  const { Module } = WebAssembly as unknown as {
    Module: { new (bytes: Uint8Array): object; imports(module: object): object[] };
  };
  const imports = Module.imports(new Module(shipped));
  expect(imports).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
});

test("it has no instruction of relaxed SIMD, whose results are the engine's own", () => {
  expect(relaxedAt(shipped)).toBe(-1);
});

test("an instruction of relaxed SIMD would be found", () => {
  const madd = [0xfd, 0x85, 0x02]; // f32x4.relaxed_madd
  expect(relaxedAt(Uint8Array.of(0x20, 0, ...madd, 0x0b))).toBe(2);
});

/**
 * Where three bytes stand that could be such an instruction: 0xfd, then 0x100 … 0x12f in LEB128. Constants may hold
 * them too, so there can be a false alarm but never a miss.
 *
 * Source: WebAssembly Core Specification 3.0, binary format, vector instructions.
 */
function relaxedAt(bytes: Uint8Array): number {
  return bytes.findIndex(
    (byte, i) => byte === 0xfd && bytes[i + 1]! >= 0x80 && bytes[i + 1]! <= 0xaf && bytes[i + 2] === 0x02,
  );
}
