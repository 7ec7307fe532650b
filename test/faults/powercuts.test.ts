// Power cuts and failing calls, a seeded sample; test/long/powercuts.test.ts takes many more.

import { describe, expect, test } from "vitest";
import { huntCuts, huntFaults } from "./cuts.ts";
import { rightSaving, savings, wrongUnderCuts, wrongUnderFaults } from "./savings.ts";
import { tally } from "./tally.ts";

const CUTS = 3400;
const SAVES = 200;

describe("after a power cut each file is old or new and whole, and once the save has returned it is new", () => {
  for (const saving of savings) {
    test(saving.name, async (context) => {
      const { cases, problems } = await huntCuts(saving, CUTS, 1);
      expect(problems).toEqual([]);
      tally(context, cases);
    });
  }
});

describe("after a call that fails the old files are there, nothing is left beside them, and it is exit 74", () => {
  for (const saving of savings) {
    test(saving.name, async (context) => {
      const { cases, problems } = await huntFaults(saving, SAVES, 1);
      expect(problems).toEqual([]);
      tally(context, cases);
    });
  }
});

describe("the hunts bite", () => {
  test("a plain save without a mistake passes both", async () => {
    expect((await huntCuts(rightSaving, CUTS, 1)).problems).toEqual([]);
    expect((await huntFaults(rightSaving, SAVES, 1)).problems).toEqual([]);
  });

  test.each(wrongUnderCuts)("a power cut catches: $name", async (saving) => {
    expect((await huntCuts(saving, CUTS, 1)).problems).not.toEqual([]);
  });

  test.each(wrongUnderFaults)("a call that fails catches: $name", async (saving) => {
    expect((await huntFaults(saving, SAVES, 1)).problems).not.toEqual([]);
  });
});
