// train, interrupted and gone on with: which checkpoint is read, which is refused and in which words, and what is left.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parseEvery } from "../../src/cli/checkpoints.ts";
import { run } from "../../src/cli/program.ts";
import { close, editSpec, type LooseJson, open } from "../artifact/container.ts";
import { irisCsv, irisDisk, MODEL, quick, trainedDisk } from "./flowers.ts";
import { type Disk, memoryDisk, memoryWorld, type Outcome, runIn } from "./memory.ts";

const iris = ["train", "data/iris.csv", "--label", "species", ...quick];
const NEWEST = "runs/iris-1.checkpoint.safetensors";
const PREVIOUS = "runs/iris-1.checkpoint.previous.safetensors";
const RUN = ["config.jsonc", "history.csv", "metrics.json", "model.safetensors"].map(
  (name) => `runs/iris-1/${name}`,
);

/** Runs a command until it has said `text`, and sends it a signal then. */
async function stopped(disk: Disk, argv: readonly string[], text = "epoch 2/4"): Promise<Outcome> {
  const world = memoryWorld({ disk });
  const write = async (said: string) => {
    world.spoken.err += said;
    if (said.includes(text)) world.ending.abort("SIGINT");
  };
  const code = await run(argv, { ...world.io, err: { ...world.io.err, write } });
  return { code, ...world.spoken, disk };
}

let interrupted: Promise<Disk> | undefined;

/** A disk of one's own on which a run was stopped after its second epoch, with a checkpoint before the newest. */
async function stoppedDisk(): Promise<Disk> {
  interrupted ??= (async () => {
    const disk = irisDisk();
    expect((await stopped(disk, [...iris, "--checkpoint-every", "1"])).code).toBe(130);
    expect(disk.list()).toEqual(["data/iris.csv", PREVIOUS, NEWEST]);
    return disk;
  })();
  const disk = irisDisk();
  for (const [path, entry] of (await interrupted).entries) disk.entries.set(path, entry);
  return disk;
}

async function expectSameRun(disk: Disk): Promise<void> {
  const whole = await trainedDisk();
  for (const file of RUN) expect(disk.bytes(file), file).toEqual(whole.bytes(file));
}

