// The learning rate of each step.
// t counts steps from 0 over the whole run.

import { cos } from "../elementary.ts";
import { assertNever } from "../errors.ts";

/** Lengths are in steps; warm-up comes first and the rest counts from its end. */
export interface Schedule {
  readonly kind: "constant" | "step" | "cosine";
  /** step: multiply by `factor` after every `every` steps. */
  readonly every: number;
  readonly factor: number;
  /** cosine: fall to `minimum` over `length` steps, then stay there. */
  readonly length: number;
  readonly minimum: number;
  /** Rise linearly from `warmupFactor` of the rate to the whole of it. */
  readonly warmup: number;
  readonly warmupFactor: number;
}

/**
 * The learning rate of step t.
 *
 *   warm-up   t < warmup:  rate · (f + (1 - f) · t / warmup)
 *   constant  rate
 *   step      rate · factor^⌊t′ / every⌋
 *   cosine    minimum + (rate - minimum) · (1 + cos(π t′ / length)) / 2
 *
 * with t′ = t - warmup.
 *
 * Source: Loshchilov and Hutter, SGDR (2017), for the cosine; Goyal et al. (2017) for the warm-up.
 */
export function learningRateAt(schedule: Schedule, rate: number, t: number): number {
  if (t < schedule.warmup) {
    return rate * (schedule.warmupFactor + (1 - schedule.warmupFactor) * (t / schedule.warmup));
  }
  const since = t - schedule.warmup;
  switch (schedule.kind) {
    case "constant":
      return rate;
    case "step":
      return rate * power(schedule.factor, Math.floor(since / schedule.every));
    case "cosine": {
      const done = Math.min(since, schedule.length) / Math.max(schedule.length, 1);
      return schedule.minimum + ((rate - schedule.minimum) * (1 + cos(Math.PI * done))) / 2;
    }
    default:
      return assertNever(schedule.kind, "schedule");
  }
}

/** base^exponent for a whole exponent >= 0, by repeated squaring: the same bits on every engine. */
export function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
