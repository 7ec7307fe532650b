// A run small enough for a test: the bundled iris data on a disk in memory, and a model trained on it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Disk, memoryDisk, runIn } from "./memory.ts";

export const irisCsv = readFileSync(join(import.meta.dirname, "../../datasets/iris/iris.csv"), "utf8");

/** A small network and few epochs, all said: these tests are about the command, not about the defaults. */
export const quick = [
  "model.hidden=[8]",
  "train.epochs=4",
  "train.batchSize=16",
  "train.learningRate=0.05",
  "train.momentum=0.9",
  "train.l2=0.0001",
].flatMap((setting) => ["--set", setting]);

/** A disk with `data/iris.csv`, and what else is given. */
export function irisDisk(more: Readonly<Record<string, string>> = {}): Disk {
  return memoryDisk({ "data/iris.csv": irisCsv, ...more });
}

export const MODEL = "runs/iris-1/model.safetensors";

let trained: Promise<Disk> | undefined;

/** A disk of one's own on which iris has been trained. */
export async function trainedDisk(): Promise<Disk> {
  trained ??= (async () => {
    const disk = irisDisk();
    const { code, err } = await runIn(["train", "data/iris.csv", "--label", "species", "--quiet", ...quick], {
      disk,
    });
    if (code !== 0) throw new Error(err);
    return disk;
  })();
  const disk = memoryDisk();
  for (const [path, entry] of (await trained).entries) disk.entries.set(path, entry);
  return disk;
}
