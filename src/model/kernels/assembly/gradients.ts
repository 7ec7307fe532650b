// The second half of a step: gradients of the parameters and the update.
// Letters: B rows of a minibatch, I inputs, O outputs of a layer.

import { isNarrow, narrowDownColumns } from "./narrow";
import { Layer, NARROW_TILE, Plan, RULE, TILE } from "./plan";
import { biasTile, descendTile, weightTile } from "./products";
import { adamUpdate, Rule, scale, sgdUpdate } from "./updates";

/** The gradients of a layer; with their update riding along, unless their norm is wanted first. */
export function gradientsOf(plan: Plan, layer: Layer, B: i32, step: usize, scratch: usize, thread: i32, threads: i32): void {
  const capacity = plan.capacity;
  const rides = !plan.clips;
  const tile = scratch + TILE;
  const narrow = scratch + NARROW_TILE;
  const rule = changetype<Rule>(scratch + RULE);
  const blocks = layer.rows >> 3;
  const from = ((blocks * thread) / threads) << 3;
  const to = ((blocks * (thread + 1)) / threads) << 3;
  setRule(rule, step, layer.rateFactor, layer.l2, layer.decay);
  const descends = rides && !plan.adam && plan.momentum == 0 && rule.l2 == 0 && rule.shrink == 1;
  const whole = layer.panels - <i32>isNarrow(layer, layer.panels - 1);
  for (let group = 0; group < whole; group += PANEL_GROUP) {
    const groupEnd = min(group + PANEL_GROUP, whole);
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
  if (whole < layer.panels) {
    const y = layer.dz + <usize>(whole * capacity) * 32;
    for (let i = from; i < to; i += 8) {
      const x = layer.x + <usize>((i >> 3) * capacity) * 32;
      const at = <usize>(whole * layer.rows + i) * 32;
      narrowDownColumns(rides ? narrow : layer.dWeights + at, x, y, B);
      if (rides) update(plan, rule, layer.weights + at, layer.first + at, layer.second + at, narrow, 256);
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
export function updateLayer(
  plan: Plan, layer: Layer, step: usize, scratch: usize, thread: i32, threads: i32,
): void {
  const factor = plan.factor;
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
