// pullone experiment in a world of its own: what it writes, what it keeps, what it refuses.
import { describe, expect, test } from "vitest";
import type { CrewMember } from "../../src/cli/crew.ts";
import { run } from "../../src/cli/program.ts";
import { irisDisk } from "./flowers.ts";
import { type Disk, memoryWorld, runIn, type WorldOptions } from "./memory.ts";

const experiment = `{
  "name": "hidden",
  "base": {
    "data": { "file": "../data/iris.csv", "label": "species" },
    "split": { "validation": 0.2 },
    "model": { "hidden": [4] },
    "train": { "epochs": 3, "batchSize": 16, "learningRate": 0.05 },
  },
  "variants": { "linear": { "model.hidden": [] }, "h4": {} },
  "seeds": 2,
  "folds": { "folds": 3 },
}
`;

const FILE = "configs/hidden.jsonc";
const SUMMARY = "runs/hidden/summary.json";

function diskWith(more: Readonly<Record<string, string>> = {}): Disk {
  return irisDisk({ [FILE]: experiment, ...more });
}

function pullone(disk: Disk, ...argv: string[]) {
  return runIn(["experiment", FILE, ...argv], { disk });
}

/** A world in which some processes live. */
async function runAmong(living: readonly string[], options: WorldOptions) {
  const world = memoryWorld(options);
  const io = { ...world.io, isRunning: (owner: string) => living.includes(owner) };
  return { code: await run(["experiment", FILE, "--quiet"], io), ...world.spoken };
}

describe("an experiment", () => {
  test("prints one table with a verdict for each pair, and writes a record of each run", async () => {
    const disk = diskWith();
    const { code, out, err } = await pullone(disk);
    expect({ code, err: err.trimEnd().split("\n").slice(-4) }).toEqual({
      code: 0,
      err: [
        "12/12 runs",
        "  linear  6 runs  0.00 s each",
        "  h4      6 runs  0.00 s each",
        "12 runs, 36 epochs in 0.0 s",
      ],
    });
    const lines = out.split("\n");
    expect(lines[0]).toBe("hidden: 2 variants × 2 seeds × 3 folds = 12 runs on 150 rows");
    expect(out).toMatch(
      /^ {2}1 {2}\S+ +\d+ +\d+ {2}0\.\d{4} ± 0\.\d{4} {2}0\.\d{4} to \d\.\d{4} {2}0\.\d{4}/m,
    );
    expect(out).toMatch(
      /^ {2}log loss {2}(linear − h4|h4 − linear) .* {2}p [=<] .* {2}(\S+ is better|cannot tell)/m,
    );
    expect(lines.at(-2)).toBe(
      "runs/hidden/: experiment.jsonc, results.csv, summary.json, a record of each run in runs/",
    );
    const files = disk.list().filter((path) => path.startsWith("runs/"));
    expect(files).toHaveLength(15);
    expect(files).toContain("runs/hidden/runs/h4-s2-r1-f3.json");
    const table = disk.text("runs/hidden/results.csv").trimEnd().split("\n");
    expect(table[0]).toBe(
      "run,variant,seed,repeat,fold,status,train_rows,validation_rows,test_rows,parameters,epochs,best_epoch,log_loss,accuracy,balanced_accuracy,brier,macro_f1,mcc,ece,roc_auc,reason",
    );
    expect(table[1]).toMatch(/^linear-s1-r1-f1,linear,1,1,1,done,80,20,50,15,3,[123],0\.\d+,/);
    expect(table).toHaveLength(13);
  });

  test("--json prints the summary, and nothing else", async () => {
    const disk = diskWith();
    const { code, out, err } = await pullone(disk, "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { folder, ...summary } = JSON.parse(out);
    expect(folder).toBe("runs/hidden");
    expect(summary).toEqual(JSON.parse(disk.text(SUMMARY)));
    expect(summary).toMatchObject({ name: "hidden", rows: 150, runs: { planned: 12, done: 12, failed: 0 } });
  });

  test("--quiet prints nothing; --out and --set change the folder and the experiment", async () => {
    const disk = diskWith();
    expect(await pullone(disk, "--quiet", "--out", "there", "--set", "seeds=[5]")).toMatchObject({
      code: 0,
      out: "",
      err: "",
    });
    expect(JSON.parse(disk.text("there/summary.json")).runs.planned).toBe(6);
    expect(disk.list()).toContain("there/runs/linear-s5-r1-f1.json");
  });

  test("the document in its folder is the same experiment: no run is repeated, no byte moves", async () => {
    const disk = diskWith();
    await pullone(disk, "--quiet");
    const before = disk.text(SUMMARY);
    const records = disk.log.filter((line) => line.startsWith("rename runs/hidden/runs")).length;
    const again = await runIn(["experiment", "runs/hidden/experiment.jsonc", "--quiet"], { disk });
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(disk.log.filter((line) => line.startsWith("rename runs/hidden/runs")).length).toBe(records);
    expect(disk.text(SUMMARY)).toBe(before);
  });

  test("a test row changes nothing but its own score", async () => {
    const column = "fold";
    const csv = (change: (line: string, i: number) => string) =>
      irisDisk()
        .text("data/iris.csv")
        .trimEnd()
        .split("\n")
        .map((line, i) => (i === 0 ? `${line},${column}` : `${change(line, i)},${i % 3}`))
        .join("\n");
    const scores = async (text: string) => {
      const disk = diskWith({ "data/iris.csv": text });
      const set = ["--set", 'folds={"kind":"column","column":"fold"}', "--set", "seeds=1"];
      expect(await pullone(disk, "--quiet", ...set)).toMatchObject({ code: 0, err: "" });
      return disk
        .text("runs/hidden/results.csv")
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","));
    };
    const plain = await scores(csv((line) => line));
    const bent = await scores(csv((line, i) => (i % 3 === 0 ? line.replace(/^[\d.]+/, "99") : line)));
    const first = (rows: string[][]) => rows.find(([id]) => id === "h4-s1-r1-f1")!;
    // Fold "0" is judged: the rows that are bent are its own, so epochs and weights stay and its score moves.
    expect(first(bent).slice(0, 12)).toEqual(first(plain).slice(0, 12));
    expect(first(bent)[12]).not.toBe(first(plain)[12]);
  });
});

