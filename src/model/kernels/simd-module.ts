// The compiled module: whether this engine runs it, and an instance of it over a memory.

import { simdModule } from "./simd.wasm.ts";

/** What assembly/index.ts exports; numbers are addresses, lengths or float32 constants. */
export interface SimdExports {
  activate(kind: number, alpha: number, a: number, z: number, bytes: number): void;
  activateBackward(
    kind: number,
    alpha: number,
    dz: number,
    da: number,
    z: number,
    a: number,
    bytes: number,
  ): void;
  adamUpdate(plan: number, rule: number, p: number, m: number, s: number, g: number, bytes: number): void;
  backwardInput(layer: number, dx: number, capacity: number): void;
  backwardParameters(layer: number, capacity: number, B: number): void;
  forward(layer: number, capacity: number): void;
  layerBytes(): number;
  pack(panels: number, capacity: number, flat: number, rows: number, columns: number): void;
  peak(rounds: number, factors: number): number;
  planBytes(): number;
  ruleBytes(): number;
  run(
    plan: number,
    first: number,
    count: number,
    steps: number,
    losses: number,
    thread: number,
    threads: number,
  ): number;
  scale(g: number, factor: number, bytes: number): void;
  sgdUpdate(plan: number, rule: number, p: number, v: number, g: number, bytes: number): void;
  sigmoid(p: number, z: number, bytes: number): void;
  sigmoidBinaryCrossEntropy(
    d: number,
    z: number,
    targets: number,
    negative: number,
    positive: number,
    terms: number,
    divisor: number,
    bytes: number,
  ): void;
  softmax(panels: number, columns: number, capacity: number, K: number): void;
  softmaxCrossEntropy(
    panels: number,
    scratch: number,
    labels: number,
    rowLosses: number,
    classWeights: number,
    smoothing: number,
    keep: number,
    share: number,
    shared: number,
    divisor: number,
    capacity: number,
    K: number,
  ): void;
  softTargetCrossEntropy(
    panels: number,
    targets: number,
    scratch: number,
    rowLosses: number,
    classWeights: number,
    keep: number,
    share: number,
    divisor: number,
    capacity: number,
    K: number,
  ): void;
  unpack(flat: number, panels: number, capacity: number, rows: number, columns: number): void;
  waitWhile(word: number, value: number, spins: number): void;
}

const PAGE_BYTES = 65_536;

let bytes: Uint8Array | undefined;
const compiled = new Map<boolean, WebAssembly.Module>();

/** Whether this engine has WebAssembly with 128-bit SIMD and atomics. */
export function hasSimd(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(moduleBytes());
}

/**
 * A memory of at least `size` bytes; shared memory can be handed to other threads. Undefined where there is no room: an
 * engine sets aside 10 GB of addresses for each, which a limit on them (`ulimit -v`) may forbid.
 */
export function allocateMemory(size: number, shared: boolean): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(size / PAGE_BYTES) + 1, maximum: 65_536, shared });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Grows `memory` to at least `size` bytes; views on memory that is not shared end here. */
export function growMemory(memory: WebAssembly.Memory, size: number): void {
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}

/** The module over `memory`, which every instance over it shares. */
export function instantiate(memory: WebAssembly.Memory, shared: boolean): SimdExports {
  const instance = new WebAssembly.Instance(compile(shared), { env: { memory } });
  return instance.exports as unknown as SimdExports;
}

function compile(shared: boolean): WebAssembly.Module {
  const known = compiled.get(shared);
  if (known) return known;
  const module = new WebAssembly.Module(shared ? moduleBytes() : withOwnMemory(moduleBytes()));
  compiled.set(shared, module);
  return module;
}

function moduleBytes(): Uint8Array {
  bytes ??= Uint8Array.from(atob(simdModule), (character) => character.charCodeAt(0));
  return bytes;
}

/**
 * The module for a memory that is not shared: the import says "memory" with flags 3 (bounded, shared); 1 is bounded.
 * Atomic operations are valid on either, and with one thread nobody waits.
 */
function withOwnMemory(module: Uint8Array): Uint8Array {
  const name = "memory";
  const at = module.findIndex(
    (_, i) =>
      Array.from(name).every((letter, j) => module[i + j] === letter.charCodeAt(0)) &&
      module[i + name.length] === 2 && // an import of a memory
      module[i + name.length + 1] === 3,
  );
  const own = module.slice();
  own[at + name.length + 1] = 1;
  return own;
}
