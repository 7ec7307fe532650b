// The built program as a process of its own: fed by a pipe, read slowly or not at all, its memory and its end watched.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { buildProgram } from "../process.ts";

export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly err: string;
  /** Bytes and lines of standard output, and its first kilobyte. */
  readonly outBytes: number;
  readonly outLines: number;
  readonly start: string;
  /** The most memory it had at once; NaN where there is no /proc. */
  readonly megabytes: number;
  readonly seconds: number;
}

export interface Starting {
  readonly cwd: string;
  /** Options of Node. */
  readonly node?: readonly string[];
  /** Shell words before the program, such as `ulimit -n 20;`, and redirections after it. */
  readonly before?: string;
  readonly after?: string;
  /** What goes into its standard input. */
  readonly input?: Iterable<Uint8Array>;
  /** Milliseconds that the reader of its output rests after each chunk. */
  readonly rest?: number;
}

/** Builds the program once for a file of tests. @returns how to run it to its end */
export function executable(
  purpose: string,
): (argv: readonly string[], starting: Starting) => Promise<Ending> {
  const { main } = buildProgram(purpose);
  return async (argv, { cwd, node = [], before = "", after = "", input, rest = 0 }) => {
    const began = performance.now();
    const words = [process.execPath, ...node, main, ...argv];
    const child = spawn("sh", ["-c", `${before} exec "$@" ${after}`, "sh", ...words], { cwd });
    const seen = watch(child);
    const ended = once(child, "close");
    const [, , [code, signal]] = await Promise.all([feed(child, input), drain(child, seen, rest), ended]);
    clearInterval(seen.timer);
    return { ...seen.result, code, signal, seconds: (performance.now() - began) / 1000 };
  };
}

function watch(child: ChildProcess) {
  const result = { err: "", outBytes: 0, outLines: 0, start: "", megabytes: Number.NaN };
  child.stderr!.on("data", (text) => {
    result.err += text;
  });
  const timer = setInterval(() => {
    try {
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      if (peak !== undefined) result.megabytes = Number(peak) / 1024;
    } catch {
      // it has ended, or there is no /proc
    }
  }, 20);
  return { result, timer };
}

/** Writes as fast as the program reads; one that ends early has had enough. */
async function feed(child: ChildProcess, input: Iterable<Uint8Array> = []): Promise<void> {
  const { stdin } = child;
  stdin!.on("error", () => {});
  for (const chunk of input) {
    if (stdin!.destroyed || child.exitCode !== null) return;
    await new Promise<void>((resolve) => stdin!.write(chunk, () => resolve()));
  }
  stdin!.end();
}

async function drain(child: ChildProcess, { result }: ReturnType<typeof watch>, rest: number): Promise<void> {
  for await (const chunk of child.stdout! as AsyncIterable<Buffer>) {
    if (result.start.length < 1000) result.start += chunk.toString("latin1", 0, 1000);
    result.outBytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) result.outLines++;
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }
}
