// F194 to F200, F215, F216: a real process is told to end, is ended, is halted; nothing is lost and the bytes stay the same.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { irisCsv } from "../cli/flowers.ts";
import { buildProgram, type Started, start as startProcess } from "./process.ts";
import { tally } from "./tally.ts";

let main: string;
const folder = mkdtempSync(join(tmpdir(), "pullone-signals-"));

/** Rows enough that the reference kernels take many seconds for an epoch, and for a pass without one. */
const LONG_ROWS = 12_000;

beforeAll(() => {
  main = buildProgram("signals").main;
  writeFileSync(join(folder, "iris.csv"), irisCsv);
  const random = randomStream(3, "check");
  const rows = Array.from({ length: LONG_ROWS }, (_, i) => `${random()},${random()},${i % 2 ? "a" : "b"}`);
  writeFileSync(join(folder, "long.csv"), `x,y,label\n${rows.join("\n")}\n`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running extends Started {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** From the first signal to the end. */
  readonly milliseconds: () => Promise<number>;
}

function start(...argv: string[]): Running {
  const started = startProcess([process.execPath, main, ...argv], folder);
  let told = Number.NaN;
  const over = started.ended.then(() => performance.now());
  const kill = (signal: NodeJS.Signals) => {
    if (Number.isNaN(told)) told = performance.now();
    started.child.kill(signal);
  };
  return { ...started, kill, milliseconds: async () => (await over) - told };
}

const iris = (name: string, epochs: number) => [
  ...["train", "iris.csv", "--label", "species", "--name", name, "--set", "model.hidden=[8]"],
  ...["--set", `train.epochs=${epochs}`, "--set", "train.earlyStopping=null"],
];
const long = (name: string, ...settings: string[]) => [
  ...["train", "long.csv", "--label", "label", "--name", name],
  ...["train.precision=float64", "train.batchSize=16", ...settings].flatMap((setting) => ["--set", setting]),
];
const left = (name: string) =>
  readdirSync(join(folder, "runs")).filter((file) => file.startsWith(`${name}-1`));
const model = (name: string) => readFileSync(join(folder, `runs/${name}-1/model.safetensors`));

/** The end of a run of that name, whatever is there of it. */
async function finish(argv: readonly string[]): Promise<void> {
  const { code, err } = await start(...argv, "--resume", "--quiet").ended;
  expect({ code, err }).toMatchObject({ code: 0 });
}

/** Finishes the run of that name and holds its model against that of a run which nothing disturbed. */
async function expectSameModel(name: string, epochs: number): Promise<void> {
  await finish(iris(name, epochs));
  expect(left(name)).toEqual([`${name}-1`]);
  const apart = join("apart", name);
  expect((await start(...iris(name, epochs), "--out", apart, "--quiet").ended).code).toBe(0);
  expect(readFileSync(join(folder, apart, "model.safetensors")).equals(model(name))).toBe(true);
}

/** Resolves when there is a file of that name in runs/. */
async function appears(file: string): Promise<void> {
  await expect
    .poll(() => existsSync(join(folder, "runs", file)), { timeout: 30_000, interval: 2 })
    .toBe(true);
}

/** Milliseconds from a signal to the end: two seconds of a processor of one's own. */
const patience = () => 2_000 * Math.max(1, loadavg()[0]! / availableParallelism());
const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

test.each(signals)(
  "F194, F196: %s amid an epoch that takes long ends it with %d, and says how to go on (slow)",
  async (signal, code) => {
    const name = `amid-${signal}`;
    const run = start(...long(name, "model.hidden=[256,256]"));
    await appears(`${name}-1.lock`);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    run.kill(signal);
    const ended = await run.ended;
    expect(ended).toMatchObject({ code, signal: null });
    expect(ended.err).toMatch(
      /stopped by SIG\w+ after epoch 0 and [\d,]+ steps?; nothing is lost, to go on:\n {2}.*--resume\n$/,
    );
    expect(await run.milliseconds()).toBeLessThan(patience());
    expect(left(name)).toEqual([`${name}-1.checkpoint.safetensors`]);
  },
);

test("F194: SIGINT while the result is scored keeps the finished training, which --resume does not do again (slow)", async () => {
  const argv = ["train", "long.csv", "--label", "label", "--name", "scored"];
  argv.push(...["model.hidden=[512,512]", "train.epochs=1"].flatMap((setting) => ["--set", setting]));
  const run = start(...argv);
  await run.said("epoch 1/1");
  run.kill("SIGINT");
  const ended = await run.ended;
  expect(ended).toMatchObject({
    code: 130,
    err: expect.stringContaining("stopped by SIGINT after epoch 1; "),
  });
  expect(await run.milliseconds()).toBeLessThan(patience());
  const again = await start(...argv, "--resume").ended;
  expect(again).toMatchObject({ code: 0, err: "going on from epoch 1\n" });
  expect(left("scored")).toEqual(["scored-1"]);
});

test("F195: a second signal, of whatever kind, ends it at once, and loses nothing that was saved (slow)", async () => {
  const name = "twice";
  const run = start(...iris(name, 400), "--checkpoint-every", "1", "--quiet");
  await appears(`${name}-1.checkpoint.previous.safetensors`);
  run.kill("SIGINT");
  run.kill("SIGTERM");
  const { code, signal } = await run.ended;
  // Both may have come between two looks of the program, which then ends in its own way.
  expect([130, 143, null]).toContain(code);
  if (code === null) expect(["SIGINT", "SIGTERM"]).toContain(signal);
  expect(await run.milliseconds()).toBeLessThan(patience());
  await expectSameModel(name, 400);
});

test("F197, F216: killed again and again, it goes on from a lock that is left, to the same bytes (slow)", async (context) => {
  const name = "killed";
  const random = randomStream(1, "check");
  let kills = 0;
  for (; kills < 6; kills++) {
    const run = start(...iris(name, 150), "--checkpoint-every", "1", "--resume");
    await run.said("epoch"); // of its progress, or of the checkpoint it goes on from
    await new Promise((resolve) => setTimeout(resolve, 60 * random()));
    run.kill("SIGKILL");
    const { err, code } = await run.ended;
    if (code === 0) break;
    if (kills > 0)
      expect(err).toMatch(/^warning: runs\/killed-1: process "\d+" left its lock behind and is gone/);
  }
  await start(...iris(name, 150), "--resume", "--quiet").ended;
  await expectSameModel(name, 150);
  tally(context, kills);
});

test("F200: halted for a second and woken, it goes on to the same bytes (slow)", async () => {
  const name = "halted";
  const run = start(...iris(name, 300), "--checkpoint-every", "20");
  await run.said("epoch");
  run.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  run.child.kill("SIGCONT");
  expect((await run.ended).code).toBe(0);
  await expectSameModel(name, 300);
});

test("F215: a second training of the same run is told which process is at it, and disturbs nothing (slow)", async () => {
  const name = "busy";
  const run = start(...iris(name, 1_000_000));
  await run.said("epoch");
  for (const more of [[], ["--resume"], ["--force"]]) {
    const { code, err } = await start(...iris(name, 1_000_000), ...more).ended;
    expect({ code, err }).toEqual({
      code: 75,
      err: `error: runs/busy-1: expected to be the only one at work there, but process ${run.child.pid} is\nhint:  wait for it, or give another --out\n`,
    });
  }
  run.kill("SIGINT");
  expect((await run.ended).code).toBe(130);
  expect(left(name)).toEqual(["busy-1.checkpoint.safetensors"]);
});
