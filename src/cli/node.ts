// The process of Node as the world of a command: its outputs, its input, its signals.

import { readFileSync } from "node:fs";
import { diskFiles } from "./disk.ts";
import { endingSignals } from "./exit.ts";
import { codeOf } from "./files.ts";
import type { Io, Output } from "./io.ts";

/** The world of this process. A first SIGINT, SIGTERM or SIGHUP asks to end; a second one ends at once. */
export function nodeIo(): Io {
  const ending = new AbortController();
  for (const signal of endingSignals) process.once(signal, () => ending.abort(signal));
  return {
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    stdin: untilAborted(ending.signal),
    stdinIsTerminal: process.stdin.isTTY === true,
    files: diskFiles(String(process.pid)),
    env: process.env,
    cwd: currentFolder(),
    version: readVersion(),
    now: () => performance.now(),
    threads: async () => (await import("./threads.ts")).nodeThreads,
    crew: async () => (await import("./crewthreads.ts")).nodeCrew,
    isRunning,
    signal: ending.signal,
  };
}

function outputTo(stream: NodeJS.WriteStream): Output {
  // Each failed write is reported to its writer; without a listener the stream would end the process as well.
  stream.on("error", () => {});
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    write: (text) =>
      new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve()))),
  };
}

/** Whether a process of that number is alive, also one that belongs to somebody else. */
function isRunning(owner: string): boolean {
  const id = Number(owner);
  if (!Number.isSafeInteger(id) || id <= 0) return false;
  try {
    return process.kill(id, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Standard input, opened only when somebody reads it. */
async function* untilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  const end = () => stdin.destroy();
  signal.addEventListener("abort", end, { once: true });
  try {
    for await (const chunk of stdin) yield chunk as Uint8Array;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** A folder that was deleted under us has no name; what is relative to it then fails by itself. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

function readVersion(): string {
  const description = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return String(description.version);
}
