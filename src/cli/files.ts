// What we need of a file system, handed in as an argument, and reading from it with clear refusals.

import { basename, dirname, join } from "node:path";
import { type ErrorCode, PulloneError } from "../errors.ts";

/** The code with which reading ends that has seen a file change. */
export const CHANGED = "ESTALE";

export interface FileStatus {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface OpenFile {
  /** May write fewer bytes than given; returns how many. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What we need of a file system. Failures are errors with a POSIX `code`; links are followed. */
export interface Files {
  /** Names this process in its locks and in the names of its temporary files, as no other is named. */
  readonly owner: string;
  /** What is in a folder. */
  readonly names: (folder: string) => Promise<readonly string[]>;
  /** Undefined when there is nothing of that name. */
  readonly status: (path: string) => Promise<FileStatus | undefined>;
  /** Where the path leads through all links; its folder must be there, what it names need not. */
  readonly realPath: (path: string) => Promise<string>;
  readonly isWritable: (path: string) => Promise<boolean>;
  /**
   * The bytes of the file that has this name now, overwritten when the next are asked for; a file that takes its name
   * meanwhile is another. Fails with ESTALE when it changes.
   */
  readonly read: (path: string) => AsyncIterable<Uint8Array>;
  /** Fails when the name is taken; `mode` overrides the permissions a new file would get. */
  readonly create: (path: string, mode?: number) => Promise<OpenFile>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** A second name for a file; fails when the name is taken. Absent where a file has one name. */
  readonly link?: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** The one above it must be there; fails when the name is taken. */
  readonly makeFolder: (path: string) => Promise<void>;
  /** Must be empty. */
  readonly removeFolder: (path: string) => Promise<void>;
  /** Makes renames in the folder last through a power cut. */
  readonly syncFolder: (path: string) => Promise<void>;
}

/**
 * The bytes of a file as they come, read once, each chunk overwritten by the next: a file that changes meanwhile is
 * refused, one that is replaced or deleted is read to its end.
 *
 * @throws {PulloneError} input_unreadable when missing, a folder, a device or a pipe; data_invalid when it changed
 */
export async function* readStream(files: Files, path: string): AsyncGenerator<Uint8Array> {
  await assertReadable(files, path, PIPED_ROWS);
  try {
    yield* files.read(path);
  } catch (error) {
    if (codeOf(error) !== CHANGED) throw reading(path, error);
    throw new PulloneError(
      "data_invalid",
      `${path}: expected a file at rest, but it was changed while being read`,
    );
  }
}

/**
 * All bytes of a file of at most `limit` bytes.
 *
 * @throws {PulloneError} input_unreadable; `refusal` when it is larger
 */
export async function readWhole(
  files: Files,
  path: string,
  limit: number,
  refusal: ErrorCode = "input_unreadable",
): Promise<Uint8Array> {
  const status = await assertReadable(files, path);
  const tooLarge = (bytes: number) =>
    new PulloneError(refusal, `${path}: expected at most ${limit} bytes, got ${bytes}: too large`);
  if (status.bytes > limit) throw tooLarge(status.bytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readStream(files, path)) {
    length += chunk.length;
    if (length > limit) throw tooLarge(length);
    chunks.push(chunk.slice());
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Whether the path itself is a link, be it to nothing or in a circle; also when that cannot be found out. */
export async function isLink(files: Files, path: string): Promise<boolean> {
  try {
    return (await files.realPath(path)) !== join(await files.realPath(dirname(path)), basename(path));
  } catch {
    return true;
  }
}

const PIPED_ROWS = 'rows can be piped into evaluate and predict: name the data "-"';

async function assertReadable(files: Files, path: string, hint?: string): Promise<FileStatus> {
  let status: FileStatus | undefined;
  try {
    status = await files.status(path);
  } catch (error) {
    throw reading(path, error);
  }
  if (!status) throw new PulloneError("input_unreadable", `${path}: expected a file, found nothing there`);
  if (status.kind === "folder")
    throw new PulloneError("input_unreadable", `${path}: expected a file, got a folder`);
  if (status.kind === "other") {
    throw new PulloneError(
      "input_unreadable",
      `${path}: expected a regular file, got a device, a socket or a named pipe`,
      hint,
    );
  }
  return status;
}

function reading(path: string, error: unknown): unknown {
  return codeOf(error) === undefined
    ? error
    : new PulloneError("input_unreadable", `${path}: expected a readable file, but ${reasonOf(error)}`);
}

/** The POSIX code of a system error; the permission model of Node has one of its own. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === "ERR_ACCESS_DENIED") return "EACCES";
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is nothing of that name",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than allowed",
  EIO: "the disk reports an error",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EEXIST: "that name is taken",
  EMFILE: "too many files are open",
  EXDEV: "it lies on another device",
};

/** Why the system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  return REASONS[code] ?? `the system says ${code}`;
}
