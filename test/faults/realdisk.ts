// Commands in this process on the real disk, and small file systems to run them on.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { diskFiles } from "../../src/cli/disk.ts";
import { run } from "../../src/cli/program.ts";
import { irisCsv, quick } from "../cli/flowers.ts";
import { memoryWorld } from "../cli/memory.ts";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command in this process, on the real disk; paths are absolute. */
export async function runHere(argv: readonly string[]): Promise<Answer> {
  const { io, spoken } = memoryWorld();
  const code = await run(argv, { ...io, files: diskFiles(String(process.pid)) });
  return { code, ...spoken };
}

/** A folder of one's own, removed by `end`. */
export function temporaryFolder(purpose: string): { readonly path: string; readonly end: () => void } {
  const path = mkdtempSync(join(tmpdir(), `pullone-${purpose}-`));
  return { path, end: () => rmSync(path, { recursive: true, force: true }) };
}

/** A file system of its own of so many bytes, in a folder; undefined where this process may not mount one. */
export function mountSmall(folder: string, bytes: number): (() => void) | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder]);
  if (status !== 0) return undefined;
  return () => void spawnSync("umount", [folder]);
}

/** All files below a folder and what they hold. */
export function contentsOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), readFileSync(path, "latin1")]),
  );
}

const EXPERIMENT = `{
  "name": "few",
  "base": {
    "data": { "file": "iris.csv", "label": "species" },
    "split": { "validation": 0.2 },
    "model": { "hidden": [4] },
    "train": { "epochs": 2, "batchSize": 16, "learningRate": 0.05 },
  },
  "variants": { "linear": { "model.hidden": [] }, "h4": {} },
  "seeds": 1,
  "folds": { "folds": 3 },
  "jobs": 1,
}
`;

/** iris.csv, an experiment on it, and a run with its model. */
export async function prepareInputs(folder: string): Promise<void> {
  writeFileSync(join(folder, "iris.csv"), irisCsv);
  writeFileSync(join(folder, "few.jsonc"), EXPERIMENT);
  const { code, err } = await runHere(trainInto(folder, join(folder, "run")));
  if (code !== 0) throw new Error(err);
}

export function trainInto(folder: string, out: string): string[] {
  return [
    "train",
    join(folder, "iris.csv"),
    "--label",
    "species",
    "--quiet",
    "--force",
    ...quick,
    "--out",
    out,
  ];
}
