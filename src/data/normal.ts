// The standard normal distribution, read backwards.

import { log } from "../elementary.ts";

/** The quantile of a probability of about 1e-7: nothing is placed further out. */
const FURTHEST_QUANTILE = 5.19933758270342;

const SMALLEST_TAIL = 1e-7;
const CENTRAL = 0.425;

// Coefficients of algorithm AS 241 (PPND16), highest power first; relative error about 1e-16.
const CENTRAL_TOP = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRAL_BOTTOM = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const TAIL_TOP = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const TAIL_BOTTOM = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];

/**
 * The number below which a standard normal variable falls with probability p, cut at ±5.19933758270342.
 *
 * Source: Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477–484; its outermost range lies beyond the cut.
 */
export function normalQuantile(p: number): number {
  const offset = p - 0.5;
  if (Math.abs(offset) <= CENTRAL) {
    const r = CENTRAL * CENTRAL - offset * offset;
    return (offset * polynomial(CENTRAL_TOP, r)) / polynomial(CENTRAL_BOTTOM, r);
  }
  const tail = offset < 0 ? p : 1 - p;
  const size = tail < SMALLEST_TAIL ? FURTHEST_QUANTILE : tailQuantile(tail);
  return offset < 0 ? -size : size;
}

function tailQuantile(tail: number): number {
  const r = Math.sqrt(-log(tail)) - 1.6;
  return Math.min(FURTHEST_QUANTILE, polynomial(TAIL_TOP, r) / polynomial(TAIL_BOTTOM, r));
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
