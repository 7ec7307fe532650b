// pullone train: from a configuration, or a CSV file and a label, to the folder of a run.

import { dirname, join } from "node:path";
import { assertSameConfig } from "../checkpoint.ts";
import { type RunConfig, writeRunConfig } from "../config.ts";
import { PulloneError, quote } from "../errors.ts";
import { assertFile } from "./arguments.ts";
import {
  type Every,
  hasCheckpoint,
  type Places,
  parseEvery,
  placesOf,
  readCheckpoint,
  removeCheckpoints,
} from "./checkpoints.ts";
import type { Io } from "./io.ts";
import { escapeJson, jsonDocument } from "./json.ts";
import { removeLeftovers } from "./leftovers.ts";
import { takeLock } from "./lock.ts";
import { assertFolderCreatable, assertOutputIsNoInput, assertReplaceable } from "./outputs.ts";
import { configFor, inputsOf, type Plan, planRun, type RunWords } from "./plan.ts";
import { finishedRun } from "./resume.ts";
import { assertNewRun, RUN_FILES } from "./runfolder.ts";
import { printRun, say } from "./trainreport.ts";
import { carryOut } from "./trainrun.ts";

export interface TrainOptions extends RunWords {
  readonly out?: string;
  readonly force?: boolean;
  /** Print the run, and do nothing. */
  readonly printConfig?: boolean;
  readonly resume?: boolean;
  readonly checkpointEvery?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A run whose folder is ours alone. */
export interface Claimed {
  readonly options: TrainOptions;
  readonly plan: Plan;
  readonly folder: string;
  readonly places: Places;
  readonly every: Every;
}

/**
 * Trains, judges beside both baselines, and writes the run whole or not at all; on a signal a checkpoint, from which
 * `--resume` goes on to the same bytes.
 *
 * @returns the exit code
 * @throws {PulloneError} of every kind; nothing but checkpoints is written then
 */
export async function train(io: Io, options: TrainOptions): Promise<number> {
  if (options.out !== undefined) assertFile("--out", options.out, "a run is a folder");
  if (options.resume && options.force) {
    throw new PulloneError(
      "usage_invalid",
      "--resume: expected it without --force, which begins anew, got both",
    );
  }
  const every = parseEvery(options.checkpointEvery ?? "30s");
  const plan = await planRun(io, options);
  if (options.printConfig) return printConfig(io, configFor(io, plan, "."), options.json === true);
  const folder = options.out ?? join("runs", `${plan.config.name}-${plan.config.seed}`);
  const places = placesOf(io, folder);
  await assertFolderCreatable(io.files, folder);
  for (const output of [...RUN_FILES.map((name) => join(folder, name)), ...Object.values(places)]) {
    await assertOutputIsNoInput(io.files, output, inputsOf(plan));
  }
  const release = await takeLock(io, folder, places.lock);
  try {
    await removeLeftovers(io, dirname(folder));
    await removeLeftovers(io, folder);
    return await trainClaimed(io, { options, plan, folder, places, every });
  } finally {
    await release();
  }
}

/** The complete run, as a file in this folder would say it. */
async function printConfig(io: Io, config: RunConfig, json: boolean): Promise<number> {
  await io.out.write(json ? jsonDocument(config) : escapeJson(writeRunConfig(config)));
  return 0;
}

async function trainClaimed(io: Io, claimed: Claimed): Promise<number> {
  const { options, plan, folder, places } = claimed;
  for (const path of [places.newest, places.previous]) await assertReplaceable(io.files, path);
  const finished = options.resume ? await finishedRun(io, plan, folder) : undefined;
  if (finished) {
    await removeCheckpoints(io, places);
    await say(io, options, `${folder}: already finished`);
    if (options.json) await printRun(io, folder, finished, ["the run was already finished"]);
    return 0;
  }
  const isThere = await hasCheckpoint(io.files, places);
  if (isThere && !options.resume && !options.force) {
    throw new PulloneError(
      "output_uncreatable",
      `${folder}: expected no run there, got the checkpoint of an interrupted one, ${quote(places.newest)}`,
      "use --resume to go on with it, or --force to begin anew",
    );
  }
  await assertNewRun(io.files, folder, options.force === true || isThere);
  if (!isThere && options.resume) await say(io, options, `${folder}: no checkpoint there: beginning`);
  const found = options.resume && isThere ? await readCheckpoint(io, places) : undefined;
  if (found) assertSameConfig(found.checkpoint, plan.config, found.path);
  return carryOut(io, claimed, found);
}
