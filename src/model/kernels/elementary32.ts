// Elementary functions in float32, every operation rounded: the definition that a SIMD twin repeats lane by lane.
// Hence no loops and no tables, and for a branch a choice between two finished values. Only f32 + − × ÷,
// min, max, |x|, comparison and choice, and integer operations on the 32 bits of a number. Without fused
// multiply-add. Arguments are float32 numbers. Measured errors: docs/arithmetic.md.

const f = Math.fround;

// One number seen as float and as integer; both views have 4 bytes, so the byte order does not matter.
const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

const LOG2_E = f(Math.LOG2E);
/** ln 2 in two parts; the first has 10 bits, so k·LN2_HIGH is exact for every exponent k. */
const LN2_HIGH = f(0.693359375);
const LN2_LOW = f(-2.1219444e-4);
/** 1.5·2²³: adding it to |x| < 2²² leaves no room for a fraction, so x is rounded to an integer, ties to even. */
const ROUNDER = f(12582912);
const SMALLEST_NORMAL = f(1.17549435e-38); // 2⁻¹²⁶
const TWO_TO_23 = f(8388608);
const ROOT_HALF_BITS = 0x3f3504f3;
const SIGN = -0x80000000;

// Coefficients, from the constant upwards. Source: Moshier, Cephes (1992), single/expf.c and single/logf.c.
/** (eʳ − 1 − r) / r² for |r| ≤ 0.347 */
const E0 = f(5.0000001201e-1);
const E1 = f(1.6666665459e-1);
const E2 = f(4.1665795894e-2);
const E3 = f(8.3334519073e-3);
const E4 = f(1.3981999507e-3);
const E5 = f(1.98756915e-4);
/** (ln(1 + m) − m + m²/2) / m³ for √½ − 1 ≤ m < √2 − 1 */
const L0 = f(3.3333331174e-1);
const L1 = f(-2.4999993993e-1);
const L2 = f(2.0000714765e-1);
const L3 = f(-1.6668057665e-1);
const L4 = f(1.4249322787e-1);
const L5 = f(-1.2420140846e-1);
const L6 = f(1.167699874e-1);
const L7 = f(-1.151461031e-1);
const L8 = f(7.0376836292e-2);
/** −ln(erfc x) / x for 0 ≤ x ≤ 4, our own fit of least greatest error: scripts/fit-erf32.py */
const S0 = f(1.1283791944826058);
const S1 = f(0.6366178038021235);
const S2 = f(0.10279438264546521);
const S3 = f(-0.01921372449685231);
const S4 = f(-6.291743710784041e-5);
const S5 = f(0.0015974201308445253);
const S6 = f(-0.0006197428676436281);
const S7 = f(0.0001267022427901241);
const S8 = f(-1.4159564259174398e-5);
const S9 = f(6.788249790121638e-7);

/**
 * eˣ, within 1 ulp; Infinity from 88.73 up, subnormals and 0 below −87.33.
 *
 *   eˣ = 2ᵏ·eʳ,  k = round(x / ln 2),  r = x − k·ln 2
 */
export function exp(x: number): number {
  const y = Math.min(Math.max(x, -104), 89);
  const k = nearestExponent(y);
  const r = remainder(y, k);
  return scale(f(f(f(f(r * r) * curve(r)) + r) + 1), k);
}

/**
 * eˣ − 1, within 1.2 ulp, near 0 too; the sign of a zero is lost.
 *
 *   eˣ − 1 = 2ᵏ·((1 − 2⁻ᵏ) + r + (eʳ − 1 − r)), and what the first sum rounds away is added to the last term
 */
export function expm1(x: number): number {
  const y = Math.min(Math.max(x, -18), 89);
  const k = nearestExponent(y);
  const r = remainder(y, k);
  const offset = f(1 - powerOfTwo(-k));
  const head = f(offset + r);
  const lost = f(r - f(head - offset));
  return scale(f(head + f(lost + f(f(r * r) * curve(r)))), k);
}

/** 1 / (1 + e⁻ˣ) for x ≥ 0 and eˣ / (1 + eˣ) below, within 2.5 ulp. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return f((x < 0 ? e : 1) / f(1 + e));
}

/** tanh |x| = t / (t + 2), t = exp(2|x|) − 1, within 2.5 ulp; ±1 from |x| = 9.02 on. */
export function tanh(x: number): number {
  const t = expm1(f(2 * Math.min(Math.abs(x), 10)));
  return withSign(f(t / f(t + 2)), x);
}

