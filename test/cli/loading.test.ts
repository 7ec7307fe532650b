import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPackage } from "../built.ts";
import { irisCsv, quick } from "./flowers.ts";

let folder = "";
let main = "";

beforeAll(() => {
  main = join(buildPackage("loading"), "dist/cli/main.js");
  folder = mkdtempSync(join(tmpdir(), "pullone-loading-"));
  writeFileSync(join(folder, "iris.csv"), irisCsv);
  loadedBy(["train", "iris.csv", "--label", "species", "--quiet", ...quick]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The modules that a command loads, as V8 reports them at its end: ours by path, others by the name of their package. */
function loadedBy(argv: readonly string[]): string[] {
  const report = mkdtempSync(join(folder, "coverage-"));
  const { status, stderr } = spawnSync(process.execPath, [main, ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_V8_COVERAGE: report },
  });
  expect([status, stderr]).toEqual([0, ""]);
  const urls = readdirSync(report).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(report, file), "utf8")) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
  });
  const own = pathToFileURL(join(main, "../..")).href;
  const names = urls.map((url) => (url.startsWith(own) ? url.slice(own.length + 1) : packageOf(url)));
  return Array.from(new Set(names)).sort();
}

const packageOf = (url: string) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? url;

const packages = (names: readonly string[]) => names.filter((name) => !name.endsWith(".js"));

describe("a command loads no module that it does not need", () => {
  test("--help and --version: the command line, and nothing of the work", () => {
    for (const argv of [["--help"], ["--version"], ["train", "--help"]]) {
      const names = loadedBy(argv);
      expect(packages(names)).toEqual(["commander"]);
      expect(names.filter((name) => name.endsWith(".js") && !name.startsWith("cli/"))).toEqual(["errors.js"]);
    }
  });

  test("a model is inspected without the parser of CSV files", () => {
    const names = loadedBy(["inspect", "runs/iris-1/model.safetensors"]);
    expect(packages(names)).not.toContain("csv-parse");
    expect(names).not.toContain("data/csv.js");
  });

  test("a file is inspected without a kernel", () => {
    const names = loadedBy(["inspect", "iris.csv"]);
    expect(names).toContain("data/csv.js");
    expect(names).not.toContain("model/kernels/simd.js");
  });
});
