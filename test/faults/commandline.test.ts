// F131 to F145: command lines that are wrong, odd or hostile. Every command and every option of the help is tried.

import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/program.ts";
import { irisCsv, MODEL, quick, trainedDisk } from "../cli/flowers.ts";
import { type Disk, memoryDisk, memoryWorld, runIn } from "../cli/memory.ts";
import { commandsOf, type Spoken } from "./commandline/help.ts";
import { checkpoints } from "./model/subjects.ts";
import { tally } from "./tally.ts";

let commands: readonly Spoken[];
let disk: Disk;
beforeAll(async () => {
  commands = await commandsOf();
  disk = await trainedDisk();
  disk.log.length = 0;
});

/** Refused as every command line is: by exit code 64 in one line and a hint, before anything is touched. */
async function expectUsage(argv: readonly string[], message: RegExp | string): Promise<void> {
  const { code, out, err } = await runIn(argv, { disk, stdin: "" });
  expect({ code, out, log: disk.log }, `${argv.slice(0, 8)}\n${err}`).toEqual({ code: 64, out: "", log: [] });
  expect(err).toMatch(/^error: [^\n]{1,780}\n(?:hint: {2}[^\n]{1,200}\n)?$/);
  expect(err).toMatch(message);
}

test("the help names ten commands and their options", () => {
  expect(commands.length).toBeGreaterThanOrEqual(10);
  expect(commands.flatMap(({ options }) => options).length).toBeGreaterThan(50);
});

test("F131: a mistyped command is refused with the one that was meant", async (context) => {
  for (const { name } of commands) {
    const typos = [name.slice(1), name.slice(0, -1), `${name}e`, name[1]! + name[0]! + name.slice(2)];
    for (const typo of typos) await expectUsage([typo], `hint:  did you mean "${name}"?`);
  }
  await expectUsage(["--frobnicate"], 'unknown option "--frobnicate"');
  tally(context, 4 * commands.length + 1);
});

test("F132: missing arguments, one too many, an unknown option, of every command", async (context) => {
  for (const { name, least, most, required } of commands) {
    const given = (count: number) => Array.from({ length: count }, () => "x");
    if (least > 0) await expectUsage([name, ...given(least - 1), ...required], "missing required argument");
    await expectUsage([name, ...given(most + 1), ...required], "too many arguments");
    await expectUsage([name, ...given(least), ...required, "--xyzzy"], 'unknown option "--xyzzy"');
    await expectUsage([name, ...given(least), ...required, "-x"], 'unknown option "-x"');
  }
  tally(context, 4 * commands.length);
});

test("F132, F133, F137: each option without its value, with an option for a value, and twice", async (context) => {
  let cases = 0;
  for (const { name, least, options, required } of commands) {
    const given = Array.from({ length: least }, () => "x");
    for (const { long, takesValue, mayRepeat } of options.filter((option) => option.takesValue)) {
      const others = required[0] === long ? [] : required;
      await expectUsage([name, ...given, ...others, long], /argument missing/);
      await expectUsage(
        [name, ...given, long, "--xyzzy", ...others],
        `${long}: expected a value, got the option "--xyzzy"`,
      );
      cases += 2;
      if (mayRepeat || !takesValue) continue;
      const value = sound[long] ?? "x";
      const twice = [name, ...given, ...others, `${long}=${value}`, long, value];
      await expectUsage(twice, `${long}: expected it once, got a second one`);
      cases++;
    }
  }
  tally(context, cases);
});

/** Values that the parsers of single options take. */
const sound: Readonly<Record<string, string>> = {
  "--seed": "1",
  "--row": "1",
  "--jobs": "1",
  "--threshold": "0.5",
  "--abstain-below": "0.5",
  "--expect-sha256": "0".repeat(64),
};

