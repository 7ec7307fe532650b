// The process of Node as the world of a command: its outputs, its input, its signals.

import { readFileSync } from "node:fs";
import { diskFiles } from "./disk.ts";
import { endingSignals } from "./exit.ts";
import type { Io, Output } from "./io.ts";
import { isRunning, processName } from "./processes.ts";

/** The world of this process. A first SIGINT, SIGTERM or SIGHUP asks to end; a second one ends at once. */
export function nodeIo(): Io {
  const ending = new AbortController();
  const end = (signal: NodeJS.Signals) => {
    // Without a listener the next one, of whatever kind, ends the process.
    for (const other of endingSignals) process.off(other, end);
    ending.abort(signal);
  };
  for (const signal of endingSignals) process.on(signal, end);
  return {
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    stdin: untilAborted(ending.signal),
    stdinIsTerminal: process.stdin.isTTY === true,
    files: diskFiles(processName(process.pid)),
    env: process.env,
    cwd: currentFolder(),
    version: readVersion(),
    now: () => performance.now(),
    ...(mayStartThreads() && {
      threads: async () => (await import("./threads.ts")).nodeThreads,
      crew: async () => (await import("./crewthreads.ts")).nodeCrew,
    }),
    isRunning,
    signal: ending.signal,
  };
}

/** Not so under the permission model of Node without --allow-worker: the same work then goes on in one thread. */
function mayStartThreads(): boolean {
  return process.permission?.has("worker") ?? true;
}

function outputTo(stream: NodeJS.WriteStream): Output {
  // Each failed write is reported to its writer; without a listener the stream would end the process as well.
  stream.on("error", () => {});
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that does not know its width says 0.
      return stream.columns || 80;
    },
    write: (text) =>
      new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve()))),
  };
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
