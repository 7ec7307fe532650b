// Going on with a run: whether it is finished already, and the words with which to go on.

import { join } from "node:path";
import { writeRunConfig } from "../config.ts";
import type { TrainState } from "../train/state.ts";
import { readStream, readWhole } from "./files.ts";
import { breathe, type Io, ownName } from "./io.ts";
import { configFor, type Plan } from "./plan.ts";
import { CONFIG_FILE, METRICS_FILE, MODEL_FILE, RUN_FILES, type RunRecord, readRecord } from "./runfolder.ts";
import { nodeSha256 } from "./sha256.ts";
import { counted, quotePath, quoteWord } from "./text.ts";
import type { TrainOptions } from "./train.ts";

/** metrics.json holds every score of every class: some hundred bytes a class. */
const LARGEST_RECORD = 1 << 30;

/**
 * The record of the run in `folder` when it is the one that is planned, finished: the same configuration, the same bytes of
 * data, and the model that the record speaks of. Undefined otherwise.
 */
export async function finishedRun(io: Io, plan: Plan, folder: string): Promise<RunRecord | undefined> {
  const { files } = io;
  for (const name of RUN_FILES) {
    if ((await files.status(join(folder, name)))?.kind !== "file") return undefined;
  }
  const config = await readWhole(files, join(folder, CONFIG_FILE), 1 << 26);
  if (new TextDecoder().decode(config) !== writeRunConfig(configFor(io, plan, folder))) return undefined;
  const path = join(folder, METRICS_FILE);
  const record = readRecord(await readWhole(files, path, LARGEST_RECORD), path) as RunRecord;
  if ((await digestOf(io, join(folder, MODEL_FILE))) !== record.model.sha256) return undefined;
  const { data, validation, test } = plan.files;
  const inputs = [data, validation, test].filter((input) => input !== undefined);
  for (const [i, input] of inputs.entries()) {
    if ((await digestOf(io, input)) !== record.data[i]?.sha256) return undefined;
  }
  return record;
}

async function digestOf(io: Io, path: string): Promise<string> {
  const hash = nodeSha256();
  for await (const chunk of readStream(io.files, path)) {
    hash.update(chunk);
    await breathe(io);
  }
  return hash.hex();
}

/** How far a training has come, in words: `epoch 12 and 3 steps`. */
export function placeOf({ epochs, losses }: TrainState): string {
  const steps = losses.length > 0 ? ` and ${counted(losses.length, "step")}` : "";
  return `epoch ${epochs}${steps}`;
}

/** What to type to go on: the words that began the run. */
export function resumeLine(io: Io, options: TrainOptions): string {
  const { input, label, set = [], seed, name, out, checkpointEvery, json, quiet } = options;
  const valued = (option: string, value: string | undefined) => {
    if (value === undefined) return [];
    return value.startsWith("-") ? [`${option}=${quoteWord(value)}`] : [option, quoteWord(value)];
  };
  return [
    ownName(io),
    "train",
    quotePath(input),
    ...valued("--label", label),
    ...set.flatMap((setting) => valued("--set", setting)),
    ...valued("--seed", seed === undefined ? undefined : String(seed)),
    ...valued("--name", name),
    ...valued("--out", out),
    ...valued("--checkpoint-every", checkpointEvery),
    ...(json ? ["--json"] : []),
    ...(quiet ? ["--quiet"] : []),
    "--resume",
  ].join(" ");
}