describe("F134, F135: numbers are read strictly", () => {
  const traps = [
    "12abc",
    "1e3",
    "0x10",
    "",
    " 5",
    "5 ",
    "1_000",
    "Infinity",
    "NaN",
    "abc",
    "1,5",
    "٣",
    "--5",
  ];
  test.each([
    ["--seed", ["train", "x"]],
    ["--seed", ["check", "x"]],
    ["--row", ["explain", MODEL, "x"]],
    ["--jobs", ["experiment", "x"]],
  ])("%s of %j", async (option, words) => {
    for (const text of [...traps, "-1", "1.5", "01", "9007199254740993"]) {
      await expectUsage([...words, `${option}=${text}`], `${option}: expected a whole number from 0 to`);
    }
  });

  test.each(["--threshold", "--abstain-below"])("%s", async (option) => {
    for (const text of [...traps, "-0.1", "1.1", "1e-", "."]) {
      await expectUsage(
        ["predict", MODEL, "-", `${option}=${text}`],
        `${option}: expected a number from 0 to 1`,
      );
    }
  });

  test.each(["12abc", "0x10", "", "1_000", "Infinity", "NaN", "abc", "'5'", '"5"', "1e999", "0.5"])(
    "--set train.epochs=%s is refused by the configuration",
    async (text) => {
      const argv = ["train", "data/iris.csv", "--label", "species", "--set", `train.epochs=${text}`];
      const { code, out, err } = await runIn(argv, { disk });
      expect({ code, out }).toEqual({ code: 78, out: "" });
      expect(err).toMatch(/^error: --set train\.epochs: expected a (whole )?number/);
    },
  );

  test("F136: a number below 0 is read as one, then refused as out of range", async () => {
    const setting = ["--set", "train.learningRate=-0.1"];
    const { code, err } = await runIn(["train", "data/iris.csv", "--label", "species", ...setting], { disk });
    expect(code).toBe(78);
    expect(err).toContain("expected a number above 0 and at most 1000, got -0.1");
    await expectUsage(
      ["train", "x", "--seed", "-1"],
      '--seed: expected a whole number from 0 to 9007199254740991, got "-1"',
    );
  });
});

test("F137: of two settings of one field the last counts, and that is said", async () => {
  const argv = ["train", "data/iris.csv", "--label", "species", "--print-config", "--json"];
  const { code, out, err } = await runIn([...argv, "--set", "seed=3", "--set", "seed=4", "--seed", "5"], {
    disk,
  });
  expect(code).toBe(0);
  expect(JSON.parse(out).seed).toBe(5);
  expect(err).toBe("warning: --set seed, --seed: given 3 times; the last counts, which is 5\n");
});

test("F137: a wrong name is reported as it was typed", async () => {
  const argv = ["train", "data/iris.csv", "--label", "species", "--print-config"];
  const expected =
    'name: expected a name of 1 to 64 of A-Z a-z 0-9 . _ - (no dot at an end, no device such as "CON"), got "a/b"\n';
  const typed = await runIn([...argv, "--name", "a/b"], { disk });
  expect(typed).toMatchObject({ code: 78, err: `error: --${expected}` });
  expect((await runIn([...argv, "--set", "name=a/b"], { disk })).err).toBe(`error: --set ${expected}`);
});

describe("F138, F141: what can be no path", () => {
  const places = (path: string): readonly (readonly [string, string[]])[] => [
    ["input", ["train", path]],
    ["input", ["train", path, "--label", "species"]],
    ["output", ["train", "data/iris.csv", "--label", "species", "--out", path]],
    ["input", ["evaluate", path, "data/iris.csv"]],
    ["input", ["evaluate", MODEL, path]],
    ["input", ["predict", path, "data/iris.csv"]],
    ["input", ["predict", MODEL, path]],
    ["output", ["predict", MODEL, "data/iris.csv", "--output", path]],
    ["input", ["inspect", path]],
    ["input", ["init", path, "--label", "species"]],
    ["output", ["init", "data/iris.csv", "--label", "species", "--output", path]],
    ["input", ["calibrate", path]],
    ["output", ["calibrate", MODEL, "--out", path]],
    ["input", ["explain", path, "data/iris.csv", "--row", "1"]],
    ["input", ["explain", MODEL, path, "--row", "1"]],
    ["input", ["compare", path, MODEL]],
    ["input", ["compare", MODEL, path]],
    ["input", ["check", path]],
    ["input", ["experiment", path]],
    ["output", ["experiment", "e.jsonc", "--out", path]],
  ];

  test("nothing, and a NUL, are refused with 64 everywhere", async (context) => {
    for (const path of ["", "a\0b"])
      for (const [, argv] of places(path)) await expectUsage(argv, /expected a path, got/);
    tally(context, 2 * places("").length);
  });

  test("5,000 characters are no file, 66, and no place to write to, 73", async (context) => {
    for (const [side, argv] of places("x".repeat(5_000))) {
      const withLabel = argv[0] === "train" && argv.length === 2 ? [...argv, "--label", "species"] : argv;
      const { code, out, err } = await runIn(
        withLabel.map((word) => (word === "e.jsonc" ? "none" : word)),
        { disk },
      );
      // init and calibrate name their output after the input, and look at the output first.
      const isInput = side === "input" && !["init", "calibrate"].includes(argv[0]!);
      const expected = isInput || argv[0] === "experiment" ? 66 : 73;
      expect({ code, out, argv: argv[0] }, err).toEqual({ code: expected, out: "", argv: argv[0] });
      expect(err.length).toBeLessThan(1_000);
    }
    tally(context, places("").length);
  });

  test("- is standard input where rows are read, and nowhere else", async (context) => {
    const rows = ["evaluate", "predict", "calibrate", "explain", "compare"];
    let cases = 0;
    for (const [, argv] of places("-")) {
      if (rows.includes(argv[0]!) && argv[1] === MODEL && argv[2] === "-") continue;
      await expectUsage(argv, /expected a file, got "-"/);
      cases++;
    }
    const { code, out } = await runIn(["predict", MODEL, "-"], { disk, stdin: irisCsv });
    expect({ code, lines: out.split("\n").length }).toEqual({ code: 0, lines: 152 });
    tally(context, cases + 1);
  });
});