describe("--resume", () => {
  test("goes on to the same four files, and leaves nothing else", async () => {
    const disk = await stoppedDisk();
    const { code, err, out } = await runIn([...iris, "--resume"], { disk });
    expect({ code, err }).toEqual({
      code: 0,
      err: "going on from epoch 2\nepoch 4/4  loss 0.4552  validation 0.4147\n",
    });
    expect(out).toContain("  4 epochs, the last 2 in 0.0 s\n");
    expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
    await expectSameRun(disk);
  });

  test("goes on from the end of the training when the baseline was stopped", async () => {
    const disk = irisDisk();
    const world = memoryWorld({ disk });
    const write = async (text: string) => {
      world.spoken.err += text;
      if (text.includes("beside it: epoch 1/4")) world.ending.abort("SIGTERM");
    };
    expect(await run(iris, { ...world.io, err: { isTerminal: true, columns: 99, write } })).toBe(143);
    expect(world.spoken.err).toContain("stopped by SIGTERM after epoch 4; nothing is lost, to go on:\n");
    expect((await runIn([...iris, "--resume"], { disk })).err).toBe("going on from epoch 4\n");
    await expectSameRun(disk);
  });

  test("prints the words with which to go on, quoted where a shell needs it", async () => {
    const csv = { "data/a b.csv": irisCsv };
    const argv = ["train", "data/a b.csv", "--label", "species", ...quick, "--seed", "3", "--out", "o'x"];
    const { err } = await stopped(irisDisk(csv), [...argv, "--checkpoint-every", "5m"]);
    const set = quick.map((word) => (word.includes("[") ? `'${word}'` : word)).join(" ");
    expect(err).toContain(
      `  pullone train 'data/a b.csv' --label species ${set} --seed 3 --out 'o'\\''x' --checkpoint-every 5m --resume\n`,
    );
  });

  test("prints them so that they are read again: no path is taken for an option, nothing invisible is lost", async () => {
    const column = irisCsv.replace("species", "--kind");
    const argv = ["train", "--label=--kind", ...quick, "--out=-o", "--", "-x\n\u001b\\'.csv"];
    const disk = memoryDisk({ "-x\n\u001b\\'.csv": column });
    const { err } = await stopped(disk, argv);
    const words = /^ {2}pullone (.*)$/m.exec(err)?.[1] ?? "";
    expect(words).toMatch(
      /^train \$'\.\/-x\\U0000000a\\U0000001b\\U0000005c\\U00000027\.csv' --label='--kind' /,
    );
    const read = spawnSync("bash", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
    // Where there is no bash, the words are looked at only.
    const again = read.error ? [...argv, "--resume"] : read.stdout.split("\0").slice(0, -1);
    const { code, err: said } = await runIn(again, { disk });
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringMatching(/^going on from epoch 2\n/),
    });
  });

  test("with nothing to go on with begins, and says so", async () => {
    const { code, err, disk } = await runIn([...iris, "--resume"], { disk: irisDisk() });
    expect(code).toBe(0);
    expect(err.split("\n")[0]).toBe("runs/iris-1: no checkpoint there: beginning");
    await expectSameRun(disk);
  });

  test("of a finished run touches nothing but a checkpoint that was left, and is no failure", async () => {
    const disk = await trainedDisk();
    disk.put(NEWEST, "left by a crash between the last two operations");
    disk.log.length = 0;
    const { code, err, out } = await runIn([...iris, "--resume"], { disk });
    expect({ code, err, out }).toEqual({ code: 0, err: "runs/iris-1: already finished\n", out: "" });
    const lock = "runs/iris-1.lock";
    const used = ["create", "write", "close"].map((operation) => `${operation} ${lock}`);
    expect(disk.log).toEqual([...used, `remove ${NEWEST}`, `remove ${lock}`]);
    const json = JSON.parse((await runIn([...iris, "--resume", "--json"], { disk })).out);
    expect(json).toMatchObject({ run: "runs/iris-1", model: MODEL, epochs: 4 });
    expect(json.remarks).toEqual(["the run was already finished"]);
  });

  test("of a run finished by other words, on other data, or whose model was changed since is refused", async () => {
    const refusal = { code: 73, err: expect.stringContaining("expected no run there") };
    const resume = (disk: Disk, ...more: string[]) => runIn([...iris, ...more, "--resume"], { disk });
    expect(await resume(await trainedDisk(), "--set", "train.nesterov=true")).toMatchObject(refusal);
    const edited = await trainedDisk();
    edited.put("data/iris.csv", irisCsv.replace("5.1", "5.2"));
    expect(await resume(edited)).toMatchObject(refusal);
    const changed = await trainedDisk();
    changed.put(MODEL, changed.bytes(MODEL).slice(0, -1));
    expect(await resume(changed)).toMatchObject(refusal);
  });

  test("replaces a finished run when --force had begun the run that was stopped", async () => {
    const disk = await trainedDisk();
    const other = [...iris, "--set", "train.nesterov=true"];
    expect((await stopped(disk, [...other, "--force"])).code).toBe(130);
    await expectSameRun(disk);
    expect((await runIn([...other, "--resume"], { disk })).code).toBe(0);
    expect(disk.text("runs/iris-1/config.jsonc")).toContain('"nesterov": true');
    expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
  });
});

