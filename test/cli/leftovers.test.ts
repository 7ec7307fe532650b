import { expect, test } from "vitest";
import { removeLeftovers } from "../../src/cli/leftovers.ts";
import { run } from "../../src/cli/program.ts";
import { MODEL, trainedDisk } from "./flowers.ts";
import { CWD, memoryDisk, memoryWorld } from "./memory.ts";

const living = (owner: string) => owner === "8 100 here";

test("takes away what processes that are gone have left, files and folders of a run, and nothing else", async () => {
  const disk = memoryDisk({
    "out/.pullone-9_100_here.tmp": "of one that is gone",
    "out/.pullone-9_100_here.tmp2": "the older name of a checkpoint",
    "out/.pullone-8_99_here.tmp/model.safetensors": "of one whose number was given again",
    "out/.pullone-8_100_here.tmp": "of a living one",
    "out/.pullone-9_1_a_b.tmp/notes": "of somebody else",
    "out/.pullone-7.tmp": "our own",
    "out/answers.csv": "an output",
    "out/.other-9.tmp": "of another program",
    "elsewhere/model.safetensors": "behind a link",
  });
  disk.entries.set(`${CWD}/out/.pullone-1_1_here.tmp`, { kind: "link", to: `${CWD}/elsewhere` });
  const { io } = memoryWorld({ disk });
  await removeLeftovers({ ...io, isRunning: living }, "out");
  expect(disk.list()).toEqual([
    "elsewhere/model.safetensors",
    "out/.other-9.tmp",
    "out/.pullone-7.tmp",
    "out/.pullone-8_100_here.tmp",
    "out/.pullone-9_1_a_b.tmp/notes",
    "out/answers.csv",
  ]);
  expect(disk.entries.has(`${CWD}/out/.pullone-1_1_here.tmp`)).toBe(true);
});

test("every command that writes a file takes them away first", async () => {
  for (const argv of [
    ["predict", MODEL, "data/iris.csv", "--output", "out/answers.csv"],
    ["calibrate", MODEL, "--out", "out/calibrated.safetensors"],
    ["init", "data/iris.csv", "--label", "species", "--output", "out/iris.jsonc"],
  ]) {
    const disk = await trainedDisk();
    disk.put("out/.pullone-9_100_here.tmp", "of one that is gone");
    const { io } = memoryWorld({ disk });
    expect(await run(argv, { ...io, isRunning: living })).toBe(0);
    expect(disk.list().filter((path) => path.startsWith("out/"))).toEqual([argv.at(-1)]);
  }
});

test("a folder that cannot be looked at is no obstacle", async () => {
  const { io } = memoryWorld();
  await removeLeftovers({ ...io, isRunning: living }, "nowhere");
});

test("where nobody can say who is alive, everything stays", async () => {
  const disk = memoryDisk({ "out/.pullone-9_100_here.tmp": "" });
  await removeLeftovers(memoryWorld({ disk }).io, "out");
  expect(disk.list()).toEqual(["out/.pullone-9_100_here.tmp"]);
});
