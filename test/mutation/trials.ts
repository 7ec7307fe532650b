// Tries mutants on benches: first the unharmed sources, to learn which tests reach which block and how long they take;
// then each mutant with the tests that reach it, the quickest first, until one fails.

import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome, TestRun, Trial } from "./bench.ts";
import { blockAt } from "./blocks.ts";
import type { Mutant } from "./mutants.ts";

export interface Verdict {
  readonly mutant: Mutant;
  readonly caught: boolean;
  /** Caught because it did not end, or took the process with it. */
  readonly endless: boolean;
}

/**
 * A mutant that takes so many times what its tests take without it, and so much more, does not end. Counted is the time
 * of the processor, which a busy machine does not stretch.
 */
const PATIENCE = 5;
const PATIENCE_SECONDS = 15;
/** For a test that waits without working. */
const LONGEST_WAIT_MILLISECONDS = 600_000;
const QUICK_MILLISECONDS = 1_000;

const benchProgram = join(import.meta.dirname, `bench${import.meta.filename.slice(-3)}`);

/** A bench that answers one trial at a time and is put up again after it was taken down. */
function openBench() {
  let process: ChildProcess | undefined;
  const close = () => {
    process?.kill("SIGKILL");
    process = undefined;
  };
  /** What the process says next; undefined when it ends, or works for more seconds. */
  const answer = (from: ChildProcess, seconds: number) =>
    new Promise<unknown>((resolve) => {
      const settle = (value?: unknown) => {
        clearTimeout(timer);
        from.removeAllListeners();
        resolve(value);
      };
      const timer = setTimeout(settle, LONGEST_WAIT_MILLISECONDS);
      let before: number | undefined;
      from.once("exit", () => settle());
      from.on("message", (said) => {
        if (typeof said !== "number") return settle(said);
        before ??= said;
        if (said - before > seconds) settle();
      });
    });
  const ask = async (trial: Trial, seconds: number): Promise<Outcome | undefined> => {
    if (!process) {
      process = fork(benchProgram, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      await answer(process, Number.POSITIVE_INFINITY);
    }
    process.send(trial);
    const outcome = await answer(process, seconds);
    if (outcome === undefined) close();
    return outcome as Outcome | undefined;
  };
  return { ask, close };
}

/**
 * The verdict on each mutant, in the order given.
 *
 * @param say takes a line of progress now and then
 * @throws when the tests do not pass without a mutant
 */
export async function tryMutants(
  root: string,
  mutants: readonly Mutant[],
  tests: readonly string[],
  jobs: number,
  say: (line: string) => void,
): Promise<Verdict[]> {
  const benches = Array.from({ length: jobs }, openBench);
  try {
    const shares = benches.map(({ ask }, i) =>
      ask(
        { tests: tests.filter((_, k) => k % jobs === i).map((file) => ({ file })) },
        Number.POSITIVE_INFINITY,
      ),
    );
    const unharmed = await Promise.all(shares);
    const failures = unharmed.flatMap((outcome) => outcome?.failures ?? ["no answer"]);
    if (failures.length > 0) throw new Error(`the tests fail without a mutant: ${failures.join("\n")}`);
    const runs = unharmed.flatMap((outcome) => outcome!.runs);
    say(`${runs.length} tests pass without a mutant; ${mutants.length} mutants to try`);
    const verdicts: Verdict[] = new Array(mutants.length);
    const catches = countedCatches();
    let next = 0;
    const work = async ({ ask }: (typeof benches)[number]) => {
      for (let i = next++; i < mutants.length; i = next++) {
        const mutant = mutants[i]!;
        let caught = false;
        let endless = false;
        for (const round of rounds(reachingTests(root, mutant, runs))) {
          const usual = round.reduce((sum, run) => sum + run.milliseconds, 0);
          const patience = PATIENCE_SECONDS + (PATIENCE * usual) / 1000;
          const tests = byFile(round, (test) => catches.of(mutant.file, test));
          const outcome = await ask({ mutant, tests }, patience);
          endless = outcome === undefined;
          if (outcome?.failures.length === 0) assertAllRan(outcome, round);
          caught = endless || outcome!.failures.length > 0;
          for (const failure of outcome?.failures ?? []) catches.add(mutant.file, failure);
          if (caught) break;
        }
        verdicts[i] = { mutant, caught, endless };
        if (!caught) say(`survived: ${mutant.file}:${mutant.line}: ${mutant.after}`);
        if ((i + 1) % 25 === 0) say(`${i + 1} tried`);
      }
    };
    await Promise.all(benches.map(work));
    return verdicts;
  } finally {
    for (const bench of benches) bench.close();
  }
}

/** A test that was edited meanwhile is not found again: it would notice nothing. */
function assertAllRan({ runs }: Outcome, asked: readonly TestRun[]): void {
  if (runs.length === asked.length) return;
  throw new Error(`${runs.length} of ${asked.length} tests ran: were they changed while mutants are tried?`);
}

/** The tests that enter the block of the mutant, the quickest first. */
function reachingTests(root: string, { file, start }: Mutant, runs: readonly TestRun[]): TestRun[] {
  const block = blockAt(file, readFileSync(join(root, file), "utf8"), start);
  return runs
    .filter(({ reached }) => reached.includes(block))
    .sort((a, b) => a.milliseconds - b.milliseconds);
}

/** Two rounds: the quick tests that take a second together, and the others. */
function rounds(runs: readonly TestRun[]): TestRun[][] {
  let quick = 0;
  for (let sum = 0; quick < runs.length; quick++) {
    sum += runs[quick]!.milliseconds;
    if (sum > QUICK_MILLISECONDS) break;
  }
  return [runs.slice(0, quick), runs.slice(quick)].filter((round) => round.length > 0);
}

/** The tests of each file; the file that has caught most comes first, among equals that with the fewest milliseconds. */
function byFile(
  runs: readonly TestRun[],
  catchesOf: (test: string) => number,
): { file: string; ids: string[] }[] {
  const files = new Map<string, { milliseconds: number; ids: string[] }>();
  for (const { file, id, milliseconds } of runs) {
    const before = files.get(file) ?? { milliseconds: 0, ids: [] };
    files.set(file, { milliseconds: before.milliseconds + milliseconds, ids: [...before.ids, id] });
  }
  return [...files]
    .sort(([one, a], [other, b]) => catchesOf(other) - catchesOf(one) || a.milliseconds - b.milliseconds)
    .map(([file, { ids }]) => ({ file, ids }));
}

/** How many mutants of a source each test file has caught so far: it is the likeliest to catch the next. */
function countedCatches() {
  const counts = new Map<string, number>();
  const nameOf = (source: string, test: string) => `${source}\n${test}`;
  return {
    of: (source: string, test: string) => counts.get(nameOf(source, test)) ?? 0,
    /** A failure begins with the name of its test file. */
    add: (source: string, failure: string) => {
      const name = nameOf(source, failure.slice(0, failure.indexOf(":")));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
  };
}