describe("a checkpoint that is there", () => {
  const hint = "hint:  go on with the words and the data it was made with, or begin anew with --force\n";
  const resume = async (change: (disk: Disk) => void, ...more: string[]) => {
    const disk = await stoppedDisk();
    change(disk);
    const before = disk.list();
    const { code, err } = await runIn([...iris, ...more, "--resume"], { disk });
    expect(disk.list()).toEqual(before);
    return { code, err };
  };
  const edit = (change: (spec: LooseJson) => void) => (disk: Disk) => {
    const opened = open(disk.bytes(NEWEST));
    disk.put(NEWEST, close(editSpec(opened, change), opened.data));
  };

  test("keeps train from beginning anew, unless --force says so", async () => {
    const disk = await stoppedDisk();
    const { code, err } = await runIn(iris, { disk });
    expect({ code, err }).toEqual({
      code: 73,
      err: `error: runs/iris-1: expected no run there, got the checkpoint of an interrupted one, "${NEWEST}"\nhint:  use --resume to go on with it, or --force to begin anew\n`,
    });
    expect((await runIn([...iris, "--force"], { disk })).code).toBe(0);
    expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
    await expectSameRun(disk);
  });

  test("of another configuration is refused by the first field that differs", async () => {
    expect(await resume(() => {}, "--set", "train.nesterov=true", "--set", "train.clipNorm=1")).toEqual({
      code: 76,
      err: `error: ${NEWEST}: train.nesterov: expected true, as in the run that is asked for, got false\n${hint}`,
    });
  });

  test("of other data is refused, be it one test row that changed", async () => {
    const { code, err } = await resume((disk) => disk.put("data/iris.csv", `${irisCsv.trimEnd()}\r\n`));
    expect(code).toBe(76);
    expect(err).toMatch(
      /SHA-256 of data file 1: expected "[0-9a-f]{16}", as in the run that is asked for, got "91eb/,
    );
  });

  test("of another arithmetic or a newer format is refused by name, of another program goes on", async () => {
    expect(await resume(edit((spec) => (spec.arithmetic_version = 2)))).toEqual({
      code: 76,
      err: `error: ${NEWEST}: spec.arithmetic_version: expected 1, got 2\n`,
    });
    const newer = (disk: Disk) => {
      const { header, data } = open(disk.bytes(NEWEST));
      disk.put(NEWEST, close(header.replace('"format_version":"1"', '"format_version":"2"'), data));
    };
    expect((await resume(newer)).err).toContain("format version 2; this program reads up to 1");
    const disk = await stoppedDisk();
    edit((spec) => (spec.program = "0.0.9-old"))(disk);
    expect((await runIn([...iris, "--resume"], { disk })).code).toBe(0);
    await expectSameRun(disk);
  });

  test("is told from a model, and a model from it", async () => {
    const model = (await trainedDisk()).bytes(MODEL);
    expect(await resume((disk) => disk.put(NEWEST, model))).toEqual({
      code: 76,
      err: `error: ${NEWEST}: expected a pullone checkpoint, got a pullone file of kind "model"\nhint:  a model is finished and cannot be trained further\n`,
    });
    const predicted = await runIn(["predict", NEWEST, "data/iris.csv"], { disk: await stoppedDisk() });
    expect(predicted).toMatchObject({
      code: 76,
      err: `error: ${NEWEST}: expected a pullone model, got a pullone file of kind "checkpoint"\nhint:  a checkpoint is no model yet: pullone train … --resume finishes it\n`,
    });
  });

  test.each([
    ["cut", (bytes: Uint8Array) => bytes.slice(0, 700)],
    ["one bit flipped", (bytes: Uint8Array) => bytes.with(900, bytes[900]! ^ 1)],
    ["all zeros", (bytes: Uint8Array) => bytes.map(() => 0)],
    ["empty", () => new Uint8Array(0)],
  ])("%s gives way to the one before it, which it never replaces, with a warning", async (_what, damage) => {
    const disk = await stoppedDisk();
    const previous = disk.bytes(PREVIOUS);
    disk.put(NEWEST, damage(disk.bytes(NEWEST)));
    const again = await stopped(disk, [...iris, "--resume", "--checkpoint-every", "1"]);
    expect(again.err.split("\n").slice(0, 2)).toEqual([
      `warning: ${NEWEST} is damaged or incomplete: going on from the one before it, of epoch 1`,
      "going on from epoch 1",
    ]);
    expect(disk.bytes(PREVIOUS)).toEqual(previous);
    expect((await runIn([...iris, "--resume", "--quiet"], { disk })).code).toBe(0);
    await expectSameRun(disk);
  });

  test("that is gone gives way to the one before it, too; damaged ones alone are refused", async () => {
    const disk = await stoppedDisk();
    disk.entries.delete(`/home/${NEWEST}`);
    const { code, err } = await runIn([...iris, "--resume"], { disk });
    expect({ code, warning: err.split("\n")[0] }).toEqual({
      code: 0,
      warning: `warning: ${NEWEST} is gone: going on from the one before it, of epoch 1`,
    });
    await expectSameRun(disk);
    const damaged = (change: (disk: Disk) => void) => resume(change);
    const alone = await damaged((disk) => {
      disk.entries.delete(`/home/${PREVIOUS}`);
      disk.put(NEWEST, disk.bytes(NEWEST).slice(1));
    });
    expect(alone).toMatchObject({ code: 76, err: expect.stringContaining(NEWEST) });
  });
});

