// How many rows of each class go to each part: whole numbers as near to the shares as they can be.
// Letters: K classes, P parts.

/** Shares are no binary numbers: a share of rows this near to a whole number is one. */
const ROUNDING = 1e-9;

/**
 * Splits each class over the parts, `shares` of them each.
 *
 *   - the parts of a class add up to the class, and every part has its share of all rows, to within one row
 *   - every part has its share of every class, to within one row
 *   - a class of two rows or more is in the first part, a class with a row for each part that has a share is in
 *     all of them, even where its own share then moves by more than one row; unless no larger class can give way
 *   - a class of one row goes to the first part, before anything is counted
 *
 * @param sizes  (K) rows of each class
 * @param shares (P) from 0, adding up to 1
 * @returns (K) of (P)
 *
 * Source of the first two rules, which can always be met together: Cox, A constructive procedure for unbiased
 * controlled rounding, Journal of the American Statistical Association 82 (1987) 520–524.
 */
export function apportion(sizes: readonly number[], shares: readonly number[]): number[][] {
  const whole = sizes.map((size) => (size > 1 ? size : 0));
  const total = whole.reduce((sum, size) => sum + size, 0);
  const counts = whole.map((size) => largestRemainder(size, shares));
  balance(counts, whole, shares, largestRemainder(total, shares));
  spread(counts, whole, shares);
  sizes.forEach((size, k) => {
    if (size === 1) counts[k]![0] = 1;
  });
  return counts;
}

/** Whole numbers that add up to `size`, each its share rounded down or up; the largest remainders go up. */
export function largestRemainder(size: number, shares: readonly number[]): number[] {
  const counts = shares.map((share) => Math.floor(size * share));
  const order = shares.map((_, p) => p);
  order.sort(
    (p, q) => remainder(size, shares[q]!, counts[q]!) - remainder(size, shares[p]!, counts[p]!) || p - q,
  );
  const left = size - counts.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < left; i++) counts[order[i]!]!++;
  return counts;
}

function remainder(size: number, share: number, count: number): number {
  return size * share - count;
}

/** Moves rounded-up rows between parts until the parts have their totals: no count leaves its two neighbours. */
function balance(
  counts: number[][],
  sizes: readonly number[],
  shares: readonly number[],
  totals: readonly number[],
): void {
  const surplus = totals.map((total, p) => counts.reduce((sum, row) => sum + row[p]!, 0) - total);
  for (;;) {
    const from = surplus.findIndex((extra) => extra > 0);
    const path = pathToDeficit(from, surplus, (p, q) => movable(counts, sizes, shares, p, q));
    if (path === undefined) return;
    for (let i = 1; i < path.length; i++) {
      const [p, q] = [path[i - 1]!, path[i]!];
      move(counts[movable(counts, sizes, shares, p, q)]!, p, q);
    }
    surplus[from]!--;
    surplus[path.at(-1)!]!++;
  }
}

/** The class that loses least by moving one row from part p, where it was rounded up, to q, where down; or -1. */
function movable(
  counts: number[][],
  sizes: readonly number[],
  shares: readonly number[],
  p: number,
  q: number,
): number {
  let best = -1;
  let bestExcess = Number.NEGATIVE_INFINITY;
  counts.forEach((row, k) => {
    const over = row[p]! - sizes[k]! * shares[p]!;
    const under = sizes[k]! * shares[q]! - row[q]!;
    if (over > ROUNDING && under > ROUNDING && over + under > bestExcess) {
      best = k;
      bestExcess = over + under;
    }
  });
  return best;
}

/** Breadth first over the parts: a part with too few rows, reached by moves that are open. */
function pathToDeficit(
  from: number,
  surplus: readonly number[],
  edge: (p: number, q: number) => number,
): number[] | undefined {
  const paths = from < 0 ? [] : [[from]];
  const seen = new Set([from]);
  for (const path of paths) {
    const p = path.at(-1)!;
    if (surplus[p]! < 0) return path;
    for (let q = 0; q < surplus.length; q++) {
      if (seen.has(q) || edge(p, q) < 0) continue;
      seen.add(q);
      paths.push([...path, q]);
    }
  }
  return undefined;
}

/** Gives small classes a row in each part they lack, and takes one of a larger class back in exchange. */
function spread(counts: number[][], sizes: readonly number[], shares: readonly number[]): void {
  const open = shares.filter((share) => share > 0).length;
  counts.forEach((row, k) => {
    for (let p = 0; p < shares.length; p++) {
      const due = sizes[k]! >= (p === 0 ? 2 : open);
      if (!due || shares[p] === 0 || row[p]! > 0) continue;
      const from = largest(row);
      const giver = richest(counts, sizes, shares, k, p, from);
      if (giver < 0) continue;
      move(row, from, p);
      move(counts[giver]!, p, from);
    }
  });
}

function largest(row: readonly number[]): number {
  return row.reduce((best, count, p) => (count > row[best]! ? p : best), 0);
}

/** The other class that can best spare a row of part p and take one of part q, keeping a row in p; or -1. */
function richest(
  counts: number[][],
  sizes: readonly number[],
  shares: readonly number[],
  except: number,
  p: number,
  q: number,
): number {
  let best = -1;
  let bestExcess = Number.NEGATIVE_INFINITY;
  counts.forEach((row, k) => {
    const excess = row[p]! - sizes[k]! * shares[p]! + sizes[k]! * shares[q]! - row[q]!;
    if (k === except || row[p]! < 2 || excess <= bestExcess) return;
    best = k;
    bestExcess = excess;
  });
  return best;
}

function move(row: number[], from: number, to: number): void {
  row[from]!--;
  row[to]!++;
}
