// The head of a step: logits of eight rows to their losses and gradients, and the mean loss of a minibatch.
// Letters: B rows of a minibatch, O outputs of a layer.

import { loadColumns, storeColumns } from "./columns";
import { sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "./losses";
import { COLUMNS, Layer, Plan } from "./plan";

/** Sum of the class weights of the rows, in their order; 1 when nothing weighs anything. */
function divisorOf(plan: Plan, start: i32, B: i32): f64 {
  if (!plan.weighted) return <f64>B;
  let weight: f64 = 0;
  for (let row = 0; row < B; row++) {
    const index = <usize>load<i32>(plan.order + <usize>(start + row) * 4);
    const label = <usize>load<i32>(plan.labels + index * 4);
    weight += <f64>load<f32>(plan.classWeights + label * 4);
  }
  return weight > 0 ? weight : 1;
}

/** Losses and gradients of the rows from … to: to rowLosses, to dz of the last layer and to its columns. */
export function headLoss(plan: Plan, last: Layer, scratch: usize, start: i32, B: i32, from: i32, to: i32): void {
  const divisor = divisorOf(plan, start, B);
  for (let row = from; row < to; row += 8) lossOfEight(plan, last, scratch + COLUMNS, <f32>divisor, row);
}

function lossOfEight(plan: Plan, last: Layer, z: usize, divisor: f32, row: i32): void {
  const e = z + <usize>last.panels * 256;
  const d = last.dzColumns + <usize>((row >> 3) * last.panels) * 256;
  const losses = plan.rowLosses + <usize>row * 4;
  const labels = plan.batchLabels + <usize>row * 4;
  loadColumns(z, last.z, plan.capacity, row, last.O);
  if (plan.sigmoidHead) {
    for (let half: usize = 0; half < 32; half += 16) {
      const y = v128.load(labels + half);
      v128.store(losses + half, sigmoidLoss(plan, d + half, v128.load(z + half), y, divisor));
    }
  } else {
    softmaxCrossEntropy(
      d, e, z, labels, losses, plan.classWeights,
      plan.smoothing, plan.keep, plan.share, plan.shared, divisor, plan.K,
    );
  }
  storeColumns(last.dz, d, plan.capacity, row, last.O);
}

/** t' = (1 - s) y + s / 2, in float64 and then rounded, as `headLoss` of ../../forward.ts does. */
function sigmoidLoss(plan: Plan, d: usize, z: v128, y: v128, divisor: f32): v128 {
  const s = plan.smoothing64;
  const zero = f32x4.splat(<f32>(s / 2));
  const one = f32x4.splat(<f32>(1 - s + s / 2));
  const target = v128.bitselect(one, zero, i32x4.eq(y, i32x4.splat(1)));
  const negative = f32x4.splat(load<f32>(plan.classWeights));
  const positive = f32x4.splat(load<f32>(plan.classWeights, 4));
  return sigmoidBinaryCrossEntropy(d, z, target, negative, positive, divisor);
}

/** Of all rows of the minibatch, whoever computed them. */
export function meanLoss(plan: Plan, start: i32, B: i32): f64 {
  return sumOf(plan.rowLosses, B) / divisorOf(plan, start, B);
}

function sumOf(values: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += <f64>load<f32>(values + <usize>i * 4);
  return sum;
}
