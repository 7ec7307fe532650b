// Student's t distribution: how far from 0 a mean of few numbers strays by luck.
// Letters: a, b the two shapes of a beta distribution; its second is 1/2 here.

import { exp, log, log1p } from "../elementary.ts";
import { PulloneError, quote } from "../errors.ts";

/**
 * Two-sided p-value of Student's t: the share of the distribution at least |t| away from 0.
 *
 *   p = I_x(degrees / 2, 1/2),  x = degrees / (degrees + t²),  I the regularised incomplete beta function
 *
 * @param degrees of freedom, a whole number from 1
 *
 * Source: Abramowitz, Stegun (1964), Handbook of Mathematical Functions, 26.7.1.
 */
export function studentPValue(t: number, degrees: number): number {
  if (!(Number.isSafeInteger(degrees) && degrees >= 1)) {
    throw new PulloneError("internal", `degrees: expected a whole number from 1, got ${quote(degrees)}`);
  }
  if (Number.isNaN(t)) throw new PulloneError("internal", "t: expected a number, got NaN");
  const ratio = (t * t) / degrees;
  if (!Number.isFinite(ratio)) return 0;
  const a = degrees / 2;
  const x = 1 / (1 + ratio);
  const y = ratio / (1 + ratio);
  // xᵃ √y / B(a, 1/2), the factor before both fractions
  const factor = (exp(-a * log1p(ratio)) * Math.sqrt(y)) / betaHalf(degrees);
  // Each fraction converges fast on its own side of (a + 1) / (a + b + 2).
  if (x <= (a + 1) / (a + 2.5)) return (factor * betaFraction(x, a, 0.5)) / a;
  return 1 - 2 * factor * betaFraction(y, 0.5, a);
}

/**
 * The t that a share `level` of the distribution lies within, on both sides of 0: the p-value of it is 1 - level.
 * Found by bisection down to two neighbouring numbers.
 *
 * @param level above 0 and below 1: 0.95 for a 95 % interval
 */
export function studentQuantile(level: number, degrees: number): number {
  if (!(level > 0 && level < 1)) {
    throw new PulloneError("internal", `level: expected a share above 0 and below 1, got ${quote(level)}`);
  }
  let lower = 0;
  let upper = 1;
  while (studentPValue(upper, degrees) > 1 - level) {
    lower = upper;
    upper *= 2;
  }
  for (;;) {
    const middle = (lower + upper) / 2;
    if (middle <= lower || middle >= upper) return upper;
    if (studentPValue(middle, degrees) > 1 - level) lower = middle;
    else upper = middle;
  }
}

/**
 * B(degrees / 2, 1/2): up from B(1/2, 1/2) = π or B(1, 1/2) = 2 by B(a + 1, b) = B(a, b) a / (a + b), so that no
 * gamma function occurs; above some thousand degrees by the series of it.
 *
 * Source: Abramowitz, Stegun (1964), 6.2.2, 6.1.15; 6.1.41 for the series.
 */
function betaHalf(degrees: number): number {
  if (degrees > 4096) {
    // ln Γ(a) - ln Γ(a + 1/2) = -ln(a) / 2 + 1 / 8a - 1 / 192a³ + …
    const a = degrees / 2;
    return exp((log(Math.PI) - log(a)) / 2 + 1 / (8 * a) - 1 / (192 * a * a * a));
  }
  const isEven = degrees % 2 === 0;
  let beta = isEven ? 2 : Math.PI;
  for (let a = isEven ? 1 : 0.5; a < degrees / 2; a++) beta *= a / (a + 0.5);
  return beta;
}

/**
 * The continued fraction of the incomplete beta function: I_x(a, b) = xᵃ (1-x)ᵇ / (a B(a, b)) · fraction.
 *
 *   1 / (1 + d₁ / (1 + d₂ / (1 + …))),  d₂ₘ = m (b-m) x / ((a+2m-1) (a+2m)),
 *   d₂ₘ₊₁ = -(a+m) (a+b+m) x / ((a+2m) (a+2m+1))
 *
 * Source: Abramowitz, Stegun (1964), 26.5.8; evaluated from the front after Lentz (1976), Thompson, Barnett (1986).
 */
function betaFraction(x: number, a: number, b: number): number {
  const TINY = 1e-300;
  const awayFromZero = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return fraction;
  }
  throw new PulloneError(
    "internal",
    `beta fraction: expected to converge, got ${quote(fraction)} at x = ${x}`,
  );
}
