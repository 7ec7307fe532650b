// Real threads: the built program trains with one and with several.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gatherTeam, loneTeam, type ThreadTask } from "../../src/model/kernels/threads.ts";
import { buildPackage, root } from "../built.ts";

let program: string;
const folder = mkdtempSync(join(tmpdir(), "pullone-threads-"));
beforeAll(() => {
  program = join(buildPackage("threads"), "dist/cli/main.js");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function trainedBytes(flags: readonly string[], ...settings: string[]): Buffer {
  const out = join(folder, "run");
  const set = ["train.epochs=3", ...settings].flatMap((setting) => ["--set", setting]);
  const config = join(root, "configs/digits.jsonc");
  const train = [program, "train", config, "--out", out, "--force", "--quiet", ...set];
  execFileSync(process.execPath, [...flags, ...train], { stdio: "ignore" });
  return readFileSync(join(out, "model.safetensors"));
}

describe("threads", () => {
  // The baseline compiler of V8 11 (Node 20) loses a value when a thread sleeps: see assembly/waiting.ts.
  test.each([
    { settings: ["model.hidden=[40,13]"], flags: [] },
    { settings: ["train.clipNorm=1", "train.batchSize=20"], flags: [] },
    { settings: ["train.clipNorm=1", "train.batchSize=20"], flags: ["--liftoff-only"] },
  ])(
    "slow: 1, 2, 4 and 8 threads train the same model to the byte: $settings $flags",
    ({ settings, flags }) => {
      const [one, ...more] = [1, 2, 4, 8].map((n) => trainedBytes(flags, `train.threads=${n}`, ...settings));
      for (const bytes of more) expect(bytes.equals(one!)).toBe(true);
    },
  );

  test("a thread that never comes up leaves the caller alone, and the others are ended", () => {
    const memory = { buffer: new SharedArrayBuffer(64) } as unknown as ThreadTask["memory"];
    let ended = 0;
    const host = { parallelism: 2, most: 3, start: () => () => ended++ };
    const task = { memory, plan: 0, steps: 0, losses: 0, control: 0, spins: 0, threads: 3 };
    expect(gatherTeam(host, task, 20)).toBe(loneTeam);
    expect(ended).toBe(2);
  });

  test("an engine without WebAssembly trains with the reference kernels, and says so", () => {
    const iris = ["train", join(root, "configs/iris.jsonc"), "--set", "train.epochs=2", "--quiet"];
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--jitless", program, ...iris, "--out", join(folder, "jitless")],
      { encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining(
        "warning: this engine has no WebAssembly SIMD: the reference kernels train, to the same bits, many times slower",
      ),
    });
  });
});

test("stopped amid an epoch and gone on with by another number of threads, the same model to the byte (slow)", () => {
  // In the built package, whose threads are real; every state goes through the bytes of a checkpoint.
  const dist = pathToFileURL(join(dirname(program), "..")).href;
  const script = `
    import { fitInSlices, identityOf, loadCheckpoint, prepare, resolveRunConfig, saveCheckpoint, saveClassifier, tableOf } from "${dist}/index.js";
    import { nodeThreads as host } from "${dist}/cli/threads.js";
    const rows = Array.from({ length: 150 }, (_, i) => ({ x: (i * 37) % 101, y: (i * 61) % 103, label: "abc"[i % 3] }));
    const runOf = (threads) => {
      const train = { threads, epochs: 2, batchSize: 20, optimizer: "adam", clipNorm: 1 };
      const config = resolveRunConfig({ data: { label: "label" }, model: { hidden: [9] }, train }, [], "t");
      return { config, data: prepare(config, tableOf(rows, config)) };
    };
    const train = (threads, from, stops) => {
      const { config, data } = runOf(threads);
      const work = fitInSlices(config, data, { host, from, stepsBetweenPauses: 1 });
      for (let pause = 0; ; pause++) {
        const { done, value } = work.next();
        if (done) return Buffer.from(saveClassifier(value.classifier)).toString("base64");
        if (pause !== stops) continue;
        const bytes = saveCheckpoint({ run: identityOf(config, data), program: "1", state: value.state() });
        work.return();
        return loadCheckpoint(bytes).state;
      }
    };
    const whole = train(1);
    for (const stops of [0, 2, 4, 6]) {
      for (const [first, second] of [[1, 2], [2, 1], [2, 3]]) {
        if (train(second, train(first, undefined, stops)) !== whole) throw new Error([stops, first, second].join());
      }
    }
    console.log("same");`;
  writeFileSync(join(folder, "stopped.mjs"), script);
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "stopped.mjs")], { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "same\n", stderr: "" });
});