describe("resuming", () => {
  test("after an interruption only what is left is run, and the results are the same bytes", async () => {
    const whole = diskWith();
    await pullone(whole, "--quiet");
    const disk = diskWith();
    const world = memoryWorld({ disk });
    let kept = 0;
    disk.fault = (operation, path) => {
      if (operation === "rename" && path.includes("/hidden/runs/") && ++kept === 5)
        world.ending.abort("SIGTERM");
      return undefined;
    };
    expect(await run(["experiment", FILE], world.io)).toBe(143);
    expect(world.spoken.err).toContain(
      "stopped by SIGTERM; finished runs are kept: the same command goes on from there\n",
    );
    const left = disk.list().filter((path) => path.startsWith("runs/hidden/runs/"));
    expect(left.length).toBeGreaterThanOrEqual(5);
    expect(left.length).toBeLessThan(12);
    expect(disk.list()).not.toContain("runs/hidden/lock");
    disk.fault = () => undefined;
    const { code, err } = await pullone(disk);
    expect(code).toBe(0);
    expect(err).toContain(`${left.length} runs of 12 are there already\n`);
    for (const name of ["summary.json", "results.csv", "experiment.jsonc"]) {
      expect(disk.text(`runs/hidden/${name}`)).toBe(whole.text(`runs/hidden/${name}`));
    }
  });

  test("a run that crashed is tried again, every other one that is there is not", async () => {
    const disk = diskWith();
    await pullone(disk, "--quiet");
    const whole = disk.text(SUMMARY);
    const path = "runs/hidden/runs/h4-s2-r1-f3.json";
    const record = JSON.parse(disk.text(path));
    const outcome = { status: "failed", code: "internal", reason: "the run crashed: out of memory" };
    disk.put(path, JSON.stringify({ ...record, outcome }));
    const { code, err } = await pullone(disk);
    expect({ code, summary: disk.text(SUMMARY) }).toEqual({ code: 0, summary: whole });
    expect(err).toContain("11 runs of 12 are there already\n");
  });

  test("more seeds keep the runs that are there", async () => {
    const disk = diskWith();
    await pullone(disk, "--quiet");
    const { err } = await pullone(disk, "--set", "seeds=3");
    expect(err).toContain("12 runs of 18 are there already\n");
  });

  test("files of something else are refused by name, unchanged, and replaced with --force", async () => {
    for (const name of ["experiment.jsonc", "results.csv", "summary.json"]) {
      const disk = diskWith({ [`runs/hidden/${name}`]: "mine" });
      const before = disk.list();
      expect(await pullone(disk)).toMatchObject({
        code: 73,
        err:
          `error: runs/hidden/${name}: expected a place for what this experiment writes, got a file of something else\n` +
          "hint:  use --force to replace it, or another --out\n",
      });
      expect([disk.text(`runs/hidden/${name}`), disk.list()]).toEqual(["mine", before]);
      expect((await pullone(disk, "--quiet", "--force")).code).toBe(0);
    }
  });

  test("a folder in which the first run did not end is gone on with", async () => {
    const disk = diskWith();
    const world = memoryWorld({ disk });
    disk.fault = (operation, path) => {
      if (operation === "rename" && path.endsWith("experiment.jsonc")) world.ending.abort("SIGTERM");
      return undefined;
    };
    expect(await run(["experiment", FILE], world.io)).toBe(143);
    disk.fault = () => undefined;
    expect(disk.list().filter((path) => path.startsWith("runs/"))).toEqual(["runs/hidden/experiment.jsonc"]);
    expect((await pullone(disk, "--quiet")).code).toBe(0);
  });

  test("records of another configuration or other data are refused by name, and replaced with --force", async () => {
    for (const change of [
      (disk: Disk) => disk.put(FILE, experiment.replace('"epochs": 3', '"epochs": 4')),
      (disk: Disk) => disk.put("data/iris.csv", disk.text("data/iris.csv").replace("5.1", "5.2")),
      (disk: Disk) => disk.put("runs/hidden/runs/linear-s1-r1-f1.json", "{"),
    ]) {
      const disk = diskWith();
      await pullone(disk, "--quiet");
      change(disk);
      expect(await pullone(disk)).toMatchObject({
        code: 73,
        err:
          "error: runs/hidden/runs/linear-s1-r1-f1.json: expected a record of this run, got one of another configuration, other data or another version\n" +
          "hint:  use --force to run it again, or another --out\n",
      });
      expect((await pullone(disk, "--quiet", "--force")).code).toBe(0);
      expect((await pullone(disk, "--quiet")).code).toBe(0);
    }
  });
});

