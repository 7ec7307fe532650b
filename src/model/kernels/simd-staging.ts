// Room in WebAssembly memory for one kernel call: matrices go in, into panels, and the result comes out.
// Letters: B rows, I inputs, O outputs of a layer, K classes.

import type { FloatArray } from "../../matrix.ts";
import { createArena } from "./arena.ts";
import { layerLayout, planLayout, ruleLayout, writeRecord } from "./layout.ts";
import { growMemory, type SimdExports } from "./simd-module.ts";

/** A length padded to whole panels. */
export const padded = (n: number) => Math.ceil(n / 8) * 8;

/** Three ways of staging over one memory; a call to any of them ends what was staged before. */
export function createStaging(wasm: SimdExports, memory: WebAssembly.Memory) {
  /** Takes memory for one kernel call; views are made afterwards, as growing ends older ones. */
  function stage<Lengths extends readonly number[]>(...floats: Lengths) {
    const arena = createArena();
    const record = arena.take(Math.max(planLayout.bytes, layerLayout.bytes) + ruleLayout.bytes);
    const places = floats.map((length) => arena.take(4 * length)) as { [I in keyof Lengths]: number };
    growMemory(memory, arena.used());
    const heap = new Float32Array(memory.buffer);
    return {
      record,
      places,
      view: new DataView(memory.buffer),
      put: (place: number, values: FloatArray, length: number, from = 0) =>
        heap.set(values.subarray(from, from + length), place / 4),
      get: (into: FloatArray, place: number, length: number, at = 0) =>
        into.set(heap.subarray(place / 4, place / 4 + length), at),
      fill: (place: number, value: (i: number) => number, length: number) => {
        for (let i = 0; i < length; i++) heap[place / 4 + i] = value(i);
      },
      word: (place: number) => new Int32Array(memory.buffer, place),
    };
  }

  /** A dense layer and its matrices in panels. */
  function stageLayer(B: number, I: number, O: number) {
    const [b, i, o] = [padded(B), padded(I), padded(O)];
    const flat = Math.max(B * I, B * O, I * O);
    const staged = stage(flat, i * o, o, i * o, o, i * b, o * b, o * b, o * b);
    const [at, weights, biases, dWeights, dBiases, x, z, dz, dzColumns] = staged.places;
    const none = { first: 0, second: 0, firstOfBiases: 0, secondOfBiases: 0, kind: 0, alpha: 0, padding: 0 };
    const rates = { rateFactor: 0, l2: 0, decay: 0, l2OfBiases: 0, decayOfBiases: 0 };
    const places = { weights, biases, dWeights, dBiases, x, z, a: z, dz, dzColumns };
    const layer = { I, O, rows: i, panels: o / 8, ...places, ...none, ...rates };
    writeRecord(staged.view, layerLayout, staged.record, layer);
    const pack = (panels: number, capacity: number, values: FloatArray, rows: number, columns: number) => {
      staged.put(at, values, rows * columns);
      wasm.pack(panels, capacity, at, rows, columns);
    };
    const unpack = (into: FloatArray, panels: number, capacity: number, rows: number, columns: number) => {
      wasm.unpack(at, panels, capacity, rows, columns);
      staged.get(into, at, rows * columns);
    };
    return { ...staged, ...places, capacity: b, rows: i, pack, unpack };
  }

  /** Logits in panels, room for columns, and what the losses read besides. */
  function stageLogits(logits: FloatArray, B: number, K: number, columns: number) {
    const capacity = padded(B);
    const size = capacity * padded(K);
    const staged = stage(B * K, size, size, columns * padded(K) * 8, capacity, capacity, K);
    const [flat, panels, targets, scratch, labels, rowLosses, weights] = staged.places;
    staged.put(flat, logits, B * K);
    wasm.pack(panels, capacity, flat, B, K);
    const result = (into: FloatArray) => {
      wasm.unpack(flat, panels, capacity, B, K);
      staged.get(into, flat, B * K);
    };
    return { ...staged, capacity, flat, panels, targets, scratch, labels, rowLosses, weights, result };
  }

  return { stage, stageLayer, stageLogits };
}
