// Whole training steps: gather, forward, loss, backward, update, minibatch after minibatch, without leaving here.
//
// Threads share one memory. Between two barriers a thread owns rows of the minibatch (forward, loss, backward to the
// inputs) or rows of the weights (gradient and update); who owns what changes no sum, so any number of threads gives
// the same bits.
// Letters: B rows of a minibatch, I inputs, O outputs of a layer, K classes.

import { activate, activateBackward } from "./activations";
import { loadColumns, storeColumns } from "./columns";
import { sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "./losses";
import { Layer, Plan } from "./plan";
import { biasTile, denseBackwardInput, denseForward, descendTile, weightTile } from "./products";
import { adamUpdate, Rule, scale, sgdUpdate } from "./updates";

// The scratch of a thread: one tile of sums, one rule, then columns of logits and of exponentials.
const TILE = 0;
const RULE = 128;
const COLUMNS = 256;

const LAYER_BYTES = offsetof<Layer>();

// @ts-ignore: decorator
@inline
function layerOf(plan: Plan, l: i32): Layer {
  return changetype<Layer>(plan.layers + <usize>l * LAYER_BYTES);
}

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
    const divisor = divisorOf(plan, start, B);
    for (let row = from; row < to; row += 8) headLoss(plan, last, scratch, divisor, row);
    for (let l = plan.count - 1; l > 0; l--) {
      backwardLayer(plan, layerOf(plan, l), layerOf(plan, l - 1), from, to);
    }
    barrier(plan, threads);

    const loss = sumOf(plan.rowLosses, B) / divisor;
    if (thread == 0) store<f64>(losses + <usize>s * 8, loss);
    if (!isFinite(loss)) return s;
    const step = steps + <usize>s * 24;
    for (let l = 0; l < plan.count; l++) gradientsOf(plan, layerOf(plan, l), B, step, scratch, thread, threads);
    if (plan.clips) {
      barrier(plan, threads);
      const factor = clipFactor(plan);
      barrier(plan, threads);
      for (let l = 0; l < plan.count; l++) updateLayer(plan, layerOf(plan, l), factor, step, scratch, thread, threads);
    }
    barrier(plan, threads);
  }
  return count;
}

/** Rows of the minibatch into the panels of the first layer, and their labels. */
function gather(plan: Plan, start: i32, B: i32, from: i32, to: i32): void {
  const x = layerOf(plan, 0).x;
  const full = plan.D >> 3;
  const rest = plan.D & 7;
  const panelBytes = <usize>plan.capacity * 32;
  for (let row = from; row < to; row++) {
    const labelAt = plan.batchLabels + <usize>row * 4;
    if (row >= B) {
      store<i32>(labelAt, 0);
      continue;
    }
    const index = <usize>load<i32>(plan.order + <usize>(start + row) * 4);
    store<i32>(labelAt, load<i32>(plan.labels + index * 4));
    let source = plan.features + index * <usize>plan.D * 4;
    let target = x + <usize>row * 32;
    for (let p = 0; p < full; p++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += 32;
      target += panelBytes;
    }
    if (rest == 0) continue;
    // Reads on into what follows the features, and keeps `rest` numbers of it.
    v128.store(target, v128.and(v128.load(source), firstLanes(rest)));
    v128.store(target, v128.and(v128.load(source, 16), firstLanes(rest - 4)), 16);
  }
}

/** All bits of the first n lanes. */
// @ts-ignore: decorator
@inline
function firstLanes(n: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n));
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

