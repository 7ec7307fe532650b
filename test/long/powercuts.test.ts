// A million power cuts and many disturbed saves: test/faults/powercuts.test.ts at length, from other seeds.

import { describe, expect, test } from "vitest";
import { huntCuts, huntFaults } from "../faults/cuts.ts";
import { savings } from "../faults/savings.ts";
import { tally } from "../faults/tally.ts";

const CUTS = Math.ceil(1_000_000 / savings.length);
const SAVES = Math.ceil(120_000 / savings.length);

describe("a power cut at every operation", () => {
  for (const [seed, saving] of savings.entries()) {
    test(saving.name, async (context) => {
      const { cases, problems } = await huntCuts(saving, CUTS, 100 + seed);
      expect(problems).toEqual([]);
      tally(context, cases);
    });
  }
});

describe("a failure of every operation", () => {
  for (const [seed, saving] of savings.entries()) {
    test(saving.name, async (context) => {
      const { cases, problems } = await huntFaults(saving, SAVES, 200 + seed);
      expect(problems).toEqual([]);
      tally(context, cases);
    });
  }
});
