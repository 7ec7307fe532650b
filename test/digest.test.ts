// One seed, the same bits: the model files of a few small runs, however this Node is told to compute them. Other engines
// are in engines.test.ts. UPDATE=1 writes the digests down; a change of them is a change of the arithmetic.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createSha256 } from "../src/hash.ts";
import * as library from "../src/index.ts";
import { buildPackage, root } from "./built.ts";
import { digestsIn } from "./digest/engines.ts";
import { digestsOf } from "./digest/runs.mjs";

const written = join(root, "test/digest/digests.json");
const readText = (name: string) => readFileSync(join(root, `datasets/${name}/${name}.csv`), "utf8");

const digests: Record<string, string> = JSON.parse(readFileSync(written, "utf8"));
const slow = { timeout: 300_000 };
test("the sources in this process give the model files whose digests are written down", slow, async () => {
  const found = await digestsOf({ library, createSha256, readText });
  if (process.env.UPDATE) {
    writeFileSync(written, `${JSON.stringify(found, null, 2)}\n`);
    Object.assign(digests, found);
  }
  expect(found).toEqual(digests);
});

test("no two runs have one model", () => {
  expect(new Set(Object.values(digests)).size).toBe(Object.keys(digests).length);
});

describe.concurrent("and so does a process of its own", () => {
  let dist = "";
  beforeAll(() => {
    dist = join(buildPackage("digest"), "dist");
  }, 60_000);

  test("with SIMD", slow, async () => {
    expect(await digestsIn([process.execPath], dist)).toMatchObject({ kernels: "simd", digests });
  });

  test("without WebAssembly", slow, async () => {
    const report = await digestsIn([process.execPath], dist, ["--no-simd"]);
    expect(report).toMatchObject({ kernels: "reference", digests });
  });

  test.each([2, 5])("with %d threads", slow, async (threads) => {
    const report = await digestsIn([process.execPath], dist, ["--threads", String(threads)]);
    expect(report).toMatchObject({ kernels: "simd", threads, digests });
  });

  test.each([
    { LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu", locale: "tr-TR" },
    { LC_ALL: "ar_EG.UTF-8", TZ: "Pacific/Apia", locale: "ar-EG" },
    { LC_ALL: "C", TZ: "America/St_Johns", locale: "en-US" },
  ])("in the locale $LC_ALL and the time zone $TZ", slow, async ({ LC_ALL, TZ, locale }) => {
    const report = await digestsIn([process.execPath], dist, [], { LC_ALL, LANG: LC_ALL, TZ });
    expect(report).toMatchObject({ locale, timeZone: expect.any(String), digests });
    expect(new Intl.DateTimeFormat("en", { timeZone: TZ }).resolvedOptions().timeZone).toBe(report.timeZone);
  });

  test.for([
    { flag: "--no-opt", means: "baseline compilers only", kernels: "simd" },
    { flag: "--always-turbofan", means: "optimised from the first call", kernels: "simd", isSlow: true },
    { flag: "--always-sparkplug", means: "compiled from the first call", kernels: "simd" },
    { flag: "--jitless", means: "interpreted, no WebAssembly", kernels: "reference", isSlow: true },
    { flag: "--no-enable-avx", means: "as on a processor of 2008", kernels: "simd", arch: "x64" },
    { flag: "--no-enable-sse4-1", means: "as on one without SIMD", kernels: "reference", arch: "x64" },
  ])("with $flag: $means", slow, async ({ flag, kernels, arch, isSlow }, { skip }) => {
    if (arch !== undefined && arch !== process.arch) skip(`${flag}: only on ${arch}`);
    if (spawnSync(process.execPath, [flag, "--version"]).status !== 0)
      skip(`${flag}: not in ${process.version}`);
    const only = isSlow ? ["every activation", "every activation, float64"] : Object.keys(digests);
    const options = only.flatMap((name) => ["--only", name]);
    const report = await digestsIn([process.execPath, flag], dist, options);
    const wanted = Object.fromEntries(only.map((name) => [name, digests[name]]));
    expect(report).toMatchObject({ kernels, digests: wanted });
  });
});
