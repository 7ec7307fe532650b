// What a training run costs as it grows: in rows, in the width of a layer, in classes, with threads. A cost that grows
// as the work does keeps the time of one unit of work level, and has slope 1 on logarithmic scales.
//
//   npm run bench:growth [-- --quick]
// Letters: N rows, D features, H nodes of the hidden layer, K classes, B rows of a minibatch.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Case, operationsOf } from "./cases.ts";
import { machine, median, short } from "./measure.ts";
import { loop } from "./pullone.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const rounds = options.quick ? 3 : 7;
const seconds = options.quick ? 0.1 : 0.3;

const base = { rows: 4096, batch: 64, rate: 0.01 };
const doubling = (from: number, to: number) =>
  Array.from({ length: Math.round(Math.log2(to / from)) + 1 }, (_, i) => from * 2 ** i);

interface Sweep {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly make: (size: number) => Case;
}
const sweeps: readonly Sweep[] = [
  {
    name: "rows N, network 32-64-4",
    sizes: doubling(1024, 131_072),
    make: (rows) => ({ ...base, rows, layers: [32, 64, 4] }),
  },
  {
    name: "width H, network 64-H-4",
    sizes: doubling(16, 2048),
    make: (H) => ({ ...base, layers: [64, H, 4] }),
  },
  {
    name: "classes K, network 32-64-K",
    sizes: doubling(2, 512),
    make: (K) => ({ ...base, layers: [32, 64, K] }),
  },
];

const BAR = 40;
const bar = (value: number, most: number) => "█".repeat(Math.max(1, Math.round((BAR * value) / most)));

/** The slope of ln y over ln x by least squares. */
function slopeOf(points: readonly { x: number; y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (of: (point: { x: number; y: number }) => number) =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  return mean(({ x, y }) => (x - mx) * (y - my)) / mean(({ x }) => (x - mx) ** 2);
}

/** Milliseconds of one epoch of each case, everybody in turn. */
async function epochsOf(cases: readonly (Case & { threads: number })[]): Promise<number[]> {
  const runs = cases.map((c) => ({ c, run: loop(c, c.threads), ms: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { c, run, ms } of runs) {
      const reading = await run.read(seconds);
      if (round >= 0) ms.push((1000 * reading.seconds * c.rows) / reading.rows);
    }
  }
  for (const { run } of runs) run.end();
  return runs.map(({ ms }) => median(ms));
}

console.log(`${machine()}; ${rounds} rounds of ${seconds} s each\n`);
for (const { name, sizes, make } of sweeps) {
  const cases = sizes.map((size) => ({ ...make(size), threads: 1 }));
  const epochs = await epochsOf(cases);
  const points = cases.map((c, i) => ({ x: operationsOf(c) * c.rows, y: epochs[i]! }));
  const slope = slopeOf(points.slice(points.length >> 1));
  console.log(`\n${name}: slope ${slope.toFixed(2)} over the larger half\n`);
  const units = points.map(({ x, y }, i) => (1e6 * y * cases[i]!.batch) / x);
  printTable(
    ["size", "ms per epoch", "ns per 1000 operations", ""],
    sizes.map((size, i) => [
      size.toLocaleString("en"),
      short(epochs[i]!),
      short(1000 * units[i]!),
      bar(units[i]!, Math.max(...units)),
    ]),
  );
}

const threads = [1, 2, 4, 8];
console.log(`\nthreads, on ${availableParallelism()} cores: ms per epoch\n`);
const rows: string[][] = [];
for (const [layers, batch] of [
  [[64, 64, 32, 10], 64],
  [[256, 256, 10], 64],
  [[784, 128, 10], 64],
  [[784, 512, 256, 10], 256],
] as const) {
  const c = { ...base, layers, batch };
  const ms = await epochsOf(threads.map((count) => ({ ...c, threads: count })));
  rows.push([
    `${layers.join("-")}, ${batch}`,
    short(operationsOf(c) / 1e6),
    ...ms.map(short),
    short(ms[0]! / ms[1]!),
  ]);
}
printTable(
  ["network, minibatch", "10⁶ operations a step", ...threads.map((count) => `${count}`), "gain of two"],
  rows,
);
