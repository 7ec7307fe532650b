// Training steps beside the programs a person would pick instead, on the four cases of cases.json, by plain SGD.
//
//   npm run bench:steps [-- --quick] [--only CASE] [--rounds N] [--seconds S] [--alone]
//
// Everybody takes a turn in every round; figures are medians over the rounds, ratios and shares are taken within a
// round first. A step of pullone gathers its rows from the order of the epoch, then forward, loss, backward, update;
// "with the shuffle" is the whole training loop. PyTorch and TensorFlow.js take slices of the rows as they lie, with no
// shuffle and no gather; scikit-learn shuffles and gathers.

import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { describeBlas } from "./blas.ts";
import { type Case, cases, operationsOf } from "./cases.ts";
import { limit, machine, median, percent, short } from "./measure.ts";
import { type Contender, javascript, type Reading, rivals, startPeer } from "./peers.ts";
import { loop, steps } from "./pullone.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    /** No peers. */
    alone: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 7));
const seconds = Number(options.seconds ?? (options.quick ? 0.2 : 0.5));

async function contend(name: string, c: Case): Promise<Round[]> {
  const contenders: Contender[] = [steps(c, 1), steps(c, 2), loop(c, 1)];
  for (const peer of options.alone ? [] : [...rivals, ...javascript]) {
    const started = await startPeer(peer, name);
    if (typeof started === "string") console.log(`skipped on ${name}: ${peer.name}: ${started}`);
    else contenders.push(started);
  }
  for (const contender of contenders) await contender.read(0.1);
  const done: Round[] = [];
  // Of a peer in JavaScript whose shortest turn takes seconds one reading is enough.
  const others = new Set(javascript.map((peer) => peer.name));
  const slow = new Set<Contender>();
  for (let round = 0; round < rounds; round++) {
    const gflops = limit();
    const micros = new Map<string, number>();
    for (const contender of contenders) {
      if (slow.has(contender)) continue;
      const reading = await contender.read(seconds);
      micros.set(contender.name, microsPerStep(reading, c));
      if (others.has(contender.name) && reading.seconds > Math.max(2, 3 * seconds)) slow.add(contender);
      // Threads that spin while they wait for the next task go to sleep.
      await setTimeout(50);
    }
    done.push({ limit: Math.max(gflops, limit()), micros });
  }
  for (const contender of contenders) contender.end();
  return done;
}

interface Round {
  readonly limit: number;
  readonly micros: ReadonlyMap<string, number>;
}

const microsPerStep = ({ rows, seconds }: Reading, c: Case) => (seconds * 1e6 * c.batch) / rows;

const first = (round: Round) => round.micros.get("pullone, 1 thread")!;
const bestOf = (round: Round, names: readonly string[]) =>
  Math.min(...names.map((name) => round.micros.get(name) ?? Number.POSITIVE_INFINITY));

const table: string[][] = [];
const summary: string[][] = [];
const blas = options.alone ? "" : `; ${describeBlas()}`;
console.log(`${machine()}${blas}; ${rounds} rounds of ${seconds} s each\n`);
for (const [name, c] of Object.entries(cases)) {
  if (options.only !== undefined && options.only !== name) continue;
  const work = operationsOf(c);
  const done = await contend(name, c);
  for (const contender of done[0]!.micros.keys()) {
    const of = (value: (micros: number, round: Round) => number) =>
      median(
        done.flatMap((round) => {
          const micros = round.micros.get(contender);
          return micros === undefined ? [] : value(micros, round);
        }),
      );
    table.push([
      `${name} ${c.layers.join("-")}, ${c.batch}`,
      contender,
      short(of((micros) => micros)),
      short(of((micros) => (c.batch / micros) * 1e6)),
      short(of((micros) => work / micros / 1000)),
      percent(of((micros, round) => work / micros / 1000 / round.limit)),
      short(of((micros, round) => micros / first(round))),
    ]);
  }
  const against = (mine: (round: Round) => number, names: readonly string[]) => {
    const ratio = median(done.map((round) => bestOf(round, names) / mine(round)));
    return Number.isFinite(ratio) ? `${short(ratio)} ×` : "-";
  };
  const two = (round: Round) => round.micros.get("pullone, 2 threads")!;
  const all = rivals.map((rival) => rival.name);
  const torch = all.filter((rival) => rival.startsWith("PyTorch"));
  summary.push([
    name,
    against(first, all),
    against(first, torch),
    against(two, all),
    percent(median(done.map((round) => work / first(round) / 1000 / round.limit))),
    short(median(done.map((round) => round.limit))),
  ]);
}
console.log();
printTable(
  [
    "case",
    "one thread, against the best of PyTorch and scikit-learn",
    "against PyTorch",
    "two threads, against the best",
    "share of the limit, one thread",
    "limit, GFLOP/s",
  ],
  summary,
);
console.log();
printTable(
  [
    "case, minibatch",
    "program",
    "µs per step",
    "rows per second",
    "GFLOP/s",
    "share of the limit",
    "time of pullone",
  ],
  table,
);
