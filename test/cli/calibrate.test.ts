import { describe, expect, test } from "vitest";
import { loadClassifier } from "../../src/artifact.ts";
import { irisCsv, MODEL, trainedDisk } from "./flowers.ts";
import { memoryDisk, runIn } from "./memory.ts";

const CALIBRATED = "runs/iris-1/model.calibrated.safetensors";
const lines = irisCsv.trimEnd().split("\n");

/** Rows that nobody has seen: the iris rows with a small shift. */
const later = `${[lines[0], ...lines.slice(1).map((line) => line.replace(/^([\d.]+)/, (cell) => String(Number(cell) + 0.05)))].join("\n")}\n`;

describe("calibrate", () => {
  test("learns a temperature from the validation rows; the log loss falls, the answers stay", async () => {
    const disk = await trainedDisk();
    const { code, out, err } = await runIn(["calibrate", MODEL, "--on", "validation", "--json"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const document = JSON.parse(out);
    expect(document).toMatchObject({ model: CALIBRATED, source: "data/iris.csv", part: "validation rows" });
    expect(document.calibration.method).toBe("temperature");
    const { before, after } = document;
    expect(after.metrics.logLoss).toBeLessThan(before.metrics.logLoss);
    expect(after.metrics.confusionMatrix).toEqual(before.metrics.confusionMatrix);
    expect(before.metrics.logLoss).toBe(
      JSON.parse(disk.text("runs/iris-1/metrics.json")).metrics.validation.logLoss,
    );
    expect(after.intervals.ece.upper).toBeGreaterThanOrEqual(after.intervals.ece.lower);
    expect(loadClassifier(disk.bytes(CALIBRATED)).calibration).toEqual(document.calibration);
  });

  test("shows before and after, and what to type next", async () => {
    const { out } = await runIn(["calibrate", MODEL], { disk: await trainedDisk() });
    expect(out).toMatch(
      /^data\/iris\.csv: 30 validation rows\n {2}temperature 0\.\d+: the model was not sure enough/,
    );
    for (const words of [
      "before  95 % interval",
      "log loss",
      "calibration error",
      "Before (of",
      "\nAfter\n",
    ]) {
      expect(out).toContain(words);
    }
    expect(out).toMatch(/\nnext: pullone evaluate runs\/iris-1\/model\.calibrated\.safetensors\n$/);
  });

  test("gives the same bytes twice, and starts anew from a calibrated model", async () => {
    const disk = await trainedDisk();
    await runIn(["calibrate", MODEL], { disk });
    await runIn(["calibrate", MODEL, "--method", "vector", "--out", "runs/iris-1/v.safetensors"], { disk });
    const again = ["calibrate", "runs/iris-1/v.safetensors", "--out", "runs/iris-1/again.safetensors"];
    expect((await runIn(again, { disk })).code).toBe(0);
    expect(disk.bytes("runs/iris-1/again.safetensors")).toEqual(disk.bytes(CALIBRATED));
  });

  test("the calibrated model is judged on the test rows of the same run, inspected, and predicts", async () => {
    const disk = await trainedDisk();
    await runIn(["calibrate", MODEL], { disk });
    const raw = JSON.parse((await runIn(["evaluate", MODEL, "--json"], { disk })).out).metrics;
    const mended = JSON.parse((await runIn(["evaluate", CALIBRATED, "--json"], { disk })).out).metrics;
    expect(mended.rows).toBe(30);
    expect(mended.confusionMatrix).toEqual(raw.confusionMatrix);
    expect(mended.logLoss).not.toBe(raw.logLoss);
    expect((await runIn(["inspect", CALIBRATED], { disk })).out).toMatch(
      /\nCalibration\n {2}temperature 0\.\d+/,
    );
    const argv = ["predict", CALIBRATED, "data/iris.csv", "--logits", "--format", "jsonl"];
    const [first] = (await runIn(argv, { disk })).out.split("\n");
    const { probabilities, logits } = JSON.parse(first!);
    const total = Object.values<number>(logits).reduce((sum, z) => sum + Math.exp(z), 0);
    expect(probabilities.setosa).toBeCloseTo(Math.exp(logits.setosa) / total, 14);
  });

  test("takes rows of a file that the run has not seen", async () => {
    const disk = await trainedDisk();
    disk.put("later.csv", later);
    const { code, out } = await runIn(["calibrate", MODEL, "later.csv", "--json"], { disk });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ source: "later.csv", part: "rows" });
  });

  test("warns where no run lies beside the model: nobody can tell what it was trained on", async () => {
    const disk = memoryDisk({ "later.csv": later, "m.safetensors": (await trainedDisk()).bytes(MODEL) });
    const { code, err } = await runIn(["calibrate", "m.safetensors", "later.csv"], { disk });
    expect({ code, err }).toEqual({
      code: 0,
      err: 'warning: no run lies beside "m.safetensors": whether it was trained or is judged on these rows cannot be told\n',
    });
    expect(disk.list()).toContain("m.calibrated.safetensors");
  });
});

