// SIGKILL at a hundred random moments of an experiment, and of its going on: the table, the summary and the record of
// every run must come out the same.

import { afterAll, beforeAll, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { killAtRandom, openYard, type Yard } from "../faults/crash.ts";
import { buildProgram } from "../faults/process.ts";
import { tally } from "../faults/tally.ts";

/** Every third is killed up to four times: two kills a trial. */
const TRIALS = 50;
let yard: Yard;
beforeAll(async () => {
  yard = await openYard(buildProgram("experiment-kills"));
}, 120_000);
afterAll(() => yard.end());

test("killed at random, again and again, it ends with the same bytes in every file", async (context) => {
  const { cases, stopped, problems } = await killAtRandom(
    yard,
    yard.experiment,
    TRIALS,
    randomStream(4, "check"),
  );
  expect(problems).toEqual([]);
  expect(stopped).toBeGreaterThan(TRIALS);
  tally(context, cases);
});
