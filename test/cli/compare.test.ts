import { beforeAll, describe, expect, test } from "vitest";
import { irisCsv, irisDisk, quick } from "./flowers.ts";
import { type Disk, memoryDisk, runIn } from "./memory.ts";

const [header, ...rows] = irisCsv.trimEnd().split("\n") as [string, ...string[]];
const A = "runs/a/model.safetensors";
const B = "runs/b/model.safetensors";
/** Another seed, so another split. */
const OTHER = "runs/other/model.safetensors";
const ALONE = "alone.safetensors";
let trained: Disk;

beforeAll(async () => {
  trained = irisDisk({
    "fruit.csv": `length,kind\n${Array.from({ length: 40 }, (_, i) => `${i % 10},${i % 2 ? "pear" : "apple"}`).join("\n")}\n`,
    "two.csv": `${header}\n${rows.filter((row) => !row.endsWith("setosa")).join("\n")}\n`,
  });
  const train = async (out: string, ...more: string[]) => {
    const argv = ["train", "data/iris.csv", "--label", "species", "--quiet", "--out", out, ...quick, ...more];
    const { code, err } = await runIn(argv, { disk: trained });
    if (code !== 0) throw new Error(err);
  };
  await train("runs/a", "--set", "train.epochs=8");
  await train("runs/b", "--set", "model.hidden=[]");
  await train("runs/other", "--seed", "2");
  await train("runs/whole", "--set", "split.test=0");
  const small = ["--quiet", "--set", "train.epochs=1", "--set", "split.validation=0.2"];
  await runIn(["train", "fruit.csv", "--label", "kind", "--out", "runs/fruit", ...small], { disk: trained });
  await runIn(["train", "two.csv", "--label", "species", "--out", "runs/two", ...small], { disk: trained });
  trained.put(ALONE, trained.bytes(B));
});

/** A copy of the disk, so that no test sees what another has put there. */
function disk(more: Readonly<Record<string, string>> = {}): Disk {
  const copy = memoryDisk();
  for (const [path, entry] of trained.entries) copy.entries.set(path, entry);
  for (const [path, text] of Object.entries(more)) copy.put(path, text);
  return copy;
}

