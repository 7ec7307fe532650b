// A process that tries mutants one after another in a vitest that stays warm. It is told what to try and answers with
// what became of it; whoever started it ends it when a mutant never returns.

import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type {} from "vitest";
import { BaseSequencer, createVitest, type TestCase, type TestSpecification } from "vitest/node";
import { marked } from "./blocks.ts";
import { guardedFiles, guardingTests } from "./guarded.ts";

declare module "vitest" {
  interface TaskMeta {
    reached?: string[];
  }
}

/** Without a mutant, the unharmed sources are run with marks in them. */
export interface Trial {
  readonly mutant?: { readonly file: string; readonly text: string };
  /** Test files, each with the tests to run in it, or with all of them. */
  readonly tests: readonly { readonly file: string; readonly ids?: readonly string[] }[];
}

export interface TestRun {
  readonly id: string;
  readonly file: string;
  readonly milliseconds: number;
  /** The blocks entered, when the sources carry marks. */
  readonly reached: readonly string[];
}

export interface Outcome {
  readonly runs: readonly TestRun[];
  /** What failed: nothing when all tests have passed. */
  readonly failures: readonly string[];
}

/** Keeps the order of the trial: the tests that are likeliest to fail soon come first. */
class AsTold extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    return specifications;
  }
}

async function serve(): Promise<void> {
  const root = process.cwd();
  const nameOf = (path: string) => relative(root, path).replaceAll("\\", "/");
  const sources = new Set(guardedFiles(root));
  let trial: Trial = { tests: [] };
  const load = (id: string) => {
    const file = nameOf(id);
    if (!sources.has(file)) return null;
    if (!trial.mutant) return { code: marked(file, readFileSync(id, "utf8")), map: null };
    return trial.mutant.file === file ? { code: trial.mutant.text, map: null } : null;
  };
  const vitest = await createVitest(
    "test",
    {
      ...{ root, include: guardingTests(root), setupFiles: ["test/mutation/reached.ts"] },
      ...{ watch: false, reporters: [{}], silent: true, bail: 1, testTimeout: 600_000 },
      ...{ pool: "threads", maxWorkers: 1, fileParallelism: false, sequence: { sequencer: AsTold } },
    },
    { plugins: [{ name: "mutant", load }] },
  );
  const changedBy = ({ mutant }: Trial) => (mutant ? [mutant.file] : [...sources]);
  process.on("message", async (next: Trial) => {
    for (const file of [...changedBy(trial), ...changedBy(next)]) vitest.invalidateFile(resolve(root, file));
    trial = next;
    const project = vitest.getRootProject();
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
      next.tests.map(({ file, ids }) =>
        project.createSpecification(resolve(root, file), ids && { testIds: [...ids] }),
      ),
    );
    const outcome = { runs: [] as TestRun[], failures: unhandledErrors.map(String) };
    // Vitest remembers the files of earlier trials as well.
    for (const module of testModules.filter(({ moduleId }) =>
      next.tests.some((t) => t.file === nameOf(moduleId)),
    )) {
      const file = nameOf(module.moduleId);
      outcome.failures.push(...module.errors().map(({ message }) => `${file}: ${message}`));
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === "failed") outcome.failures.push(`${file}: ${test.fullName}: ${errors[0]?.message}`);
        if (state === "passed") outcome.runs.push(runOf(file, test));
      }
    }
    process.send!(outcome satisfies Outcome);
  });
  process.once("disconnect", () => process.exit());
  // Whoever waits is told how long this process has worked, in seconds.
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    process.send!((user + system) / 1e6);
  }, 500).unref();
  process.send!("ready");
}

function runOf(file: string, test: TestCase): TestRun {
  return {
    ...{ id: test.id, file, milliseconds: test.diagnostic()?.duration ?? 0 },
    reached: test.meta().reached ?? [],
  };
}

if (process.send) await serve();