/**
 * ln x, within 0.9 ulp, subnormals included; −Infinity at ±0, NaN below.
 *
 *   ln x = k·ln 2 + ln(1 + m),  x = 2ᵏ·(1 + m),  √½ ≤ 1 + m < √2
 */
export function log(x: number): number {
  const subnormal = x < SMALLEST_NORMAL;
  const above = bitsOf(subnormal ? f(x * TWO_TO_23) : x) - ROOT_HALF_BITS;
  const k = (above >> 23) - (subnormal ? 23 : 0);
  const m = f(ofBits((above & 0x7fffff) + ROOT_HALF_BITS) - 1);
  let p = f(f(L8 * m) + L7);
  p = f(f(p * m) + L6);
  p = f(f(p * m) + L5);
  p = f(f(p * m) + L4);
  p = f(f(p * m) + L3);
  p = f(f(p * m) + L2);
  p = f(f(p * m) + L1);
  p = f(f(p * m) + L0);
  const square = f(m * m);
  p = f(f(f(p * m) * square) + f(k * LN2_LOW));
  p = f(p - f(0.5 * square));
  const value = f(f(m + p) + f(k * LN2_HIGH));
  const checked = x > 0 ? value : x === 0 ? -Infinity : NaN;
  return x === Infinity ? Infinity : checked;
}

/**
 * ln(1 + x), within 1.5 ulp, also where 1 + x rounds x away; −Infinity at −1, NaN below.
 *
 *   ln(1 + x) = ln u + (x − (u − 1)) / u,  u = 1 + x rounded
 *
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), 1.14.1, after Kahan.
 */
export function log1p(x: number): number {
  const u = f(1 + x);
  const kept = f(u - 1);
  return f(log(u) + (kept === x ? 0 : f(f(x - kept) / u)));
}

/**
 * erf x = 2/√π · ∫₀ˣ exp(−t²) dt, within 3.5 ulp.
 *
 *   erf |x| = −(exp(−s) − 1),  s = −ln(erfc |x|) = |x|·S(|x|)
 */
export function erf(x: number): number {
  return withSign(expm1(-minusLogErfc(Math.abs(x))), x);
}

/**
 * erfc x = 1 − erf x, relative error below 1e-5 as long as x ≤ 4; smaller than 2e-8, and falling to 0, beyond.
 *
 *   x ≥ 0:  exp(−s)      x < 0:  2 − exp(−s),  s as in `erf`
 */
export function erfc(x: number): number {
  const tail = exp(-minusLogErfc(Math.abs(x)));
  return x < 0 ? f(2 - tail) : tail;
}

/** −ln(erfc x) for x ≥ 0 */
function minusLogErfc(x: number): number {
  let p = f(f(S9 * x) + S8);
  p = f(f(p * x) + S7);
  p = f(f(p * x) + S6);
  p = f(f(p * x) + S5);
  p = f(f(p * x) + S4);
  p = f(f(p * x) + S3);
  p = f(f(p * x) + S2);
  p = f(f(p * x) + S1);
  return f(f(f(p * x) + S0) * x);
}

/** The k that brings x − k·ln 2 nearest to 0, ties to even. */
function nearestExponent(x: number): number {
  return f(f(f(x * LOG2_E) + ROUNDER) - ROUNDER);
}

/** x − k·ln 2 */
function remainder(x: number, k: number): number {
  return f(f(x - f(k * LN2_HIGH)) - f(k * LN2_LOW));
}

/** (eʳ − 1 − r) / r² */
function curve(r: number): number {
  let p = f(f(E5 * r) + E4);
  p = f(f(p * r) + E3);
  p = f(f(p * r) + E2);
  p = f(f(p * r) + E1);
  return f(f(p * r) + E0);
}

/** x·2ᵏ in two steps, of which only the last can round. */
function scale(x: number, k: number): number {
  const half = k >> 1;
  return f(f(x * powerOfTwo(half)) * powerOfTwo(k - half));
}

/** 2ᵏ for an integer k ≤ 127; 0 below −126. */
function powerOfTwo(k: number): number {
  return ofBits(Math.max(k + 127, 0) << 23);
}

/** |magnitude| with the sign of x. */
function withSign(magnitude: number, x: number): number {
  return ofBits((bitsOf(magnitude) & ~SIGN) | (bitsOf(x) & SIGN));
}

function bitsOf(x: number): number {
  float[0] = x;
  return word[0]!;
}

function ofBits(bits: number): number {
  word[0] = bits;
  return float[0]!;
}
