// One process at a time in a folder: a file that names the one at work, taken over when that one is gone.

import { dirname, join } from "node:path";
import { PulloneError, printable, quote } from "../errors.ts";
import { codeOf, isLink, readWhole, reasonOf } from "./files.ts";
import { makeFolders, removeFolders } from "./folders.ts";
import type { Io } from "./io.ts";
import { creating, writing } from "./outputs.ts";
import { warn } from "./reporter.ts";
import { wordOf, writeFully } from "./writing.ts";

const LOCK_FILE = "lock";
/** A lock is empty for the moment between its making and its first bytes. */
const LOOKS = 5;
const LOOK_MILLISECONDS = 20;
const LONGEST_NAME = 512;
/** The name of a process, see processes.ts, or as much of it as was on the disk at a power cut. */
const NAME = /^(?:\d+(?: \S*){0,2})?$/;

/**
 * Takes the lock of a folder.
 *
 * @param path of the lock; folders above it are made, and removed with the lock while they are empty
 * @returns what gives it back
 * @throws {PulloneError} busy while another living process holds it; output_uncreatable, also when what has its name is no
 * lock: that stays as it is
 */
export async function takeLock(
  io: Io,
  folder: string,
  path: string = join(folder, LOCK_FILE),
): Promise<() => Promise<void>> {
  const made = await makeFolders(io.files, dirname(path));
  try {
    await claim(io, folder, path);
  } catch (error) {
    await removeFolders(io.files, made);
    throw error;
  }
  return async () => {
    await io.files.remove(path).catch(() => {});
    await removeFolders(io.files, made);
  };
}

async function claim(io: Io, folder: string, path: string): Promise<void> {
  for (;;) {
    if (await makeLock(io, path, folder)) return;
    const owner = await ownerOf(io, path);
    if (owner === undefined) continue;
    if (owner !== "" && owner !== io.files.owner && (io.isRunning?.(owner) ?? false))
      throw held(io, folder, owner, path);
    // Of several that find a dead lock one can move it away; the others find nothing, or a living one.
    const aside = `${path}-${wordOf(io.files.owner)}`;
    const failure: unknown = await io.files.rename(path, aside).catch((error) => error);
    if (codeOf(failure) === "ENOENT") continue;
    if (failure !== undefined) throw immovable(path, owner, failure);
    const found = await ownerOf(io, aside).catch(() => undefined);
    if (found !== owner) {
      await io.files.rename(aside, path).catch(() => {});
      throw held(io, folder, found ?? "", path);
    }
    await io.files.remove(aside).catch(() => {});
    await warn(
      io,
      `${folder}: process ${quote(numberOf(owner))} left its lock behind and is gone; what it has finished is kept`,
    );
  }
}

function numberOf(owner: string): string {
  return owner.split(" ")[0]!;
}

function held(io: Io, folder: string, owner: string, path: string): PulloneError {
  const isElsewhere = owner.split(" ")[2] !== io.files.owner.split(" ")[2];
  return new PulloneError(
    "busy",
    `${folder}: expected to be the only one at work there, but process ${printable(numberOf(owner))} is`,
    isElsewhere
      ? `it is of another host: wait for it, or remove ${quote(path)} if it is gone`
      : "wait for it, or give another --out",
  );
}

/** Others may have the right to make files in a folder, and only their owners to take them away. */
function immovable(path: string, owner: string, error: unknown): PulloneError {
  return new PulloneError(
    "output_uncreatable",
    `${path}: expected to take over what process ${quote(numberOf(owner))} has left, but ${reasonOf(error)}`,
    "give another --out, or have it removed by whose it is",
  );
}

/** False when there is one already. */
async function makeLock(io: Io, path: string, folder: string): Promise<boolean> {
  const file = await creating(folder, () =>
    io.files.create(path).catch((error) => {
      if (codeOf(error) !== "EEXIST") throw error;
    }),
  );
  if (!file) return false;
  try {
    await writeFully(file, new TextEncoder().encode(io.files.owner));
  } catch (error) {
    await io.files.remove(path).catch(() => {});
    throw writing(folder, error);
  } finally {
    await file.close();
  }
  return true;
}

/**
 * Who holds the lock; undefined when it is gone, nothing when it stays empty or lost its bytes to a power cut.
 *
 * @throws {PulloneError} output_uncreatable when it is no lock; busy when nobody can tell
 */
async function ownerOf(io: Io, path: string): Promise<string | undefined> {
  let bytes: Uint8Array | undefined;
  for (let look = 0; look < LOOKS && !bytes?.length; look++) {
    if (look > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    const status = await creating(path, () => io.files.status(path));
    // Nothing can take the name of a link to nothing.
    if (!status && !(await isLink(io.files, path))) return undefined;
    if (status?.kind !== "file" || status.bytes > LONGEST_NAME) throw foreign(path);
    bytes = await readWhole(io.files, path, LONGEST_NAME).catch(() => undefined);
  }
  if (bytes === undefined) {
    throw new PulloneError(
      "busy",
      `${path}: expected a lock that can be read, but it cannot`,
      "it may be of another user: wait for it, or remove it if its process is gone",
    );
  }
  const owner = new TextDecoder().decode(bytes);
  if (!NAME.test(owner.replace(/\0+$/, ""))) throw foreign(path);
  return owner.includes("\0") ? "" : owner;
}

function foreign(path: string): PulloneError {
  return new PulloneError(
    "output_uncreatable",
    `${path}: expected nothing there but a lock of pullone, got something else`,
    "give another --out, or move it away",
  );
}
