// Whole programs, from start to end: training on the tumor data beside a scikit-learn script that does the same work,
// and the time that saying nothing but the help takes.
//
//   npm run bench:process [-- --quick]

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeBlas, python, pythonEnvironment, threadsOf } from "./blas.ts";
import { root } from "./cases.ts";
import { machine, median, secondsOf, short } from "./measure.ts";
import { tumor } from "./rows.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const rounds = options.quick ? 3 : 11;
const main = join(root, "dist/cli/main.js");
const node = process.execPath;
const folder = mkdtempSync(join(tmpdir(), "pullone-bench-"));
const run = join(folder, "run");
const train = [main, "train", join(root, "configs/tumor.jsonc"), "--out", run, "--force"];
secondsOf(node, train);
// The history has a line for each epoch, and a header.
const epochs = String(readFileSync(join(run, "history.csv"), "utf8").trimEnd().split("\n").length - 1);

type Program = readonly [name: string, command: string, args: readonly string[], env?: NodeJS.ProcessEnv];
const commander = join(root, "node_modules/commander/esm.mjs");
const programs: Program[] = [
  ["node -e 0", node, ["-e", "0"]],
  ["node, commander loaded", node, ["--input-type=module", "-e", `import ${JSON.stringify(commander)}`]],
  ["pullone --help", node, [main, "--help"]],
  ["pullone train configs/tumor.jsonc", node, train],
  ...[1, 2].map((threads): Program => {
    const script = ["-B", join(root, "bench/peers/process.py"), tumor, epochs, folder];
    const name = `scikit-learn, the same, ${threads === 1 ? "1 thread" : "2 threads"}`;
    return [name, python, script, { ...pythonEnvironment(), ...threadsOf(threads) }];
  }),
];

console.log(`${machine()}; ${describeBlas()}; ${rounds} rounds\n`);
const taken = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, command, args, env] of programs) {
    try {
      taken.set(name, [...(taken.get(name) ?? []), 1000 * secondsOf(command, args, env)]);
    } catch (error) {
      if (round === 0) console.log(`skipped: ${name}: ${(error as Error).message}`);
    }
  }
}
rmSync(folder, { recursive: true });
const ours = (name: string) => taken.get(name)!;
/** The median over the rounds of a ratio within a round. */
const times = (a: readonly number[], b: readonly number[]) =>
  short(median(a.map((value, i) => value / b[i]!)));
printTable(
  ["program", "ms", "times node with commander", "times pullone train"],
  [...taken].map(([name, ms]) => [
    name,
    short(median(ms)),
    times(ms, ours("node, commander loaded")),
    times(ms, ours("pullone train configs/tumor.jsonc")),
  ]),
);
