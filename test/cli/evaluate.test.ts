import { describe, expect, test } from "vitest";
import { parseRequirements } from "../../src/cli/require.ts";
import { irisCsv, MODEL, trainedDisk } from "./flowers.ts";
import { memoryDisk, runIn } from "./memory.ts";

describe("evaluate", () => {
  test("judges again on the test rows of the run, with the very figures of the training", async () => {
    const disk = await trainedDisk();
    const { code, out, err } = await runIn(["evaluate", MODEL, "--json"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const document = JSON.parse(out);
    expect(document).toMatchObject({ model: MODEL, source: "data/iris.csv", part: "test rows", rows: 30 });
    expect(document.metrics).toEqual(JSON.parse(disk.text("runs/iris-1/metrics.json")).metrics.test);
  });

  test("judges on other rows, from a file or through a pipe, whatever the order of their columns", async () => {
    const disk = await trainedDisk();
    const turned = irisCsv
      .trimEnd()
      .split("\n")
      .map((line) => line.split(",").reverse().join(","))
      .join("\r\n");
    disk.put("turned.csv", turned);
    const file = JSON.parse((await runIn(["evaluate", MODEL, "data/iris.csv", "--json"], { disk })).out);
    const other = JSON.parse((await runIn(["evaluate", MODEL, "turned.csv", "--json"], { disk })).out);
    const piped = JSON.parse((await runIn(["evaluate", MODEL, "-", "--json"], { disk, stdin: irisCsv })).out);
    expect(file).toMatchObject({ rows: 150, part: "rows" });
    expect(other.metrics).toEqual(file.metrics);
    expect(piped).toEqual({ ...file, source: "standard input" });
  });

  test("says how many rows of the file trained the model, and nothing where none did or nobody can tell", async () => {
    const disk = await trainedDisk();
    disk.put("copy.csv", irisCsv);
    disk.put("new.csv", `${irisCsv.trimEnd()}\n5,3,1,0.2,setosa\n`);
    disk.put("alone.safetensors", disk.bytes(MODEL));
    const flattered = (name: string) =>
      `warning: ${name}: 120 of 150 rows trained the model or chose its epoch: the figures flatter it; without a file, only the test rows of its run are judged\n`;
    const said = async (...argv: string[]) =>
      (await runIn(["evaluate", ...argv], { disk, stdin: irisCsv })).err;
    expect(await said(MODEL, "data/iris.csv")).toBe(flattered("data/iris.csv"));
    expect(await said(MODEL, "copy.csv", "--json")).toBe(flattered("copy.csv"));
    expect(await said(MODEL, "-")).toBe(flattered("standard input"));
    expect(await said(MODEL, "new.csv")).toBe("");
    expect(await said("alone.safetensors", "data/iris.csv")).toBe("");
    disk.entries.delete("/home/data/iris.csv");
    expect(await said(MODEL, "copy.csv")).toContain(
      `${MODEL}: which rows it was trained on cannot be told: `,
    );
    expect(await said(MODEL, "new.csv")).toBe("");
  });

  test("of a model whose folder may not be looked at, as under Node's permissions, judges all the same", async () => {
    const disk = await trainedDisk();
    const status = async (path: string) => {
      if (!/\.jsonc?$/.test(path)) return disk.files.status(path);
      throw Object.assign(new Error("restricted"), { code: "ERR_ACCESS_DENIED" });
    };
    const guarded = { ...disk, files: { ...disk.files, status } };
    const { code, err } = await runIn(["evaluate", MODEL, "data/iris.csv"], { disk: guarded });
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  test("closes with a doubt where the rows leave it open that it beats the commonest class, of the largest probability alone", async () => {
    const disk = await trainedDisk();
    const [header, ...rows] = irisCsv.trimEnd().split("\n");
    // Four of setosa, one of virginica.
    disk.put("few.csv", [header, ...rows.slice(0, 4), rows[149]].join("\n"));
    const closing = async (...argv: string[]) =>
      (await runIn(["evaluate", MODEL, ...argv], { disk })).out.trimEnd().split("\n").at(-1);
    expect(await closing("few.csv")).toBe(
      'That it is right more often than always saying "setosa" is not shown: 1 row in 5 can be luck.',
    );
    const costs = ["--costs", "[[0,1,1],[1,0,1],[1,1,0]]"];
    expect(await closing("few.csv", ...costs)).not.toContain("luck");
    expect(await closing("data/iris.csv")).not.toContain("luck");
    expect(await closing()).not.toContain("luck");
  });

  test("prints figures, classes, confusions and calibration", async () => {
    const { code, out, err } = await runIn(["evaluate", MODEL], { disk: await trainedDisk() });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchInlineSnapshot(`
      "data/iris.csv: 30 test rows
                                      95 % interval
        accuracy              70.0 %  52.1 to 83.3 %    right on 21
        balanced accuracy     70.0 %  56.6 to 80.1 %    each class counts the same
        log loss              0.4473  0.3996 to 0.7882  nats; 0 is certain and right
        Brier score           0.2861  0.2441 to 0.3676  0 is certain and right
        macro F1               0.607  0.489 to 0.725
        Matthews correlation   0.619  0.380 to 0.677    0 is guessing
        ROC AUC                0.982  0.858 to 0.998
        average precision      0.967  0.786 to 0.996
        calibration error      0.180  0.000 to 0.228    0.090 to 0.232 if it were calibrated
        among the first 2      100 %  88.6 to 100 %     the true class is one of the 2 likeliest
        (intervals: of shares Wilson, balanced accuracy Newcombe, ROC AUC DeLong, average precision jackknife,
        the others bootstrap with 2,000 resamples, seed 1)

      Classes
                    rows  precision  95 % interval   recall  95 % interval     F1  ROC AUC
        setosa        10     76.9 %  49.7 to 91.8 %   100 %  72.2 to 100 %  0.870    1.000
        versicolor    10      100 %  20.7 to 100 %   10.0 %  1.8 to 40.4 %  0.182    0.970
        virginica     10     62.5 %  38.6 to 81.5 %   100 %  72.2 to 100 %  0.769    0.975

      Confusion (a line for each true class, a column for each predicted one)
                    setosa  versicolor  virginica
        setosa          10           ·          ·
        versicolor       3           1          6
        virginica        ·           ·         10

      Calibration (of the predicted class: what it said, what came true)
        rows    said    true
           4  43.2 %  50.0 %  ██████████
           1  49.7 %     0 %
           2  54.5 %     0 %
           3  63.0 %     0 %
           2  72.6 %  50.0 %  ██████████
           1  75.1 %   100 %  ████████████████████
           4  84.4 %   100 %  ████████████████████
           2  88.9 %   100 %  ████████████████████
          11  99.2 %   100 %  ████████████████████

      Abstaining (predict --abstain-below: what is still answered, and how well)
        below  answered   share   wrong   95 % interval
         none        30   100 %  30.0 %  16.7 to 47.9 %
          0.6        23  76.7 %  17.4 %   7.0 to 37.1 %
          0.7        20  66.7 %   5.0 %   0.9 to 23.6 %
          0.8        17  56.7 %     0 %     0 to 18.4 %
          0.9        12  40.0 %     0 %     0 to 24.2 %
         0.95        11  36.7 %     0 %     0 to 25.9 %
         0.99         9  30.0 %     0 %     0 to 29.9 %
      "
    `);
  });
});

describe("--require", () => {
  test("holds: exit 0; a figure equal to its limit is good enough", async () => {
    const disk = await trainedDisk();
    const { accuracy } = JSON.parse((await runIn(["evaluate", MODEL, "--json"], { disk })).out).metrics;
    const { code } = await runIn(["evaluate", MODEL, "--require", `accuracy=${accuracy},logLoss=5`], {
      disk,
    });
    expect(code).toBe(0);
  });

  test("is missed: the report all the same, the error, exit 79", async () => {
    const disk = await trainedDisk();
    const { code, out, err } = await runIn(["evaluate", MODEL, "--require", "accuracy=1,logLoss=0"], {
      disk,
    });
    expect(code).toBe(79);
    expect(out).toContain("accuracy");
    expect(err).toMatch(
      /^error: data\/iris\.csv, test rows: expected accuracy of at least 1, got 0\.\d+; expected logLoss of at most 0, got 0\.\d+\n$/,
    );
  });

  test("is missed: with --json still one document, which says both", async () => {
    const disk = await trainedDisk();
    const { code, out, err } = await runIn(["evaluate", MODEL, "--require", "ece=0", "--json"], { disk });
    expect({ code, err }).toEqual({ code: 79, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      rows: 30,
      metrics: { rows: 30 },
      required: [{ name: "ece", limit: 0, met: false }],
      error: { code: "quality_missed" },
    });
  });

  test("reads figures and limits strictly", () => {
    expect(parseRequirements("accuracy=0.95, logLoss=1e-1,mcc=-.5")).toEqual([
      { name: "accuracy", limit: 0.95 },
      { name: "logLoss", limit: 0.1 },
      { name: "mcc", limit: -0.5 },
    ]);
  });

  test.each([
    ["accuracy", '--require: expected <figure>=<limit>, got "accuracy"'],
    ["", '--require: expected <figure>=<limit>, got ""'],
    ["accuracy=", '--require accuracy: expected a number from 0 to 1, got ""'],
    ["accuracy=95%", '--require accuracy: expected a number from 0 to 1, got "95%"'],
    ["accuracy=0x1", '--require accuracy: expected a number from 0 to 1, got "0x1"'],
    ["accuracy=1e999", '--require accuracy: expected a number from 0 to 1, got "1e999"'],
    ["accuracy=95", '--require accuracy: expected a number from 0 to 1, got "95"'],
    ["mcc=-1.5", '--require mcc: expected a number from -1 to 1, got "-1.5"'],
    ["brier=2.1", '--require brier: expected a number from 0 to 2, got "2.1"'],
    ["logLoss=-1", '--require logLoss: expected a number from 0 on, got "-1"'],
    ["accuracy=1,accuracy=0", "--require: expected each figure once, got accuracy twice"],
    ["__proto__=1", /^--require: expected one of accuracy, .*, got "__proto__"$/],
  ])("refuses %j", (text, message) => {
    expect(() => parseRequirements(text)).toThrow(message);
  });

  test("suggests the name that was meant", async () => {
    expect(await runIn(["evaluate", "m", "--require", "logloss=1"])).toMatchObject({
      code: 64,
      err: expect.stringContaining('hint:  did you mean "logLoss"?\n'),
    });
  });
});

describe("evaluate refuses", () => {
  test.each<[string, string[], (disk: Awaited<ReturnType<typeof trainedDisk>>) => void, number, string]>([
    [
      "data that has changed since the training",
      [MODEL],
      (disk) => disk.put("data/iris.csv", irisCsv.replace("5.1", "5.2")),
      65,
      "error: data/iris.csv: expected the file that the run was trained on, but it has changed since\nhint:  which rows it had not seen can no longer be told: name other rows to judge it on\n",
    ],
    [
      "data that is no longer where it was",
      [MODEL],
      (disk) => disk.entries.delete("/home/data/iris.csv"),
      66,
      "error: data/iris.csv: expected a file, found nothing there\nhint:  name the rows: pullone evaluate <model> <data.csv>\n",
    ],
    [
      "rows without the label, told by the columns of the file",
      [MODEL, "other.csv"],
      (disk) => disk.put("other.csv", irisCsv.replace("species", "kind").replace("sepal_length", "sepal")),
      65,
      'error: other.csv: expected a label column "species", got columns "sepal", "sepal_width", "petal_length", "petal_width", "kind"\n',
    ],
    [
      "rows without a feature, told by the columns of the file",
      [MODEL, "other.csv"],
      (disk) =>
        disk.put(
          "other.csv",
          `note,${irisCsv.replace("sepal_length", "sepal").replaceAll("\n", "\nx,").slice(0, -2)}`,
        ),
      65,
      'error: other.csv: expected a column "sepal_length", got columns "note", "sepal", "sepal_width", "petal_length", "petal_width" and 1 more\nhint:  columns not used: "note", "sepal", "species"\n',
    ],
    [
      "a model away from its run",
      ["lone.safetensors"],
      (disk) => disk.put("lone.safetensors", disk.bytes(MODEL)),
      64,
      "error: lone.safetensors: expected the data, or a model beside the config.jsonc and metrics.json of its run\nhint:  name the rows: pullone evaluate <model> <data.csv>\n",
    ],
    [
      "a model beside the record of another",
      [MODEL],
      (disk) => {
        const text = disk.text("runs/iris-1/metrics.json");
        disk.put("runs/iris-1/metrics.json", text.replace(/"sha256": "[0-9a-f]/, '"sha256": "x'));
      },
      76,
      "error: runs/iris-1/model.safetensors: expected the model that metrics.json speaks of, got another one\nhint:  name the rows: pullone evaluate <model> <data.csv>\n",
    ],
    [
      "a record that is no record",
      [MODEL],
      (disk) => disk.put("runs/iris-1/metrics.json", "null"),
      76,
      "error: runs/iris-1/metrics.json: expected the record of a run, got another JSON\n",
    ],
    [
      "a CSV file for a model",
      ["data/iris.csv", "data/iris.csv"],
      () => {},
      76,
      expect.stringMatching(/^error: data\/iris\.csv: expected a pullone model, got .*\n/),
    ],
    [
      "a label that the model does not know",
      [MODEL, "data/iris.csv"],
      (disk) => disk.put("data/iris.csv", irisCsv.replace("setosa", "dog")),
      65,
      expect.stringMatching(/^error: data\/iris\.csv:2, column "species": .*"dog"/),
    ],
    [
      "rows without any row",
      [MODEL, "empty.csv"],
      (disk) => disk.put("empty.csv", irisCsv.split("\n")[0]!),
      65,
      "error: empty.csv: expected rows to judge, got no rows below the header\n",
    ],
    [
      "a terminal for data",
      [MODEL, "-"],
      () => {},
      64,
      "error: the data: expected a CSV file or rows piped in, got a terminal\nhint:  name a file, or pipe one in: … | pullone predict <model> -\n",
    ],
  ])("%s", async (_, argv, prepare, code, message) => {
    const disk = await trainedDisk();
    prepare(disk);
    expect(await runIn(["evaluate", ...argv], { disk })).toMatchObject({ code, out: "", err: message });
  });

  test("a missing model", async () => {
    expect(await runIn(["evaluate", "none", "x.csv"], { disk: memoryDisk() })).toMatchObject({
      code: 66,
      err: "error: none: expected a file, found nothing there\n",
    });
  });
});