describe("writing checkpoints", () => {
  test("changes no bit of the run", async () => {
    const { code, disk } = await runIn([...iris, "--checkpoint-every", "1", "--quiet"], { disk: irisDisk() });
    expect(code).toBe(0);
    expect(disk.log.filter((line) => line === `rename ${NEWEST}`)).toHaveLength(4);
    expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
    await expectSameRun(disk);
  });

  test("happens when the time has come, and not before", async () => {
    let clock = 0;
    const written = async (every: string) => {
      const disk = irisDisk();
      clock = 0;
      await runIn([...iris, "--checkpoint-every", every, "--quiet"], { disk, now: () => (clock += 400) });
      return disk.log.filter((line) => line === `rename ${NEWEST}`).length;
    };
    expect(await written("1s")).toBeGreaterThan(1);
    expect(await written("30s")).toBe(0);
    expect(await written("3")).toBe(1);
    expect(await written("never")).toBe(0);
  });

  test("never: a signal leaves nothing", async () => {
    const { code, err, disk } = await stopped(irisDisk(), [...iris, "--checkpoint-every", "never"]);
    expect(code).toBe(130);
    expect(err).toContain("stopped by SIGINT; nothing was written\n");
    expect(disk.list()).toEqual(["data/iris.csv"]);
  });

  test.each(["create", "write", "sync", "rename"])(
    "that fails at %s ends with 74, and the older one is kept",
    async (operation) => {
      const disk = await stoppedDisk();
      const before = disk.bytes(NEWEST);
      disk.fault = (now, path) =>
        now === operation && !path.endsWith(".lock") && !path.endsWith(PREVIOUS.slice(5))
          ? "ENOSPC"
          : undefined;
      const { code, err } = await runIn([...iris, "--resume", "--checkpoint-every", "1", "--quiet"], {
        disk,
      });
      expect({ code, err }).toEqual({
        code: 74,
        err: `error: ${NEWEST}: expected to write it whole, but the disk is full\n`,
      });
      expect(disk.bytes(NEWEST)).toEqual(before);
      disk.fault = () => undefined;
      expect((await runIn([...iris, "--resume", "--quiet"], { disk })).code).toBe(0);
      expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
      await expectSameRun(disk);
    },
  );

  test("that cannot be removed when the run is done: 74, the run is whole, and --resume finds it finished", async () => {
    const disk = irisDisk();
    disk.fault = (operation, path) => (operation === "remove" && path === NEWEST ? "EIO" : undefined);
    const argv = [...iris, "--checkpoint-every", "1", "--quiet"];
    const { code, err } = await runIn(argv, { disk });
    expect({ code, err }).toEqual({
      code: 74,
      err: `error: ${NEWEST}: expected to take it away, but the disk reports an error\n`,
    });
    await expectSameRun(disk);
    disk.fault = () => undefined;
    expect(await runIn([...argv, "--resume"], { disk })).toMatchObject({ code: 0, err: "" });
    expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
  });

  test("works where a file has one name only: there is none before the newest then", async () => {
    const disk = irisDisk();
    disk.fault = (operation) => (operation === "link" ? "EPERM" : undefined);
    expect((await stopped(disk, [...iris, "--checkpoint-every", "1"])).code).toBe(130);
    expect(disk.list()).toEqual(["data/iris.csv", NEWEST]);
  });

  test("a training that diverges keeps its last one, in which every number is finite, and no model", async () => {
    const disk = irisDisk();
    // Two epochs of warm-up are harmless, the rate after them is not.
    const wild = [
      "train.learningRate=1000",
      'train.schedule={"kind":"constant","warmup":3}',
      "train.epochs=50",
    ];
    const argv = [
      ...iris,
      ...wild.flatMap((setting) => ["--set", setting]),
      "--checkpoint-every",
      "1",
      "--quiet",
    ];
    const { code, err } = await runIn(argv, { disk });
    expect(code).toBe(80);
    expect(err).toMatch(
      /error: epoch \d+, step \d+, learning rate 5\d\d: expected (a finite loss|finite weights), got /,
    );
    expect(err).toMatch(/hint: {2}try a learning rate below 1000/);
    expect(disk.list()).toEqual(
      ["data/iris.csv", PREVIOUS, NEWEST].filter((path) => disk.list().includes(path)),
    );
    expect(disk.list()).toContain(NEWEST);
    expect((await runIn([...argv, "--resume"], { disk })).code).toBe(80);
  });
});

