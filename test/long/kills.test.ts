// SIGKILL at a thousand random moments of a training, and of its resume, again and again.

import { afterAll, beforeAll, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { killAtRandom, openYard, type Yard } from "../faults/crash.ts";
import { buildProgram } from "../faults/process.ts";
import { tally } from "../faults/tally.ts";

/** Every third is killed up to four times: two kills a trial. */
const TRIALS = 501;
let yard: Yard;
beforeAll(async () => {
  yard = await openYard(buildProgram("kills"));
}, 120_000);
afterAll(() => yard.end());

test("every file is absent or whole, and going on ends with the same bytes and nothing beside them", async (context) => {
  const { cases, stopped, problems } = await killAtRandom(yard, yard.train, TRIALS, randomStream(2, "check"));
  expect(problems).toEqual([]);
  expect(stopped).toBeGreaterThan(TRIALS);
  tally(context, cases);
});
