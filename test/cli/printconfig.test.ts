// train --print-config: the run that the file and the command line make together, before anything is done.

import { describe, expect, test } from "vitest";
import { loadClassifier } from "../../src/artifact.ts";
import { parseRunConfig } from "../../src/config.ts";
import { irisDisk } from "./flowers.ts";
import { runIn } from "./memory.ts";

const file = {
  "configs/run.jsonc": `{
  "name": "told", "seed": 3,
  "data": { "file": "../data/iris.csv", "label": "species" },
  "model": { "hidden": [4] }, // small
  "train": { "epochs": 2, "learningRate": 0.05 },
}`,
};
const words = ["train", "configs/run.jsonc", "--seed", "7", "--name", "said", "--set", "train.epochs=5"];

describe("train --print-config", () => {
  test("prints the whole run as a file that can be trained: command line over file over defaults", async () => {
    const disk = irisDisk(file);
    const { code, out, err } = await runIn([...words, "--print-config"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(disk.list()).toEqual(["configs/run.jsonc", "data/iris.csv"]);
    const config = parseRunConfig(out, "printed.jsonc");
    expect(config).toMatchObject({
      name: "said",
      seed: 7,
      data: { file: "data/iris.csv", label: "species", scaling: "standard" },
      model: { hidden: [4], activation: "silu" },
      train: { epochs: 5, learningRate: 0.05, momentum: 0.9 },
    });
    const { out: json } = await runIn([...words, "--print-config", "--json"], { disk });
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(config)));
  });

  test("training from what was printed gives the same model, in which the configuration stands", async () => {
    const disk = irisDisk(file);
    disk.put("printed.jsonc", (await runIn([...words, "--print-config"], { disk })).out);
    for (const [argv, folder] of [
      [words, "a"],
      [["train", "printed.jsonc"], "b"],
    ] as const) {
      expect((await runIn([...argv, "--out", folder, "--quiet"], { disk })).code).toBe(0);
    }
    const bytes = disk.bytes("a/model.safetensors");
    expect(disk.bytes("b/model.safetensors")).toEqual(bytes);
    const { config } = loadClassifier(bytes);
    expect([config.seed, config.train.epochs, config.train.learningRate]).toEqual([7, 5, 0.05]);
  });

  test("reads no data, and needs none", async () => {
    const { code, out } = await runIn(["train", "none.csv", "--label", "y", "--print-config", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: "none", data: { file: "none.csv", label: "y" } });
  });

  test("refuses what train would refuse", async () => {
    const { code, err } = await runIn([...words, "--set", "train.epochs=0", "--print-config"], {
      disk: irisDisk(file),
    });
    expect(code).toBe(78);
    expect(err).toContain("--set train.epochs: expected a whole number from 1 to 1000000, got 0");
  });
});
