// Experiments in the real process: threads, a kill at any moment, two processes in one folder. The time
// limit is for a machine that builds and tests other things at the same moment.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPackage } from "../built.ts";
import { irisCsv } from "./flowers.ts";

let program: string;
const folder = mkdtempSync(join(tmpdir(), "pullone-experiment-"));
const document = (epochs: number, train: object = {}) => ({
  name: "widths",
  base: {
    data: { file: "iris.csv", label: "species" },
    model: { hidden: [8] },
    train: { epochs, batchSize: 8, learningRate: 0.05, ...train },
  },
  // The last one diverges: a failed run is a result like any other.
  variants: {
    linear: { "model.hidden": [] },
    h8: {},
    wild: { "train.learningRate": 1000, "model.activation": "relu" },
  },
  folds: { folds: 4 },
});

beforeAll(() => {
  program = join(buildPackage("experiment"), "dist/cli/main.js");
  writeFileSync(join(folder, "iris.csv"), irisCsv);
  writeFileSync(join(folder, "widths.jsonc"), JSON.stringify(document(6)));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pullone(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, "experiment", "widths.jsonc", ...argv],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  return { code: status, out: stdout, err: stderr };
}

function started(...argv: string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
} {
  const child = spawn(process.execPath, [program, "experiment", "widths.jsonc", ...argv], {
    cwd: folder,
    stdio: "ignore",
  });
  return { child, ended: new Promise((resolve) => child.on("close", resolve)) };
}

/** The results of an experiment, every byte. */
function results(out: string): Record<string, string> {
  const names = ["summary.json", "results.csv", "experiment.jsonc"];
  const records = readdirSync(join(folder, out, "runs")).filter((name) => !name.startsWith("."));
  const all = [...names, ...records.map((name) => `runs/${name}`)].sort();
  return Object.fromEntries(all.map((name) => [name, readFileSync(join(folder, out, name), "utf8")]));
}

async function recordsReach(out: string, count: number): Promise<void> {
  const runs = join(folder, out, "runs");
  while (!existsSync(runs) || readdirSync(runs).length < count)
    await new Promise((resolve) => setTimeout(resolve, 2));
}

describe("an experiment of the real process", { timeout: 180_000 }, () => {
  test("1, 2 and 8 jobs give the same report and the same bytes in every file", () => {
    const [one, ...more] = ["1", "2", "8"].map((jobs) => {
      const { code, out, err } = pullone("--jobs", jobs, "--out", `jobs-${jobs}`);
      expect(code, err).toBe(80);
      return { code, out: out.replace(`jobs-${jobs}`, "jobs"), files: results(`jobs-${jobs}`) };
    });
    expect(Object.keys(one!.files)).toHaveLength(3 + 12);
    for (const other of more) expect(other).toEqual(one);
  });

  test.each([1, 6, 10])(
    "killed after %d records and started again, it gives the same bytes",
    async (count) => {
      const out = `killed-${count}`;
      const { child, ended } = started("--jobs", "2", "--out", out);
      await Promise.race([recordsReach(out, count), ended]);
      child.kill("SIGKILL");
      const wasKilled = (await ended) === null;
      const { code, err } = pullone("--out", out);
      expect(code).toBe(80);
      if (wasKilled) expect(err).toContain(`process "${child.pid}" left its lock behind and is gone`);
      expect(results(out)).toEqual(results("jobs-1"));
    },
  );

  test.each(["1", "2"])(
    "with %s jobs, a second process in the same folder ends with 75, and the first goes on until a signal",
    async (jobs) => {
      const out = `busy-${jobs}`;
      writeFileSync(
        join(folder, "widths.jsonc"),
        JSON.stringify(document(1_000_000, { earlyStopping: null })),
      );
      const { child, ended } = started("--out", out, "--jobs", jobs);
      while (!existsSync(join(folder, out, "experiment.jsonc")))
        await new Promise((resolve) => setTimeout(resolve, 2));
      expect(pullone("--out", out)).toEqual({
        code: 75,
        out: "",
        err: `error: ${out}: expected to be the only one at work there, but process ${child.pid} is\nhint:  wait for it, or give another --out\n`,
      });
      child.kill("SIGINT");
      expect(await ended).toBe(130);
      expect(existsSync(join(folder, out, "lock"))).toBe(false);
    },
  );
});
