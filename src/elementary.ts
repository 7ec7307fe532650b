// Elementary functions in float64, built from + − × ÷, |x|, ⌊x⌋ and exact powers of two alone, so that every engine
// returns the same bits; Math.exp and its kin do not. Each brings its argument near 0 without error, sums a
// Taylor series there, and keeps what the last addition would round away. Measured errors: docs/arithmetic.md.
import {
  type Pair,
  powerOfTwo,
  productError,
  quotient,
  scale,
  splitExponent,
  sum,
} from "./elementary/exact.ts";
import { alternate, coefficients, factorial, polynomial } from "./elementary/series.ts";

const SMALLEST_NORMAL = 2.2250738585072014e-308; // 2⁻¹⁰²²
const TWO_TO_54 = 18014398509481984;
/** ln 2 in two parts; the first has 32 bits, so k·LN2_HIGH is exact for every exponent k. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** π/2 and π: the nearest double, and what that leaves out. */
const HALF_PI = Math.PI / 2;
const HALF_PI_LOW = 6.123233995736766e-17;
const PI_LOW = 1.2246467991473532e-16;
const TWO_OVER_ROOT_PI = 1.1283791670955126;
const TWO_OVER_ROOT_PI_MINUS_1 = 0.1283791670955126;

// Taylor coefficients, from the constant upwards. The first dropped term is below 2⁻⁵⁸ of the result.
/** (eʳ − 1 − r) / r², in r */
const EXP_SERIES = coefficients(13, (n) => 1 / factorial(n + 2));
/** (ln((1 + s) / (1 − s)) − 2s) / s³, in s² */
const LOG_SERIES = coefficients(10, (n) => 2 / (2 * n + 3));
/** (cos r − 1 + r²/2) / r⁴, in r² */
const COS_SERIES = coefficients(7, (n) => alternate(n) / factorial(2 * n + 4));
/** (sin r − r) / r³, in r² */
const SIN_SERIES = coefficients(8, (n) => -alternate(n) / factorial(2 * n + 3));
/** erf x / x − 1, in x² */
const ERF_SERIES = coefficients(15, (n) =>
  n === 0 ? TWO_OVER_ROOT_PI_MINUS_1 : (TWO_OVER_ROOT_PI * alternate(n)) / (factorial(n) * (2 * n + 1)),
);
/** erf(c + h) = high + low + h·series(h) for |h| ≤ 5/16, at c = 7/8 and c = 3/2 */
const ERF_AT_7_8 = erfSeries(0.875, 0.7840750610598597, -3.204544978890348e-17);
const ERF_AT_3_2 = erfSeries(1.5, 0.9661051464753108, -3.3867031441680696e-17);
/** exp(−t²) at the nodes t = 0.5, 1, 1.5 … 6 of the integral for erfc */
const ERFC_WEIGHTS = coefficients(12, (n) => exp(-((n + 1) * (n + 1)) / 4));

/**
 * eˣ, within 0.8 ulp; 0 and Infinity where the true value underflows and overflows, subnormals on the way.
 *
 *   eˣ = 2ᵏ·eʳ,  k = round(x / ln 2),  r = x − k·ln 2,  |r| ≤ 0.347
 *
 * Source: Tang, Table-driven implementation of the exponential function (1989), for the two-part ln 2.
 */
export function exp(x: number): number {
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = nearestExponent(x);
  return scale(shiftedExp(x, k, 1, 0).high, k);
}

/**
 * eˣ − 1, within 1 ulp, also where eˣ is so near 1 that the subtraction would leave nothing.
 *
 *   eˣ − 1 = 2ᵏ·((1 − 2⁻ᵏ) + (eʳ − 1)),  k and r as in `exp`
 */
export function expm1(x: number): number {
  if (x === 0) return x; // keeps −0
  if (x > 40) return exp(x);
  if (x < -36) return exp(x) - 1;
  return expm1Pair(x).high;
}

/**
 * 1 / (1 + e⁻ˣ), within 0.8 ulp, the far tails too.
 *
 *   x ≥ 0:  1 / (1 + e⁻ˣ)      x < 0:  eˣ / (1 + eˣ)
 */
export function sigmoid(x: number): number {
  if (x > 40) return 1;
  if (x < -40) return exp(x);
  const e = expPair(-Math.abs(x));
  return quotient(x < 0 ? e : { high: 1, low: 0 }, sum(1, e.high, e.low));
}

/**
 * tanh x, within 0.8 ulp.
 *
 *   tanh |x| = −t / (2 + t),  t = exp(−2|x|) − 1
 */
export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 1e-9) return x; // x³/3 is below half an ulp
  if (magnitude > 18) return x > 0 ? 1 - 2 * exp(-2 * x) : 2 * exp(2 * x) - 1;
  const t = expm1Pair(-2 * magnitude);
  const value = quotient(t, sum(2, t.high, t.low));
  return x > 0 ? -value : value;
}

/**
 * ln x, within 0.9 ulp; −Infinity at 0, NaN below.
 *
 *   ln x = k·ln 2 + ln(1 + f),  x = 2ᵏ·(1 + f),  √½ ≤ 1 + f < √2
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const subnormal = x < SMALLEST_NORMAL;
  const { k, f } = splitExponent(subnormal ? x * TWO_TO_54 : x);
  return logOfParts(subnormal ? k - 54 : k, f, 0);
}

/**
 * ln(1 + x), within 0.9 ulp, also where 1 + x would round x away; −Infinity at −1, NaN below.
 *
 *   ln(1 + x) = ln u + (1 + x − u) / u,  u = 1 + x rounded
 */
