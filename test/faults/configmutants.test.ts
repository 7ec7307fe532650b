// F130: 20,000 configurations with bytes changed at random are taken or refused with 78; nothing else happens.

import { expect, test } from "vitest";
import { decodeConfig, parseRunConfig } from "../../src/config.ts";
import { PulloneError } from "../../src/errors.ts";
import { processorTime } from "./clock.ts";
import { good, printConfig } from "./config/good.ts";
import { mutantsOf } from "./config/mutants.ts";
import { tally } from "./tally.ts";

const bytes = new TextEncoder().encode(good);
const SLOWEST = 2_000;

test.for(Array.from({ length: 10 }, (_, i) => i + 1))("by the reader, seed %d", (seed, context) => {
  let taken = 0;
  for (const mutant of mutantsOf(bytes, seed, 1_950)) {
    const start = processorTime();
    try {
      parseRunConfig(decodeConfig(mutant, "c.jsonc"), "c.jsonc");
      taken++;
    } catch (error) {
      if (!(error instanceof PulloneError) || error.code !== "config_invalid") throw error;
      if (!error.message.startsWith("c.jsonc:")) throw new Error(`no place: ${error.message}`);
    }
    expect(processorTime() - start).toBeLessThan(SLOWEST);
  }
  expect(taken).toBeGreaterThan(20); // a comment, a digit, a blank more
  tally(context, 1_950);
});

test("by the command line: exit code 0 or 78, and no prototype is touched", async (context) => {
  const cases = 500;
  for (const mutant of mutantsOf(bytes, 11, cases)) {
    const { code, out, err } = await printConfig(mutant);
    const told = JSON.parse(out);
    if (code === 0) expect(told).toHaveProperty("train.epochs");
    else
      expect({ exit: code, err, ...told.error }).toMatchObject({ exit: 78, code: "config_invalid", err: "" });
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  tally(context, cases);
});
