// Writing whole or not at all, so that no power cut, full disk or Ctrl-C leaves half a file under its name.

import { basename, dirname, join, resolve } from "node:path";
import { PulloneError, quote } from "../errors.ts";
import { codeOf, type FileStatus, type Files, type OpenFile, reasonOf } from "./files.ts";

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
export async function writeWhole(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const file = await openWhole(files, path);
  await file.write(bytes);
  await file.commit();
}

/** The same in pieces. After an error the temporary file is gone; before one, `abandon` removes it. */
export async function openWhole(files: Files, path: string): Promise<WholeFile> {
  const older = await assertReplaceable(files, path);
  const target = older ? await files.realPath(path) : path;
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
        await files.rename(temporary, target);
        await files.syncFolder(dirname(target));
      }),
    abandon,
  };
}

/** A system may write less than it was given and call that success: ask until all is written. */
async function writeFully(open: OpenFile, bytes: Uint8Array): Promise<void> {
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
    await files.remove(path);
    return files.create(path, mode);
  }
}

function temporaryName(files: Files): string {
  return `.pullone-${files.owner}.tmp`;
}

/**
 * Refuses, before any work is done, a path that could not be written later.
 *
 * @throws {PulloneError} output_uncreatable
 * @returns the status of the file that will be replaced, if there is one
 */
export async function assertReplaceable(files: Files, path: string): Promise<FileStatus | undefined> {
  const status = await creating(path, () => files.status(path));
  if (status?.kind === "folder") throw uncreatable(path, "it is a folder");
  if (status?.kind === "other") throw uncreatable(path, "it is a device, a socket or a named pipe");
  const folder = await creating(path, () => files.status(dirname(path)));
  if (!folder) throw uncreatable(path, `there is no folder ${quote(dirname(path))}`);
  if (folder.kind !== "folder") throw uncreatable(path, `${quote(dirname(path))} is no folder`);
  if (!(await files.isWritable(dirname(path))))
    throw uncreatable(path, "no permission to write in its folder");
  return status;
}

/**
 * Writes the files of a folder together: all are complete and synced before the first gets its name, in the order
 * given. A new folder appears in one step; in a folder that is there, files of these names are replaced.
 *
 * @throws {PulloneError} output_uncreatable, io_failed; busy when the folder appeared meanwhile
 */
export async function writeFolder(
  files: Files,
  folder: string,
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const older = await creating(folder, () => files.status(folder));
  const target = older ? await files.realPath(folder) : folder;
  const parent = older ? target : dirname(target);
  const staging = join(parent, temporaryName(files));
  const discard = async () => {
    for (const name of contents.keys()) await files.remove(join(staging, name)).catch(() => {});
    await files.removeFolder(staging).catch(() => {});
  };
  await creating(folder, () => files.makeFolder(staging));
  try {
    for (const [name, bytes] of contents) await writeSynced(files, join(staging, name), bytes);
    await files.syncFolder(staging);
    if (older) {
      for (const name of contents.keys()) await files.rename(join(staging, name), join(target, name));
      await files.removeFolder(staging);
      await files.syncFolder(target);
    } else {
      await files.rename(staging, target);
    }
    await files.syncFolder(parent);
  } catch (error) {
    await discard();
    const code = codeOf(error);
    if (code === "EEXIST" || code === "ENOTEMPTY") {
      throw new PulloneError("busy", `${folder}: expected to make this folder, but another process just did`);
    }
    throw writing(folder, error);
  }
}

async function writeSynced(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const open = await createOwn(files, path);
  try {
    await writeFully(open, bytes);
    await open.sync();
  } finally {
    await open.close();
  }
}

/**
 * Refuses, before any work is done, a folder that could not be made or written later. Nothing is made yet.
 *
 * @throws {PulloneError} output_uncreatable
 */
export async function assertFolderCreatable(files: Files, folder: string): Promise<void> {
  for (let path = folder; ; path = dirname(path)) {
    const status = await creating(folder, () => files.status(path));
    if (status) {
      if (status.kind !== "folder") throw uncreatable(folder, `${quote(path)} is no folder`);
      if (!(await files.isWritable(path)))
        throw uncreatable(folder, `no permission to write in ${quote(path)}`);
      return;
    }
    if (path === dirname(path)) throw uncreatable(folder, "no folder above it exists");
  }
}

/**
 * Refuses an output that would replace one of the inputs, also through a link or another spelling of its path.
 *
 * @throws {PulloneError} usage_invalid
 */
export async function assertOutputIsNoInput(
  files: Files,
  output: string,
  inputs: readonly string[],
): Promise<void> {
  const place = await placeOf(files, output);
  for (const input of inputs) {
    if ((await placeOf(files, input)) === place) {
      throw new PulloneError(
        "usage_invalid",
        `output ${quote(output)}: expected a file of its own, got the input ${quote(input)}`,
        "choose another output; an input is never overwritten",
      );
    }
  }
}

/** Where a path leads in the end; for a file that is not there yet, where it would stand. */
async function placeOf(files: Files, path: string): Promise<string> {
  const real = (path: string) => files.realPath(path).catch(() => undefined);
  const folder = await real(dirname(path));
  return (await real(path)) ?? (folder === undefined ? resolve(path) : join(folder, basename(path)));
}

function uncreatable(path: string, reason: string): PulloneError {
  return new PulloneError("output_uncreatable", `${path}: expected a place to write to, but ${reason}`);
}

/** Runs a step that makes something new; its failure means that the output cannot be created. */
async function creating<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOSPC") throw writing(path, error);
    // The folder is there: it is one, such as /proc, in which nothing can be made.
    throw uncreatable(path, code === "ENOENT" ? "the system makes nothing new there" : reasonOf(error));
  }
}

/** A failed write in our words. */
function writing(path: string, error: unknown): PulloneError {
  return new PulloneError("io_failed", `${path}: expected to write it whole, but ${reasonOf(error)}`);
}
