// The losses of ../reference-losses.ts, operation for operation, on columns of eight rows: four lanes are four rows.
// Letters: K classes, s label smoothing, y the class of a row.

import { exp, log1p, sigmoid } from "./elementary";

// @ts-ignore: decorator
@inline
function all(x: f32): v128 {
  return f32x4.splat(x);
}
// @ts-ignore: decorator
@inline
function at(columns: usize, k: i32): v128 {
  return v128.load(columns + <usize>k * 32);
}
/** column[index of the lane][lane] */
// @ts-ignore: decorator
@inline
function pick(columns: usize, index: v128): v128 {
  let picked = f32x4.splat(load<f32>(columns + <usize>i32x4.extract_lane(index, 0) * 32));
  picked = f32x4.replace_lane(picked, 1, load<f32>(columns + <usize>i32x4.extract_lane(index, 1) * 32, 4));
  picked = f32x4.replace_lane(picked, 2, load<f32>(columns + <usize>i32x4.extract_lane(index, 2) * 32, 8));
  return f32x4.replace_lane(picked, 3, load<f32>(columns + <usize>i32x4.extract_lane(index, 3) * 32, 12));
}
// @ts-ignore: decorator
@inline
function lookUp(table: usize, index: v128): v128 {
  let found = f32x4.splat(load<f32>(table + <usize>i32x4.extract_lane(index, 0) * 4));
  found = f32x4.replace_lane(found, 1, load<f32>(table + <usize>i32x4.extract_lane(index, 1) * 4));
  found = f32x4.replace_lane(found, 2, load<f32>(table + <usize>i32x4.extract_lane(index, 2) * 4));
  return f32x4.replace_lane(found, 3, load<f32>(table + <usize>i32x4.extract_lane(index, 3) * 4));
}

// What `exponentials` found of four rows.
let top: v128 = i32x4.splat(0);
let peak: v128 = i32x4.splat(0);
let rest: v128 = i32x4.splat(0);
let total: v128 = i32x4.splat(0);

/** e[k] = exp(z[k] - z[top]); sets top, peak, rest (the sum without e[top]) and total. */
function exponentials(e: usize, z: usize, K: i32): void {
  let first = i32x4.splat(0);
  let largest = at(z, 0);
  for (let k = 1; k < K; k++) {
    const here = at(z, k);
    const larger = f32x4.gt(here, largest);
    largest = v128.bitselect(here, largest, larger);
    first = v128.bitselect(i32x4.splat(k), first, larger);
  }
  let sum = all(0);
  let own = all(0);
  for (let k = 0; k < K; k++) {
    const value = exp(f32x4.sub(at(z, k), largest));
    v128.store(e + <usize>k * 32, value);
    const isTop = i32x4.eq(first, i32x4.splat(k));
    sum = v128.bitselect(sum, f32x4.add(sum, value), isTop);
    own = v128.bitselect(value, own, isTop);
  }
  top = first;
  peak = largest;
  rest = sum;
  total = f32x4.add(own, sum);
}

/** p = softmax of four rows. */
export function softmax(p: usize, z: usize, K: i32): void {
  exponentials(p, z, K);
  const whole = total;
  for (let k = 0; k < K; k++) v128.store(p + <usize>k * 32, f32x4.div(at(p, k), whole));
}