test("F139: an output that is an input is refused, also by another spelling or through a link", async (context) => {
  const linked = await trainedDisk();
  linked.put("c.jsonc", '{ "data": { "file": "data/iris.csv", "label": "species" } }');
  linked.entries.set("/home/link.csv", { kind: "link", to: "/home/data/iris.csv" });
  linked.entries.set("/home/link.model", { kind: "link", to: `/home/${MODEL}` });
  const spellings = [
    "data/iris.csv",
    "./data/iris.csv",
    "data/../data//iris.csv",
    "/home/data/iris.csv",
    "link.csv",
  ];
  const lines = [
    ...spellings.map((path) => ["predict", MODEL, "data/iris.csv", "--output", path]),
    ["predict", MODEL, "data/iris.csv", "--output", "link.model"],
    ["predict", "link.model", "data/iris.csv", "--output", MODEL],
    ...spellings.map((path) => ["init", "data/iris.csv", "--label", "species", "--force", "--output", path]),
    ["calibrate", MODEL, "--out", `./${MODEL}`],
    ["calibrate", "link.model", "--out", MODEL],
  ];
  const before = linked.list();
  for (const argv of lines) {
    const { code, out, err } = await runIn(argv, { disk: linked });
    expect({ code, out }, `${argv}\n${err}`).toEqual({ code: 64, out: "" });
    expect(err).toContain("expected a file of its own, got the input");
  }
  expect(linked.list()).toEqual(before);
  tally(context, lines.length);
});

test("F140: file names of any shape work, and are shown without harm", async (context) => {
  const names = [
    "-x.csv",
    "--json",
    "a b.csv",
    "'q'.csv",
    '"q".csv',
    "$(id).csv",
    "a\nb.csv",
    "😀.csv",
    "\u001b[31m.csv",
  ];
  for (const name of names) {
    const own = await trainedDisk();
    own.put(name, irisCsv);
    const predicted = await runIn(["predict", MODEL, "--", name], { disk: own });
    expect({ code: predicted.code, lines: predicted.out.split("\n").length }, predicted.err).toEqual({
      code: 0,
      lines: 152,
    });
    const trained = await runIn(
      ["train", "--label", "species", "--quiet", ...quick, "--out", "r", "--", name],
      { disk: own },
    );
    expect(trained.code, trained.err).toBe(0);
    const missing = await runIn(["predict", MODEL, "--", `${name}.none`], { disk: own });
    expect(missing.code).toBe(66);
    expect(missing.err).not.toContain("\u001b");
    expect(missing.err.split("\n")).toHaveLength(2);
  }
  tally(context, 3 * names.length);
});

test("F142: help and version are answers: standard output, exit code 0", async (context) => {
  const lines = [
    ["--help"],
    ["-h"],
    ["--version"],
    ["-V"],
    ["help"],
    ...commands.map(({ name }) => [name, "--help"]),
  ];
  for (const argv of [...lines, ...commands.map(({ name }) => ["help", name])]) {
    const { code, out, err } = await runIn(argv);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.length).toBeGreaterThan(4);
  }
  tally(context, lines.length + commands.length);
});

