// Power series: their coefficients, written as formulas in n, and their sums.

/** c₀, c₁, … as many as `count`. */
export function coefficients(count: number, coefficient: (n: number) => number): readonly number[] {
  return Array.from({ length: count }, (_, n) => coefficient(n));
}

/** c₀ + c₁x + c₂x² + … by Horner's rule. */
export function polynomial(x: number, c: readonly number[]): number {
  let value = 0;
  for (let n = c.length - 1; n >= 0; n--) value = value * x + c[n]!;
  return value;
}

/** n!, exact up to 22!. */
export function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** (−1)ⁿ */
export function alternate(n: number): 1 | -1 {
  return n % 2 === 0 ? 1 : -1;
}
