// Files of any size in bounded memory: 5 GB through a pipe, 100 MB in a small heap, a slow reader.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ending, executable } from "../faults/limits/executable.ts";
import { block, header, repeated } from "../faults/limits/table.ts";

const COLUMNS = 30;
const DECIMALS = 400;
const ROWS = 300;
const rows = block(COLUMNS, DECIMALS, ROWS);
const MODEL = "run/model.safetensors";
const hasMemory = process.platform === "linux" ? "" : "memory is read from /proc, which is not here";

let folder: string;
let pullone: ReturnType<typeof executable>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pullone-limits-"));
  pullone = executable("long-limits");
  writeFileSync(join(folder, "train.csv"), header(COLUMNS) + rows);
  const quick = ["--set", "model.hidden=[8]", "--set", "train.epochs=2", "--quiet"];
  const { code, err } = await pullone(["train", "train.csv", "--label", "kind", "--out", "run", ...quick], {
    cwd: folder,
  });
  expect(code, err).toBe(0);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const expectAll = ({ code, signal, err, outLines }: Ending, lines: number) =>
  expect({ code, signal, err, outLines }).toEqual({ code: 0, signal: null, err: "", outLines: lines });

const linesFor = (bytes: number) => 1 + ROWS * Math.ceil(bytes / rows.length);

test.each([
  [200e6, "200 MB"],
  [5e9, "5 GB"],
])("%d bytes (%s) are predicted within 300 MB", async (bytes, name) => {
  const ending = await pullone(["predict", MODEL, "-"], {
    cwd: folder,
    input: repeated(header(COLUMNS), rows, bytes),
  });
  expectAll(ending, linesFor(bytes));
  const { megabytes, seconds } = ending;
  process.stdout.write(
    `${name}: ${megabytes.toFixed(0)} MB, ${seconds.toFixed(0)} s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s\n`,
  );
  if (hasMemory === "") expect(megabytes).toBeLessThan(300);
});

test("100 MB are predicted and trained on in a heap of 64 MB", async () => {
  const small = ["--max-old-space-size=64"];
  const size = 100e6;
  writeFileSync(join(folder, "large.csv"), header(COLUMNS));
  for (let given = 0; given < size; given += rows.length)
    writeFileSync(join(folder, "large.csv"), rows, { flag: "a" });
  const predicted = await pullone(["predict", MODEL, "large.csv"], { cwd: folder, node: small });
  expectAll(predicted, linesFor(size));
  const quick = ["--set", "model.hidden=[8]", "--set", "train.epochs=1", "--quiet"];
  const trained = await pullone(["train", "large.csv", "--label", "kind", "--out", "large", ...quick], {
    cwd: folder,
    node: small,
  });
  expect(trained.signal).toBeNull();
  expect(trained.code, trained.err).toBe(0);
});

test("100 MB of answers reach a slow reader, every byte, in bounded memory", async () => {
  const narrow = block(2, 6, 1000);
  writeFileSync(join(folder, "narrow.csv"), header(2) + narrow);
  const quick = ["--set", "model.hidden=[4]", "--set", "train.epochs=1", "--quiet"];
  const { code } = await pullone(["train", "narrow.csv", "--label", "kind", "--out", "narrow", ...quick], {
    cwd: folder,
  });
  expect(code).toBe(0);
  const bytes = 50e6;
  const ending = await pullone(["predict", "narrow/model.safetensors", "-"], {
    cwd: folder,
    input: repeated(header(2), narrow, bytes),
    rest: 5,
  });
  expectAll(ending, 1 + 1000 * Math.ceil(bytes / narrow.length));
  expect(ending.outBytes).toBeGreaterThan(100e6);
  if (hasMemory === "") expect(ending.megabytes).toBeLessThan(300);
});

test("2,200 columns of free text are refused; of numbers they are kept as numbers", async () => {
  const numbers = block(2200, 4, 500);
  const small = ["--set", "model.hidden=[]", "--set", "train.epochs=1", "--quiet"];
  writeFileSync(join(folder, "numbers.csv"), header(2200) + numbers);
  writeFileSync(join(folder, "texts.csv"), header(2200) + numbers.replace(/(?<=^|,)(\d)/gm, "t$1"));
  const kept = await pullone(["train", "numbers.csv", "--label", "kind", "--out", "wide", ...small], {
    cwd: folder,
  });
  expect(kept).toMatchObject({ code: 0, signal: null });
  const refused = await pullone(["train", "texts.csv", "--label", "kind", "--out", "none", ...small], {
    cwd: folder,
  });
  expect(refused).toMatchObject({
    code: 65,
    err: expect.stringMatching(/distinct texts in all columns together/),
  });
  if (hasMemory === "") expect(Math.max(kept.megabytes, refused.megabytes)).toBeLessThan(600);
});

test("--no-opt and --always-turbofan make the same model", async () => {
  const models: Uint8Array[] = [];
  for (const node of [[], ["--no-opt"], ["--always-turbofan"]]) {
    const out = `engine-${models.length}`;
    const words = [
      "train",
      "train.csv",
      "--label",
      "kind",
      "--out",
      out,
      "--quiet",
      "--set",
      "train.epochs=2",
    ];
    const { code, err } = await pullone(words, { cwd: folder, node });
    expect(code, err).toBe(0);
    models.push(readFileSync(join(folder, out, "model.safetensors")));
  }
  expect(models[1]).toEqual(models[0]);
  expect(models[2]).toEqual(models[0]);
});

test.each([["tr_TR.UTF-8"], ["ar_EG.UTF-8"], ["C"]])(
  "in %s a report is the same, byte for byte",
  async (language) => {
    const report = (before: string) => pullone(["evaluate", MODEL, "train.csv"], { cwd: folder, before });
    const { code, start, outBytes } = await report("");
    expect(code).toBe(0);
    const there = await report(`export LC_ALL=${language} LANG=${language} TZ=Pacific/Apia;`);
    expect(there).toMatchObject({ code: 0, start, outBytes });
  },
);
