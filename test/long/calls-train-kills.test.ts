// train with a checkpoint at every epoch, killed at every call of the system that changes something.

import { afterAll, beforeAll, expect, test } from "vitest";
import { disturbCalls, openYard, type Yard } from "../faults/crash.ts";
import { buildProgram, hasProgram } from "../faults/process.ts";
import { tally } from "../faults/tally.ts";

let yard: Yard;
beforeAll(async () => {
  yard = await openYard(buildProgram("train-kills"));
}, 120_000);
afterAll(() => yard.end());

test("killed there, every file is absent or whole, and going on ends with the same bytes", async (context) => {
  if (!hasProgram("strace", "-o", "/dev/null", "true")) return context.skip("no strace here");
  const { cases, stopped, problems } = await disturbCalls(yard, yard.train, "signal=KILL");
  expect(problems).toEqual([]);
  expect(stopped).toBeGreaterThan(0);
  tally(context, cases);
});
