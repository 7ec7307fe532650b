// What the peers in JavaScript share: the case, its rows, and the answers. Their packages stand in the folder that the
// environment variable PEERS names.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const [, , name, variant] = process.argv;
export const which = JSON.parse(readFileSync(new URL("../cases.json", import.meta.url), "utf8"))[name];
export const requirePeer = createRequire(join(process.env.PEERS ?? ".", "package.json"));

/** Rows around one centre a class: x (N, D) and y (N). Any generator will do: xorshift32, three uniforms for a normal. */
export function blobs({ layers, rows }) {
  const inputs = layers[0];
  const classes = layers.at(-1);
  let state = 12345;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const normal = () => 2 * (uniform() + uniform() + uniform() - 1.5);
  const centres = Array.from({ length: classes * inputs }, () => normal() / 2);
  const y = Int32Array.from({ length: rows }, () => Math.floor(uniform() * classes));
  const x = new Float32Array(rows * inputs);
  for (let i = 0; i < x.length; i++)
    x[i] = centres[y[Math.floor(i / inputs)] * inputs + (i % inputs)] + normal();
  return { x, y };
}

/**
 * Each line on standard input asks for a reading of so many seconds; one line of JSON answers it. `work` does some
 * rows and returns how many; the first reading warms up.
 */
export async function serve(work) {
  const reading = (seconds) => {
    const start = performance.now();
    let rows = 0;
    while (performance.now() - start < 1000 * seconds) rows += work();
    return { rows, seconds: (performance.now() - start) / 1000 };
  };
  const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  reading(0.1);
  answer({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) answer(reading(Number(line)));
}
