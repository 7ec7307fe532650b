// Nothing reaches out: the built program under Node's permission model, under strace, in a bare or hostile environment,
// and without one of its packages.

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { root } from "../built.ts";
import { quick } from "../cli/flowers.ts";
import { buildProgram, hasProgram, type Program, type ProgramOptions } from "./process.ts";
import { contentsOf, prepareInputs, temporaryFolder } from "./realdisk.ts";
import { tally } from "./tally.ts";

// Some sixty processes: on a machine with other work each may take seconds.
vi.setConfig({ testTimeout: 240_000 });

const { path: folder, end } = temporaryFolder("reach");
const at = (...names: string[]) => join(folder, ...names);
let program: Program;

beforeAll(async () => {
  program = buildProgram("reach");
  mkdirSync(at("in"));
  mkdirSync(at("out"));
  await prepareInputs(at("in"));
}, 120_000);
afterAll(end);

const model = at("in", "run", "model.safetensors");
const csv = at("in", "iris.csv");
const trainWords = ["--label", "species", ...quick, "--set", "train.threads=2", "--quiet"];

/** Every command, reading from `in` and writing to `out`. */
const commands: readonly (readonly string[])[] = [
  ["train", csv, ...trainWords, "--out", at("out", "run")],
  ["evaluate", model],
  ["predict", model, csv, "--output", at("out", "answers.csv"), "--quiet"],
  ["calibrate", model, "--out", at("out", "calibrated.safetensors")],
  ["compare", model, model, csv],
  ["explain", model, csv, "--row", "1"],
  ["check", csv, "--label", "species", ...quick],
  ["inspect", csv, "--label", "species"],
  ["inspect", model],
  ["init", csv, "--label", "species", "--output", at("out", "iris.jsonc")],
  ["experiment", at("in", "few.jsonc"), "--jobs", "2", "--quiet", "--out", at("out", "few")],
];

function expectDone(argv: readonly string[], options: ProgramOptions): void {
  const { code, err } = program.run(argv, options);
  expect({ argv: argv[0], code, err: code === 0 ? "" : err }).toEqual({ argv: argv[0], code: 0, err: "" });
}

function emptyOut(): void {
  rmSync(at("out"), { recursive: true });
  mkdirSync(at("out"));
}

const major = Number.parseInt(process.versions.node, 10);
const permission = major < 24 ? "--experimental-permission" : "--permission";