test("F143: 100,000 characters and 10,000 arguments, to every command", async (context) => {
  const long = "x".repeat(100_000);
  for (const { name, least, required } of commands) {
    const codes = [
      await runIn([name, ...Array.from({ length: 10_000 }, String)], { disk }),
      await runIn([name, ...Array.from({ length: Math.max(1, least) }, () => long), ...required], { disk }),
      await runIn([name, `--${long}`], { disk }),
    ];
    for (const { code, out, err } of codes) {
      expect([64, 66, 73], `${name}: ${err.slice(0, 100)} … ${err.slice(-200)}`).toContain(code);
      expect({ out, long: err.length > 1_000 }).toEqual({ out: "", long: false });
    }
  }
  await expectUsage([long], /unknown command "x{40}…"|unknown command "x+…?/);
  tally(context, 3 * commands.length + 1);
});

test("F144: no terminal, NO_COLOR, TERM=dumb: no colour, no cursor codes, nothing is drawn over", async (context) => {
  const argv = ["train", "data/iris.csv", "--label", "species", ...quick];
  const worlds = [{}, { terminal: true, env: { NO_COLOR: "1" } }, { terminal: true, env: { TERM: "dumb" } }];
  const spoken = [];
  for (const world of worlds) {
    const { code, out, err } = await runIn(argv, {
      ...world,
      disk: memoryDisk({ "data/iris.csv": irisCsv }),
    });
    for (const raw of ["\u001b", "\r", "\b"]) expect(out + err).not.toContain(raw);
    spoken.push({ code, out, err });
  }
  expect(spoken[0]!.code).toBe(0);
  expect(spoken).toEqual([spoken[0], spoken[0], spoken[0]]);
  const lively = await runIn(argv, { terminal: true, disk: memoryDisk({ "data/iris.csv": irisCsv }) });
  expect(lively.err).toContain("\r\u001b[2K");
  tally(context, worlds.length);
});

test("F145: another file in the place of a model or a checkpoint is named for what it is, 76", async (context) => {
  const own = await trainedDisk();
  own.put("page.html", "<!doctype html><title>404</title>");
  own.put("c.jsonc", '{ "data": {} }');
  own.put("run.checkpoint.safetensors", checkpoints[0]!.bytes);
  const files = [
    ["data/iris.csv", "a CSV or text file"],
    ["page.html", "an HTML page"],
    ["c.jsonc", "JSON"],
    ["runs/iris-1/metrics.json", "JSON"],
    ["run.checkpoint.safetensors", 'a pullone file of kind "checkpoint"'],
  ] as const;
  const lines = (path: string) => [
    ["evaluate", path, "data/iris.csv"],
    ["predict", path, "data/iris.csv"],
    ["explain", path, "data/iris.csv", "--row", "1"],
    ["calibrate", path],
    ["compare", path, MODEL],
    ["compare", MODEL, path],
  ];
  for (const [path, what] of files) {
    for (const argv of lines(path)) {
      const { code, out, err } = await runIn(argv, { disk: own });
      expect({ code, out }, err).toEqual({ code: 76, out: "" });
      expect(err).toContain(`${path}: expected a pullone model, got ${what}`);
    }
  }
  own.put("runs/new.checkpoint.safetensors", own.bytes(MODEL));
  const resumed = ["train", "data/iris.csv", "--label", "species", "--out", "runs/new", "--resume"];
  const { code, out, err } = await runIn(resumed, { disk: own });
  expect({ code, out }, err).toEqual({ code: 76, out: "" });
  expect(err).toContain('expected a pullone checkpoint, got a pullone file of kind "model"');
  tally(context, files.length * 6 + 1);
});

test("F196: a signal while rows are read ends every command that reads them, and nothing is written", async (context) => {
  const lines = [
    ["train", "data/iris.csv", "--label", "species", "--out", "new"],
    ["check", "data/iris.csv", "--label", "species"],
    ["inspect", "data/iris.csv", "--label", "species"],
    ["init", "data/iris.csv", "--label", "species", "--output", "new.jsonc"],
    ["evaluate", MODEL, "data/iris.csv"],
    ["predict", MODEL, "data/iris.csv", "--output", "new.csv"],
    ["calibrate", MODEL, "data/iris.csv", "--out", "new.safetensors"],
    ["explain", MODEL, "data/iris.csv", "--row", "1"],
    ["compare", MODEL, MODEL, "data/iris.csv"],
    ["evaluate", MODEL],
    ["compare", MODEL, MODEL],
  ];
  for (const argv of lines) {
    const own = await trainedDisk();
    const before = own.list();
    const { io, spoken, ending } = memoryWorld({ disk: own });
    const read = async function* (path: string) {
      if (path.endsWith(".csv")) ending.abort("SIGTERM");
      yield* own.files.read(path);
    };
    const code = await run(argv, { ...io, files: { ...own.files, read } });
    const err = "stopped by SIGTERM; nothing was written\n";
    expect({ argv, code, ...spoken }).toEqual({ argv, code: 143, out: "", err });
    expect(own.list()).toEqual(before);
  }
  tally(context, lines.length);
});
