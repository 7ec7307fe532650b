// Configurations with bytes changed at random: flipped, cut out, put in, doubled, cut off.

import { randomStream } from "../../../src/random.ts";

const words = [
  ..."{}[],:\"\\\n\t '-0#/".split(""),
  ...[
    "//",
    "/*",
    "*/",
    "1e999",
    "NaN",
    "null",
    "true",
    '"__proto__"',
    "\ufeff",
    "\0",
    "\u2028",
    "\ud83d\ude00",
  ],
].map((word) => new TextEncoder().encode(word));

/** The mutants of one seed, one after the other; each differs from the good bytes in one to three places. */
export function* mutantsOf(good: Uint8Array, seed: number, count: number): Generator<Uint8Array> {
  const random = randomStream(seed, "split");
  const below = (n: number) => Math.floor(random() * n);
  for (let i = 0; i < count; i++) {
    let bytes = good;
    for (let places = 1 + below(3); places > 0; places--) bytes = mutate(bytes, below);
    yield bytes;
  }
}

function mutate(bytes: Uint8Array, below: (n: number) => number): Uint8Array {
  const at = below(bytes.length + 1);
  const put = (middle: Uint8Array, cut: number) =>
    Uint8Array.from([...bytes.subarray(0, at), ...middle, ...bytes.subarray(at + cut)]);
  switch (below(6)) {
    case 0: {
      const flipped = Uint8Array.from(bytes);
      flipped[Math.min(at, bytes.length - 1)]! ^= 1 << below(8);
      return flipped;
    }
    case 1:
      return put(new Uint8Array(0), 1 + below(8));
    case 2:
      return put(words[below(words.length)]!, 0);
    case 3:
      return put(words[below(words.length)]!, 1 + below(4));
    case 4:
      return put(bytes.subarray(at, at + below(40)), 0);
    default:
      return below(8) === 0 ? bytes.subarray(0, at) : put(Uint8Array.of(below(256)), below(2));
  }
}
