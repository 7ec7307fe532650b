import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { irisCsv, MODEL, trainedDisk } from "./flowers.ts";
import { runIn } from "./memory.ts";

const lines = irisCsv.trimEnd().split("\n");
const unlabelled = lines.map((line) => line.split(",").slice(0, 4).join(",")).join("\n");

describe("predict", () => {
  test("writes the class and a probability for each class, one line for each row, in their order", async () => {
    const disk = await trainedDisk();
    const { code, out, err } = await runIn(["predict", MODEL, "data/iris.csv", "--keep", "species"], {
      disk,
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [header, ...rows] = parse(out) as string[][];
    expect(header).toEqual([
      "species",
      "predicted",
      "probability_setosa",
      "probability_versicolor",
      "probability_virginica",
    ]);
    expect(rows.map(([species]) => species)).toEqual(lines.slice(1).map((line) => line.split(",")[4]));
    const classes = ["setosa", "versicolor", "virginica"];
    for (const [, predicted, ...texts] of rows) {
      const probabilities = texts.map(Number);
      expect(Math.abs(probabilities.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-6);
      expect(classes[probabilities.indexOf(Math.max(...probabilities))]).toBe(predicted);
    }
  });

  test("says the same of rows without labels, turned columns, more columns, and through a pipe", async () => {
    const disk = await trainedDisk();
    const { out } = await runIn(["predict", MODEL, "data/iris.csv"], { disk });
    const turned = lines.map((line, i) => `${i},${line.split(",").reverse().join(",")}`).join("\n");
    disk.put("turned.csv", turned.replace(/^0/, "id"));
    expect((await runIn(["predict", MODEL, "turned.csv"], { disk })).out).toBe(out);
    expect((await runIn(["predict", MODEL, "-"], { disk, stdin: unlabelled })).out).toBe(out);
    expect((await runIn(["predict", MODEL], { disk, stdin: unlabelled })).out).toBe(out);
  });

  test("numbers far outside of the training rows get one warning a column, over all pieces of the file", async () => {
    const disk = await trainedDisk();
    const { out: usual } = await runIn(["predict", MODEL, "data/iris.csv"], { disk });
    const many = Array.from({ length: 10 }, () => lines.slice(1)).flat();
    // 1e9 in two pieces, on lines 3 and 1402; millimetres on line 700.
    const far = many
      .with(1, many[1]!.replace(/^[^,]+/, "1e9"))
      .with(1400, many[1400]!.replace(/^[^,]+/, "-1e9"))
      .with(698, many[698]!.replace(/^([^,]+),[^,]+/, "$1,350"));
    disk.put("far.csv", [lines[0], ...far].join("\n"));
    const warnings = [
      'warning: far.csv: column "sepal_length": 2 new rows hold a number far outside of those of the training rows, first 1000000000 on line 3',
      'warning: far.csv: column "sepal_width": 1 new row holds a number far outside of those of the training rows, first 350 on line 700',
      "",
    ].join("\n");
    const { code, out, err } = await runIn(["predict", MODEL, "far.csv"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: warnings });
    expect(out.split("\n").slice(151, 301)).toEqual(usual.split("\n").slice(1, 151));
    const json = await runIn(["predict", MODEL, "far.csv", "--format", "jsonl", "--output", "a", "--quiet"], {
      disk,
    });
    expect(json.err).toBe(warnings);
  });

  test("JSON lines say the same numbers", async () => {
    const disk = await trainedDisk();
    const csv = (await runIn(["predict", MODEL, "data/iris.csv", "--logits"], { disk })).out;
    const { out } = await runIn(["predict", MODEL, "data/iris.csv", "--format", "jsonl", "--logits"], {
      disk,
    });
    const rows = out.trimEnd().split("\n");
    expect(rows).toHaveLength(150);
    const { predicted, probabilities, logits } = JSON.parse(rows[77]!);
    expect([predicted, ...Object.values(probabilities), ...Object.values(logits)].join(",")).toBe(
      csv.split("\n")[78],
    );
  });

  test("copies columns as they are written, features among them, in the order asked for", async () => {
    const disk = await trainedDisk();
    disk.put(
      "in.csv",
      'note,sepal_length,sepal_width,petal_length,petal_width\n"a ""b"",\nc",5.10,3.5,+1.4,.2\n',
    );
    const argv = ["predict", MODEL, "in.csv", "--keep", "sepal_length", "--keep", "note"];
    const [header, row] = parse((await runIn(argv, { disk })).out) as string[][];
    expect(header?.slice(0, 3)).toEqual(["sepal_length", "note", "predicted"]);
    expect(row?.slice(0, 2)).toEqual(["5.10", 'a "b",\nc']);
  });

  test("a header without rows gives a header without rows", async () => {
    const disk = await trainedDisk();
    const { code, out } = await runIn(["predict", MODEL, "-"], { disk, stdin: `${lines[0]}\n` });
    expect({ code, out }).toEqual({
      code: 0,
      out: "predicted,probability_setosa,probability_versicolor,probability_virginica\n",
    });
  });

  test("--output writes a file, prints nothing, and says beside it what was written unless --quiet", async () => {
    const disk = await trainedDisk();
    const { out } = await runIn(["predict", MODEL, "data/iris.csv"], { disk });
    const written = await runIn(["predict", MODEL, "data/iris.csv", "--output", "answers.csv"], { disk });
    expect(written).toMatchObject({ code: 0, out: "", err: "answers.csv: 150 rows\n" });
    expect(disk.text("answers.csv")).toBe(out);
    const argv = ["predict", MODEL, "data/iris.csv", "--output", "answers.csv", "--quiet"];
    expect(await runIn(argv, { disk })).toMatchObject({ code: 0, out: "", err: "" });
  });

  test.each(["predict", "evaluate", "inspect"])(
    "%s of the folder of a run names the model in it",
    async (command) => {
      const disk = await trainedDisk();
      expect(
        await runIn([command, "runs/iris-1", ...(command === "inspect" ? [] : ["data/iris.csv"])], { disk }),
      ).toMatchObject({
        code: 66,
        out: "",
        err: 'error: runs/iris-1: expected a file, got a folder\nhint:  did you mean "runs/iris-1/model.safetensors"?\n',
      });
      expect((await runIn([command, "data"], { disk })).err).toBe(
        "error: data: expected a file, got a folder\n",
      );
    },
  );

  test("a reader who has seen enough ends it quietly", async () => {
    const disk = await trainedDisk();
    const outcome = await runIn(["predict", MODEL, "data/iris.csv"], {
      disk,
      outFails: { code: "EPIPE", after: 0 },
    });
    expect(outcome).toMatchObject({ code: 0, err: "" });
  });

  test("20,000 rows come out as 20,000 rows, in pieces", async () => {
    const disk = await trainedDisk();
    const many = `${lines[0]}\n${Array.from({ length: 20_000 }, (_, i) => lines[1 + (i % 150)]).join("\n")}\n`;
    const { out } = await runIn(["predict", MODEL, "-"], { disk, stdin: many });
    const { out: once } = await runIn(["predict", MODEL, "data/iris.csv"], { disk });
    const rows = out.trimEnd().split("\n");
    expect(rows).toHaveLength(20_001);
    expect(rows.slice(19_801, 19_951)).toEqual(once.trimEnd().split("\n").slice(1));
  });
});

describe("predict refuses, and leaves no half of an answer", () => {
  const stray = irisCsv.replace("7,3.2,4.7", "heavy,3.2,4.7");
  test.each<[string, string[], string, number, string]>([
    [
      "text in a column of numbers, by its line",
      [],
      stray,
      65,
      expect.stringMatching(
        /^error: standard input:52, column "sepal_length": expected a number, got "heavy"/,
      ),
    ],
    [
      "a column that is not there",
      [],
      irisCsv.replace("sepal_width", "sepal_widt"),
      65,
      'error: standard input: expected a column "sepal_width", got columns "sepal_length", "sepal_widt", "petal_length", "petal_width", "species"\nhint:  did you mean "sepal_widt"?\n',
    ],
    [
      "a column to keep that is not there",
      ["--keep", "specis"],
      irisCsv,
      65,
      'error: standard input: expected a column "specis" to keep, got none\nhint:  did you mean "species"?\n',
    ],
    [
      "a column kept twice",
      ["--keep", "species", "--keep", "species"],
      irisCsv,
      64,
      'error: --keep: expected each column once, got "species" twice\n',
    ],
    [
      "a column to keep that has the name of an answer",
      ["--keep", "predicted"],
      irisCsv.replace("species", "predicted"),
      64,
      'error: --keep: expected a column whose name no answer has, got "predicted"\nhint:  --format jsonl keeps the two apart\n',
    ],
    [
      "another format",
      ["--format", "xml"],
      irisCsv,
      64,
      'error: --format: expected csv or jsonl, got "xml"\n',
    ],
    [
      "--safe-csv with JSON lines",
      ["--safe-csv", "--format", "jsonl"],
      irisCsv,
      64,
      "error: --safe-csv: expected it with --format csv, got jsonl\n",
    ],
    [
      "an output that is the model",
      ["--output", `./${MODEL}`],
      irisCsv,
      64,
      'error: output "./runs/iris-1/model.safetensors": expected a file of its own, got the input "runs/iris-1/model.safetensors"\nhint:  choose another output; an input is never overwritten\n',
    ],
    [
      "an output in no folder",
      ["--output", "no/answers.csv"],
      irisCsv,
      73,
      'error: no/answers.csv: expected a place to write to, but there is no folder "no"\n',
    ],
    [
      "an output called -",
      ["--output", "-"],
      irisCsv,
      64,
      'error: --output: expected a file, got "-"; without --output the answers go to standard output\n',
    ],
  ])("%s", async (_, argv, stdin, code, message) => {
    const disk = await trainedDisk();
    expect(await runIn(["predict", MODEL, "-", ...argv], { disk, stdin })).toMatchObject({
      code,
      out: "",
      err: message,
    });
  });

  test("a fault in the last row leaves the older output as it was", async () => {
    const disk = await trainedDisk();
    disk.put("answers.csv", "old");
    const before = disk.list();
    const stdin = `${lines[0]}\n${Array.from({ length: 50_000 }, () => lines[1]).join("\n")}\nheavy,1,1,1,x\n`;
    const { code } = await runIn(["predict", MODEL, "-", "--output", "answers.csv"], { disk, stdin });
    expect(code).toBe(65);
    expect(disk.text("answers.csv")).toBe("old");
    expect(disk.list()).toEqual(before);
  });

  test("a full disk is exit 74 and leaves nothing", async () => {
    const disk = await trainedDisk();
    const before = disk.list();
    disk.fault = (operation) => (operation === "write" ? "ENOSPC" : undefined);
    const { code, err } = await runIn(["predict", MODEL, "data/iris.csv", "--output", "o.csv"], { disk });
    expect({ code, err }).toEqual({
      code: 74,
      err: "error: o.csv: expected to write it whole, but the disk is full\n",
    });
    expect(disk.list()).toEqual(before);
  });

  test("an output that cannot be written is exit 74", async () => {
    const disk = await trainedDisk();
    const outcome = await runIn(["predict", MODEL, "data/iris.csv"], {
      disk,
      outFails: { code: "ENOSPC", after: 0 },
    });
    expect(outcome).toMatchObject({
      code: 74,
      err: "error: standard output: expected to write it whole, but the disk is full\n",
    });
  });
});
