// A sound configuration, and what becomes of others like it on the command line.

import { expect } from "vitest";
import { memoryDisk, type Outcome, runIn } from "../../cli/memory.ts";
import { processorTime } from "../clock.ts";

/** Everything that is optional in the language stands in it: comments, a comma after the last item. */
export const good = `// A run.
{
  "name": "iris",
  "seed": 42,
  "data": { "file": "iris.csv", "label": "species", "scaling": "standard", "missingValues": ["", "NA"] },
  "split": { "kind": "stratified", "validation": 0.2, "test": 0.2 },
  "model": { "head": "softmax", "hidden": [8, 4], "activation": "relu" }, // two layers
  "train": {
    "optimizer": "sgd",
    "learningRate": 0.05, "momentum": 0.9, "nesterov": true,
    "batchSize": 16, "epochs": 3,
    "earlyStopping": { "metric": "logLoss", "patience": 5 }, /* soon */
  },
}
`;

/** As an object, to be changed. */
export const goodDocument = (): Record<string, unknown> => ({
  name: "iris",
  seed: 42,
  data: { file: "iris.csv", label: "species" },
  split: { kind: "stratified", validation: 0.2, test: 0.2 },
  model: { hidden: [8, 4] },
  train: { optimizer: "sgd", learningRate: 0.05, epochs: 3 },
});

/** The good document with one value put in as it is written: `1e999` is no JSON value of JavaScript. */
export function withWritten(path: string, written: string): string {
  const document = goodDocument();
  const parts = path.split(".");
  parts.reduce<Record<string, unknown>>((inner, part, depth) => {
    inner[part] = depth === parts.length - 1 ? "@@" : { ...(inner[part] as object) };
    return inner[part] as Record<string, unknown>;
  }, document);
  return JSON.stringify(document, null, 2).replace('"@@"', () => written);
}

export interface Tried extends Outcome {
  /** Of the processor. */
  readonly milliseconds: number;
}

/** Reads the file with `train`; a table is there, so that a configuration that is taken would be trained. */
export async function train(content: string | Uint8Array, file = "c.jsonc"): Promise<Tried> {
  const disk = memoryDisk({ [file]: content, "iris.csv": "species,a\nx,1\ny,2\n" });
  disk.log.length = 0;
  const start = processorTime();
  const outcome = await runIn(["train", file, "--out", "run", "--quiet"], { disk });
  return { ...outcome, milliseconds: processorTime() - start };
}

/** Whether the file is taken: its whole configuration is printed, and nothing is trained. */
export async function printConfig(content: string | Uint8Array, argv: readonly string[] = []) {
  const disk = memoryDisk({ "c.jsonc": content });
  return runIn(["train", "c.jsonc", "--print-config", "--json", ...argv], { disk });
}

// C0 but for line end and tab, DEL, C1, and what turns the direction of writing.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be there
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Refused as every configuration is: at once, in one line and a hint, with its place, and nothing is made. */
export function expectRefused(tried: Tried, message: RegExp, code = 78): void {
  const { err } = tried;
  expect(tried.code, err).toBe(code);
  expect(err).toMatch(/^error: [^\n]{1,780}\n(?:hint: {2}[^\n]{1,200}\n)?$/);
  expect(err).toMatch(message);
  expect(err).not.toMatch(CONTROL);
  expect({ out: tried.out, log: tried.disk.log }).toEqual({ out: "", log: [] });
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(tried.milliseconds).toBeLessThan(5_000);
}
