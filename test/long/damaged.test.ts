// The same as test/faults/damaged.test.ts, a hundred times as often: 200,000 tables.

import { expect, test } from "vitest";
import { hasPython } from "../faults/damaged/python.ts";
import { runDamage } from "../faults/damaged/run.ts";
import { tally } from "../faults/tally.ts";

const leftOut = hasPython ? [] : ["damaged tables against Python's csv module: there is no python3"];

test.for(Array.from({ length: 10 }, (_, part) => part + 2))(
  "20,000 damaged tables, seed %d: refused with a place or read as Python reads them",
  async (seed, context) => {
    const { refused, accepted, trained, faults } = await runDamage(seed, 20_000, 50);
    expect(faults).toEqual([]);
    expect(Math.min(refused, accepted)).toBeGreaterThan(4000);
    expect(trained).toBeGreaterThan(50);
    tally(context, 20_000, leftOut);
  },
);
