// The optimiser steps of ../reference-updates.ts, four parameters at a time.

import { Plan } from "./plan";

// @ts-ignore: decorator
@inline
function all(x: f32): v128 {
  return f32x4.splat(x);
}

/** What one range of parameters needs in one step; rounded by JavaScript or in float32 here. */
@unmanaged
export class Rule {
  rate: f32;
  shrink: f32; // 1 - rate * weightDecay
  l2: f32;
  correction1: f32;
  correction2: f32;
}

/** p, v and g of `bytes` bytes; g may be anywhere. */
export function sgdUpdate(plan: Plan, rule: Rule, p: usize, v: usize, g: usize, bytes: usize): void {
  const rate = all(rule.rate);
  const shrink = all(rule.shrink);
  const l2 = all(rule.l2);
  const momentum = all(plan.momentum);
  if (plan.momentum == 0) {
    if (rule.l2 == 0 && rule.shrink == 1) {
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(p + i, f32x4.sub(v128.load(p + i), f32x4.mul(rate, v128.load(g + i))));
      }
      return;
    }
    for (let i: usize = 0; i < bytes; i += 16) {
      const here = v128.load(p + i);
      const d = rule.l2 == 0 ? v128.load(g + i) : f32x4.add(v128.load(g + i), f32x4.mul(l2, here));
      v128.store(p + i, f32x4.sub(f32x4.mul(here, shrink), f32x4.mul(rate, d)));
    }
    return;
  }
  for (let i: usize = 0; i < bytes; i += 16) {
    const here = v128.load(p + i);
    const d = rule.l2 == 0 ? v128.load(g + i) : f32x4.add(v128.load(g + i), f32x4.mul(l2, here));
    const velocity = f32x4.add(f32x4.mul(momentum, v128.load(v + i)), d);
    const u = plan.nesterov ? f32x4.add(d, f32x4.mul(momentum, velocity)) : velocity;
    v128.store(v + i, velocity);
    v128.store(p + i, f32x4.sub(f32x4.mul(here, shrink), f32x4.mul(rate, u)));
  }
}

export function adamUpdate(plan: Plan, rule: Rule, p: usize, m: usize, s: usize, g: usize, bytes: usize): void {
  const rate = all(rule.rate);
  const shrink = all(rule.shrink);
  const l2 = all(rule.l2);
  const beta1 = all(plan.beta1);
  const beta2 = all(plan.beta2);
  const take1 = all(plan.take1);
  const take2 = all(plan.take2);
  const epsilon = all(plan.epsilon);
  const correction1 = all(rule.correction1);
  const correction2 = all(rule.correction2);
  for (let i: usize = 0; i < bytes; i += 16) {
    const here = v128.load(p + i);
    const d = rule.l2 == 0 ? v128.load(g + i) : f32x4.add(v128.load(g + i), f32x4.mul(l2, here));
    const mean = f32x4.add(f32x4.mul(beta1, v128.load(m + i)), f32x4.mul(take1, d));
    const square = f32x4.add(f32x4.mul(beta2, v128.load(s + i)), f32x4.mul(take2, f32x4.mul(d, d)));
    const root = f32x4.add(f32x4.sqrt(f32x4.div(square, correction2)), epsilon);
    v128.store(m + i, mean);
    v128.store(s + i, square);
    const step = f32x4.div(f32x4.mul(rate, f32x4.div(mean, correction1)), root);
    v128.store(p + i, f32x4.sub(f32x4.mul(here, shrink), step));
  }
}

/** g = g * factor. */
export function scale(g: usize, factor: f32, bytes: usize): void {
  const f = all(factor);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(g + i, f32x4.mul(v128.load(g + i), f));
}
