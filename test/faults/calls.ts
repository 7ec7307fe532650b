// The tests of a command that is disturbed at every call of the system that changes something: one file each, so that
// each ends in minutes.

import { afterAll, beforeAll, expect, test } from "vitest";
import { disturbCalls, openYard, type Yard } from "./crash.ts";
import { buildProgram, hasProgram } from "./process.ts";
import { tally } from "./tally.ts";

const TITLES = {
  "signal=KILL": "killed there, every file is absent or whole, and going on ends with the same bytes",
  "error=EIO": "EIO: ends with 0, 73 or 74, the files are whole, and going on ends with the same bytes",
  "error=ENOSPC": "ENOSPC: ends with 0, 73 or 74, the files are whole, and going on ends with the same bytes",
} as const;

/** @param name of the command, and of the folder it is built into */
export function testCalls(
  name: "predict" | "train" | "resume" | "experiment",
  faults: readonly (keyof typeof TITLES)[],
): void {
  let yard: Yard;
  beforeAll(async () => {
    yard = await openYard(buildProgram(`${name}-${faults[0]!.replace("=", "-")}`));
  }, 120_000);
  afterAll(() => yard.end());

  for (const fault of faults) {
    test(TITLES[fault], async (context) => {
      if (!hasProgram("strace", "-o", "/dev/null", "true")) return context.skip("no strace here");
      const { cases, stopped, problems } = await disturbCalls(yard, yard[name], fault);
      expect(problems).toEqual([]);
      expect(stopped).toBeGreaterThan(0);
      tally(context, cases);
    });
  }
}
