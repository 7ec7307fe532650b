// The world as a command sees it: handed in, so that a whole command is a test without a process.

import type { ThreadHost } from "../model/kernels/threads.ts";
import type { CrewHost } from "./crew.ts";
import type { EndingSignal } from "./exit.ts";
import type { Files } from "./files.ts";

/** One of the two text outputs of a process. */
export interface Output {
  readonly isTerminal: boolean;
  /** Characters on a line of the terminal; 80 when it is none. */
  readonly columns: number;
  /** Settles when the text has been handed on, so that a slow reader slows the writer; rejects with EPIPE when nobody reads. */
  readonly write: (text: string) => Promise<void>;
}

export interface Io {
  readonly out: Output;
  readonly err: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Nobody has piped anything in: a program that read now would seem to hang. */
  readonly stdinIsTerminal: boolean;
  readonly files: Files;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths are meant from here. */
  readonly cwd: string;
  readonly version: string;
  /** Milliseconds from any start; for elapsed and remaining time only, never for a result. */
  readonly now: () => number;
  /** Loads what starts threads for training; absent where there are none. */
  readonly threads?: () => Promise<ThreadHost>;
  /** Loads what starts threads for the runs of an experiment; absent where there are none. */
  readonly crew?: () => Promise<CrewHost>;
  /** Whether a process of that name is alive, as far as can be told from here; absent where there is no other. */
  readonly isRunning?: (owner: string) => boolean;
  /** Aborted with the name of the signal that asked the program to end. */
  readonly signal: AbortSignal;
}

/** Whether the reader of a pipe has gone, which is no fault of ours: `| head -1`. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "EPIPE";
}

/** The signal that ended the program, when `error` is its doing. */
export function endingSignalOf(io: Io, error: unknown): EndingSignal | undefined {
  return io.signal.aborted && error === io.signal.reason ? (error as EndingSignal) : undefined;
}

/** What a person types to call this program again: npm, when it has started us, knows where it is and the shell may not. */
export function ownName(io: Io): string {
  return io.env.npm_command === undefined ? "pullone" : "npx pullone";
}

/** Lets signals and outputs have their turn between two pieces of work; throws the signal if one came. */
export async function breathe(io: Io): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (io.signal.aborted) throw io.signal.reason;
}

/** The same bytes; a signal ends the reading. */
export async function* interruptible(io: Io, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    yield chunk;
    await breathe(io);
  }
}
