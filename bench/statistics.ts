// Do the tests and intervals keep their word? Data sets are simulated whose truth is known: where two systems are equally
// good a test may reject 5 % of the time, and a 95 % interval must hold the truth 95 % of the time.
//
//   npm run check:statistics [-- NAME …]     some minutes on two cores; exit code 1 when a figure is out of its bounds
//
// Everything is seeded; how many threads share the work changes no figure.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { studies } from "./statistics/studies.ts";
import type { Promised } from "./statistics/study.ts";
import type { Task } from "./statistics/thread.ts";
import { printTable } from "./table.ts";

const TRIALS_OF_A_TASK = 250;

const all = studies();
const names = [...new Set(all.map(({ name }) => name))];
const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`expected one of ${names.join(", ")}, got ${unknown}`);
  process.exit(64);
}
const tasks: Task[] = all.flatMap(({ name, runs }, study) =>
  chosen.length > 0 && !chosen.includes(name)
    ? []
    : Array.from({ length: Math.ceil(runs / TRIALS_OF_A_TASK) }, (_, i) => ({
        study,
        from: i * TRIALS_OF_A_TASK,
        to: Math.min(runs, (i + 1) * TRIALS_OF_A_TASK),
      })),
);
const counts = all.map(({ promises }) => promises.map(() => 0));

/** One thread takes task after task until none is left. */
function work(next: () => Task | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./statistics/thread.js", import.meta.url));
    let task: Task | undefined;
    const give = () => {
      task = next();
      if (task) thread.postMessage(task);
      else void thread.terminate().then(() => resolve());
    };
    thread.on("error", reject);
    thread.on("message", (found: number[]) => {
      for (const [i, count] of found.entries()) counts[task!.study]![i]! += count;
      give();
    });
    give();
  });
}

const start = performance.now();
const queue = tasks.values();
await Promise.all(Array.from({ length: availableParallelism() }, () => work(() => queue.next().value)));

const findings = all.flatMap(({ name, rows, runs, promises }, study) =>
  chosen.length > 0 && !chosen.includes(name)
    ? []
    : promises.map((promised, i) => ({
        ...promised,
        rows,
        runs,
        percent: (100 * counts[study]![i]!) / runs,
      })),
);
const isHeld = ({ percent, from, to }: (typeof findings)[number]) => percent >= from && percent <= to;
const boundsOf = ({ from, to, exception }: Promised) =>
  from === 0 && to === 100 ? "none" : `${from} … ${to}${exception ? `, ${exception}` : ""}`;
printTable(
  ["what", "rows", "data sets", "%", "bounds", ""],
  findings.map((finding) => [
    finding.what,
    String(finding.rows),
    String(finding.runs),
    finding.percent.toFixed(2),
    boundsOf(finding),
    isHeld(finding) ? "" : "out of bounds",
  ]),
);
const { user } = process.cpuUsage();
console.error(
  `${((performance.now() - start) / 1000).toFixed(0)} s, of all threads ${(user / 1e6).toFixed(0)} s`,
);
if (!findings.every(isHeld)) process.exitCode = 1;