describe("one process at a time", () => {
  const LOCK = "runs/iris-1.lock";
  const running = (disk: Disk, living: readonly string[]) => {
    const world = memoryWorld({ disk });
    return { ...world, io: { ...world.io, isRunning: (owner: string) => living.includes(owner) } };
  };

  test.each([[[]], [["--resume"]], [["--force"]]])(
    "a second one is refused and told which is at work: %j",
    async (more) => {
      const disk = irisDisk({ [LOCK]: "4711 99 here" });
      const { io, spoken } = running(disk, ["4711 99 here"]);
      expect(await run([...iris, ...more], { ...io, files: { ...io.files, owner: "7 1 here" } })).toBe(75);
      expect(spoken.err).toBe(
        "error: runs/iris-1: expected to be the only one at work there, but process 4711 is\nhint:  wait for it, or give another --out\n",
      );
      expect(disk.list()).toEqual(["data/iris.csv", LOCK]);
    },
  );

  test("a lock of another host stands, and the hint names it", async () => {
    const { io, spoken } = running(irisDisk({ [LOCK]: "4711 99 there" }), ["4711 99 there"]);
    expect(await run(iris, { ...io, files: { ...io.files, owner: "7 1 here" } })).toBe(75);
    expect(spoken.err).toContain(
      `hint:  it is of another host: wait for it, or remove "${LOCK}" if it is gone\n`,
    );
  });

  test("a dead lock that cannot be taken away, as one of another user, is refused", async () => {
    const disk = irisDisk({ [LOCK]: "4711 99 here" });
    disk.fault = (operation, path) => (operation === "rename" && path.startsWith(LOCK) ? "EPERM" : undefined);
    const { io, spoken } = running(disk, []);
    expect(await run(iris, io)).toBe(73);
    expect(spoken.err).toBe(
      `error: ${LOCK}: expected to take over what process "4711" has left, but permission is denied\nhint:  give another --out, or have it removed by whose it is\n`,
    );
    expect(disk.list()).toEqual(["data/iris.csv", LOCK]);
  });

  test("a lock that cannot be read, as one of another user, stands", async () => {
    const disk = irisDisk({ [LOCK]: "4711 99 here" });
    disk.fault = (operation, path) => (operation === "read" && path === LOCK ? "EACCES" : undefined);
    expect(await runIn(iris, { disk })).toMatchObject({
      code: 75,
      err: `error: ${LOCK}: expected a lock that can be read, but it cannot\nhint:  it may be of another user: wait for it, or remove it if its process is gone\n`,
    });
    expect(disk.list()).toEqual(["data/iris.csv", LOCK]);
  });

  test.each(["4711 99 here", "", "7 1 here", "47", "4711 9", "4711 99 h", "4711\0\0\0", "\0\0\0\0"])(
    "a lock left by a dead process is taken over, also what a power cut has left of it: %j",
    async (owner) => {
      const disk = irisDisk({ [LOCK]: owner });
      const { io, spoken } = running(disk, []);
      expect(await run([...iris, "--quiet"], { ...io, files: { ...io.files, owner: "7 2 here" } })).toBe(0);
      expect(spoken.err).toBe(
        `warning: runs/iris-1: process "${owner.includes("\0") ? "" : owner.split(" ")[0]}" left its lock behind and is gone; what it has finished is kept\n`,
      );
      expect(disk.list()).toEqual(["data/iris.csv", ...RUN]);
    },
  );

  test("no lock and no folder is left by a refusal", async () => {
    const disk = irisDisk({ "data/bad.csv": "a,species\n1,x,3\n" });
    const { code } = await runIn(["train", "data/bad.csv", "--label", "species", "--out", "deep/er/run"], {
      disk,
    });
    expect(code).toBe(65);
    expect([...disk.entries.keys()].filter((path) => path.includes("deep"))).toEqual([]);
  });
});

test("--checkpoint-every reads times, epochs and never, and nothing else; --resume and --force exclude each other", async () => {
  expect(parseEvery("30s")).toEqual({ unit: "seconds", count: 30 });
  expect(parseEvery("5m")).toEqual({ unit: "seconds", count: 300 });
  expect(parseEvery("2h")).toEqual({ unit: "seconds", count: 7200 });
  expect(parseEvery("10")).toEqual({ unit: "epochs", count: 10 });
  for (const text of ["0", "never"]) expect(parseEvery(text)).toEqual({ unit: "never" });
  for (const text of ["", "0s", "1.5s", "-1", "1e3", "30 s", "5d", "Never", "9999999", "010"]) {
    expect(() => parseEvery(text)).toThrow(/^--checkpoint-every: expected a time such as 30s, 5m or 2h/);
  }
  const both = await runIn([...iris, "--resume", "--force"], { disk: irisDisk() });
  expect(both).toMatchObject({
    code: 64,
    err: expect.stringContaining("--resume: expected it without --force"),
  });
});