/** Only these paths, and nothing else of the disk. */
function allowing({ worker = false } = {}): string[] {
  const reading = [program.folder, dependencies(), at("in"), at("out")].map((path) => `${path}/*`);
  return [
    permission,
    "--no-warnings",
    ...reading.map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${at("out")}/*`,
    ...(worker ? ["--allow-worker"] : []),
  ];
}

const dependencies = () => join(root, "node_modules");

describe("under the permission model of Node, with only the named paths", () => {
  test("every command works, the threads of training and of an experiment included (slow)", (context) => {
    emptyOut();
    for (const argv of commands) expectDone(argv, { flags: allowing({ worker: true }) });
    tally(context, commands.length);
  });

  test("without --allow-worker there is one thread, and the bytes are the same (slow)", () => {
    const written = contentsOf(at("out"));
    expect(written.size).toBeGreaterThan(10);
    for (const argv of commands.filter(([name]) => name === "train" || name === "experiment"))
      expectDone([...argv, "--force"], { flags: allowing() });
    expect(contentsOf(at("out"))).toEqual(written);
  });

  test("what is not named is refused in one line, for reading with 66 and for writing with 73", () => {
    const flags = allowing();
    expect(program.run(["predict", model, join(root, "package.json")], { flags })).toEqual({
      code: 66,
      signal: null,
      out: "",
      err: `error: ${join(root, "package.json")}: expected a readable file, but permission is denied\n`,
    });
    for (const output of [at("in", "answers.csv"), at("elsewhere", "answers.csv")]) {
      const { code, err } = program.run(["predict", model, csv, "--output", output], { flags });
      expect({ code, err }).toEqual({
        code: 73,
        err: `error: ${output}: expected a place to write to, but permission is denied\n`,
      });
    }
    expect(program.run(["train", csv, ...trainWords, "--out", at("elsewhere", "run")], { flags }).code).toBe(
      73,
    );
    expect(readdirSync(folder).sort()).toEqual(["in", "out"]);
  });
});

describe("under strace", () => {
  test("no command opens a socket, starts a program, or touches anything but its outputs (slow)", (context) => {
    if (!hasProgram("strace", "-o", "/dev/null", "true")) return context.skip("no strace here");
    // Those that write; the others change nothing under the permission model either.
    const writers = commands.filter((argv) => argv.some((word) => word.startsWith(at("out"))));
    for (const argv of writers) {
      emptyOut();
      const log = at("strace.log");
      const calls = ["-f", "-qq", "-e", "trace=%file,%network,%process", "-o", log];
      expectDone(argv, { under: ["strace", ...calls] });
      const lines = readFileSync(log, "utf8").split("\n");
      expect(lines.length).toBeGreaterThan(100);
      expect(lines.filter((line) => /\bexecve(?:at)?\(/.test(line))).toHaveLength(1);
      expect(lines.filter((line) => /\b(?:socket|connect|bind|listen|accept4?)\(/.test(line))).toEqual([]);
      const changes = lines.filter(isChange);
      expect(changes.length).toBeGreaterThan(1);
      expect(changes.filter((line) => !line.includes(`"${at("out")}`))).toEqual([]);
      rmSync(log);
    }
    tally(context, writers.length);
  });
});

const CHANGING = "creat mkdir rename link symlink unlink rmdir truncate chmod chown mknod utime".split(" ");

/** A call that could change the disk; opening for writing counts. */
function isChange(line: string): boolean {
  const [, call = "", words = ""] = /^\d+ +(\w+)\((.*)/.exec(line) ?? [];
  if (/^open(?:at2?)?$/.test(call))
    return /O_(?:WRONLY|RDWR|CREAT|TRUNC)/.test(words) && !words.includes("/dev/");
  return CHANGING.some((name) => call.startsWith(name));
}

describe("the built program", () => {
  test("has no eval, no new Function, no child process, no network, and imports nothing that a variable names", () => {
    const files = readdirSync(join(program.folder, "dist"), { recursive: true, encoding: "utf8" });
    const scripts = files.filter((file) => file.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(100);
    for (const file of scripts) {
      const text = readFileSync(join(program.folder, "dist", file), "utf8");
      expect(text, file).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(/);
      expect(text, file).not.toMatch(
        /["'](?:node:)?(?:child_process|cluster|net|tls|dgram|dns|http2?|https|inspector|vm|repl)["'/]/,
      );
      expect(text, file).not.toMatch(/\bimport\s*\(\s*[^"'\s]/);
      expect(text, file).not.toMatch(/\b(?:fetch|WebSocket|XMLHttpRequest|EventSource|sendBeacon)\s*\(/);
      expect(text, file).not.toMatch(/\bprocess\.(?:binding|dlopen|getBuiltinModule)\b|\bcreateRequire\b/);
    }
  });

  test("says by name which of its packages is missing, with 70", (context) => {
    const copy = at("copy");
    cpSync(program.folder, copy, { recursive: true });
    const packages = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies);
    const modules = join(copy, "node_modules");
    for (const name of packages) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      cpSync(join(dependencies(), name), join(modules, name), { recursive: true });
    }
    const main = join(copy, "dist/cli/main.js");
    const argv = ["train", csv, ...trainWords, "--out", at("copy", "run")];
    for (const name of packages) {
      renameSync(join(modules, name), join(copy, "away"));
      const { code, out, err } = program.run(argv, { main });
      expect({ name, code, out }).toEqual({ name, code: 70, out: "" });
      expect(err).toMatch(
        /^error: the program: expected all of its files, but .*\nhint: {2}the installation is damaged/,
      );
      expect(err).toContain(name);
      renameSync(join(copy, "away"), join(modules, name));
    }
    expect(existsSync(at("copy", "run"))).toBe(false);
    expect(program.run(argv, { main }).code).toBe(0);
    rmSync(copy, { recursive: true });
    tally(context, packages.length);
  });
});

describe("an environment that is bare or hostile", () => {
  const train = ["train", csv, ...trainWords, "--out"];

  test("HOME and TMPDIR unset, missing or read-only: the same bytes, and nothing there", (context) => {
    emptyOut();
    mkdirSync(at("locked"));
    chmodSync(at("locked"), 0o555);
    const path = { PATH: process.env.PATH ?? "" };
    const environments: Readonly<Record<string, string>>[] = [
      path,
      { ...path, HOME: at("nowhere"), TMPDIR: at("nowhere"), TMP: at("nowhere"), TEMP: at("nowhere") },
      { ...path, HOME: at("locked"), TMPDIR: at("locked"), XDG_CACHE_HOME: at("locked") },
      {},
    ];
    const outcomes = environments.map((env, i) => {
      const { code, err } = program.run([...train, at("out", String(i))], { env });
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return contentsOf(at("out", String(i)));
    });
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect(readdirSync(at("locked"))).toEqual([]);
    expect(existsSync(at("nowhere"))).toBe(false);
    rmSync(at("locked"), { recursive: true });
    tally(context, environments.length);
  });

  test.skipIf(process.platform === "win32")(
    "umask 077: files and folders are private, an older mode stays",
    () => {
      emptyOut();
      writeFileSync(at("out", "old.csv"), "old");
      chmodSync(at("out", "old.csv"), 0o664);
      const under = ["sh", "-c", 'umask 077; exec "$@"', "sh"];
      expect(program.run([...train, at("out", "run")], { under }).code).toBe(0);
      expect(statSync(at("out", "run")).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(at("out", "run")))
        expect(statSync(at("out", "run", name)).mode & 0o777).toBe(0o600);
      for (const flags of [[], allowing()]) {
        const argv = ["predict", model, csv, "--quiet", "--output", at("out", "old.csv")];
        expect(program.run(argv, { under, flags }).code).toBe(0);
        expect(statSync(at("out", "old.csv")).mode & 0o777).toBe(0o664);
      }
    },
  );

  test.skipIf(process.platform === "win32")(
    "a working folder that is deleted: one line, 66 or 73, and absolute paths work",
    () => {
      emptyOut();
      const under = ["sh", "-c", `mkdir gone && cd gone && rmdir ../gone && exec "$@"`, "sh"];
      const here = { cwd: folder, under };
      expect(program.run(["predict", model, "iris.csv"], here)).toMatchObject({ code: 66, out: "" });
      const relative = program.run(["predict", model, csv, "--output", "answers.csv"], here);
      expect({ ...relative, err: relative.err.split("\n").length }).toMatchObject({
        code: 73,
        out: "",
        err: 2,
      });
      const folderless = program.run(["train", csv, ...trainWords], here);
      expect({ ...folderless, err: folderless.err.split("\n").length }).toMatchObject({
        code: 73,
        out: "",
        err: 2,
      });
      expect(program.run(["predict", model, csv, "--quiet", "--output", at("out", "a")], here).code).toBe(0);
    },
  );

  test.skipIf(process.platform === "win32")(
    "ulimit -f at each size: 74, the old file whole, nothing beside it",
    (context) => {
      emptyOut();
      const argv = ["predict", model, csv, "--quiet", "--output", at("out", "answers.csv")];
      expect(program.run(argv).code).toBe(0);
      const whole = readFileSync(at("out", "answers.csv"), "latin1");
      let cases = 0;
      for (let blocks = 0; ; blocks += 8) {
        writeFileSync(at("out", "answers.csv"), "old");
        const under = ["sh", "-c", `ulimit -f ${blocks}; exec "$@"`, "sh"];
        const { code, err } = program.run(argv, { under });
        cases++;
        const found = contentsOf(at("out"));
        if (code === 0) {
          expect(found).toEqual(new Map([["answers.csv", whole]]));
          break;
        }
        expect({ code, err }).toEqual({
          code: 74,
          err: expect.stringMatching(
            /expected to write it whole, but the file would be larger than allowed\n$/,
          ),
        });
        expect(found).toEqual(new Map([["answers.csv", "old"]]));
      }
      expect(cases).toBeGreaterThan(2);
      tally(context, cases);
    },
  );
});

describe("an error that escapes everything else", () => {
  const argv = ["train", csv, "--label", "species", "--out", at("out", "never")];
  const bug =
    "hint:  this is a bug: please report it with the command and a small file; DEBUG=1 shows where it happened\n";
  /** Runs in the process as soon as training shows its progress. */
  const whenBusy = (code: string) => {
    const patch = `const { stderr } = process; const { write } = stderr; stderr.write = (...words) => {
      stderr.write = () => true; setImmediate(() => { ${code} }); return write.apply(stderr, words); };`;
    return ["--import", `data:text/javascript,${encodeURIComponent(patch)}`];
  };

  test.each([
    ["thrown in a callback", 'throw new Error("b\\u001b[31m")', "Error: b\\u{1b}[31m"],
    ["a promise that nobody waits for", 'Promise.reject(new TypeError("x"))', "TypeError: x"],
    ["something that is no error", "throw undefined", "undefined"],
  ])("is 70 in one line, and nothing is written: %s", (_, code, said) => {
    const { err, ...ended } = program.run(argv, { flags: whenBusy(code) });
    expect(ended).toMatchObject({ code: 70, signal: null });
    expect(err.slice(err.indexOf("error:"))).toBe(`error: internal error: ${said}\n${bug}`);
    expect(existsSync(at("out", "never"))).toBe(false);
  });

  test("so is a wait that never ends", () => {
    const flags = ["--import", "data:text/javascript,process.stdout.write = () => true"];
    expect(program.run(["--version"], { flags })).toMatchObject({
      code: 70,
      err: `error: internal error: Error: the work has stopped before its end\n${bug}`,
    });
  });
});