export function log1p(x: number): number {
  if (x === 0) return x; // keeps −0
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x > -0.29 && x < 0.41) return logOfParts(0, x, 0);
  const u = 1 + x;
  const lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  const { k, f } = splitExponent(u);
  return logOfParts(k, f, lost / u);
}

/**
 * cos x for |x| ≤ π, within 0.9 ulp; NaN outside, because the reduction is exact only there.
 *
 *   |x| ≤ π/4: the series      up to 3π/4: −sin(|x| − π/2)      beyond: −cos(π − |x|)
 */
export function cos(x: number): number {
  const angle = Math.abs(x);
  if (!(angle <= Math.PI)) return NaN;
  if (angle <= 0.7853981633974483) return cosNearZero(angle);
  if (angle > 2.356194490192345) return -cosNearZero(Math.PI - angle + PI_LOW);
  const exact = angle - HALF_PI;
  const r = exact - HALF_PI_LOW;
  const tail = exact - r - HALF_PI_LOW;
  const square = r * r;
  return -(r + (r * square * polynomial(square, SIN_SERIES) + tail * (1 - 0.5 * square)));
}

/**
 * erf x = 2/√π · ∫₀ˣ exp(−t²) dt, within 0.9 ulp: Taylor series about 0, 7/8 and 3/2, then 1 − erfc x.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.5.
 */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude > 0.5625)) return x + x * polynomial(x * x, ERF_SERIES);
  const value =
    magnitude > 1.8125
      ? 1 - erfc(magnitude)
      : erfNear(magnitude < 1.1875 ? ERF_AT_7_8 : ERF_AT_3_2, magnitude);
  return x > 0 ? value : -value;
}

/**
 * erfc x = 1 − erf x, within 5 ulp, the far tail included. Above ½ the integral
 *
 *   erfc x = 2x/π · exp(−x²) · ∫₀^∞ exp(−t²) / (t² + x²) dt
 *
 * by the trapezoidal rule of step ½, less the term that its pole at t = ix contributes; the rule then errs by
 * exp(−4π²), 2⁻⁵⁷ of the value.
 *
 * Source: Hunter and Regan, A note on the evaluation of the complementary error function (1972).
 */
export function erfc(x: number): number {
  if (x < 0.5) return 1 - erf(x);
  if (x > 28) return 0;
  const square = x * x;
  let integral = 0;
  for (let n = ERFC_WEIGHTS.length; n >= 1; n--) integral += ERFC_WEIGHTS[n - 1]! / (0.25 * n * n + square);
  const value = exp(-square) * ((x * (integral + 0.5 / square)) / Math.PI);
  const pole = x < 6 ? 2 / expm1(4 * Math.PI * x) : 0;
  return value - (value * productError(x, x) + pole);
}

/** The k that brings x − k·ln 2 nearest to 0. */
function nearestExponent(x: number): number {
  return Math.floor(x * Math.LOG2E + 0.5);
}

/** offset + rest + eʳ − 1, r = x − k·ln 2; the offset is 0 or at least ½ in size. */
function shiftedExp(x: number, k: number, offset: number, rest: number): Pair {
  const exact = x - k * LN2_HIGH;
  const r = exact - k * LN2_LOW;
  const tail = exact - r - k * LN2_LOW;
  return sum(offset, r, r * r * polynomial(r, EXP_SERIES) + (tail + tail * r + rest));
}

/** eˣ for |x| ≤ 44. */
function expPair(x: number): Pair {
  const k = nearestExponent(x);
  const { high, low } = shiftedExp(x, k, 1, 0);
  return { high: scale(high, k), low: scale(low, k) };
}

/** eˣ − 1 for −36 ≤ x ≤ 40. */
function expm1Pair(x: number): Pair {
  const k = nearestExponent(x);
  const unit = powerOfTwo(-k);
  const offset = 1 - unit;
  const { high, low } = shiftedExp(x, k, offset, 1 - offset - unit);
  return { high: scale(high, k), low: scale(low, k) };
}

/**
 * k·ln 2 + ln(1 + f) + tail. With s = f / (2 + f), ln(1 + f) = 2s + ⅔s³ + ⅖s⁵ + …, and 2s = f − f²/2 + s·f²/2
 * brings out f, which is exact. Source: Ng, fdlibm, e_log.c (1993), for that last step.
 */
function logOfParts(k: number, f: number, tail: number): number {
  const s = f / (2 + f);
  const square = s * s;
  const halfSquare = 0.5 * f * f;
  const curved = halfSquare - s * (halfSquare + square * polynomial(square, LOG_SERIES));
  return sum(k * LN2_HIGH, f, k * LN2_LOW + tail - curved).high;
}

/** erf about c. Its slope g = 2/√π·exp(−t²) obeys g′ = −2t·g, hence the recurrence of its coefficients. */
function erfSeries(c: number, high: number, low: number) {
  const slope = [TWO_OVER_ROOT_PI * exp(-c * c)];
  for (let n = 0; n < 18; n++) slope.push((-2 * (c * slope[n]! + (slope[n - 1] ?? 0))) / (n + 1));
  return { c, high, low, series: slope.map((b, n) => b / (n + 1)) };
}

function erfNear({ c, high, low, series }: ReturnType<typeof erfSeries>, x: number): number {
  return high + (low + (x - c) * polynomial(x - c, series));
}

/** cos r for |r| ≤ π/4. */
function cosNearZero(r: number): number {
  const square = r * r;
  return sum(1, -0.5 * square, square * square * polynomial(square, COS_SERIES)).high;
}
