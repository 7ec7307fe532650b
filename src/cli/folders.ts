// Folders made to last, and the files of one written together.

import { dirname, join } from "node:path";
import { PulloneError } from "../errors.ts";
import { codeOf, type Files } from "./files.ts";
import { creating, writing } from "./outputs.ts";
import { removeOwn, temporaryName, writeSynced } from "./writing.ts";

/**
 * Makes a folder and those above it that are not there, each written down in the one above before the next is made.
 *
 * @returns the folders that were made, the uppermost first
 * @throws {PulloneError} output_uncreatable, io_failed; nothing is left of them then
 */
export async function makeFolders(files: Files, folder: string): Promise<readonly string[]> {
  const absent: string[] = [];
  for (let at = folder; !(await creating(folder, () => files.status(at))); at = dirname(at)) {
    absent.unshift(at);
    if (at === dirname(at)) break;
  }
  const made: string[] = [];
  try {
    for (const path of absent) {
      if (await makeOne(files, folder, path)) made.push(path);
      await creating(folder, () => files.syncFolder(dirname(path)));
    }
  } catch (error) {
    await removeFolders(files, made);
    throw error;
  }
  return made;
}

/** False when another process has just made it. */
async function makeOne(files: Files, folder: string, path: string): Promise<boolean> {
  return creating(folder, async () => {
    try {
      await files.makeFolder(path);
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST" && (await files.status(path))?.kind === "folder") return false;
      throw error;
    }
  });
}

/** A folder of our name that is there was left by a process that had our number and is gone. */
async function makeOwn(files: Files, folder: string, names: Iterable<string>): Promise<void> {
  try {
    await files.makeFolder(folder);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    for (const name of names) await files.remove(join(folder, name)).catch(() => {});
    await removeOwn(files, folder);
    await files.makeFolder(folder);
  }
}

/** Those that are empty; one in which somebody has put something stays. */
export async function removeFolders(files: Files, folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await files.removeFolder(folder).catch(() => {});
}

/**
 * Writes the files of a folder together: all are complete and synced before the first gets its name. A new folder
 * appears in one step. In a folder that is there, files of these names are replaced in the order given, each for good
 * before the next: a power cut leaves the first few new and the others old, all of them whole.
 *
 * @throws {PulloneError} output_uncreatable, io_failed; busy when the folder appeared meanwhile
 */
export async function writeFolder(
  files: Files,
  folder: string,
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const older = await creating(folder, () => files.status(folder));
  const made = older ? [] : await makeFolders(files, dirname(folder));
  const target = await creating(folder, () => files.realPath(folder));
  const parent = older ? target : dirname(target);
  const staging = join(parent, temporaryName(files));
  const discard = async () => {
    for (const name of contents.keys()) await files.remove(join(staging, name)).catch(() => {});
    await removeFolders(files, [...made, staging]);
  };
  try {
    await creating(folder, () => makeOwn(files, staging, contents.keys()));
    for (const [name, bytes] of contents) await writeSynced(files, join(staging, name), bytes);
    await files.syncFolder(staging);
    if (older) {
      for (const name of contents.keys()) {
        await files.rename(join(staging, name), join(target, name));
        await files.syncFolder(target);
      }
      await files.removeFolder(staging);
    } else {
      await files.rename(staging, target);
      await files.syncFolder(parent);
    }
  } catch (error) {
    await discard();
    if (error instanceof PulloneError) throw error;
    const code = codeOf(error);
    if (code === "EEXIST" || code === "ENOTEMPTY") {
      throw new PulloneError("busy", `${folder}: expected to make this folder, but another process just did`);
    }
    throw writing(folder, error);
  }
}
