// The losses of ../reference-losses.ts, operation for operation, on columns of eight rows: four lanes are four rows.
// The exponentials of both halves are taken side by side: one alone would wait for its own results.
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

// What `exponentials` found of the rows 0 … 3 and 4 … 7.
let topA: v128 = i32x4.splat(0), topB: v128 = i32x4.splat(0);
let peakA: v128 = i32x4.splat(0), peakB: v128 = i32x4.splat(0);
let restA: v128 = i32x4.splat(0), restB: v128 = i32x4.splat(0);
let totalA: v128 = i32x4.splat(0), totalB: v128 = i32x4.splat(0);

/** Eight rows: e[k] = exp(z[k] - z[top]); sets top, peak, rest (the sum without e[top]) and total of both halves. */
function exponentials(e: usize, z: usize, K: i32): void {
  let firstA = i32x4.splat(0), firstB = firstA;
  let largestA = at(z, 0), largestB = at(z + 16, 0);
  for (let k = 1; k < K; k++) {
    const index = i32x4.splat(k);
    const a = at(z, k), b = at(z + 16, k);
    const isLargerA = f32x4.gt(a, largestA), isLargerB = f32x4.gt(b, largestB);
    largestA = v128.bitselect(a, largestA, isLargerA);
    largestB = v128.bitselect(b, largestB, isLargerB);
    firstA = v128.bitselect(index, firstA, isLargerA);
    firstB = v128.bitselect(index, firstB, isLargerB);
  }
  let sumA = all(0), sumB = all(0), ownA = all(0), ownB = all(0);
  for (let k = 0; k < K; k++) {
    const index = i32x4.splat(k);
    const a = exp(f32x4.sub(at(z, k), largestA));
    const b = exp(f32x4.sub(at(z + 16, k), largestB));
    v128.store(e + <usize>k * 32, a);
    v128.store(e + <usize>k * 32, b, 16);
    const isTopA = i32x4.eq(firstA, index), isTopB = i32x4.eq(firstB, index);
    sumA = v128.bitselect(sumA, f32x4.add(sumA, a), isTopA);
    sumB = v128.bitselect(sumB, f32x4.add(sumB, b), isTopB);
    ownA = v128.bitselect(a, ownA, isTopA);
    ownB = v128.bitselect(b, ownB, isTopB);
  }
  topA = firstA;
  topB = firstB;
  peakA = largestA;
  peakB = largestB;
  restA = sumA;
  restB = sumB;
  totalA = f32x4.add(ownA, sumA);
  totalB = f32x4.add(ownB, sumB);
}

/** p = softmax of eight rows. */
export function softmax(p: usize, z: usize, K: i32): void {
  exponentials(p, z, K);
  const a = totalA, b = totalB;
  for (let k = 0; k < K; k++) {
    v128.store(p + <usize>k * 32, f32x4.div(at(p, k), a));
    v128.store(p + <usize>k * 32, f32x4.div(at(p + 16, k), b), 16);
  }
}

/** Eight rows: d = gradient / divisor; stores the row losses. e is overwritten and may be d. */
export function softmaxCrossEntropy(
  d: usize, e: usize, z: usize, labels: usize, losses: usize, classWeights: usize,
  smoothing: f32, keep: f32, share: f32, shared: f32, divisor: f32, K: i32,
): void {
  exponentials(e, z, K);
  for (let half: usize = 0; half < 32; half += 16) {
    const loss = hardLoss(
      d + half, e + half, z + half, v128.load(labels + half), classWeights, smoothing, keep, share, shared, divisor, K,
      half ? topB : topA, half ? peakB : peakA, half ? restB : restA, half ? totalB : totalA,
    );
    v128.store(losses + half, loss);
  }
}

// @ts-ignore: decorator
@inline
function hardLoss(
  d: usize, e: usize, z: usize, labels: v128, classWeights: usize,
  smoothing: f32, keep: f32, share: f32, shared: f32, divisor: f32, K: i32,
  first: v128, largest: v128, others: v128, whole: v128,
): v128 {
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

/** Eight rows against soft targets t; e must not be d. */
export function softTargetCrossEntropy(
  d: usize, e: usize, z: usize, t: usize, losses: usize, classWeights: usize,
  keep: f32, share: f32, divisor: f32, K: i32,
): void {
  exponentials(e, z, K);
  for (let half: usize = 0; half < 32; half += 16) {
    const loss = softLoss(
      d + half, e + half, z + half, t + half, classWeights, keep, share, divisor, K,
      half ? topB : topA, half ? peakB : peakA, half ? restB : restA, half ? totalB : totalA,
    );
    v128.store(losses + half, loss);
  }
}

// @ts-ignore: decorator
@inline
function softLoss(
  d: usize, e: usize, z: usize, t: usize, classWeights: usize, keep: f32, share: f32, divisor: f32, K: i32,
  first: v128, largest: v128, rest: v128, whole: v128,
): v128 {
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
