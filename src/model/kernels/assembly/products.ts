// The three products of a dense layer, on panels of 8 columns. A tile of 4 x 8 sums lives in eight registers; each sum
// adds its terms one by one in the order of the contract, so a lane does what the reference does.
// Letters: B rows, I inputs, O outputs.
//
// The inner loops test at their end and count by their own pointer: engines then lift the address of each row out of
// the loop, and a term costs its six loads, its sixteen operations and little else. More terms written out in one round
// would be half as fast where an engine places all loads of a round first (V8 before Node 22) and runs out of registers.

import { storeTransposed } from "./columns";
import { Layer } from "./plan";
import { isNarrow, narrowAlongRows } from "./narrow";

// @ts-ignore: decorator
@inline
function mac(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/**
 * out[r] = start + x[r][k] · y[k] over k = 0 … n-1, r = 0 … 3.
 *
 * @param x           four rows, 32 bytes apart, in panels of 8 columns `panelBytes` apart
 * @param y           (n, 8)
 * @param transposed  out is (8, 4) with rows 32 bytes apart; else (4, 8)
 */
// @ts-ignore: decorator
@inline
function tileAlongRows(
  out: usize, x: usize, y: usize, n: i32, panelBytes: usize, start0: v128, start1: v128, transposed: bool,
): void {
  let s00 = start0, s01 = start1, s10 = start0, s11 = start1, s20 = start0, s21 = start1, s30 = start0, s31 = start1;
  const end = y + <usize>n * 32;
  do {
    const panelEnd = min(y + 256, end);
    do {
      const y0 = v128.load(y);
      const y1 = v128.load(y, 16);
      let v = v128.load32_splat(x);
      s00 = mac(s00, v, y0);
      s01 = mac(s01, v, y1);
      v = v128.load32_splat(x, 32);
      s10 = mac(s10, v, y0);
      s11 = mac(s11, v, y1);
      v = v128.load32_splat(x, 64);
      s20 = mac(s20, v, y0);
      s21 = mac(s21, v, y1);
      v = v128.load32_splat(x, 96);
      s30 = mac(s30, v, y0);
      s31 = mac(s31, v, y1);
      x += 4;
      y += 32;
    } while (y < panelEnd);
    x += panelBytes - 32;
  } while (y < end);
  if (transposed) {
    storeTransposed(out, s00, s10, s20, s30);
    storeTransposed(out + 128, s01, s11, s21, s31);
  } else storeTile(out, s00, s01, s10, s11, s20, s21, s30, s31);
}

/**
 * sums[r] = x[k][r] · y[k] over k = 0 … n-1, r = 0 … 3, both 32 bytes from k to k + 1.
 *
 * @param descends  out (4, 8) -= rate · sums, a step of plain SGD; else out is the sums
 */
// @ts-ignore: decorator
@inline
function tileDownColumns(out: usize, x: usize, y: usize, n: i32, descends: bool, rate: v128): void {
  const zero = f32x4.splat(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  const end = y + <usize>n * 32;
  do {
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    let v = v128.load32_splat(x);
    s00 = mac(s00, v, y0);
    s01 = mac(s01, v, y1);
    v = v128.load32_splat(x, 4);
    s10 = mac(s10, v, y0);
    s11 = mac(s11, v, y1);
    v = v128.load32_splat(x, 8);
    s20 = mac(s20, v, y0);
    s21 = mac(s21, v, y1);
    v = v128.load32_splat(x, 12);
    s30 = mac(s30, v, y0);
    s31 = mac(s31, v, y1);
    x += 32;
    y += 32;
  } while (y < end);
  if (descends) {
    s00 = descended(out, s00, rate);
    s01 = descended(out + 16, s01, rate);
    s10 = descended(out + 32, s10, rate);
    s11 = descended(out + 48, s11, rate);
    s20 = descended(out + 64, s20, rate);
    s21 = descended(out + 80, s21, rate);
    s30 = descended(out + 96, s30, rate);
    s31 = descended(out + 112, s31, rate);
  }
  storeTile(out, s00, s01, s10, s11, s20, s21, s30, s31);
}

// @ts-ignore: decorator
@inline
function descended(p: usize, g: v128, rate: v128): v128 {
  return f32x4.sub(v128.load(p), f32x4.mul(rate, g));
}

// @ts-ignore: decorator
@inline
function storeTile(
  out: usize, s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128,
): void {
  v128.store(out, s00);
  v128.store(out, s01, 16);
  v128.store(out, s10, 32);
  v128.store(out, s11, 48);
  v128.store(out, s20, 64);
  v128.store(out, s21, 80);
  v128.store(out, s30, 96);
  v128.store(out, s31, 112);
}

/** z = x · w + b for the rows from … to, a multiple of 8 apart; starts at the bias, adds for i = 0 … I-1. */
export function denseForward(layer: Layer, capacity: i32, from: i32, to: i32): void {
  const panelBytes = <usize>capacity * 32;
  for (let panel = 0; panel < layer.panels; panel++) {
    const w = layer.weights + <usize>(panel * layer.rows) * 32;
    const b0 = v128.load(layer.biases + <usize>panel * 32);
    const b1 = v128.load(layer.biases + <usize>panel * 32, 16);
    if (isNarrow(layer, panel)) {
      for (let row = from; row < to; row += 8) {
        const z = layer.z + <usize>(panel * capacity + row) * 32;
        narrowAlongRows(z, layer.x + <usize>row * 32, w, layer.I, panelBytes, b0);
      }
      continue;
    }
    for (let row = from; row < to; row += 4) {
      const z = layer.z + <usize>(panel * capacity + row) * 32;
      tileAlongRows(z, layer.x + <usize>row * 32, w, layer.I, panelBytes, b0, b1, false);
    }
  }
}

/**
 * dx = dz · wᵀ for the rows from … to, a multiple of 8 apart: starts at 0, adds for o = 0 … O-1. Reads the columns of
 * dz; four rows of the weights stay in the first cache while the rows of the minibatch go by.
 *
 * @param dx (rows / 8, capacity, 8)
 */
export function denseBackwardInput(layer: Layer, dx: usize, capacity: i32, from: i32, to: i32): void {
  const panelBytes = <usize>layer.rows * 32;
  const zero = f32x4.splat(0);
  for (let i = 0; i < layer.I; i += 4) {
    const w = layer.weights + <usize>i * 32;
    for (let row = from; row < to; row += 8) {
      const out = dx + <usize>((i >> 3) * capacity + row) * 32 + <usize>(i & 4) * 4;
      const columns = layer.dzColumns + <usize>((row >> 3) * layer.panels) * 256;
      tileAlongRows(out, w, columns, layer.O, panelBytes, zero, zero, true);
    }
  }
}

/** A tile of dw = xᵀ · dz, rows i … i+3 of one panel: starts at 0, adds for row = 0 … B-1. The sums go to `out`, (4, 8). */
export function weightTile(layer: Layer, capacity: i32, B: i32, i: i32, panel: i32, out: usize): void {
  const x = layer.x + <usize>((i >> 3) * capacity) * 32 + <usize>(i & 4) * 4;
  tileDownColumns(out, x, layer.dz + <usize>(panel * capacity) * 32, B, false, f32x4.splat(0));
}

/** The same tile and its step of plain SGD: w -= rate · dw. */
export function descendTile(layer: Layer, capacity: i32, B: i32, i: i32, panel: i32, rate: f32): void {
  const x = layer.x + <usize>((i >> 3) * capacity) * 32 + <usize>(i & 4) * 4;
  const w = layer.weights + <usize>(panel * layer.rows + i) * 32;
  tileDownColumns(w, x, layer.dz + <usize>(panel * capacity) * 32, B, true, f32x4.splat(rate));
}

/** One panel of the column sums of dz, to `out` (8): starts at 0, adds for row = 0 … B-1. */
export function biasTile(layer: Layer, capacity: i32, B: i32, panel: i32, out: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let y = layer.dz + <usize>(panel * capacity) * 32;
  const end = y + <usize>B * 32;
  while (y < end) {
    s0 = f32x4.add(s0, v128.load(y));
    s1 = f32x4.add(s1, v128.load(y, 16));
    y += 32;
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
}
