// Breaks the guarded sources one small fault at a time and counts the faults that the tests notice:
//   npm run mutants -- [--seed 1] [--from 0] [--count 500] [--jobs 2] [--only TEXT]
// At least 95 of 100 must be caught; test/mutation/survivors.json gives the reason for each of the others.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { guardingTests } from "../test/mutation/guarded.ts";
import { drawMutants, nameOf } from "../test/mutation/mutants.ts";
import { tryMutants } from "../test/mutation/trials.ts";

const LEAST_PERCENT = 95;

interface Survivor {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    count: { type: "string", default: "500" },
    jobs: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});
const root = process.cwd();
const listed: readonly Survivor[] = JSON.parse(readFileSync("test/mutation/survivors.json", "utf8"));
const reasons = new Map(listed.map((survivor) => [nameOf(survivor), survivor.reason]));
const ranked = drawMutants(root, Number(values.seed));
const mutants = ranked
  .filter((mutant) => nameOf(mutant).includes(values.only))
  .slice(Number(values.from), Number(values.from) + Number(values.count));

const started = performance.now();
const verdicts = await tryMutants(root, mutants, guardingTests(root), Number(values.jobs), console.log);
const survivors = verdicts.filter(({ caught }) => !caught).map(({ mutant }) => mutant);
for (const mutant of survivors) {
  const { file, line, operator, before, after } = mutant;
  const reason = reasons.get(nameOf(mutant)) ?? "NO REASON GIVEN";
  console.log(`\n${file}:${line} ${operator}\n  ${before}\n  ${after}\n  ${reason}`);
}
const known = new Set(ranked.map(nameOf));
const stale = listed.filter((survivor) => !known.has(nameOf(survivor)));
for (const { file, before } of stale) console.log(`\nno such mutant any more: ${file}\n  ${before}`);

const unexplained = survivors.filter((mutant) => !reasons.has(nameOf(mutant))).length;
const endless = verdicts.filter((verdict) => verdict.endless).length;
const caught = mutants.length - survivors.length;
const percent = mutants.length === 0 ? 100 : (100 * caught) / mutants.length;
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `\nseed ${values.seed}: ${caught} of ${mutants.length} mutants caught, ${percent.toFixed(1)} % ` +
    `(${endless} never ended); ${survivors.length - unexplained} survive for a reason, ${unexplained} without; ${seconds} s`,
);
process.exitCode = percent < LEAST_PERCENT || unexplained > 0 || stale.length > 0 ? 1 : 0;