describe("a run that fails", () => {
  const diverging = experiment.replace(
    '"h4": {}',
    '"h4": {}, "wild": { "train.learningRate": 1000, "train.clipNorm": null, "model.activation": "relu" }',
  );

  test("is recorded with its reason; the others finish, and the exit code is 80", async () => {
    const disk = diskWith({ [FILE]: diverging });
    const { code, out } = await pullone(disk);
    expect(code).toBe(80);
    const summary = JSON.parse(disk.text(SUMMARY));
    expect(summary.runs.done).toBeGreaterThanOrEqual(12);
    expect(summary.runs.failed).toBeGreaterThan(0);
    expect(summary.ranking.at(-1)).toBe("wild");
    expect(out).toContain("wild (");
    expect(out).toMatch(/\nFailed\n {2}wild-s1-r1-f\d: epoch \d+, step \d+, learning rate 5\d\d: expected /);
    expect(disk.text("runs/hidden/results.csv")).toMatch(/^wild-s\d-r1-f\d,wild,\d,1,\d,failed,/m);
    // It would fail again: it is not run again, and still counts.
    const again = await pullone(disk, "--json");
    expect(again.code).toBe(80);
    expect(JSON.parse(again.out).failures).toEqual(summary.failures);
  });
});

describe("a run that crashes", () => {
  test("is marked failed with its reason; the others finish, and the exit code is 70", async () => {
    const disk = diskWith();
    const { io, spoken } = memoryWorld({ disk });
    const member = (): CrewMember => ({
      perform: async ({ run: { id } }) => {
        if (id === "h4-s1-r1-f2") throw new Error("out of memory");
        return { ...JSON.parse(finished).outcome };
      },
      end: () => {},
    });
    const whole = diskWith();
    await pullone(whole, "--quiet");
    const finished = whole.text("runs/hidden/runs/h4-s1-r1-f1.json");
    const crew = async () => ({ parallelism: 2, start: member });
    expect(await run(["experiment", FILE], { ...io, crew })).toBe(70);
    expect(spoken.out).toContain("\nFailed\n  h4-s1-r1-f2: the run crashed: out of memory\n");
    expect(JSON.parse(disk.text(SUMMARY)).runs).toMatchObject({ planned: 12, done: 11, failed: 1 });
    expect(disk.text("runs/hidden/results.csv")).toContain(
      "h4-s1-r1-f2,h4,1,1,2,failed,,,,,,,,,,,,,,,the run crashed: out of memory\n",
    );
  });
});