describe("compare", () => {
  test("judges both on the test rows of their runs, and ends with one sentence", async () => {
    const { code, out, err } = await runIn(["compare", A, B], { disk: disk() });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchInlineSnapshot(`
      "data/iris.csv: 30 test rows
        A  runs/a/model.safetensors  4 inputs → 8 silu → 3 softmax: 67 weights and biases
        B  runs/b/model.safetensors  4 inputs → 3 softmax: 15 weights and biases

                       A       B    A - B  95 % interval             p
        accuracy  93.3 %  76.7 %  +16.7 %  -1.9 % to +33.2 %     0.125  right alone: A on 6, B on 1; exact McNemar
        log loss  0.2503  0.4406  -0.1904  -0.2835 to -0.0972  < 0.001  paired wild bootstrap, 2,000 resamples

        A is better: its log loss is lower by 0.1904, which on 30 rows is hardly luck.
      "
    `);
  });

  test("--json is one document with the figures of evaluate, and the same sentence", async () => {
    const text = (await runIn(["compare", A, B], { disk: disk() })).out;
    const document = JSON.parse((await runIn(["compare", A, B, "--json"], { disk: disk() })).out);
    expect(document).toMatchObject({ source: "data/iris.csv", part: "test rows", rows: 30, leftOut: 0 });
    expect(text).toContain(document.verdict.sentence);
    for (const [side, path] of [
      ["a", A],
      ["b", B],
    ] as const) {
      const alone = JSON.parse((await runIn(["evaluate", path, "--json"], { disk: disk() })).out);
      expect(document[side]).toEqual({ model: path, sha256: alone.sha256 });
      expect(document.accuracy[side]).toBe(alone.metrics.accuracy);
      expect(document.logLoss[side]).toBe(alone.metrics.logLoss);
    }
  });

  test("turned around turns the verdict around", async () => {
    const there = JSON.parse((await runIn(["compare", A, B, "--json"], { disk: disk() })).out);
    const back = JSON.parse((await runIn(["compare", B, A, "--json"], { disk: disk() })).out);
    expect(back.logLoss.difference).toBeCloseTo(-there.logLoss.difference, 14);
    expect(back.accuracy.mcnemar).toMatchObject({ b: there.accuracy.mcnemar.c, c: there.accuracy.mcnemar.b });
  });

  test("of a model with itself says that they say the same", async () => {
    const { out } = await runIn(["compare", A, A], { disk: disk() });
    expect(out).toContain("A and B say the same of every row.");
  });

  test("leaves out rows of the named file that trained either, here those of two splits", async () => {
    const { code, out, err } = await runIn(["compare", A, OTHER, "data/iris.csv", "--json"], {
      disk: disk(),
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { rows, leftOut } = JSON.parse(out);
    expect(rows + leftOut).toBe(150);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(30);
  });

  test("the rows it leaves in, of one split, are the test rows", async () => {
    const own = JSON.parse((await runIn(["compare", A, B, "--json"], { disk: disk() })).out);
    const named = JSON.parse(
      (await runIn(["compare", A, B, "data/iris.csv", "--json"], { disk: disk() })).out,
    );
    expect(named).toEqual({ ...own, part: "rows", leftOut: 120 });
  });

  test("through a pipe, of rows that no run knows, uses them all", async () => {
    const stdin = `${header}\n${rows.filter((_, i) => i % 3 === 0).join("\n")}\n`;
    const { out, err } = await runIn(["compare", A, B, "-", "--json"], { disk: disk(), stdin });
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({ source: "standard input", part: "rows", rows: 50, leftOut: 0 });
  });

  test("warns when it cannot tell what trained a model", async () => {
    const { code, err } = await runIn(["compare", A, ALONE, "data/iris.csv"], { disk: disk() });
    expect(code).toBe(0);
    expect(err).toBe(
      "warning: alone.safetensors: which rows it was trained on cannot be told: the record of its run does not lie beside it\n",
    );
    const changed = disk({ "data/iris.csv": `${irisCsv.trimEnd()}\n5,3,1,0.2,setosa\n`, "new.csv": irisCsv });
    expect((await runIn(["compare", A, ALONE, "new.csv"], { disk: changed })).err).toContain(
      "warning: runs/a/model.safetensors: which rows it was trained on cannot be told: data/iris.csv: expected the file that the run was trained on, but it has changed since",
    );
  });

  test.each([
    [
      "runs with other test rows",
      [A, OTHER],
      64,
      `${OTHER}: expected a run with the test rows of ${A}, got another split of the same file`,
      "train both with one seed and split, or name the rows: those that trained either are left out",
    ],
    [
      "a run without test rows",
      ["runs/whole/model.safetensors", A],
      65,
      "runs/whole/config.jsonc: expected a run with test rows, got one without",
      "name the rows: pullone compare <model-a> <model-b> <data.csv>",
    ],
    [
      "a model without its run",
      [A, ALONE],
      64,
      "alone.safetensors: expected the data, or a model beside the config.jsonc and metrics.json of its run",
      "name the rows: pullone compare <model-a> <model-b> <data.csv>",
    ],
    [
      "a model of another column",
      [A, "runs/fruit/model.safetensors"],
      64,
      `runs/fruit/model.safetensors: expected a model of the same classes as ${A}, got one of column "kind"`,
      undefined,
    ],
    [
      "a model that lacks a class",
      [A, "runs/two/model.safetensors"],
      64,
      `runs/two/model.safetensors: expected a model of the same classes as ${A}, got one that does not know "setosa"`,
      undefined,
    ],
    [
      "a model that has a class more",
      ["runs/two/model.safetensors", A],
      64,
      `${A}: expected a model of the same classes as runs/two/model.safetensors, got one that knows "setosa"`,
      undefined,
    ],
    [
      "rows that all trained one of them",
      [A, "runs/whole/model.safetensors", "data/iris.csv"],
      65,
      "data/iris.csv: expected rows that trained neither model, got 150 that trained one or both",
      "name rows that came later",
    ],
  ] as const)("refuses %s", async (_, argv, code, message, hint) => {
    const outcome = await runIn(["compare", ...argv], { disk: disk() });
    const hinted = hint === undefined ? "" : `hint:  ${hint}\n`;
    expect(outcome).toMatchObject({ code, out: "", err: `error: ${message}\n${hinted}` });
  });

  test("refuses a run of another file", async () => {
    const other = disk({ "more.csv": `${irisCsv.trimEnd()}\n5,3,1,0.2,setosa\n` });
    const argv = ["train", "more.csv", "--label", "species", "--quiet", "--out", "runs/more", ...quick];
    await runIn(argv, { disk: other });
    const { code, err } = await runIn(["compare", A, "runs/more/model.safetensors"], { disk: other });
    expect(code).toBe(64);
    expect(err).toContain(`expected a run with the test rows of ${A}, got another file`);
  });
});