/** Four rows: d = gradient / divisor, returns the row losses. e is overwritten and may be d. */
export function softmaxCrossEntropy(
  d: usize, e: usize, z: usize, labels: v128, classWeights: usize,
  smoothing: f32, keep: f32, share: f32, shared: f32, divisor: f32, K: i32,
): v128 {
  exponentials(e, z, K);
  const first = top;
  const largest = peak;
  const others = rest;
  const whole = total;
  const logTotal = log1p(others);
  const quotient = all(divisor);

  const own = f32x4.mul(all(keep), lookUp(classWeights, labels));
  const surprise = f32x4.add(f32x4.sub(largest, pick(z, labels)), logTotal);
  let loss = v128.andnot(f32x4.mul(own, surprise), f32x4.eq(own, all(0)));
  const missing = v128.bitselect(
    f32x4.div(others, whole),
    f32x4.sub(all(1), f32x4.div(pick(e, labels), whole)),
    i32x4.eq(labels, first),
  );
  const pull = f32x4.neg(f32x4.mul(own, missing));

  if (smoothing == 0) {
    for (let k = 0; k < K; k++) {
      const push = f32x4.mul(own, f32x4.div(at(e, k), whole));
      const step = v128.bitselect(pull, push, i32x4.eq(labels, i32x4.splat(k)));
      v128.store(d + <usize>k * 32, f32x4.div(step, quotient));
    }
    return loss;
  }
  let spread = all(0);
  for (let k = 0; k < K; k++) {
    const p = f32x4.div(at(e, k), whole);
    const weight = load<f32>(classWeights + <usize>k * 4);
    if (weight != 0) {
      const surpriseOf = f32x4.add(f32x4.sub(largest, at(z, k)), logTotal);
      spread = f32x4.add(spread, f32x4.mul(all(weight), surpriseOf));
    }
    const step = v128.bitselect(pull, f32x4.mul(own, p), i32x4.eq(labels, i32x4.splat(k)));
    const smooth = f32x4.sub(f32x4.mul(all(shared), p), all(share * weight));
    v128.store(d + <usize>k * 32, f32x4.div(f32x4.add(step, smooth), quotient));
  }
  return f32x4.add(loss, f32x4.mul(all(share), spread));
}

/** Four rows against soft targets t; e must not be d. */
export function softTargetCrossEntropy(
  d: usize, e: usize, z: usize, t: usize, classWeights: usize, keep: f32, share: f32, divisor: f32, K: i32,
): v128 {
  exponentials(e, z, K);
  const first = top;
  const largest = peak;
  const whole = total;
  const missing = f32x4.div(rest, whole);
  const logTotal = log1p(rest);
  const quotient = all(divisor);

  let others = all(0);
  let loss = all(0);
  let ownGoal = all(0);
  for (let k = 0; k < K; k++) {
    const weight = all(load<f32>(classWeights + <usize>k * 4));
    const goal = f32x4.mul(weight, f32x4.add(f32x4.mul(all(keep), at(t, k)), all(share)));
    v128.store(d + <usize>k * 32, goal);
    const isTop = i32x4.eq(first, i32x4.splat(k));
    others = v128.bitselect(others, f32x4.add(others, goal), isTop);
    ownGoal = v128.bitselect(goal, ownGoal, isTop);
    const surprise = f32x4.add(f32x4.sub(largest, at(z, k)), logTotal);
    loss = v128.bitselect(loss, f32x4.add(loss, f32x4.mul(goal, surprise)), f32x4.eq(goal, all(0)));
  }
  const goals = f32x4.add(ownGoal, others);
  const ofTop = f32x4.sub(others, f32x4.mul(goals, missing));
  for (let k = 0; k < K; k++) {
    const p = f32x4.div(at(e, k), whole);
    const ofOther = f32x4.sub(f32x4.mul(goals, p), at(d, k));
    const step = v128.bitselect(ofTop, ofOther, i32x4.eq(first, i32x4.splat(k)));
    v128.store(d + <usize>k * 32, f32x4.div(step, quotient));
  }
  return loss;
}

/** Four logits against four targets in [0, 1]: d = gradient / divisor at `d`, returns the losses. */
// @ts-ignore: decorator
@inline
export function sigmoidBinaryCrossEntropy(
  d: usize, z: v128, target: v128, negative: v128, positive: v128, divisor: f32,
): v128 {
  const up = f32x4.mul(positive, target);
  const down = f32x4.mul(negative, f32x4.sub(all(1), target));
  const minus = f32x4.neg(z);
  const tail = log1p(exp(f32x4.neg(f32x4.abs(z))));
  const step = f32x4.sub(f32x4.mul(down, sigmoid(z)), f32x4.mul(up, sigmoid(minus)));
  v128.store(d, f32x4.div(step, all(divisor)));
  const zero = all(0);
  return f32x4.add(
    f32x4.mul(up, f32x4.add(f32x4.max(minus, zero), tail)),
    f32x4.mul(down, f32x4.add(f32x4.max(z, zero), tail)),
  );
}
