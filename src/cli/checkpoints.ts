// The checkpoints of a run, beside its folder: where they stand, when they are written, which of them is read.

import { basename, dirname, join, resolve } from "node:path";
import {
  type Checkpoint,
  isWhole,
  LARGEST_CHECKPOINT,
  loadCheckpoint,
  saveCheckpoint,
} from "../checkpoint.ts";
import { PulloneError, quote } from "../errors.ts";
import type { Pause, TrainState } from "../train/state.ts";
import { type Files, readWhole, reasonOf } from "./files.ts";
import type { Io } from "./io.ts";
import { warn } from "./reporter.ts";
import { nodeDigest } from "./sha256.ts";
import { writeWhole } from "./writing.ts";

/** When a checkpoint is due; never also means not on a signal. */
export type Every =
  | { readonly unit: "never" }
  | { readonly unit: "epochs"; readonly count: number }
  | { readonly unit: "seconds"; readonly count: number };

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Reads `30s`, `5m`, `2h`, a number of epochs, or `never`, which may be written 0. @throws {PulloneError} usage_invalid */
export function parseEvery(text: string): Every {
  if (text === "never" || text === "0") return { unit: "never" };
  const [, number, unit] = /^([1-9][0-9]{0,5})([smh]?)$/.exec(text) ?? [];
  if (number === undefined) {
    throw new PulloneError(
      "usage_invalid",
      `--checkpoint-every: expected a time such as 30s, 5m or 2h, a number of epochs, or never, got ${quote(text)}`,
    );
  }
  return unit
    ? { unit: "seconds", count: Number(number) * SECONDS[unit]! }
    : { unit: "epochs", count: Number(number) };
}

export interface Places {
  readonly newest: string;
  /** The one before it: read when the newest is damaged. */
  readonly previous: string;
  readonly lock: string;
}

/** Where the checkpoints and the lock of a run stand: in the folder around its own, under its name. */
export function placesOf(io: Io, folder: string): Places {
  const isNamed = !["", ".", ".."].includes(basename(folder));
  const full = isNamed ? folder : resolve(io.cwd, folder);
  const beside = (ending: string) => join(dirname(full), `${basename(full)}.${ending}`);
  return {
    newest: beside("checkpoint.safetensors"),
    previous: beside("checkpoint.previous.safetensors"),
    lock: beside("lock"),
  };
}

/** Whether there is a checkpoint of any kind. */
export async function hasCheckpoint(files: Files, { newest, previous }: Places): Promise<boolean> {
  return (await isThere(files, newest)) || (await isThere(files, previous));
}

async function isThere(files: Files, path: string): Promise<boolean> {
  return (await files.status(path)) !== undefined;
}

/** The previous one first: where the newest is gone, the run is done. @throws {PulloneError} io_failed */
export async function removeCheckpoints({ files }: Io, { newest, previous }: Places): Promise<void> {
  for (const path of [previous, newest]) {
    if (!(await isThere(files, path))) continue;
    await files.remove(path).catch((error) => {
      throw new PulloneError("io_failed", `${path}: expected to take it away, but ${reasonOf(error)}`);
    });
  }
}

export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly path: string;
  /** Whether the newest one is damaged or gone, and this is the one before it. */
  readonly isPrevious: boolean;
}

/**
 * The newest checkpoint that is whole; with a warning when that is not the newest of all.
 *
 * @throws {PulloneError} model_invalid when none is whole, or the newest is one that this program cannot go on from
 */
export async function readCheckpoint(io: Io, { newest, previous }: Places): Promise<FoundCheckpoint> {
  const read = (path: string) => readWhole(io.files, path, LARGEST_CHECKPOINT, "model_invalid");
  const bytes = (await isThere(io.files, newest)) ? await read(newest) : undefined;
  const isDamaged = bytes === undefined || !isWhole(bytes);
  if (!isDamaged || !(await isThere(io.files, previous))) {
    return { checkpoint: loadCheckpoint(bytes!, newest), path: newest, isPrevious: false };
  }
  const found = {
    checkpoint: loadCheckpoint(await read(previous), previous),
    path: previous,
    isPrevious: true,
  };
  const what = bytes === undefined ? "is gone" : "is damaged or incomplete";
  const { epochs } = found.checkpoint.state;
  await warn(io, `${newest} ${what}: going on from the one before it, of epoch ${epochs}`);
  return found;
}

/** Writes the checkpoints of one training. */
export interface Keeper {
  /** Writes one if it is due. */
  readonly look: (pause: Pause) => Promise<void>;
  /** Writes one now; returns the state that it holds, undefined when training has not come to a pause yet. */
  readonly save: () => Promise<TrainState | undefined>;
}

/**
 * @param frame     what a checkpoint holds beside the state
 * @param isDamaged whether the newest checkpoint is: it is then replaced, and the one before it kept
 */
export function createKeeper(
  io: Io,
  places: Places,
  every: Exclude<Every, { unit: "never" }>,
  frame: Omit<Checkpoint, "state">,
  isDamaged: boolean,
): Keeper {
  let latest: Pause | undefined;
  let savedAt = io.now();
  let saved = "";
  let keepsOlder = !isDamaged;
  let isWarned = false;

  const save = async () => {
    const state = latest?.state();
    if (!state) return undefined;
    const place = `${state.epochs}:${state.losses.length}`;
    if (place === saved) return state;
    savedAt = io.now();
    const bytes = packed({ ...frame, state });
    if (typeof bytes === "string") {
      if (!isWarned) await warn(io, `no checkpoint of epoch ${state.epochs + 1}: ${bytes}`);
      isWarned = true;
      return undefined;
    }
    const olderStaysAs = keepsOlder ? places.previous : undefined;
    await writeWhole(io.files, places.newest, bytes, { olderStaysAs });
    keepsOlder = true;
    saved = place;
    return state;
  };
  const isDue = ({ report }: Pause) =>
    every.unit === "seconds"
      ? io.now() - savedAt >= 1000 * every.count
      : report !== null && report.epoch % every.count === 0;
  return {
    look: async (pause) => {
      latest = pause;
      if (isDue(pause)) await save();
    },
    save,
  };
}

/** The bytes, or why there are none: a moment of Adam that has overflowed cannot be kept, and is no reason to stop. */
function packed(checkpoint: Checkpoint): Uint8Array | string {
  try {
    return saveCheckpoint(checkpoint, nodeDigest);
  } catch (error) {
    if (error instanceof PulloneError && error.code === "model_invalid") return error.message;
    throw error;
  }
}
