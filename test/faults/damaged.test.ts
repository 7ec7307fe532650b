// Tables whose bytes were damaged: refused with a place, or read exactly as an independent reader reads them.

import { expect, test } from "vitest";
import { hasPython } from "./damaged/python.ts";
import { runDamage } from "./damaged/run.ts";
import { tally } from "./tally.ts";

const leftOut = hasPython ? [] : ["damaged tables against Python's csv module: there is no python3"];

test("slow: 2,000 damaged tables: refused with a place or read as Python reads them; never a number that is none", async (context) => {
  const { refused, accepted, trained, faults } = await runDamage(1, 2000, 10);
  expect(faults).toEqual([]);
  expect(refused).toBeGreaterThan(400); // the damage is felt
  expect(accepted).toBeGreaterThan(400);
  expect(trained).toBeGreaterThan(20);
  tally(context, 2000, leftOut);
});