describe("one process at a time", () => {
  test("a folder where another process is at work is exit 75", async () => {
    const disk = diskWith({ "runs/hidden/lock": "4711" });
    expect(await runAmong(["4711"], { disk })).toEqual({
      code: 75,
      out: "",
      err:
        "error: runs/hidden: expected to be the only one at work there, but process 4711 is\n" +
        "hint:  wait for it, or give another --out\n",
    });
    expect(disk.text("runs/hidden/lock")).toBe("4711");
  });

  test.each(["4711", ""])(
    "the lock of a process that is gone, %j, is taken over with a warning",
    async (owner) => {
      const disk = diskWith({ "runs/hidden/lock": owner });
      expect(await runAmong([], { disk })).toEqual({
        code: 0,
        out: "",
        err: `warning: runs/hidden: process "${owner}" left its lock behind and is gone; what it has finished is kept\n`,
      });
      expect(disk.list()).not.toContain("runs/hidden/lock");
    },
  );
});

describe("refused", () => {
  test("a full disk is exit 74, and what is finished stays", async () => {
    const disk = diskWith();
    let records = 0;
    disk.fault = (operation, path) =>
      operation === "write" && path.includes("/runs/.pullone") && ++records > 3 ? "ENOSPC" : undefined;
    expect(await pullone(disk, "--quiet")).toMatchObject({
      code: 74,
      err: "error: runs/hidden/runs/linear-s2-r1-f2.json: expected to write it whole, but the disk is full\n",
    });
    expect(disk.list().filter((path) => path.startsWith("runs/hidden/"))).toHaveLength(4);
  });

  test.each<[string, string, number, string]>([
    [
      "a base with rows in several files",
      experiment.replace(
        '"split": { "validation": 0.2 }',
        '"split": { "kind": "files", "validation": "v.csv" }',
      ),
      78,
      `error: ${FILE} split.kind: expected all rows of an experiment in one file, got "files"\nhint:  put the rows into one file, with a column for the folds\n`,
    ],
    [
      "a base without data",
      experiment.replace('"file": "../data/iris.csv", ', ""),
      78,
      `error: ${FILE} data.file: expected the path of a CSV file, got nothing\n`,
    ],
    [
      "a base that is not there",
      '{ "base": "no.jsonc", "variants": { "a": {} } }',
      66,
      "error: configs/no.jsonc: expected a file, found nothing there\n",
    ],
    [
      "a fold column that is not there",
      experiment.replace('{ "folds": 3 }', '{ "kind": "column", "column": "specie" }'),
      65,
      'error: data/iris.csv: expected a fold column "specie", got columns "sepal_length", "sepal_width", "petal_length", "petal_width", "species"\nhint:  did you mean "species"?\n',
    ],
    [
      "a fold column that is the label",
      experiment.replace('{ "folds": 3 }', '{ "kind": "column", "column": "species" }'),
      78,
      `error: ${FILE}:11:42 folds.column: expected a column other than the label, got "species"\n`,
    ],
  ])("%s", async (_, text, code, err) => {
    const disk = diskWith({ [FILE]: text });
    const outcome = await pullone(disk);
    expect({ code: outcome.code, err: outcome.err }).toEqual({ code, err });
    expect(disk.list().some((path) => path.startsWith("runs/"))).toBe(false);
  });

  test("--jobs 0 and standard input", async () => {
    const disk = diskWith();
    expect((await pullone(disk, "--jobs", "0")).err).toBe(
      "error: --jobs: expected a whole number from 1 to 64, got 0\n",
    );
    expect((await runIn(["experiment", "-"])).err).toBe(
      'error: the experiment: expected a file, got "-"; an experiment can be resumed, standard input cannot\n',
    );
  });
});
