// How many cases a test has tried: for the closing table of npm run test:faults and npm run test:long.

import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    cases?: number;
    leftOut?: string[];
  }
}

/** Says that the test has tried `cases` cases, and names those it could not try here, each with its reason. */
export function tally({ task }: TestContext, cases: number, leftOut: readonly string[] = []): void {
  task.meta.cases = (task.meta.cases ?? 0) + cases;
  task.meta.leftOut = [...(task.meta.leftOut ?? []), ...leftOut];
}
