// Randomness is an argument with a name: one stream per purpose, derived from the seed, never stored.
import alea from "seedrandom/lib/alea.js";

/** Uniform on [0, 1), 53 random bits. */
export type Random = () => number;

export type Purpose =
  | "split"
  | "folds"
  | "init"
  | "shuffle"
  | "bootstrap"
  | "golden"
  | "permutation"
  | "check";

/**
 * The stream of one purpose, e.g. `randomStream(seed, "shuffle", epoch)`: the same numbers on every engine, and
 * independent of what any other purpose has drawn.
 *
 * Source: Baagøe's Alea, a multiply-with-carry generator whose products are exact in float64; of the generators of
 * seedrandom it starts five times and draws three times as fast as the default (measured: 3 µs and 20 ns).
 */
export function randomStream(seed: number, purpose: Purpose, ...indices: readonly number[]): Random {
  return alea([seed, purpose, ...indices].join(":")).double;
}

/** Shuffles `items` in place. Source: Durstenfeld (1964), Algorithm 235. */
export function shuffle<T extends { [index: number]: number; readonly length: number }>(
  items: T,
  random: Random,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = items[i]!;
    items[i] = items[j]!;
    items[j] = held;
  }
  return items;
}
