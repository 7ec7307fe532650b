// Where outputs may not go and where they go all the same: folders that are missing, read-only or too deep, links,
// other devices, inputs. Commands in this process, on the real disk.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentsOf, mountSmall, prepareInputs, runHere, temporaryFolder, trainInto } from "./realdisk.ts";
import { tally } from "./tally.ts";

const { path: folder, end } = temporaryFolder("places");
const at = (...names: string[]) => join(folder, ...names);
const model = at("run", "model.safetensors");
const csv = at("iris.csv");
const out = at("out");
let answers = "";

beforeAll(async () => {
  await prepareInputs(folder);
  answers = (await runHere(["predict", model, csv])).out;
});
afterAll(end);

interface Writer {
  readonly name: string;
  readonly argv: (output: string) => string[];
}

const words = ["--label", "species", "--force"];
/** Every command that writes one file. */
const writers: readonly Writer[] = [
  { name: "predict", argv: (output) => ["predict", model, csv, "--quiet", "--output", output] },
  { name: "calibrate", argv: (output) => ["calibrate", model, "--out", output] },
  { name: "init", argv: (output) => ["init", csv, ...words, "--output", output] },
];
/** Every command that writes a folder. */
const makers: readonly Writer[] = [
  { name: "train", argv: (output) => trainInto(folder, output) },
  { name: "experiment", argv: (output) => ["experiment", at("few.jsonc"), "--quiet", "--out", output] },
];

/** Runs it, and requires that nothing on the disk has changed. */
async function expectRefusal(argv: readonly string[], code: number, err: string | RegExp) {
  const before = contentsOf(folder);
  const answer = await runHere(argv);
  expect(answer).toEqual({
    code,
    out: "",
    err: typeof err === "string" ? err : expect.stringMatching(err),
  });
  expect(contentsOf(folder)).toEqual(before);
  expect(
    readdirSync(folder, { recursive: true }).filter((name) => String(name).includes(".pullone")),
  ).toEqual([]);
}

