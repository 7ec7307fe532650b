import { describe, expect, test } from "vitest";
import { irisCsv } from "./flowers.ts";
import { type Disk, memoryDisk, runIn } from "./memory.ts";

/** Two of the three classes of iris, the two that are hard to tell apart. */
const twoCsv = irisCsv
  .split("\n")
  .filter((line) => !line.includes("setosa"))
  .join("\n");

const base = {
  name: "two",
  data: { file: "two.csv", label: "species" },
  model: { hidden: [4] },
  train: { learningRate: 0.05, l2: 0.01, epochs: 3 },
};
const heads = {
  kind: "heads",
  name: "heads",
  base: "two.jsonc",
  variants: {
    softmax: { "model.head": "softmax" },
    sigmoid: { "model.head": "sigmoid" },
    matched: { "model.head": "sigmoid", "train.headLearningRateFactor": 2, "train.headL2Factor": 0.5 },
  },
  seeds: 2,
  folds: { folds: 2 },
  heads: { epochs: 4, more: "iris.jsonc" },
};

function disk(changes: object = {}, more: Readonly<Record<string, string>> = {}): Disk {
  const three = { ...base, name: "iris", data: { ...base.data, file: "iris.csv" } };
  return memoryDisk({
    "two.csv": twoCsv,
    "iris.csv": irisCsv,
    "two.jsonc": JSON.stringify(base),
    "iris.jsonc": JSON.stringify(three),
    "heads.jsonc": JSON.stringify({ ...heads, ...changes }),
    ...more,
  });
}

