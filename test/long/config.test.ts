// Every one-letter typo of every key, with every letter and digit: how often the right key is suggested.

import { expect, test } from "vitest";
import { hintForUnknownKey } from "../../src/config/keys.ts";
import { type ConfigKey, describeConfig } from "../../src/config.ts";
import { contextOf, typosOf } from "../faults/config/typos.ts";
import { tally } from "../faults/tally.ts";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
const keys = describeConfig();
const named = keys.filter(({ path }) => !path.endsWith("*"));

/** Whether the word is itself a key of that place, and so no typo. */
const isKey = (parent: string, word: string) => keys.some(({ path }) => path === `${parent}${word}`);

function suggested(key: ConfigKey, typo: string): string | undefined {
  const path = key.path.replaceAll("*", "x").split(".");
  return hintForUnknownKey(keys, [...path.slice(0, -1), typo], contextOf(key));
}

test("99 of 100 of all one-letter typos of all keys get the right key suggested", (context) => {
  let typos = 0;
  const wrong: string[] = [];
  for (const key of named) {
    const name = key.path.split(".").at(-1)!;
    const parent = key.path.slice(0, -name.length);
    for (const typo of typosOf(name, letters)) {
      if (isKey(parent, typo)) continue;
      typos++;
      const hint = suggested(key, typo);
      if (hint !== `did you mean "${name}"?`) wrong.push(`${key.path} as ${typo}: ${hint}`);
    }
  }
  expect(typos).toBeGreaterThan(50_000);
  expect(wrong.length / typos, wrong.slice(0, 50).join("\n")).toBeLessThan(0.01);
  tally(context, typos);
});
