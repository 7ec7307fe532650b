// F146 to F174 by the command line: files that cannot be read, are no models, or are models of something else.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskFiles } from "../../src/cli/disk.ts";
import type { Files } from "../../src/cli/files.ts";
import { writeFolder } from "../../src/cli/folders.ts";
import { run } from "../../src/cli/program.ts";
import { MODEL_FILE, RUN_FILES } from "../../src/cli/runfolder.ts";
import { close, editHeader, editSpec, type Opened, open } from "../artifact/container.ts";
import { irisCsv, MODEL, quick, trainedDisk } from "../cli/flowers.ts";
import { type Disk, memoryWorld, runIn } from "../cli/memory.ts";
import { tally } from "./tally.ts";

const PREDICTIONS = 1_000;
let disk: Disk;
let model: Uint8Array;
let opened: Opened;
beforeAll(async () => {
  disk = await trainedDisk();
  model = disk.bytes(MODEL);
  opened = open(model);
});

const reading = (path: string) => [
  ["predict", path, "data/iris.csv"],
  ["evaluate", path, "data/iris.csv"],
  ["explain", path, "data/iris.csv", "--row", "1"],
  ["calibrate", path, "data/iris.csv"],
  ["compare", path, MODEL, "data/iris.csv"],
  ["inspect", path],
];

/** Refused by every command that reads a model, with nothing printed, written or left. */
async function expectRefused(bytes: Uint8Array | string, message: RegExp): Promise<void> {
  const own = await trainedDisk();
  own.put("m.safetensors", bytes);
  own.log.length = 0;
  for (const argv of reading("m.safetensors")) {
    const { code, out, err } = await runIn(argv, { disk: own });
    expect({ code, out, log: own.log }, err).toEqual({ code: 76, out: "", log: [] });
    expect(err).toMatch(/^error: m\.safetensors: [^\n]{1,780}\n(?:hint: {2}[^\n]{1,200}\n)?$/);
    expect(err).toMatch(message);
  }
}

describe("on the real disk", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pullone-models-"));
    writeFileSync(join(folder, "iris.csv"), irisCsv);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function predictWith(path: string, files: Files = diskFiles("1")) {
    const { io, spoken } = memoryWorld();
    const code = await run(["predict", path, join(folder, "iris.csv")], { ...io, files });
    return { code, ...spoken };
  }

  test.each<[string, (path: string) => void, RegExp]>([
    ["missing", () => {}, /expected a file, found nothing there/],
    ["a folder", (path) => mkdirSync(path), /expected a file, got a folder/],
    ["a named pipe", (path) => execFileSync("mkfifo", [path]), /a device, a socket or a named pipe/],
  ])("F146: %s is refused with 66 at once", async (what, make, message) => {
    const path = join(folder, `${what.replaceAll(" ", "-")}.safetensors`);
    make(path);
    const { code, out, err } = await predictWith(path);
    expect({ code, out }).toEqual({ code: 66, out: "" });
    expect(err).toMatch(message);
  });

  test("F165: a file of 5 GB without content is refused before it is read", async () => {
    const path = join(folder, "sparse.safetensors");
    writeFileSync(path, model);
    truncateSync(path, 5e9);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const { code, out, err } = await predictWith(path);
    expect({ code, out }).toEqual({ code: 76, out: "" });
    expect(err).toContain("expected at most 536870912 bytes, got 5000000000: too large");
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
  });

  test("F174: a model replaced while it is read is read whole, as it was", async () => {
    const path = join(folder, "replaced.safetensors");
    writeFileSync(path, model);
    const plain = await predictWith(path);
    const files = diskFiles("1");
    const replacing: Files = {
      ...files,
      read: async function* (name) {
        for await (const chunk of files.read(name)) {
          if (name === path) {
            writeFileSync(`${path}.new`, "another file\n");
            renameSync(`${path}.new`, path);
          }
          yield chunk;
        }
      },
    };
    expect(await predictWith(path, replacing)).toEqual(plain);
    expect(plain.code).toBe(0);
  });

  test("F217: a thousand predictions while a run is written over again and again each see one whole model (slow)", async (context) => {
    const runs = await Promise.all(
      [1, 2].map(async (seed) => {
        const own = await trainedDisk();
        const words = ["--label", "species", "--quiet", "--force", "--seed", String(seed), "--out", "run"];
        expect((await runIn(["train", "data/iris.csv", ...words, ...quick], { disk: own })).code).toBe(0);
        return new Map(RUN_FILES.map((name) => [name, own.bytes(join("run", name))]));
      }),
    );
    const target = join(folder, "run");
    const path = join(target, MODEL_FILE);
    writeFileSync(join(folder, "iris.csv"), irisCsv.split("\n").slice(0, 4).join("\n"));
    const answers: string[] = [];
    for (const files of runs) {
      await writeFolder(diskFiles("2"), target, files);
      answers.push((await predictWith(path)).out);
    }
    expect(answers[0]).not.toBe(answers[1]);
    const seen = [0, 0];
    let isOver = false;
    let written = 0;
    const writing = (async () => {
      while (!isOver) await writeFolder(diskFiles("2"), target, runs[written++ % 2]!);
    })();
    try {
      for (let i = 0; i < PREDICTIONS; i++) {
        const { code, out, err } = await predictWith(path);
        expect({ code, err, isWhole: answers.includes(out) }).toEqual({ code: 0, err: "", isWhole: true });
        seen[answers.indexOf(out)]!++;
      }
    } finally {
      isOver = true;
      await writing;
    }
    expect(Math.min(...seen, written)).toBeGreaterThan(PREDICTIONS / 20);
    tally(context, PREDICTIONS);
  }, 240_000);
});