/** Losses and gradients of eight rows: to rowLosses, to dz of the last layer and to its columns. */
function headLoss(plan: Plan, last: Layer, scratch: usize, divisor: f64, row: i32): void {
  const z = scratch + COLUMNS;
  const e = z + <usize>last.panels * 256;
  const d = last.dzColumns + <usize>((row >> 3) * last.panels) * 256;
  const losses = plan.rowLosses + <usize>row * 4;
  const labels = plan.batchLabels + <usize>row * 4;
  loadColumns(z, last.z, plan.capacity, row, last.O);
  if (plan.sigmoidHead) {
    for (let half: usize = 0; half < 32; half += 16) {
      const y = v128.load(labels + half);
      v128.store(losses + half, sigmoidLoss(plan, d + half, v128.load(z + half), y, <f32>divisor));
    }
  } else {
    softmaxCrossEntropy(
      d, e, z, labels, losses, plan.classWeights,
      plan.smoothing, plan.keep, plan.share, plan.shared, <f32>divisor, plan.K,
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

function sumOf(values: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += <f64>load<f32>(values + <usize>i * 4);
  return sum;
}

/** The gradients of a layer; with their update riding along, unless their norm is wanted first. */
function gradientsOf(plan: Plan, layer: Layer, B: i32, step: usize, scratch: usize, thread: i32, threads: i32): void {
  const capacity = plan.capacity;
  const rides = !plan.clips;
  const tile = scratch + TILE;
  const rule = changetype<Rule>(scratch + RULE);
  const blocks = layer.rows >> 3;
  const from = ((blocks * thread) / threads) << 3;
  const to = ((blocks * (thread + 1)) / threads) << 3;
  setRule(rule, step, layer.rateFactor, layer.l2, layer.decay);
  const descends = rides && !plan.adam && plan.momentum == 0 && rule.l2 == 0 && rule.shrink == 1;
  for (let group = 0; group < layer.panels; group += PANEL_GROUP) {
    const groupEnd = min(group + PANEL_GROUP, layer.panels);
    for (let i = from; i < to; i += 4) {
      if (i >= layer.I) break;
      for (let panel = group; panel < groupEnd; panel++) {
        const at = <usize>(panel * layer.rows + i) * 32;
        if (descends) descendTile(layer, capacity, B, i, panel, rule.rate);
        else if (rides) {
          weightTile(layer, capacity, B, i, panel, tile);
          update(plan, rule, layer.weights + at, layer.first + at, layer.second + at, tile, 128);
        } else weightTile(layer, capacity, B, i, panel, layer.dWeights + at);
      }
    }
  }
  setRule(rule, step, layer.rateFactor, layer.l2OfBiases, layer.decayOfBiases);
  const end = (layer.panels * (thread + 1)) / threads;
  for (let panel = (layer.panels * thread) / threads; panel < end; panel++) {
    const at = <usize>panel * 32;
    if (rides) {
      biasTile(layer, capacity, B, panel, tile);
      update(plan, rule, layer.biases + at, layer.firstOfBiases + at, layer.secondOfBiases + at, tile, 32);
    } else biasTile(layer, capacity, B, panel, layer.dBiases + at);
  }
}

/** Panels of dz that stay in the second cache while the rows of x go by. */
const PANEL_GROUP = 16;

/** The update of a layer from gradients kept in dWeights and dBiases. */
function updateLayer(
  plan: Plan, layer: Layer, factor: f32, step: usize, scratch: usize, thread: i32, threads: i32,
): void {
  const rule = changetype<Rule>(scratch + RULE);
  const rows = layer.panels * layer.rows;
  const from = <usize>((rows * thread) / threads) * 32;
  const bytes = <usize>((rows * (thread + 1)) / threads) * 32 - from;
  setRule(rule, step, layer.rateFactor, layer.l2, layer.decay);
  if (factor < 1) scale(layer.dWeights + from, factor, bytes);
  update(plan, rule, layer.weights + from, layer.first + from, layer.second + from, layer.dWeights + from, bytes);
  if (thread != 0) return;
  const biasBytes = <usize>layer.panels * 32;
  setRule(rule, step, layer.rateFactor, layer.l2OfBiases, layer.decayOfBiases);
  if (factor < 1) scale(layer.dBiases, factor, biasBytes);
  update(plan, rule, layer.biases, layer.firstOfBiases, layer.secondOfBiases, layer.dBiases, biasBytes);
}

// @ts-ignore: decorator
@inline
function update(plan: Plan, rule: Rule, p: usize, first: usize, second: usize, g: usize, bytes: usize): void {
  if (plan.adam) adamUpdate(plan, rule, p, first, second, g, bytes);
  else sgdUpdate(plan, rule, p, first, g, bytes);
}

function setRule(rule: Rule, step: usize, rateFactor: f64, l2: f64, decay: f64): void {
  const rate = load<f64>(step) * rateFactor;
  rule.rate = <f32>rate;
  rule.shrink = <f32>(1 - rate * decay);
  rule.l2 = <f32>l2;
  rule.correction1 = <f32>load<f64>(step, 8);
  rule.correction2 = <f32>load<f64>(step, 16);
}

/** clipNorm / (norm + clipEpsilon), 1 when that would not shrink; the norm as the contract sums it. */
function clipFactor(plan: Plan): f32 {
  let s0: f64 = 0, s1: f64 = 0, s2: f64 = 0, s3: f64 = 0;
  let at = 0;
  for (let l = 0; l < plan.count; l++) {
    const layer = layerOf(plan, l);
    for (let i = 0; i <= layer.I; i++) {
      for (let o = 0; o < layer.O; o++) {
        const g = <f64>load<f32>(
          i < layer.I
            ? layer.dWeights + <usize>(((o >> 3) * layer.rows + i) * 8 + (o & 7)) * 4
            : layer.dBiases + <usize>o * 4,
        );
        switch (at & 3) {
          case 0: s0 += g * g; break;
          case 1: s1 += g * g; break;
          case 2: s2 += g * g; break;
          default: s3 += g * g;
        }
        at++;
      }
    }
  }
  const factor = plan.clipNorm / (sqrt(s0 + s1 + (s2 + s3)) + plan.clipEpsilon);
  return factor < 1 ? <f32>factor : 1;
}

/** Waits until all threads are here: first spinning, then asleep. */
function barrier(plan: Plan, threads: i32): void {
  if (threads == 1) return;
  const arrived = plan.barrier;
  const generation = plan.barrier + 64;
  const now = atomic.load<i32>(generation);
  if (atomic.add<i32>(arrived, 1) == threads - 1) {
    atomic.store<i32>(arrived, 0);
    atomic.store<i32>(generation, now + 1);
    atomic.notify(generation, -1);
    return;
  }
  for (let spin = 0; spin < SPINS; spin++) {
    if (atomic.load<i32>(generation) != now) return;
  }
  while (atomic.load<i32>(generation) == now) atomic.wait<i32>(generation, now, -1);
}

/** About 20 microseconds: longer than a balanced phase waits, shorter than a sleeping thread takes to wake. */
const SPINS = 5000;
