// Each kernel of the contract by itself, on row-major matrices that JavaScript has copied in: what prediction and the
// shared tests run. Whole training steps are in step.ts.
// Letters: B rows, capacity B padded to 8, I inputs, O outputs, K classes, n length padded to 4.

import { loadColumns, storeColumns } from "./columns";
import * as losses from "./losses";
import { Layer } from "./plan";
import { biasTile, denseBackwardInput, denseForward, weightTile } from "./products";
import { sigmoid as sigmoidOf } from "./elementary";

/** Row-major (rows, columns) into panels of 8 columns; the padding of the columns becomes 0. */
export function pack(panels: usize, capacity: i32, flat: usize, rows: i32, columns: i32): void {
  for (let c = 0; c < columns; c += 8) {
    const width = min(8, columns - c);
    for (let r = 0; r < rows; r++) {
      const from = flat + <usize>(r * columns + c) * 4;
      const to = panels + <usize>((c >> 3) * capacity + r) * 32;
      if (width == 8) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        v128.store(to, i32x4.splat(0));
        v128.store(to, i32x4.splat(0), 16);
        for (let k = 0; k < width; k++) store<f32>(to + <usize>k * 4, load<f32>(from + <usize>k * 4));
      }
    }
  }
}

/** Panels back into a row-major matrix. */
export function unpack(flat: usize, panels: usize, capacity: i32, rows: i32, columns: i32): void {
  for (let c = 0; c < columns; c += 8) {
    const width = min(8, columns - c);
    for (let r = 0; r < rows; r++) {
      const to = flat + <usize>(r * columns + c) * 4;
      const from = panels + <usize>((c >> 3) * capacity + r) * 32;
      if (width == 8) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else for (let k = 0; k < width; k++) store<f32>(to + <usize>k * 4, load<f32>(from + <usize>k * 4));
    }
  }
}

export function forward(layer: Layer, capacity: i32): void {
  denseForward(layer, capacity, 0, capacity);
}

export function backwardInput(layer: Layer, dx: usize, capacity: i32): void {
  for (let row = 0; row < capacity; row += 8) {
    loadColumns(layer.dzColumns + <usize>((row >> 3) * layer.panels) * 256, layer.dz, capacity, row, layer.O);
  }
  denseBackwardInput(layer, dx, capacity, 0, capacity);
}

export function backwardParameters(layer: Layer, capacity: i32, B: i32): void {
  for (let panel = 0; panel < layer.panels; panel++) {
    for (let i = 0; i < layer.I; i += 4) {
      weightTile(layer, capacity, B, i, panel, layer.dWeights + <usize>(panel * layer.rows + i) * 32);
    }
    biasTile(layer, capacity, B, panel, layer.dBiases + <usize>panel * 32);
  }
}

export function softmax(panels: usize, columns: usize, capacity: i32, K: i32): void {
  for (let row = 0; row < capacity; row += 8) {
    loadColumns(columns, panels, capacity, row, K);
    losses.softmax(columns, columns, K);
    storeColumns(panels, columns, capacity, row, K);
  }
}

export function sigmoid(p: usize, z: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(p + i, sigmoidOf(v128.load(z + i)));
}

/** Panels of logits become panels of their gradient; scratch holds three times the columns of eight rows. */
export function softmaxCrossEntropy(
  panels: usize, scratch: usize, labels: usize, rowLosses: usize, classWeights: usize,
  smoothing: f32, keep: f32, share: f32, shared: f32, divisor: f32, capacity: i32, K: i32,
): void {
  const bytes = <usize>((K + 7) & ~7) * 32;
  const d = scratch;
  const e = scratch + bytes;
  const z = scratch + 2 * bytes;
  for (let row = 0; row < capacity; row += 8) {
    loadColumns(z, panels, capacity, row, K);
    losses.softmaxCrossEntropy(
      d, e, z, labels + <usize>row * 4, rowLosses + <usize>row * 4, classWeights,
      smoothing, keep, share, shared, divisor, K,
    );
    storeColumns(panels, d, capacity, row, K);
  }
}

/** The same against panels of soft targets; scratch holds four times the columns of eight rows. */
export function softTargetCrossEntropy(
  panels: usize, targets: usize, scratch: usize, rowLosses: usize, classWeights: usize,
  keep: f32, share: f32, divisor: f32, capacity: i32, K: i32,
): void {
  const bytes = <usize>((K + 7) & ~7) * 32;
  const d = scratch;
  const e = scratch + bytes;
  const z = scratch + 2 * bytes;
  const t = scratch + 3 * bytes;
  for (let row = 0; row < capacity; row += 8) {
    loadColumns(z, panels, capacity, row, K);
    loadColumns(t, targets, capacity, row, K);
    losses.softTargetCrossEntropy(d, e, z, t, rowLosses + <usize>row * 4, classWeights, keep, share, divisor, K);
    storeColumns(panels, d, capacity, row, K);
  }
}

/** n logits against n targets, each with its own weights; losses has the n terms. */
export function sigmoidBinaryCrossEntropy(
  d: usize, z: usize, targets: usize, negative: usize, positive: usize, terms: usize, divisor: f32, bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const loss = losses.sigmoidBinaryCrossEntropy(
      d + i, v128.load(z + i), v128.load(targets + i), v128.load(negative + i), v128.load(positive + i), divisor,
    );
    v128.store(terms + i, loss);
  }
}
