// The corpus of bad CSV files, F01 to F104 of the catalogue: each meets its outcome, its message and its exit code.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadClassifier } from "../../src/artifact.ts";
import type { Disk, Outcome } from "../cli/memory.ts";
import { memoryDisk, runIn } from "../cli/memory.ts";
import { answersOf, type CsvCase, type Result } from "./csv/case.ts";
import { categoryCases } from "./csv/categories.ts";
import { contentCases } from "./csv/content.ts";
import { sound } from "./csv/fruit.ts";
import { labelCases } from "./csv/labels.ts";
import { numberCases } from "./csv/numbers.ts";
import { shapeCases } from "./csv/shape.ts";

const cases = [...contentCases, ...shapeCases, ...labelCases, ...numberCases, ...categoryCases];
const quick = ["--set", "model.hidden=[8]", "--set", "train.epochs=3", "--set", "train.batchSize=8"];
const MODEL = "sound/model.safetensors";

let trained: Disk;
let soundAnswers: string[];

beforeAll(async () => {
  trained = memoryDisk({ "sound.csv": sound() });
  const { code } = await runIn(["train", "sound.csv", "--label", "fruit", "--out", "sound", ...quick], {
    disk: trained,
  });
  expect(code).toBe(0);
  const { out } = await runIn(["predict", MODEL, "sound.csv"], { disk: trained });
  soundAnswers = out.trimEnd().split("\n").slice(1);
}, 60_000);

afterAll(() => {
  expect(Object.keys(Object.prototype)).toEqual([]); // no name of a column or class has become a key of all objects
});

const commands: Readonly<Record<NonNullable<CsvCase["command"]>, readonly string[]>> = {
  train: ["train", "case.csv", "--label", "fruit", "--out", "run", ...quick],
  evaluate: ["evaluate", MODEL, "case.csv"],
  predict: ["predict", MODEL, "case.csv"],
};

/** Runs the case on a disk that holds its file and the model of the sound table. */
async function outcomeOf({ command = "train", options = [], content }: CsvCase): Promise<Outcome> {
  const disk = memoryDisk({ "case.csv": content() });
  for (const [path, entry] of trained.entries) disk.entries.set(path, entry);
  return runIn([...commands[command], ...options], { disk });
}

// C0 but for line end and tab, DEL, C1, and what turns the direction of writing.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be there
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test("the corpus has every number of the catalogue", () => {
  const numbers = new Set(cases.map(({ id }) => id.slice(0, 4).replace(/[a-z]$/, "")));
  const wanted = Array.from({ length: 104 }, (_, i) => `F${String(i + 1).padStart(2, "0")}`);
  expect(wanted.filter((id) => !numbers.has(id))).toEqual([]);
});

describe("each file meets its outcome", () => {
  test.each(cases.map((one) => [one.id, one.title, one] as const))("%s: %s", async (_id, _title, one) => {
    const { code, out, err, disk } = await outcomeOf(one);
    const files = [...trained.list(), "case.csv"].sort();
    expect(code, err).toBe(one.outcome === "refused" ? 65 : 0);
    expect(out + err).not.toMatch(CONTROL);
    for (const line of err.split("\n")) expect(line.length).toBeLessThanOrEqual(1000);
    for (const pattern of one.says ?? []) expect(err).toMatch(pattern);
    if (one.line !== undefined) expect(err).toContain(`case.csv:${one.line}`);
    if (one.column !== undefined) expect(err).toContain(`column "${one.column}"`);
    if (one.outcome === "refused") {
      expect(err).toMatch(/^error: case\.csv[^\n]*\n(hint: {2}[^\n]*\n)?$/);
      // Nothing was created, changed or removed, but for the lock on the folder, which is gone.
      const changes = disk.log.filter((entry) => !entry.endsWith(" run.lock"));
      expect({ out, changes, files: disk.list() }).toEqual({ out: "", changes: [], files });
      return;
    }
    if (one.outcome === "warned") expect(err).toContain("warning: ");
    else expect(err).not.toMatch(/warning: (?!column "skin": 1 (validation|test) row)/);
    const result = resultOf(one, { code, out, err, disk });
    if (one.holds) expect(one.holds(result), `${out}\n${err}`).toBe(true);
  });
});

function resultOf({ command = "train" }: CsvCase, { out, disk }: Outcome): Result {
  if (command !== "train") return { classifier: undefined, rows: 0, out };
  const classifier = loadClassifier(disk.bytes("run/model.safetensors"), "model");
  for (const { weights, biases } of classifier.network.layers) {
    expect(weights.every(Number.isFinite) && biases.every(Number.isFinite)).toBe(true);
  }
  const { rows } = JSON.parse(disk.text("run/metrics.json")).data[0];
  return { classifier, rows, out };
}

test("predictions are the same without the label, with more columns, and in another order", async () => {
  for (const id of ["F95", "F96", "F97"]) {
    const result = await outcomeOf(cases.find((one) => one.id === id)!);
    expect(answersOf({ ...result, classifier: undefined, rows: 0 })).toEqual(soundAnswers);
  }
});
