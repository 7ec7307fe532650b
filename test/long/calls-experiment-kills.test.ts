// experiment, two runs at a time, killed at every second call of the system that changes something.

import { afterAll, beforeAll, expect, test } from "vitest";
import { disturbCalls, openYard, type Yard } from "../faults/crash.ts";
import { buildProgram, hasProgram } from "../faults/process.ts";
import { tally } from "../faults/tally.ts";

/** Most of the calls wake a thread and touch no file. */
const STEP = 2;
let yard: Yard;
beforeAll(async () => {
  yard = await openYard(buildProgram("experiment-calls"));
}, 120_000);
afterAll(() => yard.end());

test("killed there, every file is absent or whole, and going on ends with the same bytes", async (context) => {
  if (!hasProgram("strace", "-o", "/dev/null", "true")) return context.skip("no strace here");
  const { cases, stopped, problems } = await disturbCalls(yard, yard.experiment, "signal=KILL", STEP);
  expect(problems).toEqual([]);
  expect(stopped).toBeGreaterThan(0);
  tally(context, cases);
});