test("F147, F149, F150: cut, longer, doubled, zeroed: damaged or incomplete", async (context) => {
  const zeros = (n: number) => new Uint8Array(n);
  const files = [
    ...[1, 8, 41, 300, model.length - 33, model.length - 1].map((length) => model.subarray(0, length)),
    ...[1, 8, 32, 4096].flatMap((n) => [Buffer.concat([model, zeros(n)]), Buffer.concat([zeros(n), model])]),
    Buffer.concat([model, model]),
    zeros(model.length),
    Uint8Array.from(model).fill(0, -512),
  ];
  for (const bytes of files) await expectRefused(bytes, /damaged/);
  await expectRefused("", /expected a pullone model, got an empty file/);
  tally(context, 6 * (files.length + 1));
});

describe("F151, F152: another file is named for what it is", () => {
  test.each<[string, () => Uint8Array | string]>([
    ["a gzip stream", () => gzipSync(model)],
    ["a ZIP archive", () => Buffer.concat([Buffer.from("PK\x03\x04\x14\0\0\0", "latin1"), model])],
    ["a Python pickle", () => Buffer.from("80049522000000000000008c05706f736978", "hex")],
    ["an HTML page", () => "<!doctype html><title>404</title>"],
    ["a CSV or text file", () => irisCsv],
    ["JSON", () => '{"__proto__":{"polluted":true},"layers":[4,3]}'],
    ["a Git LFS pointer", () => "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 123\n"],
    ["a CSV or text file", () => Buffer.from(model).toString("base64")],
    ["damaged", () => Buffer.from(model).toString("utf8")],
    ["damaged", () => Buffer.from(Buffer.from(model).toString("latin1").replace("{", "{\r\n"), "latin1")],
  ])("%s", async (what, make) => {
    await expectRefused(make(), new RegExp(what));
  });
});

describe("behind a mended checksum", () => {
  const header = (edit: Parameters<typeof editHeader>[1]) => close(editHeader(opened, edit), opened.data);
  const spec = (edit: Parameters<typeof editSpec>[1]) => close(editSpec(opened, edit), opened.data);

  test.each<[string, () => Uint8Array, RegExp]>([
    [
      "F153: a header of 2^63 bytes",
      () => close(opened.header, opened.data, 1n << 63n),
      /a header of 8, 16, … bytes/,
    ],
    ["F154: a header 100,000 deep", () => close(`{"x":${"[".repeat(1e5)}`, opened.data), /at most 16 levels/],
    [
      "F155: a key __proto__",
      () => close(opened.header.replace("{", '{"__proto__":{"polluted":true},'), opened.data),
      /an ordinary key .*got "__proto__"/,
    ],
    [
      "F156: a newer version",
      () =>
        header((h) => {
          h.__metadata__.format_version = "2";
        }),
      /format version 2; this program reads up to 1\n.*install a newer pullone/,
    ],
    [
      "F158: another kind",
      () =>
        header((h) => {
          h.__metadata__.kind = "evil";
        }),
      /kind "evil"/,
    ],
    [
      "F159: a shape that overflows to 4",
      () =>
        header((h) => {
          h["layer.1.biases"].shape = [4194305, 4194305, 211106198978564];
        }),
      /data_offsets/,
    ],
    [
      "F160: offsets past the end",
      () =>
        header((h) => {
          h["layer.1.biases"].data_offsets[1] = 2 ** 53;
        }),
      /data_offsets/,
    ],
    [
      "F161: a tensor of another name",
      () => close(opened.header.replace('"layer.1.biases"', '"layer.1.biasex"'), opened.data),
      /expected "layer\.1\.biases" F32 \[8\], got "layer\.1\.biasex"/,
    ],
    [
      "F164: 10^12 units",
      () =>
        spec((s) => {
          s.network.hidden[0].units = 1e12;
        }),
      /got "layer\.1\.weights"/,
    ],
    [
      "F166: a path",
      () =>
        spec((s) => {
          s.weights = "/etc/passwd";
        }),
      /spec\.weights: expected no such key/,
    ],
  ])("%s", async (_, make, message) => {
    const before = process.memoryUsage().rss;
    await expectRefused(make(), message);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test("F168: a model of other columns: the missing ones and the others are listed, 65", async () => {
  disk.put("other.csv", "sepal_length,colour,x\n1,2,3\n");
  const { code, out, err } = await runIn(["predict", MODEL, "other.csv"], { disk });
  expect({ code, out }).toEqual({ code: 65, out: "" });
  expect(err).toContain(
    'other.csv: expected columns "petal_length", "petal_width", "sepal_width", got columns',
  );
  expect(err).toContain('hint:  columns not used: "colour", "x"');
});

test("what train prints is the SHA-256 of the file, which --expect-sha256 takes", async () => {
  const own = await trainedDisk();
  const argv = ["train", "data/iris.csv", "--label", "species", ...quick, "--out", "again"];
  const { out } = await runIn(argv, { disk: own });
  const [, digits = ""] = /sha256 ([0-9a-f]{64})/.exec(out) ?? [];
  const predicted = await runIn(
    ["predict", "again/model.safetensors", "data/iris.csv", "--expect-sha256", digits],
    {
      disk: own,
    },
  );
  expect(predicted.code, predicted.err).toBe(0);
});
