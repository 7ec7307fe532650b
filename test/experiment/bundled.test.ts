// The documents in configs/: runs and experiments, each complete and with its files beside it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseRunConfig } from "../../src/config.ts";
import { parseExperiment, resolveVariants } from "../../src/experiment/document.ts";
import { planRuns } from "../../src/experiment/plan.ts";

const folder = join(import.meta.dirname, "../../configs");
const names = readdirSync(folder).filter((name) => name.endsWith(".jsonc"));
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const experiments = names.filter((name) => read(name).includes('"variants"'));

test.each(names.filter((name) => !experiments.includes(name)))(
  "configs/%s is a run whose data is there",
  (name) => {
    const text = read(name);
    expect(text).toContain('"$schema": "./schema.json"');
    expect(existsSync(join(folder, parseRunConfig(text, name).data.file!))).toBe(true);
  },
);

test.each(experiments)("configs/%s is an experiment of the name of its file, of at most 200 runs", (name) => {
  const text = read(name);
  expect(text).toContain('"$schema": "./experiment.schema.json"');
  const document = parseExperiment(text, [], name);
  expect(`${document.words.name}.jsonc`).toBe(name);
  const base = String(document.words.base);
  const variants = resolveVariants(document, read(base), base);
  const runs = planRuns(document, { variants, data: [], version: "0", foldNames: [] });
  expect(runs.length).toBeGreaterThan(0);
  expect(runs.length).toBeLessThanOrEqual(200);
});

test("the three that the README names are there", () => {
  expect(experiments).toEqual(["digits-widths.jsonc", "penguins-encoding.jsonc", "tumor-heads.jsonc"]);
});
