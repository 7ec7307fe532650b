// The tests of a command that is killed at random moments, and again while it goes on: one file each, so that each ends
// in minutes.

import { afterAll, beforeAll, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { killAtRandom, openYard, type Yard } from "./crash.ts";
import { buildProgram } from "./process.ts";
import { tally } from "./tally.ts";

/**
 * @param name   of the command, and of the folder it is built into
 * @param trials every third is killed up to four times: two kills a trial
 */
export function testKills(name: "train" | "experiment", trials: number, seed: number): void {
  let yard: Yard;
  beforeAll(async () => {
    yard = await openYard(buildProgram(`${name}-kills`));
  }, 120_000);
  afterAll(() => yard.end());

  test("every file is absent or whole, and going on ends with the same bytes and nothing beside them", async (context) => {
    const random = randomStream(seed, "check");
    const { cases, stopped, problems } = await killAtRandom(yard, yard[name], trials, random);
    expect(problems).toEqual([]);
    expect(stopped).toBeGreaterThan(trials);
    tally(context, cases);
  });
}