describe("refused before any work is done", () => {
  const long = "x".repeat(5000);
  const refusals: readonly (readonly [string, string, number, RegExp])[] = [
    ["in a folder that is missing", at("none", "a"), 73, /there is no folder/],
    ["a folder", at("run"), 73, /it is a folder/],
    ["a name of 5,000 characters", at(long), 73, /the name is too long/],
    ["a name of 300 characters", at("x".repeat(300)), 73, /the name is too long/],
    ["in a circle of links", at("circle", "a"), 73, /its links lead in a circle/],
    ["a circle of links", at("circle"), 73, /its links lead in a circle/],
    ["below a file", at("iris.csv", "a"), 73, /is no folder/],
    ["no path", "", 64, /expected a path, got nothing/],
    ["a path with NUL", at("a\0b"), 64, /expected a path, got "/],
    ["standard output by name", "-", 64, /expected a file, got "-"/],
    ["the data, by its name", csv, 64, /expected a file of its own, got the input/],
    ["the data, by another spelling", at("run", "..", "iris.csv"), 64, /a file of its own/],
    ["the data, through a link", at("link.csv"), 64, /a file of its own/],
    ["the data, through a link to its folder", at("here", "iris.csv"), 64, /a file of its own/],
  ];
  beforeAll(() => {
    symlinkSync("circle", at("circle"));
    symlinkSync("iris.csv", at("link.csv"));
    symlinkSync(".", at("here"));
  });
  afterAll(() => {
    for (const name of ["circle", "link.csv", "here"]) rmSync(at(name));
  });

  for (const [what, output, code, message] of refusals) {
    test(`an output file: ${what}`, async (context) => {
      for (const { argv } of writers) await expectRefusal(argv(output), code, message);
      tally(context, writers.length);
    });
  }

  test("an output file that is the model", async () => {
    for (const { argv } of writers.filter(({ name }) => name !== "init"))
      await expectRefusal(argv(model), 64, /expected a file of its own, got the input/);
  });

  test("an output file that is the file of costs", async () => {
    writeFileSync(at("costs.json"), "[[0,1,1],[1,0,1],[1,1,0]]");
    const argv = ["predict", model, csv, "--costs", at("costs.json"), "--output", at("costs.json")];
    await expectRefusal(argv, 64, /expected a file of its own, got the input/);
    rmSync(at("costs.json"));
  });

  test("the folder of an experiment in which its table or its summary would replace the data", async () => {
    mkdirSync(at("few"));
    const text = readFileSync(at("few.jsonc"), "utf8");
    for (const name of ["results.csv", "summary.json", "experiment.jsonc"]) {
      writeFileSync(at("few", name), readFileSync(csv));
      writeFileSync(at("few", "base.jsonc"), text.replace("iris.csv", name));
      const argv = ["experiment", at("few", "base.jsonc"), "--out", at("few")];
      await expectRefusal(argv, 64, /expected a file of its own, got the input/);
      rmSync(at("few", name));
    }
    rmSync(at("few"), { recursive: true });
  });

  const folders: readonly (readonly [string, string, number, RegExp])[] = [
    ["a file", csv, 73, /is no folder/],
    ["below a file", at("iris.csv", "a"), 73, /a part of the path is no folder/],
    ["below a folder whose name is too long", at("x".repeat(300), "a"), 73, /the name is too long/],
    ["in a circle of links", at("circle", "a"), 73, /its links lead in a circle/],
    ["no path", "", 64, /expected a path, got nothing/],
    ["a path with NUL", at("a\0b"), 64, /expected a path, got "/],
  ];
  for (const [what, output, code, message] of folders) {
    test(`an output folder: ${what}`, async (context) => {
      for (const { argv } of makers) await expectRefusal(argv(output), code, message);
      tally(context, makers.length);
    });
  }

  test("a folder in which files of a run would replace the data or the configuration", async () => {
    const own = at("own");
    mkdirSync(own);
    writeFileSync(join(own, "config.jsonc"), '{ "data": { "file": "../iris.csv", "label": "species" } }');
    await expectRefusal(
      ["train", join(own, "config.jsonc"), "--force", "--out", own],
      64,
      /a file of its own/,
    );
    renameSync(join(own, "config.jsonc"), join(own, "here.jsonc"));
    writeFileSync(join(own, "history.csv"), readFileSync(csv));
    const argv = ["train", join(own, "history.csv"), "--label", "species", "--force", "--out", own];
    await expectRefusal(argv, 64, /a file of its own/);
    rmSync(own, { recursive: true });
  });

  test("an output that is there, with --no-clobber or without --force", async () => {
    writeFileSync(out, "old");
    const refused = /expected no file of that name, got one/;
    await expectRefusal([...writers[0]!.argv(out), "--no-clobber"], 73, refused);
    await expectRefusal([...writers[1]!.argv(out), "--no-clobber"], 73, refused);
    await expectRefusal(["init", csv, "--label", "species", "--output", out], 73, refused);
    await expectRefusal(
      ["train", csv, "--label", "species", "--out", at("run")],
      73,
      /expected no run there/,
    );
    rmSync(out);
    const { code } = await runHere([...writers[0]!.argv(out), "--no-clobber"]);
    expect({ code, text: readFileSync(out, "utf8") }).toEqual({ code: 0, text: answers });
    rmSync(out);
  });

  const lockOf: Readonly<Record<string, string>> = { train: at("own.lock"), experiment: at("own", "lock") };
  const noLock = /expected nothing there but a lock of pullone, got something else/;
  const strangers: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ["a short text", (path) => writeFileSync(path, "of another program\n"), noLock],
    ["a long text", (path) => writeFileSync(path, "1 2 three\n".repeat(100)), noLock],
    ["a folder", (path) => mkdirSync(path), noLock],
    ["a link to nothing", (path) => symlinkSync("nowhere", path), noLock],
    ["a circle of links", (path) => symlinkSync(basename(path), path), /its links lead in a circle/],
  ];
  for (const [what, make, message] of strangers) {
    test(`a file of somebody else that has the name of the lock: ${what}`, async (context) => {
      for (const { name, argv } of makers) {
        const path = lockOf[name]!;
        mkdirSync(at("own"));
        make(path);
        const before = lstatSync(path);
        await expectRefusal(argv(at("own")), 73, message);
        expect(lstatSync(path)).toMatchObject({ ino: before.ino, size: before.size });
        rmSync(path, { recursive: true });
        rmSync(at("own"), { recursive: true });
      }
      tally(context, makers.length);
    });
  }

  test("a run beside which no checkpoint could have its name", async () => {
    const [training] = makers;
    const checkpoint = at("own.checkpoint.safetensors");
    mkdirSync(checkpoint);
    await expectRefusal(training!.argv(at("own")), 73, /checkpoint\.safetensors: .* but it is a folder/);
    rmSync(checkpoint, { recursive: true });
    symlinkSync(checkpoint, checkpoint);
    await expectRefusal(
      training!.argv(at("own")),
      73,
      /checkpoint\.safetensors: .* its links lead in a circle/,
    );
    rmSync(checkpoint);
    await expectRefusal(training!.argv(at("x".repeat(240))), 73, /but the name is too long/);
  });

  test("a run in which one of its files is a circle of links", async () => {
    mkdirSync(at("own"));
    symlinkSync("metrics.json", at("own", "metrics.json"));
    await expectRefusal(makers[0]!.argv(at("own")), 73, /metrics\.json: .* its links lead in a circle/);
    rmSync(at("own"), { recursive: true });
  });

  test("an experiment whose table, summary or records could not have their names, before the first run", async () => {
    const argv = makers[1]!.argv(at("own"));
    for (const name of ["results.csv", "summary.json", "experiment.jsonc"]) {
      mkdirSync(at("own", name), { recursive: true });
      await expectRefusal(argv, 73, /it is a folder/);
      expect(readdirSync(at("own"))).toEqual([name]);
      rmSync(at("own"), { recursive: true });
    }
    mkdirSync(at("own"));
    writeFileSync(at("own", "runs"), "of another program");
    await expectRefusal(argv, 73, /runs" is no folder|a part of the path is no folder/);
    rmSync(at("own"), { recursive: true });
  });

  test("a file system that is read-only, and the old file in it stays", async (context) => {
    const unmount = mountSmall(at("small"), 1 << 20);
    if (!unmount) return context.skip("a small file system can be mounted by root on Linux only");
    try {
      writeFileSync(at("small", "old"), "old");
      spawnSync("mount", ["-o", "remount,ro", at("small")]);
      for (const { argv } of writers)
        for (const name of ["old", "new"])
          await expectRefusal(argv(at("small", name)), 73, /no permission to write in its folder/);
      for (const { argv } of makers)
        await expectRefusal(argv(at("small", "new", "run")), 73, /no permission to write in/);
    } finally {
      unmount();
    }
  });

  test("a folder without permission to write", async (context) => {
    if (process.getuid?.() === 0) return context.skip("root may write everywhere");
    mkdirSync(at("closed"));
    chmodSync(at("closed"), 0o555);
    for (const { argv } of writers)
      await expectRefusal(argv(at("closed", "a")), 73, /no permission to write in its folder/);
    for (const { argv } of makers)
      await expectRefusal(argv(at("closed", "a")), 73, /no permission to write in/);
    chmodSync(at("closed"), 0o755);
  });
});

describe("written all the same", () => {
  const [predicts] = writers;
  const predict = async (output: string) => {
    expect(await runHere(predicts!.argv(output))).toEqual({ code: 0, out: "", err: "" });
  };

  test("through a link: its target is replaced, the link stays", async () => {
    mkdirSync(at("real"));
    writeFileSync(at("real", "a"), "old");
    symlinkSync(join("real", "a"), out);
    await predict(out);
    expect(lstatSync(out).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("real", "a"), "utf8")).toBe(answers);
    expect(readdirSync(at("real"))).toEqual(["a"]);
    rmSync(out);
    rmSync(at("real"), { recursive: true });
  });

  test("the document of an experiment in its own folder stays as it is", async () => {
    mkdirSync(at("few"));
    const text = readFileSync(at("few.jsonc"), "utf8").replace("iris.csv", "../iris.csv");
    writeFileSync(at("few", "experiment.jsonc"), text);
    const { code } = await runHere([
      "experiment",
      at("few", "experiment.jsonc"),
      "--quiet",
      "--out",
      at("few"),
    ]);
    expect({ code, text: readFileSync(at("few", "experiment.jsonc"), "utf8") }).toEqual({ code: 0, text });
    expect(readdirSync(at("few")).sort()).toEqual([
      "experiment.jsonc",
      "results.csv",
      "runs",
      "summary.json",
    ]);
    rmSync(at("few"), { recursive: true });
  });

  test("through a link to another device, where a rename from here is impossible", async (context) => {
    const unmount = mountSmall(at("small"), 1 << 20);
    if (!unmount) return context.skip("a small file system can be mounted by root on Linux only");
    try {
      symlinkSync(at("small", "a"), out);
      await predict(out);
      expect(lstatSync(out).isSymbolicLink()).toBe(true);
      expect(contentsOf(at("small"))).toEqual(new Map([["a", answers]]));
      mkdirSync(at("small", "runs"));
      symlinkSync(at("small", "runs"), at("runs"));
      expect((await runHere(trainInto(folder, at("runs", "one")))).code).toBe(0);
      expect(readdirSync(at("small", "runs", "one"))).toContain("model.safetensors");
    } finally {
      unmount();
      rmSync(out, { force: true });
      rmSync(at("runs"), { force: true });
    }
  });

  test("over a file of mode 600, which stays private, and over one of mode 444", async () => {
    for (const mode of [0o600, 0o444]) {
      writeFileSync(out, "old", { mode });
      await predict(out);
      expect(statSync(out).mode & 0o777).toBe(mode);
      expect(readFileSync(out, "utf8")).toBe(answers);
      rmSync(out);
    }
  });

  test("beside what an earlier crash has left, which is not ours to remove, and beside a file of that name", async () => {
    const stale = [".pullone-1.tmp", "out.tmp", "out~"];
    for (const name of stale) writeFileSync(at(name), "of somebody else");
    await predict(out);
    for (const name of stale) {
      expect(readFileSync(at(name), "utf8")).toBe("of somebody else");
      rmSync(at(name));
    }
    rmSync(out);
  });

  test("to names that a shell would stumble over", async (context) => {
    const names = ["-o", "a b", "a'b\"c", "$(touch x)", "new\nline", "🦊", "%s", "x".repeat(255)];
    for (const name of names) {
      await predict(at(name));
      expect(readFileSync(at(name), "utf8")).toBe(answers);
      rmSync(at(name));
    }
    tally(context, names.length);
  });
});
