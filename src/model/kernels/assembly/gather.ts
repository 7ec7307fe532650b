// The rows of a minibatch, from the training rows into the panels of the first layer.
// Letters: B rows of a minibatch, D encoded features.

import { layerOf, Plan } from "./plan";

/** Rows of the minibatch into the panels of the first layer, and their labels. */
export function gather(plan: Plan, start: i32, B: i32, from: i32, to: i32): void {
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
