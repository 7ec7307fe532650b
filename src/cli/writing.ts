// Writing whole or not at all, so that no power cut, full disk or Ctrl-C leaves half a file under its name.

import { dirname, join } from "node:path";
import { codeOf, type Files, type OpenFile } from "./files.ts";
import { assertReplaceable, creating, writing } from "./outputs.ts";

/** A file in the making: nothing of it is visible under its name before `commit` has succeeded. */
export interface WholeFile {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly abandon: () => Promise<void>;
}

/**
 * Writes a file whole or not at all: a temporary file beside it, every byte, fsync, rename, fsync of the folder.
 * A link stays and its target is replaced; permissions of an older file are kept.
 *
 * @throws {PulloneError} output_uncreatable, io_failed; nothing of the new file is left then
 */
export async function writeWhole(
  files: Files,
  path: string,
  bytes: Uint8Array,
  options: WholeOptions = {},
): Promise<void> {
  const file = await openWhole(files, path, options);
  await file.write(bytes);
  await file.commit();
}

export interface WholeOptions {
  /** A name beside it under which the older file stays, in place of one that had this name. */
  readonly olderStaysAs?: string | undefined;
}

/** The same in pieces. After an error the temporary file is gone; before one, `abandon` removes it. */
export async function openWhole(
  files: Files,
  path: string,
  { olderStaysAs }: WholeOptions = {},
): Promise<WholeFile> {
  const older = await assertReplaceable(files, path);
  const target = await creating(path, () => files.realPath(path));
  const temporary = join(dirname(target), temporaryName(files));
  const open = await creating(path, () => createOwn(files, temporary, older?.mode));
  const guarded = async (action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      await abandon();
      throw writing(path, error);
    }
  };
  const abandon = async () => {
    await open.close().catch(() => {});
    await files.remove(temporary).catch(() => {});
  };
  return {
    write: (bytes) => guarded(() => writeFully(open, bytes)),
    commit: () =>
      guarded(async () => {
        await open.sync();
        await open.close();
        if (older && olderStaysAs !== undefined) await keepOlder(files, target, olderStaysAs);
        await files.rename(temporary, target);
        await files.syncFolder(dirname(target));
      }),
    abandon,
  };
}

/**
 * A second name for the file that is about to be replaced; at no moment is there nothing under either name. A file system
 * without second names keeps no older file, which is no reason not to write the new one.
 */
async function keepOlder(files: Files, path: string, name: string): Promise<void> {
  const aside = join(dirname(name), `${temporaryName(files)}2`);
  try {
    await files.remove(aside).catch(() => {});
    await files.link?.(path, aside);
    if (files.link) await files.rename(aside, name);
  } catch {
    // Then there is no older one: the newest is what counts.
  } finally {
    // Still there when both were names of one file already: such a rename does nothing.
    await files.remove(aside).catch(() => {});
  }
}

/** Writes a new file to its last byte and makes it last; for a folder that nobody sees yet. */
export async function writeSynced(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const open = await createOwn(files, path);
  try {
    await writeFully(open, bytes);
    await open.sync();
  } finally {
    await open.close();
  }
}

/** A system may write less than it was given and call that success: ask until all is written. */
export async function writeFully(open: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const written = await open.write(bytes.subarray(at));
    if (written <= 0) throw new Error("the system wrote nothing and gave no reason");
    at += written;
  }
}

/** A name of ours that is taken was left by a process that had our number and is gone. */
async function createOwn(files: Files, path: string, mode?: number): Promise<OpenFile> {
  try {
    return await files.create(path, mode);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    await removeOwn(files, path);
    return files.create(path, mode);
  }
}

/** Takes away what bears a name of ours, be it a file or an empty folder. */
export async function removeOwn(files: Files, path: string): Promise<void> {
  await files.remove(path).catch(() => files.removeFolder(path).catch(() => {}));
}

export function temporaryName(files: Files): string {
  return `.pullone-${wordOf(files.owner)}.tmp`;
}

/** The name of a process as a part of the name of a file. */
export function wordOf(owner: string): string {
  return owner.replaceAll(" ", "_");
}

/** Whose temporary file or folder that is; undefined when it is none of ours. */
export function ownerOfTemporary(name: string): string | undefined {
  const word = /^\.pullone-(.+)\.tmp2?$/.exec(name)?.[1];
  // A host may have such a line in its name; the number and the start of a process do not.
  return word?.replace("_", " ").replace("_", " ");
}
