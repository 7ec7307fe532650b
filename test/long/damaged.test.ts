// The same as test/faults/damaged.test.ts, a hundred times as often.

import { expect, test } from "vitest";
import { hasPython } from "../faults/damaged/python.ts";
import { runDamage } from "../faults/damaged/run.ts";
import { tally } from "../faults/tally.ts";

const leftOut = hasPython ? [] : ["damaged tables against Python's csv module: there is no python3"];

test("200,000 damaged tables: refused with a place or read as Python reads them", async (context) => {
  const { refused, accepted, trained, faults } = await runDamage(2, 200_000, 50);
  expect(faults).toEqual([]);
  expect(Math.min(refused, accepted)).toBeGreaterThan(40_000);
  expect(trained).toBeGreaterThan(500);
  tally(context, 200_000, leftOut);
});
