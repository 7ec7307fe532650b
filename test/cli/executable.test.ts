// The real process: what no world in memory can show. Built once, into a folder of its own.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPackage } from "../built.ts";
import { irisCsv, quick } from "./flowers.ts";

let main = "";
let folder = "";

beforeAll(() => {
  main = join(buildPackage("executable"), "dist/cli/main.js");
  folder = mkdtempSync(join(tmpdir(), "pullone-executable-"));
  writeFileSync(join(folder, "iris.csv"), irisCsv);
  expect(pullone(["train", "iris.csv", "--label", "species", "--quiet", ...quick]).code).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODEL = "runs/iris-1/model.safetensors";

function pullone(
  argv: string[],
  options: { input?: string; stdout?: number; env?: Record<string, string> } = {},
) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [main, ...argv], {
    cwd: folder,
    encoding: "utf8",
    input: options.input,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", options.stdout ?? "pipe", "pipe"],
  });
  return { code: status, signal, out: stdout, err: stderr };
}

function started(argv: string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; err: string }>;
} {
  const child = spawn(process.execPath, [main, ...argv], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let err = "";
  child.stderr!.on("data", (text) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, err }));
  });
  return { child, ended };
}

describe("the executable", () => {
  test("says its version, the one in package.json, and its help", () => {
    expect(pullone(["--version"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: "",
    });
    expect(pullone(["--help"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Examples:\n/),
      err: "",
    });
  });

  test("ends with 64 and one error for a command it does not know", () => {
    expect(pullone(["trian"])).toEqual({
      code: 64,
      signal: null,
      out: "",
      err: 'error: unknown command "trian"\nhint:  did you mean "train"?\n',
    });
  });

  test("predicts through pipes, without colour", () => {
    const { code, out, err } = pullone(["predict", MODEL, "-"], { input: irisCsv });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trimEnd().split("\n")).toHaveLength(151);
    expect(pullone(["evaluate", MODEL]).out).not.toContain("\u001b");
  });

  test("a file name that begins with a dash works behind --", () => {
    writeFileSync(join(folder, "-odd $(x) name.csv"), irisCsv);
    expect(pullone(["predict", MODEL, "--", "-odd $(x) name.csv"]).code).toBe(0);
  });

  test("a reader that closes the pipe early ends it with 0 and without a word", async () => {
    const rows = irisCsv.trimEnd().split("\n");
    const many = [rows[0], ...Array.from({ length: 40_000 }, (_, i) => rows[1 + (i % 150)])].join("\n");
    writeFileSync(join(folder, "many.csv"), many);
    const { child, ended } = started(["predict", MODEL, "many.csv"]);
    child.stdout!.once("data", () => child.stdout!.destroy());
    expect(await ended).toEqual({ code: 0, err: "" });
  });

  test("an output that is always full is exit 74", ({ skip }) => {
    if (!existsSync("/dev/full")) skip("no /dev/full here");
    const full = openSync("/dev/full", "w");
    expect(pullone(["predict", MODEL, "iris.csv"], { stdout: full })).toMatchObject({
      code: 74,
      err: "error: standard output: expected to write it whole, but the disk is full\n",
    });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "%s during training ends it with %d, and a checkpoint is all that is written",
    async (signal, code) => {
      const long = ["--set", "train.epochs=1000000", "--set", "train.earlyStopping=null"];
      const { child, ended } = started([
        "train",
        "iris.csv",
        "--label",
        "species",
        "--name",
        signal,
        ...long,
      ]);
      child.stderr!.once("data", () => child.kill(signal));
      expect(await ended).toMatchObject({ code, err: expect.stringContaining(`stopped by ${signal}`) });
      const left = readdirSync(join(folder, "runs")).filter((name) => name.startsWith(signal));
      expect(left).toEqual([`${signal}-1.checkpoint.safetensors`]);
    },
  );
});
