// Operations on doubles that lose nothing: scaling by powers of two, and numbers held as a sum of two doubles.
// The functions of elementary.ts are built on them.

/** The number high + low; `high` is the double nearest to it. */
export interface Pair {
  readonly high: number;
  readonly low: number;
}

// Big-endian by DataView's own rule, so the first word is the upper one on every machine.
const bits = new DataView(new ArrayBuffer(8));

const ROOT_HALF_UPPER = 0x3fe6a09e; // the upper word of √½

/** 2ⁿ for −1022 ≤ n ≤ 1023. */
export function powerOfTwo(n: number): number {
  bits.setInt32(0, (n + 1023) << 20);
  bits.setInt32(4, 0);
  return bits.getFloat64(0);
}

/** x·2ᵏ for normal x near 1 and |k| ≤ 2000, rounded once: overflows and underflows as the true product would. */
export function scale(x: number, k: number): number {
  const half = k >> 1;
  return x * powerOfTwo(half) * powerOfTwo(k - half);
}

/** x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, exactly, for a positive normal x. */
export function splitExponent(x: number): { readonly k: number; readonly f: number } {
  bits.setFloat64(0, x);
  const above = bits.getInt32(0) - ROOT_HALF_UPPER;
  bits.setInt32(0, (above & 0xfffff) + ROOT_HALF_UPPER);
  return { k: above >> 20, f: bits.getFloat64(0) - 1 };
}

/**
 * a + b + rest, where nothing of a + b is lost: for |a| ≥ |b| or a = 0, and a rest that is small beside the sum.
 *
 * Source: Dekker, A floating-point technique for extending the available precision (1971).
 */
export function sum(a: number, b: number, rest: number): Pair {
  const head = a + b;
  const tail = b - (head - a) + rest;
  const high = head + tail;
  return { high, low: tail - (high - head) };
}

/** a·b − the rounded product, exactly, while nothing over- or underflows. Source: Dekker (1971). */
export function productError(a: number, b: number): number {
  const x = upperHalf(a);
  const y = upperHalf(b);
  return x * y - a * b + x * (b - y) + (a - x) * y + (a - x) * (b - y);
}

/** The pair a over the pair b, rounded to a double. */
export function quotient(a: Pair, b: Pair): number {
  const q = a.high / b.high;
  const remainder = a.high - q * b.high - productError(q, b.high) + (a.low - q * b.low);
  return q + remainder / b.high;
}

/** The upper 26 bits of x. Source: Veltkamp, in Dekker (1971). */
function upperHalf(x: number): number {
  const shifted = 134217729 * x; // 2²⁷ + 1
  return shifted - (shifted - x);
}