describe("an experiment of kind heads", () => {
  test("prints three parts, each with its figures below their bounds and two sentences", async () => {
    const { code, out } = await runIn(["experiment", "heads.jsonc"], { disk: disk() });
    expect(code).toBe(0);
    expect(out.match(/^\d\. .*/gm)).toEqual([
      "1. As people do it: both heads at one learning rate",
      "2. Matched: w = w₁ − w₀, the sigmoid's output layer with 2 × the rate and 0.5 × the decay",
      "3. What differs in practice",
    ]);
    const [, people, matched, practice] = out.split(/^\d\. .*$/m);
    expect(people!.match(/softmax − (sigmoid|matched) +(log loss|accuracy) +-?\d\.\d{4}/g)).toHaveLength(4);
    expect(people).toMatch(/So what was measured here is that\s+learning\s+rate,\s+not\s+the\s+head/);

    const [one, apart] = matched!.split("no longer one");
    const figures = (text: string) => Array.from(text.matchAll(/ {2,}(\d\S*)$/gm), ([, x]) => Number(x));
    expect(figures(one!)).toHaveLength(8);
    for (const gap of figures(one!)) expect(gap).toBeLessThan(1e-9);
    expect(figures(apart!)).toHaveLength(4);
    for (const gap of figures(apart!)) expect(gap).toBeGreaterThan(1e-5);
    expect(matched).toContain("Below 1e-9 the two are one model");

    expect(practice).toContain("softmax 30, sigmoid 25: 5 more that change no prediction");
    expect(practice).toContain(": 2.000 × as sharp");
    expect(practice).toContain("a first step moves w₁ − w₀ 2.000 × as far");
    expect(practice).toMatch(/K = 3 \(iris\) +Σ \(wₖ − w₀\) 3\.000 ×, w₁ − w₂ 1\.000 ×; the best factor/);
    for (const part of [people!, matched!, practice!]) {
      const sentences = part.replace(/\n {2}/g, " ").match(/[a-z₀₁]\. |[a-z₀₁]\.\n/g);
      expect(sentences).toHaveLength(2);
    }
    for (const line of out.split("\n").slice(out.split("\n").indexOf("3. What differs in practice"))) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  test("prints the same a second time, from the runs that are there", async () => {
    const kept = disk();
    const first = await runIn(["experiment", "heads.jsonc"], { disk: kept });
    const second = await runIn(["experiment", "heads.jsonc"], { disk: kept });
    expect(second.out).toBe(first.out);
  });

  test("as JSON is one document with the runs in it", async () => {
    const { code, out, err } = await runIn(["experiment", "heads.jsonc", "--json"], { disk: disk() });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const document = JSON.parse(out);
    expect(document).toMatchObject({ name: "heads", runs: { planned: 12, done: 12, failed: 0 } });
    expect(document.heads).toMatchObject({
      ...{ epochs: 4, match: { rateFactor: 2, decayFactor: 0.5 }, bound: 1e-9, rows: 100, holds: true },
      weights: { softmax: 30, sigmoid: 25 },
      two: { classes: 2 },
      more: { name: "iris", classes: 3 },
    });
    expect(document.heads.matched).toHaveLength(12);
  });

  test.each([
    ["the rate", "heads.rateFactor=1", "with SGD"],
    ["the decay", "heads.decayFactor=1", "with momentum, L2 0.01"],
  ])("ends with 79 after the report when %s does not match", async (_, setting, where) => {
    const argv = ["experiment", "heads.jsonc", "--set", setting];
    const { code, out, err } = await runIn(argv, { disk: disk() });
    expect(code).toBe(79);
    expect(out).toContain("not below 1e-9");
    expect(out).toContain("Not every pair that should be one model stayed below 1e-9");
    expect(err).toContain(
      "error: heads.jsonc, matched heads: expected logits that differ by less than 1e-9, got 0.",
    );
    expect(err).toContain(where);
    expect(err).toContain("hint:  the heads are matched by heads.rateFactor 2 and heads.decayFactor 0.5\n");

    const asJson = await runIn([...argv, "--json"], { disk: disk() });
    expect(asJson.code).toBe(79);
    const { heads: told, error } = JSON.parse(asJson.out);
    expect(told.holds).toBe(false);
    expect(error.code).toBe("quality_missed");
  });

  test("needs neither the third variant nor a run of more classes, and says nothing of them then", async () => {
    const { softmax, sigmoid } = heads.variants;
    const changes = { variants: { softmax, sigmoid }, heads: { epochs: 1 } };
    const { code, out } = await runIn(["experiment", "heads.jsonc"], { disk: disk(changes) });
    expect(code).toBe(0);
    expect(out).not.toContain("softmax − matched");
    expect(out).not.toContain("K = 3");
  });

  test("without heads in the document holds the defaults", async () => {
    const changed = disk({ heads: undefined, seeds: 1 });
    const { out } = await runIn(["experiment", "heads.jsonc", "--json"], { disk: changed });
    const { epochs, match, more } = JSON.parse(out).heads;
    expect({ epochs, match, more }).toEqual({
      epochs: 30,
      match: { rateFactor: 2, decayFactor: 0.5 },
      more: null,
    });
  });

  test.each([
    [
      "a variant of each head",
      { variants: { one: { "model.head": "softmax" } } },
      'heads.jsonc variants: expected a variant of model.head "sigmoid" for kind "heads", got none',
    ],
    [
      "three classes to show beside the two",
      { heads: { more: "two.jsonc" } },
      "heads.more: expected a run of three or more classes, got 2",
    ],
    [
      "a kind that goes with it",
      { kind: "grid" },
      'expected heads only with kind "heads", got it with kind "grid"',
    ],
    ["a run that is there", { heads: { more: "none.jsonc" } }, "none.jsonc"],
    ["keys that exist", { heads: { epoch: 3 } }, 'expected a key of heads, got "epoch"'],
  ])("refuses before the first run what lacks %s", async (_, changes, message) => {
    const refused = disk(changes);
    const { code, err } = await runIn(["experiment", "heads.jsonc"], { disk: refused });
    expect(code).not.toBe(0);
    expect(err).toContain(message);
    expect(refused.list().some((path) => path.startsWith("runs/"))).toBe(false);
  });

  test("refuses more than two classes in the base", async () => {
    const { err } = await runIn(["experiment", "heads.jsonc"], { disk: disk({ base: "iris.jsonc" }) });
    expect(err).toContain("error: data.label: expected two classes for two heads, got 3\n");
    expect(err).toContain("hint:  one sigmoid node tells two classes apart\n");
  });
});