describe("calibrate refuses, and writes nothing", () => {
  test.each<[string, string[], number, RegExp]>([
    [
      "test rows, whatever stands beside them",
      ["calibrate", MODEL, "data/iris.csv"],
      65,
      /^error: data\/iris\.csv:\d+: expected rows that neither train nor judge the model, got 30 of 150 that are test rows of its run\nhint: {2}they judge the model: leave them out, or name no file and the validation rows of the run are taken\n$/,
    ],
    [
      "training rows",
      ["calibrate", MODEL, "train.csv"],
      65,
      /^error: train\.csv:\d+: expected rows that neither train nor judge the model, got \d+ of \d+ that are training rows of its run\nhint: {2}the model is surer of them: leave them out/,
    ],
    [
      "--on test",
      ["calibrate", MODEL, "--on", "test"],
      64,
      /^error: --on: expected validation, got "test"\nhint: {2}test rows judge: whatever learns from them can no longer be judged by them\n$/,
    ],
    [
      "--on train",
      ["calibrate", MODEL, "--on", "train"],
      64,
      /^error: --on: expected validation, got "train"\nhint: {2}the model is surer of the rows it was trained on than of any others\n$/,
    ],
    [
      "another method",
      ["calibrate", MODEL, "--method", "isotonic"],
      64,
      /^error: --method: expected temperature or vector, got "isotonic"\n$/,
    ],
    [
      "an output that is the model",
      ["calibrate", MODEL, "--out", MODEL],
      64,
      /^error: output "runs\/iris-1\/model\.safetensors": expected a file of its own/,
    ],
    [
      "rows that are all right",
      ["calibrate", MODEL, "right.csv"],
      65,
      /^error: calibration: expected a row that the model gets wrong, got 5 rows, all right\n/,
    ],
  ])("%s", async (_, argv, code, message) => {
    const disk = await trainedDisk();
    disk.put("right.csv", `${later.split("\n").slice(0, 6).join("\n")}\n`);
    disk.put("train.csv", `${[lines[0], ...(await trainingLines())].join("\n")}\n`);
    const before = disk.list();
    const outcome = await runIn(argv, { disk });
    expect(outcome).toMatchObject({ code, out: "", err: expect.stringMatching(message) });
    expect(disk.list()).toEqual(before);
  });

  test("a run without validation rows", async () => {
    const disk = memoryDisk({ "data/iris.csv": irisCsv });
    const words = [
      "--set",
      "split.validation=0",
      "--set",
      "train.epochs=1",
      "--set",
      "train.earlyStopping=null",
    ];
    await runIn(["train", "data/iris.csv", "--label", "species", "--quiet", ...words], { disk });
    expect(await runIn(["calibrate", MODEL], { disk })).toMatchObject({
      code: 65,
      out: "",
      err: "error: runs/iris-1/config.jsonc: expected a run with validation rows, got one without\nhint:  name rows that it was not trained on: pullone calibrate <model> <data.csv>\n",
    });
  });
});

/** Lines of the file that trained the model: found by asking which single rows are refused as such. */
async function trainingLines(): Promise<string[]> {
  const disk = await trainedDisk();
  const found: string[] = [];
  for (const line of lines.slice(1, 40)) {
    disk.put("one.csv", `${lines[0]}\n${line}\n`);
    const { err } = await runIn(["calibrate", MODEL, "one.csv"], { disk });
    if (err.includes("training rows of its run")) found.push(line);
    if (found.length === 3) break;
  }
  return found;
}
