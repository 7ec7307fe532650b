import { describe, expect, test } from "vitest";
import { run } from "../../src/cli/program.ts";
import { irisCsv, irisDisk, MODEL, quick, trainedDisk } from "./flowers.ts";
import { memoryDisk, memoryWorld, runIn } from "./memory.ts";

const iris = ["train", "data/iris.csv", "--label", "species", ...quick];

describe("train", () => {
  test("shows the data, the network, the curves, the verdict, the files and what comes next", async () => {
    const { code, out, err, disk } = await runIn(iris, { disk: irisDisk() });
    expect(code).toBe(0);
    expect(out.replace(/\d+\.\d kB, sha256 [0-9a-f]{64}/, "… kB, sha256 …")).toMatchInlineSnapshot(`
      "Data
        data/iris.csv: 150 rows, sha256 91eb642c3adbc7ba…
        4 columns beside the label, as the training rows show them: 4 numeric

        column        used as  missing  distinct  values            because
        sepal_length  numeric                 32  4.3 … 5.9 … 7.7   all 90 cells are numbers
        sepal_width   numeric                 20  2.2 … 3 … 4.4     all 90 cells are numbers
        petal_length  numeric                 37  1.1 … 4.45 … 6.7  all 90 cells are numbers
        petal_width   numeric                 20  0.1 … 1.4 … 2.5   all 90 cells are numbers

        label "species": 3 classes
        setosa      50  33.3 %  ████████████████████████
        versicolor  50  33.3 %  ████████████████████████
        virginica   50  33.3 %  ████████████████████████

        split: 90 rows train, 30 choose the epoch, 30 judge

      Network
        4 inputs → 8 silu → 3 softmax: 67 weights and biases
        sgd, momentum 0.9, learning rate 0.05, minibatches of 16, float32, seed 1

      Training
        4 epochs in 0.0 s
        loss, training rows    0.9789 █▂▁▁ 0.4552
        loss, validation rows  0.5649 █▄▁▁ 0.4147

      Result
                                        rows  accuracy  balanced  log loss   Brier  macro F1  ROC AUC
        training rows                     90    74.4 %    74.4 %    0.4517  0.2815     0.700    0.981
        validation rows                   30    73.3 %    73.3 %    0.4147  0.2519     0.683    0.980
        test rows                         30    70.0 %    70.0 %    0.4473  0.2861     0.607    0.982
        logistic regression, test rows    30    76.7 %    76.7 %    0.4406  0.2798     0.753    0.942
        majority class, test rows         30    33.3 %    33.3 %    1.0986  0.6667     0.167    0.500

        On 30 rows it had never seen it was right on 21 (70.0 %, 95 % interval 52.1 to 83.3 %);
        logistic regression on 23; always saying "setosa" on 10.
        With 30 rows, a difference of 2 rows cannot be told from luck.

      Files
        runs/iris-1/
          model.safetensors  … kB, sha256 …
          config.jsonc       every setting: training from it gives the same bytes
          metrics.json       the figures above and more
          history.csv        the curves

      Next
        pullone evaluate runs/iris-1/model.safetensors         class by class
        pullone predict runs/iris-1/model.safetensors new.csv  for rows without a label
      "
    `);
    expect(err).toMatchInlineSnapshot(`
      "epoch 1/4  loss 0.9789  validation 0.5649
      epoch 2/4  loss 0.5564  validation 0.4870
      epoch 4/4  loss 0.4552  validation 0.4147
      "
    `);
    expect(disk.list()).toEqual([
      "data/iris.csv",
      "runs/iris-1/config.jsonc",
      "runs/iris-1/history.csv",
      "runs/iris-1/metrics.json",
      "runs/iris-1/model.safetensors",
    ]);
    expect(disk.text("runs/iris-1/history.csv").split("\n").slice(0, 2)).toMatchInlineSnapshot(`
      [
        "epoch,learning_rate,train_loss,validation_loss,validation_log_loss,validation_accuracy,validation_balanced_accuracy,validation_macro_f1",
        "1,0.04483383350728088,0.9788725367436807,0.5649176513776183,0.5649176583287776,0.7333333333333333,0.7333333333333334,0.7003174603174603",
      ]
    `);
  });

  test("of a table with nothing to learn says so, as evaluate does: no better than its commonest class", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${(i * 7919) % 101},${i % 3 === 0 ? "rare" : "common"}`,
    );
    const disk = memoryDisk({ "noise.csv": ["x,y", ...rows].join("\n") });
    const doubt = /^ *It is right no more often than always saying "common"\.$/m;
    expect((await runIn(["train", "noise.csv", "--label", "y", ...quick], { disk })).out).toMatch(doubt);
    expect((await runIn(["evaluate", "runs/noise-1/model.safetensors"], { disk })).out).toMatch(doubt);
  });

  test("without test rows the next command to type names rows, as evaluate then needs them", async () => {
    const argv = ["train", "data/iris.csv", "--label", "species", "--set", "split.test=0", ...quick];
    const { out } = await runIn(argv, { disk: irisDisk() });
    expect(out).toContain(
      "pullone evaluate runs/iris-1/model.safetensors labelled.csv  on rows that took no part\n",
    );
  });

  test("--json prints one document with the metrics of every part and of both baselines", async () => {
    const { code, out, err } = await runIn([...iris, "--json"], { disk: irisDisk() });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const document = JSON.parse(out);
    expect(Object.keys(document)).toEqual([
      "run",
      "name",
      "seed",
      "model",
      "data",
      "rows",
      "epochs",
      "bestEpoch",
      "metrics",
      "baselines",
      "sha256",
      "remarks",
    ]);
    expect(document).toMatchObject({ run: "runs/iris-1", model: MODEL, seed: 1, epochs: 4 });
    const shapes = [document.metrics, document.baselines.majority, document.baselines.logistic];
    for (const { train, validation, test } of shapes) {
      for (const report of [train, validation, test]) {
        expect(report).toMatchObject({ accuracy: expect.any(Number), logLoss: expect.any(Number) });
      }
    }
  });

  test("--quiet prints nothing", async () => {
    expect(await runIn([...iris, "--quiet"], { disk: irisDisk() })).toMatchObject({
      code: 0,
      out: "",
      err: "",
    });
  });

  test("a reader of the report that goes away stops no training", async () => {
    const outcome = await runIn(iris, { disk: irisDisk(), outFails: { code: "EPIPE", after: 1 } });
    expect(outcome.code).toBe(0);
    expect(outcome.disk.list()).toContain(MODEL);
  });

  test("on a terminal colours headings, and NO_COLOR stops that", async () => {
    const painted = await runIn(iris, { disk: irisDisk(), terminal: true });
    expect(painted.out).toContain("\u001b[1mData\u001b[22m");
    const plain = await runIn(iris, {
      disk: irisDisk(),
      terminal: true,
      env: { NO_COLOR: "1", TERM: "dumb" },
    });
    expect(plain.out + plain.err).not.toContain("\u001b");
  });
});

describe("a run tells itself", () => {
  test("training from its config.jsonc gives the same four files, from a folder elsewhere too", async () => {
    const disk = await trainedDisk();
    const again = ["train", "runs/iris-1/config.jsonc", "--quiet"];
    expect((await runIn([...again, "--out", "runs/again"], { disk })).code).toBe(0);
    expect((await runIn([...again, "--out", "elsewhere/deep/er"], { disk })).code).toBe(0);
    for (const name of ["model.safetensors", "config.jsonc", "metrics.json", "history.csv"]) {
      expect(disk.bytes(`runs/again/${name}`)).toEqual(disk.bytes(`runs/iris-1/${name}`));
    }
    expect(disk.bytes("elsewhere/deep/er/model.safetensors")).toEqual(disk.bytes(MODEL));
    expect(disk.text("elsewhere/deep/er/config.jsonc")).toContain('"file": "../../../data/iris.csv"');
  });

  test("settings stand over the file, and the seed and the name over both", async () => {
    const config = '{ "seed": 3, "data": { "file": "data/iris.csv", "label": "species" } }';
    const disk = irisDisk({ "c.jsonc": config });
    const argv = [
      "train",
      "c.jsonc",
      ...quick,
      "--set",
      "model.hidden=[3]",
      "--seed",
      "9",
      "--name",
      "mine",
      "--json",
    ];
    const { code, out } = await runIn(argv, { disk });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ run: "runs/mine-9", seed: 9, name: "mine" });
    expect(disk.text("runs/mine-9/config.jsonc")).toMatch(/"hidden": \[3\]/);
  });

  test("editing a test row changes no bit of the model, editing a training row does", async () => {
    const split = ["--set", 'split={"kind":"column","column":"part","validation":["v"],"test":["t"]}'];
    const model = async (csv: string) => {
      const disk = memoryDisk({ "data/iris.csv": csv });
      expect((await runIn([...iris, ...split, "--quiet"], { disk })).code).toBe(0);
      return disk.bytes(MODEL);
    };
    const parts = (edit: (line: string, i: number) => string) =>
      irisCsv
        .trimEnd()
        .split("\n")
        .map((line, i) => `${edit(line, i)},${i === 0 ? "part" : ["t", "v", "a", "b"][i % 4]}`)
        .join("\n");
    const before = await model(parts((line) => line));
    expect(await model(parts((line, i) => (i === 4 ? line.replace(/^[\d.]+/, "9.9") : line)))).toEqual(
      before,
    );
    expect(await model(parts((line, i) => (i === 2 ? line.replace(/^[\d.]+/, "9.9") : line)))).not.toEqual(
      before,
    );
  });

  test("separate files of validation and test rows are read, and named from the folder of the run", async () => {
    const lines = irisCsv.trimEnd().split("\n");
    const file = (remainder: number) =>
      [lines[0], ...lines.slice(1).filter((_, i) => i % 3 === remainder)].join("\n");
    const disk = memoryDisk({
      "c/run.jsonc": `{ "data": { "file": "../d/a.csv", "label": "species" },
        "split": { "kind": "files", "validation": "../d/b.csv", "test": "../d/c.csv" } }`,
      "d/a.csv": file(0),
      "d/b.csv": file(1),
      "d/c.csv": file(2),
    });
    const { code, out } = await runIn(["train", "c/run.jsonc", ...quick, "--json"], { disk });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rows: { train: 50, validation: 50, test: 50 } });
    expect(JSON.parse(out).data.map(({ path }: { path: string }) => path)).toEqual([
      "../../d/a.csv",
      "../../d/b.csv",
      "../../d/c.csv",
    ]);
    const judged = await runIn(["evaluate", "runs/run-1/model.safetensors", "--json"], { disk });
    expect(JSON.parse(judged.out)).toMatchObject({ source: "d/c.csv", part: "test rows", rows: 50 });
  });
});

describe("train refuses, and writes nothing", () => {
  const refused: [string, string[], Record<string, string>, number, string][] = [
    [
      "a run that is there",
      iris,
      { "runs/iris-1/model.safetensors": "" },
      73,
      'error: runs/iris-1: expected no run there, got one with "model.safetensors"\nhint:  use --force to replace it, or another --seed, --name or --out\n',
    ],
    [
      "a folder that is a file",
      iris,
      { runs: "" },
      73,
      'error: runs/iris-1: expected a place to write to, but "runs" is no folder\n',
    ],
    [
      "data without a label",
      ["train", "data/iris.csv"],
      {},
      64,
      "error: data/iris.csv: expected a configuration (.jsonc or .json), or a CSV file together with --label\nhint:  name the column to predict: --label <column>; pullone inspect shows the columns\n",
    ],
    [
      "a configuration with --label",
      ["train", "c.jsonc", "--label", "x"],
      {},
      64,
      'error: --label: expected it with a CSV file, got it with the configuration "c.jsonc"\nhint:  write --set data.label=x\n',
    ],
    [
      "YAML, by name",
      ["train", "c.yaml"],
      { "c.yaml": "seed: 1" },
      78,
      'error: c.yaml: expected a configuration as JSON with comments (.jsonc), got ".yaml"\nhint:  pullone init <data.csv> --label <column> writes one\n',
    ],
    [
      "standard input",
      ["train", "-", "--label", "x"],
      {},
      64,
      'error: the input: expected a file, got "-"; a run can be repeated, standard input cannot\n',
    ],
    ["no path", ["train", "", "--label", "x"], {}, 64, "error: the input: expected a path, got nothing\n"],
    [
      "a configuration that is not there",
      ["train", "none.jsonc"],
      {},
      66,
      "error: none.jsonc: expected a file, found nothing there\n",
    ],
    [
      "a configuration without data",
      ["train", "c.jsonc"],
      { "c.jsonc": '{"data":{"label":"species"}}' },
      78,
      "error: c.jsonc data.file: expected the path of a CSV file, got nothing\n",
    ],
    [
      "data that is not there",
      ["train", "none.csv", "--label", "x"],
      {},
      66,
      "error: none.csv: expected a file, found nothing there\n",
    ],
    [
      "an output that is its own configuration",
      ["train", "r/config.jsonc", "--out", "./r", "--force"],
      { "r/config.jsonc": '{"data":{"file":"../data/iris.csv","label":"species"}}' },
      64,
      'error: output "r/config.jsonc": expected a file of its own, got the input "r/config.jsonc"\nhint:  choose another output; an input is never overwritten\n',
    ],
  ];
  test.each(refused)("%s", async (_, argv, files, code, message) => {
    const disk = irisDisk(files);
    const before = disk.list();
    expect(await runIn(argv, { disk })).toMatchObject({ code, out: "", err: message });
    expect(disk.list()).toEqual(before);
  });

  test("--force replaces the run and leaves other files of the folder alone", async () => {
    const disk = irisDisk({ [MODEL]: "old", "runs/iris-1/notes.txt": "mine" });
    expect((await runIn([...iris, "--force", "--quiet"], { disk })).code).toBe(0);
    expect(disk.bytes(MODEL).length).toBeGreaterThan(1000);
    expect(disk.text("runs/iris-1/notes.txt")).toBe("mine");
  });

  test.each(["write", "sync", "rename"])(
    "a disk that fails at %s leaves no run and no temporary file",
    async (operation) => {
      const disk = irisDisk();
      disk.fault = (now) => (now === operation ? "ENOSPC" : undefined);
      const { code, err } = await runIn([...iris, "--quiet"], { disk });
      expect({ code, err }).toEqual({
        code: 74,
        err: "error: runs/iris-1: expected to write it whole, but the disk is full\n",
      });
      expect(disk.list()).toEqual(["data/iris.csv"]);
    },
  );

  test("a signal ends the run between two epochs with its own code", async () => {
    const world = memoryWorld({ disk: irisDisk() });
    let reads = 0;
    const io = {
      ...world.io,
      now: () => {
        if (++reads === 3) world.ending.abort("SIGINT");
        return 0;
      },
      err: { ...world.io.err, isTerminal: true },
    };
    expect(await run(iris, io)).toBe(130);
    expect(world.spoken.err).toContain(
      "stopped by SIGINT after epoch 1; nothing is lost, to go on:\n  pullone train",
    );
    expect(world.disk.list()).toEqual(["data/iris.csv", "runs/iris-1.checkpoint.safetensors"]);
  });

  test("a signal ends it between two epochs of the logistic regression, too, which a terminal sees at work", async () => {
    const world = memoryWorld({ disk: irisDisk() });
    const io = {
      ...world.io,
      err: {
        isTerminal: true,
        columns: 100,
        write: async (text: string) => {
          world.spoken.err += text;
          if (text.includes("logistic regression beside it: epoch 1/4")) world.ending.abort("SIGINT");
        },
      },
    };
    expect(await run(iris, io)).toBe(130);
    expect(world.spoken.err).toContain(
      "\r\u001b[2Kstopped by SIGINT after epoch 4; nothing is lost, to go on:\n",
    );
    expect(world.spoken.err).not.toContain("regression beside it: epoch 2/4");
    expect(world.disk.list()).toEqual(["data/iris.csv", "runs/iris-1.checkpoint.safetensors"]);
  });
});
