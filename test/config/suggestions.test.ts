// Which key a mistyped one was meant to be.
import { describe, expect, test } from "vitest";
import { hintForUnknownKey } from "../../src/config/keys.ts";
import { describeConfig } from "../../src/config.ts";
import { nearest } from "../../src/errors.ts";
import { contextOf, typosOf } from "../faults/config/typos.ts";
import { complaintAbout, documentWith } from "./complaint.ts";

const keys = describeConfig();

test("99 of 100 one-letter typos of every key get the right key", () => {
  let typos = 0;
  let right = 0;
  for (const key of keys) {
    const path = key.path.replaceAll("*", "x").split(".");
    const name = path.at(-1)!;
    if (key.path.endsWith("*")) continue;
    const isKey = (word: string) => keys.some((other) => other.path === key.path.replace(/[^.]+$/, word));
    for (const typo of [...typosOf(name, "x"), name.toUpperCase(), name.toLowerCase()]) {
      if (typo === name || isKey(typo)) continue;
      typos++;
      const hint = hintForUnknownKey(keys, [...path.slice(0, -1), typo], contextOf(key));
      if (hint === `did you mean "${name}"?`) right++;
    }
  }
  expect(typos).toBeGreaterThan(2_000);
  expect(right / typos).toBeGreaterThan(0.99);
});

describe("hints for unknown keys", () => {
  const hint = (more: object) => complaintAbout(documentWith(more)).hint;
  test.each<[object, string | undefined]>([
    [{ train: { learning_rate: 1 } }, 'did you mean "learningRate"?'],
    [{ train: { LEARNINGRATE: 1 } }, 'did you mean "learningRate"?'],
    [{ momentum: 0.9 }, '"momentum" belongs to train'],
    [{ model: { seed: 1 } }, '"seed" belongs to the top level'],
    [{ train: { kind: "cosine" } }, '"kind" belongs to data.columns.*, split or train.schedule'],
    [{ train: { beta1: 0.9 } }, '"beta1" goes with train.optimizer "adam" or "adamw"'],
    [
      { train: { optimizer: "adam", weightDecay: 0.1 } },
      '"weightDecay" goes with train.optimizer "sgd" or "adamw"',
    ],
    [{ split: { column: "fold" } }, '"column" goes with split.kind "column"'],
    [{ split: { kind: "folds", fold: 1, foldx: 5 } }, 'did you mean "folds"?'],
    [{ split: { kind: "folds", folds: 5, foldx: 1 } }, 'did you mean "fold"?'],
    [{ model: { momentun: 1 } }, 'did you mean "train.momentum"?'],
    [
      { split: { qqqqqqq: 1 } },
      "the keys of this place are kind, validation, test, column, validationShare, folds, fold, foldSeed",
    ],
    [{ train: { qqqqqqq: 1 } }, undefined],
  ])("%j", (more, expected) => {
    expect(hint(more)).toBe(expected);
  });
});

describe("nearest", () => {
  test("ignores case, and takes the first of equals", () => {
    expect(nearest("RELU", ["tanh", "relu"])).toBe("relu");
    expect(nearest("betaX", ["beta1", "beta2"])).toBe("beta1");
  });
  test("words of three letters and fewer may differ by one edit, longer ones by two or a third", () => {
    expect(nearest("l3", ["l2"])).toBe("l2");
    expect(nearest("xy", ["l2"])).toBeUndefined();
    expect(nearest("epohcs", ["epochs"])).toBe("epochs");
    expect(nearest("learning_rates", ["learningRate"])).toBe("learningRate");
    expect(nearest("colour", ["epochs"])).toBeUndefined();
  });
});
