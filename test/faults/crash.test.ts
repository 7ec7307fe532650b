// A few kills of a training and of its resume; test/long/kills.test.ts makes a thousand, and calls-*.test.ts beside it kill at every call.

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
