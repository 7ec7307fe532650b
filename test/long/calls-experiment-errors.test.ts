// experiment, two runs at a time, with every call of the system that changes something failing once.

import { afterAll, beforeAll, expect, test } from "vitest";
import { disturbCalls, openYard, type Yard } from "../faults/crash.ts";
import { buildProgram, hasProgram } from "../faults/process.ts";
import { tally } from "../faults/tally.ts";

const FAULTS = ["error=EIO", "error=ENOSPC"] as const;
let yard: Yard;
beforeAll(async () => {
  yard = await openYard(buildProgram("experiment-errors"));
}, 120_000);
afterAll(() => yard.end());

test.for(FAULTS)(
  "%s: ends with 0, 73 or 74, the files are whole, and going on ends with the same bytes",
  async (fault, context) => {
    if (!hasProgram("strace", "-o", "/dev/null", "true")) return context.skip("no strace here");
    const { cases, stopped, problems } = await disturbCalls(yard, yard.experiment, fault);
    expect(problems).toEqual([]);
    expect(stopped).toBeGreaterThan(0);
    tally(context, cases);
  },
);
