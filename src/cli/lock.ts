// One process at a time in a folder: a file that names the one at work, taken over when that one is gone.

import { join } from "node:path";
import { PulloneError, quote } from "../errors.ts";
import { codeOf, readWhole, reasonOf } from "./files.ts";
import type { Io } from "./io.ts";
import { warn } from "./reporter.ts";

const LOCK_FILE = "lock";
/** A lock is empty for the moment between its making and its first bytes. */
const LOOKS = 5;
const LOOK_MILLISECONDS = 20;

/**
 * Takes the lock of a folder that is there.
 *
 * @returns what gives it back
 * @throws {PulloneError} busy while another living process holds it; output_uncreatable
 */
export async function takeLock(io: Io, folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  for (;;) {
    if (await makeLock(io, path, folder)) return () => io.files.remove(path).catch(() => {});
    const owner = await ownerOf(io, path);
    if (owner === undefined) continue;
    if (owner !== "" && owner !== io.files.owner && (io.isRunning?.(owner) ?? false))
      throw held(folder, owner);
    // Of several that find a dead lock one can move it away; the others find nothing, or a living one.
    const aside = `${path}-${io.files.owner}`;
    const moved = await io.files.rename(path, aside).then(
      () => true,
      () => false,
    );
    if (!moved) continue;
    const found = await ownerOf(io, aside);
    if (found !== owner) {
      await io.files.rename(aside, path).catch(() => {});
      throw held(folder, found ?? "");
    }
    await io.files.remove(aside).catch(() => {});
    await warn(
      io,
      `${folder}: process ${quote(owner)} left its lock behind and is gone; its finished runs are kept`,
    );
  }
}

function held(folder: string, owner: string): PulloneError {
  return new PulloneError(
    "busy",
    `${folder}: expected to be the only one at work there, but process ${owner} is`,
    "wait for it, or give another --out",
  );
}

async function makeLock(io: Io, path: string, folder: string): Promise<boolean> {
  try {
    const file = await io.files.create(path);
    try {
      await file.write(new TextEncoder().encode(io.files.owner));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new PulloneError(
      "output_uncreatable",
      `${folder}: expected a place to write to, but ${reasonOf(error)}`,
    );
  }
}

/** Who holds the lock; undefined when it is gone, nothing when it stays empty. */
async function ownerOf(io: Io, path: string): Promise<string | undefined> {
  for (let look = 0; look < LOOKS; look++) {
    if (!(await io.files.status(path))) return undefined;
    const bytes = await readWhole(io.files, path, 64).catch(() => new Uint8Array(0));
    if (bytes.length > 0) return new TextDecoder().decode(bytes);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  return "";
}
