// Whole training steps: gather, forward, loss, backward, update, minibatch after minibatch, without leaving here.
//
// Threads share one memory. Between two barriers a thread owns rows of the minibatch (forward, loss, backward to the
// inputs) or rows of the weights (gradient and update); who owns what changes no sum, so any number of threads gives
// the same bits.
// Letters: B rows of a minibatch, I inputs, O outputs of a layer, K classes.

import { activate, activateBackward } from "./activations";
import { clipFactor } from "./clipping";
import { loadColumns } from "./columns";
import { gather } from "./gather";
import { gradientsOf, updateLayer } from "./gradients";
import { headLoss, meanLoss } from "./head";
import { Layer, layerOf, Plan } from "./plan";
import { denseBackwardInput, denseForward } from "./products";
import { barrier } from "./waiting";

/**
 * Runs the steps first … first + count - 1 of an epoch.
 *
 * @param steps   -> (count, 3) f64: learning rate, both corrections of adam
 * @param losses  -> (count) f64: mean loss of each minibatch
 * @returns how many steps were done; fewer than `count` when the loss of the next is not finite
 */
export function run(plan: Plan, first: i32, count: i32, steps: usize, losses: usize, thread: i32, threads: i32): i32 {
  const last = layerOf(plan, plan.count - 1);
  const scratch = plan.scratch + <usize>(thread * plan.scratchBytes);
  for (let s = 0; s < count; s++) {
    const start = (first + s) * plan.batchSize;
    const B = min(plan.batchSize, plan.N - start);
    const blocks = (B + 7) >> 3;
    const from = ((blocks * thread) / threads) << 3;
    const to = ((blocks * (thread + 1)) / threads) << 3;

    gather(plan, start, B, from, to);
    for (let l = 0; l < plan.count; l++) forwardLayer(plan, layerOf(plan, l), from, to, l == plan.count - 1);
    headLoss(plan, last, scratch, start, B, from, to);
    for (let l = plan.count - 1; l > 0; l--) {
      backwardLayer(plan, layerOf(plan, l), layerOf(plan, l - 1), from, to);
    }
    barrier(plan, threads);

    const loss = meanLoss(plan, start, B);
    if (thread == 0) store<f64>(losses + <usize>s * 8, loss);
    if (!isFinite(loss)) return s;
    const step = steps + <usize>s * 24;
    for (let l = 0; l < plan.count; l++) gradientsOf(plan, layerOf(plan, l), B, step, scratch, thread, threads);
    if (plan.clips) {
      barrier(plan, threads);
      if (thread == 0) plan.factor = clipFactor(plan);
      barrier(plan, threads);
      for (let l = 0; l < plan.count; l++) updateLayer(plan, layerOf(plan, l), step, scratch, thread, threads);
    }
    barrier(plan, threads);
  }
  return count;
}

function forwardLayer(plan: Plan, layer: Layer, from: i32, to: i32, isLast: bool): void {
  if (from == to) return;
  denseForward(layer, plan.capacity, from, to);
  if (isLast) return;
  const bytes = <usize>(to - from) * 32;
  for (let panel = 0; panel < layer.panels; panel++) {
    const at = <usize>(panel * plan.capacity + from) * 32;
    activate(layer.kind, layer.alpha, layer.a + at, layer.z + at, bytes);
  }
  clearPadding(layer.a, layer.O, plan.capacity, from, to);
}

/** sigmoid(0) and softplus(0) are not 0: the padding of the columns is made zero again. */
function clearPadding(a: usize, O: i32, capacity: i32, from: i32, to: i32): void {
  const rest = O & 7;
  if (rest == 0) return;
  for (let row = from; row < to; row++) {
    const at = a + <usize>((O >> 3) * capacity + row) * 32;
    for (let c = rest; c < 8; c++) store<f32>(at + <usize>c * 4, 0);
  }
}

/** From dz of a layer to dz of the layer before it, for the rows from … to. */
function backwardLayer(plan: Plan, layer: Layer, before: Layer, from: i32, to: i32): void {
  if (from == to) return;
  const capacity = plan.capacity;
  denseBackwardInput(layer, before.dz, capacity, from, to);
  const bytes = <usize>(to - from) * 32;
  for (let panel = 0; panel < before.panels; panel++) {
    const at = <usize>(panel * capacity + from) * 32;
    activateBackward(before.kind, before.alpha, before.dz + at, before.dz + at, before.z + at, before.a + at, bytes);
  }
  if (before == layerOf(plan, 0)) return; // nobody asks for the gradient of what comes in
  for (let row = from; row < to; row += 8) {
    const columns = before.dzColumns + <usize>((row >> 3) * before.panels) * 256;
    loadColumns(columns, before.dz, capacity, row, before.O);
  }
}
