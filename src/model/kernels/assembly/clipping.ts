// The norm of all gradients, and what clipping by it multiplies them by.
// Letters: I inputs, O outputs of a layer.

import { Layer, layerOf, Plan } from "./plan";

// The four sums of squares of the contract: over the gradients 0, 1, 2, 3 modulo 4, in the order of the network.
let even: v128 = i32x4.splat(0); // two f64: 0 and 1
let odd: v128 = i32x4.splat(0); // 2 and 3

/** clipNorm / (norm + clipEpsilon), 1 when that would not shrink. */
export function clipFactor(plan: Plan): f32 {
  even = odd = f64x2.splat(0);
  let at = 0;
  for (let l = 0; l < plan.count; l++) {
    const layer = layerOf(plan, l);
    for (let i = 0; i <= layer.I; i++) {
      const isBias = i == layer.I;
      const row = isBias ? layer.dBiases : layer.dWeights + <usize>i * 32;
      const panelBytes = isBias ? 32 : <usize>layer.rows * 32;
      if (((at | layer.O) & 3) == 0) addFours(row, layer.O, panelBytes);
      else addOneByOne(row, layer.O, panelBytes, at);
      at += layer.O;
    }
  }
  const sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
  const norm = sqrt(sum + (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1)));
  const factor = plan.clipNorm / (norm + plan.clipEpsilon);
  return factor < 1 ? <f32>factor : 1;
}

// @ts-ignore: decorator
@inline
function addFours(row: usize, O: i32, panelBytes: usize): void {
  let a = even, b = odd;
  for (let o = 0; o < O; o += 4) {
    const g = v128.load(row + <usize>(o >> 3) * panelBytes + <usize>(o & 4) * 4);
    const low = f64x2.promote_low_f32x4(g);
    const high = f64x2.promote_low_f32x4(i64x2.shuffle(g, g, 1, 1));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  even = a;
  odd = b;
}

function addOneByOne(row: usize, O: i32, panelBytes: usize, at: i32): void {
  for (let o = 0; o < O; o++, at++) {
    const g = <f64>load<f32>(row + <usize>(o >> 3) * panelBytes + <usize>(o & 7) * 4);
    // The square stands in one lane, and the other gets 0: no sum of squares is -0, so nothing changes it.
    const square = at & 1 ? f64x2(0, g * g) : f64x2(g * g, 0);
    if (at & 2) odd = f64x2.add(odd, square);
    else even = f64x2.add(even, square);
  }
}
