// The three products of a dense layer, on panels of 8 columns. A tile of 4 x 8 sums lives in eight registers; each sum
// adds its terms one by one in the order of the contract, so a lane does what the reference does.
// Letters: B rows, I inputs, O outputs.

import { storeTransposed } from "./columns";
import { Layer } from "./plan";

// @ts-ignore: decorator
@inline
function mac(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/** z = x · w + b for the rows from … to, a multiple of 4 apart; starts at the bias, adds for i = 0 … I-1. */
export function denseForward(layer: Layer, capacity: i32, from: i32, to: i32): void {
  const panelBytes = <usize>capacity * 32;
  const full = <usize>(layer.I >> 3);
  const rest = layer.I & 7;
  for (let panel = 0; panel < layer.panels; panel++) {
    const w = layer.weights + <usize>(panel * layer.rows) * 32;
    const b0 = v128.load(layer.biases + <usize>panel * 32);
    const b1 = v128.load(layer.biases + <usize>panel * 32, 16);
    for (let row = from; row < to; row += 4) {
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1;
      let x = layer.x + <usize>row * 32;
      let y = w;
      for (let p: usize = 0; p < full; p++) {
        for (let k = 0; k < 8; k++) {
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
        }
        x += panelBytes - 32;
      }
      for (let k = 0; k < rest; k++) {
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
      }
      const z = layer.z + <usize>(panel * capacity + row) * 32;
      v128.store(z, s00);
      v128.store(z, s01, 16);
      v128.store(z, s10, 32);
      v128.store(z, s11, 48);
      v128.store(z, s20, 64);
      v128.store(z, s21, 80);
      v128.store(z, s30, 96);
      v128.store(z, s31, 112);
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
  for (let i = 0; i < layer.I; i += 4) {
    for (let row = from; row < to; row += 8) inputTile(layer, dx, capacity, i, row);
  }
}

// @ts-ignore: decorator
@inline
function inputTile(layer: Layer, dx: usize, capacity: i32, i: i32, row: i32): void {
  const full = layer.O >> 3;
  const rest = layer.O & 7;
  const panelBytes = <usize>layer.rows * 32;
  const zero = f32x4.splat(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  let w = layer.weights + <usize>i * 32;
  let y = layer.dzColumns + <usize>((row >> 3) * layer.panels) * 256;
  for (let p = 0; p < full; p++) {
    for (let k = 0; k < 8; k++) {
      const y0 = v128.load(y);
      const y1 = v128.load(y, 16);
      let v = v128.load32_splat(w);
      s00 = mac(s00, y0, v);
      s01 = mac(s01, y1, v);
      v = v128.load32_splat(w, 32);
      s10 = mac(s10, y0, v);
      s11 = mac(s11, y1, v);
      v = v128.load32_splat(w, 64);
      s20 = mac(s20, y0, v);
      s21 = mac(s21, y1, v);
      v = v128.load32_splat(w, 96);
      s30 = mac(s30, y0, v);
      s31 = mac(s31, y1, v);
      w += 4;
      y += 32;
    }
    w += panelBytes - 32;
  }
  for (let k = 0; k < rest; k++) {
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    let v = v128.load32_splat(w);
    s00 = mac(s00, y0, v);
    s01 = mac(s01, y1, v);
    v = v128.load32_splat(w, 32);
    s10 = mac(s10, y0, v);
    s11 = mac(s11, y1, v);
    v = v128.load32_splat(w, 64);
    s20 = mac(s20, y0, v);
    s21 = mac(s21, y1, v);
    v = v128.load32_splat(w, 96);
    s30 = mac(s30, y0, v);
    s31 = mac(s31, y1, v);
    w += 4;
    y += 32;
  }
  const out = dx + <usize>((i >> 3) * capacity + row) * 32 + <usize>(i & 4) * 4;
  storeTransposed(out, s00, s10, s20, s30);
  storeTransposed(out + 128, s01, s11, s21, s31);
}

/**
 * A tile of dw = xᵀ · dz, rows i … i+3 of one panel: starts at 0, adds for row = 0 … B-1. The eight sums go to
 * `tile`, (4, 8).
 */
export function weightTile(layer: Layer, capacity: i32, B: i32, i: i32, panel: i32, tile: usize): void {
  const zero = f32x4.splat(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  let x = layer.x + <usize>((i >> 3) * capacity) * 32 + <usize>(i & 4) * 4;
  let y = layer.dz + <usize>(panel * capacity) * 32;
  const end = y + <usize>B * 32;
  while (y < end) {
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
  }
  v128.store(tile, s00);
  v128.store(tile, s01, 16);
  v128.store(tile, s10, 32);
  v128.store(tile, s11, 48);
  v128.store(tile, s20, 64);
  v128.store(tile, s21, 80);
  v128.store(tile, s30, 96);
  v128.store(tile, s31, 112);
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
