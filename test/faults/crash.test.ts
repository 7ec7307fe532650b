// A few kills of a training, of its resume and of an experiment; test/long/kills.test.ts and experimentkills.test.ts make
// more of them, and calls-*.test.ts beside them kill at calls of the system.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { randomStream } from "../../src/random.ts";
import { killAtRandom, openYard, type Yard } from "./crash.ts";
import { buildProgram } from "./process.ts";
import { tally } from "./tally.ts";

vi.setConfig({ testTimeout: 240_000 });

const TRIALS = 9;
let yard: Yard;
beforeAll(async () => {
  yard = await openYard(buildProgram("crash"));
}, 240_000);
afterAll(() => yard.end());

test("a training killed at any moment, also while it goes on, ends with the same bytes (slow)", async (context) => {
  const { cases, problems } = await killAtRandom(yard, yard.train, TRIALS, randomStream(1, "check"));
  expect(problems).toEqual([]);
  tally(context, cases);
});

test("an experiment killed at any moment, also while it goes on, ends with the same bytes (slow)", async (context) => {
  const { cases, problems } = await killAtRandom(yard, yard.experiment, 6, randomStream(3, "check"));
  expect(problems).toEqual([]);
  tally(context, cases);
});
