// What can be known of an output before any work is done, and what is said when it cannot be written.

import { dirname } from "node:path";
import { PulloneError, quote } from "../errors.ts";
import { codeOf, type FileStatus, type Files, reasonOf } from "./files.ts";

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
  // Through a link the file is written in another folder than the one that is named.
  const target = await creating(path, () => files.realPath(path));
  if (!(await files.isWritable(dirname(target))))
    throw uncreatable(path, "no permission to write in its folder");
  return status;
}

/**
 * Refuses, before any work is done, an output that is an input or could not be written later, and one that is there
 * when that was not wanted.
 *
 * @param words.clobber false: nothing may be replaced
 * @throws {PulloneError} usage_invalid, output_uncreatable
 */
export async function assertOutput(
  files: Files,
  output: string,
  inputs: readonly string[],
  words: { readonly clobber?: boolean },
): Promise<void> {
  await assertOutputIsNoInput(files, output, inputs);
  const older = await assertReplaceable(files, output);
  if (!older || words.clobber !== false) return;
  throw new PulloneError(
    "output_uncreatable",
    `${output}: expected no file of that name, got one`,
    "leave out --no-clobber to replace it, or give another name",
  );
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
  for (const input of inputs) {
    if (await isSamePlace(files, input, output)) {
      throw new PulloneError(
        "usage_invalid",
        `output ${quote(output)}: expected a file of its own, got the input ${quote(input)}`,
        "choose another output; an input is never overwritten",
      );
    }
  }
}

/** Whether two paths lead to one file, also through links and in other spellings. */
export async function isSamePlace(files: Files, a: string, b: string): Promise<boolean> {
  // A place that cannot be found out is refused later, by whoever opens it.
  const placeOf = (path: string) => files.realPath(path).catch(() => path);
  return (await placeOf(a)) === (await placeOf(b));
}

function uncreatable(path: string, reason: string): PulloneError {
  return new PulloneError("output_uncreatable", `${path}: expected a place to write to, but ${reason}`);
}

/** These say that the disk failed, not that the place is wrong. */
const DISK_FAILURES = ["ENOSPC", "EDQUOT", "EIO", "EFBIG"];

/** Runs a step that makes something new; its failure means that the output cannot be created. */
export async function creating<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && DISK_FAILURES.includes(code)) throw writing(path, error);
    // The folder is there: it is one, such as /proc, in which nothing can be made.
    throw uncreatable(path, code === "ENOENT" ? "the system makes nothing new there" : reasonOf(error));
  }
}

/** A failed write in our words. */
export function writing(path: string, error: unknown): PulloneError {
  return new PulloneError("io_failed", `${path}: expected to write it whole, but ${reasonOf(error)}`);
}
