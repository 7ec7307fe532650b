// Tiles of the last panel of a layer where it has no more than 4 columns, as the heads of most tables do: 8 x 4 sums in
// place of 4 x 8, half of which would be padding. The other 4 columns are never written and stay 0.

import { Layer } from "./plan";

// @ts-ignore: decorator
@inline
function mac(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/** Whether a panel has at most 4 columns. */
// @ts-ignore: decorator
@inline
export function isNarrow(layer: Layer, panel: i32): bool {
  return layer.O - panel * 8 <= 4;
}

/** As tileAlongRows: out[r] = start + x[r][k] · y[k], r = 0 … 7, columns 0 … 3. */
export function narrowAlongRows(out: usize, x: usize, y: usize, n: i32, panelBytes: usize, start: v128): void {
  let s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start, s6 = start, s7 = start;
  const end = y + <usize>n * 32;
  do {
    const panelEnd = min(y + 256, end);
    do {
      const y0 = v128.load(y);
      s0 = mac(s0, v128.load32_splat(x), y0);
      s1 = mac(s1, v128.load32_splat(x, 32), y0);
      s2 = mac(s2, v128.load32_splat(x, 64), y0);
      s3 = mac(s3, v128.load32_splat(x, 96), y0);
      s4 = mac(s4, v128.load32_splat(x, 128), y0);
      s5 = mac(s5, v128.load32_splat(x, 160), y0);
      s6 = mac(s6, v128.load32_splat(x, 192), y0);
      s7 = mac(s7, v128.load32_splat(x, 224), y0);
      x += 4;
      y += 32;
    } while (y < panelEnd);
    x += panelBytes - 32;
  } while (y < end);
  storeNarrow(out, s0, s1, s2, s3, s4, s5, s6, s7);
}

/** As tileDownColumns: sums[r] = x[k][r] · y[k], r = 0 … 7, columns 0 … 3. */
export function narrowDownColumns(out: usize, x: usize, y: usize, n: i32): void {
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
  const end = y + <usize>n * 32;
  do {
    const y0 = v128.load(y);
    s0 = mac(s0, v128.load32_splat(x), y0);
    s1 = mac(s1, v128.load32_splat(x, 4), y0);
    s2 = mac(s2, v128.load32_splat(x, 8), y0);
    s3 = mac(s3, v128.load32_splat(x, 12), y0);
    s4 = mac(s4, v128.load32_splat(x, 16), y0);
    s5 = mac(s5, v128.load32_splat(x, 20), y0);
    s6 = mac(s6, v128.load32_splat(x, 24), y0);
    s7 = mac(s7, v128.load32_splat(x, 28), y0);
    x += 32;
    y += 32;
  } while (y < end);
  storeNarrow(out, s0, s1, s2, s3, s4, s5, s6, s7);
}

// @ts-ignore: decorator
@inline
function storeNarrow(
  out: usize, s0: v128, s1: v128, s2: v128, s3: v128, s4: v128, s5: v128, s6: v128, s7: v128,
): void {
  v128.store(out, s0);
  v128.store(out, s1, 32);
  v128.store(out, s2, 64);
  v128.store(out, s3, 96);
  v128.store(out, s4, 128);
  v128.store(out, s5, 160);
  v128.store(out, s6, 192);
  v128.store(out, s7, 224);
}
