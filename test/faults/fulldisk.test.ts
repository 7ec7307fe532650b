// Disks that are full at each page of what a command writes: exit 74, the old files whole, nothing left beside them.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentsOf, mountSmall, prepareInputs, runHere, temporaryFolder, trainInto } from "./realdisk.ts";
import { tally } from "./tally.ts";

const { path: folder, end } = temporaryFolder("fulldisk");
beforeAll(() => prepareInputs(folder));
afterAll(end);

const PAGE = 4096;
const MOST_PAGES = 64;

interface Command {
  readonly name: string;
  readonly argv: (out: string) => string[];
  /** What stands there before, below the small disk. */
  readonly older: Readonly<Record<string, string>>;
  /** An interrupted experiment keeps the records of runs that are done; each of them is whole. */
  readonly keeps?: (path: string) => boolean;
}

const RUN = ["config.jsonc", "history.csv", "metrics.json", "model.safetensors"];

/** Every command that writes, with its inputs in a folder. */
function commandsIn(folder: string): readonly Command[] {
  const at = (...names: string[]) => join(folder, ...names);
  const model = at("run", "model.safetensors");
  return [
    { name: "train", argv: (out) => trainInto(folder, join(out, "run")), older: {} },
    {
      name: "train --force over a run",
      argv: (out) => trainInto(folder, join(out, "run")),
      older: Object.fromEntries(RUN.map((name) => [`run/${name}`, `old ${name}`])),
    },
    {
      name: "predict",
      argv: (out) => ["predict", model, at("iris.csv"), "--quiet", "--output", join(out, "answers.csv")],
      older: { "answers.csv": "old" },
    },
    {
      name: "calibrate",
      argv: (out) => ["calibrate", model, "--out", join(out, "calibrated.safetensors")],
      older: { "calibrated.safetensors": "old" },
    },
    {
      name: "init",
      argv: (out) => {
        const words = ["--label", "species", "--force", "--output", join(out, "iris.jsonc")];
        return ["init", at("iris.csv"), ...words];
      },
      older: { "iris.jsonc": "old" },
    },
    {
      name: "experiment",
      argv: (out) => ["experiment", at("few.jsonc"), "--quiet", "--out", join(out, "few")],
      older: {},
      keeps: (path) => path.startsWith("few/"),
    },
  ];
}

/** Runs the command on a disk of that many bytes, and judges what is on it then; whether there was room. */
async function hasRoom(
  command: Command,
  out: string,
  bytes: number,
  whole: ReadonlyMap<string, string>,
): Promise<boolean> {
  const unmount = mountSmall(out, bytes);
  if (!unmount) throw new Error("the mount that was there a moment ago is not to be had");
  try {
    for (const [path, text] of Object.entries(command.older)) {
      mkdirSync(join(out, path, ".."), { recursive: true });
      writeFileSync(join(out, path), text);
    }
    const { code, err } = await runHere(command.argv(out));
    const found = contentsOf(out);
    if (code === 0) {
      expect(found).toEqual(whole);
      return true;
    }
    expect({ bytes, code, err }).toEqual({
      bytes,
      code: 74,
      err: expect.stringMatching(/^error: \S+: expected to write it whole, but the disk is full\n$/),
    });
    for (const [path, text] of found) {
      if (command.keeps?.(path)) expect(text, path).toBe(whole.get(path));
      else expect({ path, text }).toEqual({ path, text: command.older[path] });
    }
    for (const path of Object.keys(command.older)) expect(found.has(path), path).toBe(true);
    return false;
  } finally {
    unmount();
  }
}

describe("a small disk, in steps of one page", () => {
  for (const command of commandsIn(folder)) {
    test(`${command.name}: 74 until there is room, then all of it (slow)`, async (context) => {
      const unmount = mountSmall(join(folder, "small"), PAGE);
      if (!unmount) return context.skip("a small file system can be mounted by root on Linux only");
      unmount();
      const out = join(folder, "large");
      mkdirSync(out);
      const { code, err } = await runHere(command.argv(out));
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const whole = contentsOf(out);
      rmSync(out, { recursive: true });
      // Each older file has its page.
      let pages = Math.max(1, Object.keys(command.older).length);
      let cases = 1;
      while (!(await hasRoom(command, join(folder, "small"), pages * PAGE, whole))) {
        pages++;
        cases++;
        expect(pages).toBeLessThan(MOST_PAGES);
      }
      expect(cases).toBeGreaterThan(1);
      tally(context, cases);
    });
  }
});
