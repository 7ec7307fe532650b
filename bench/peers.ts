// Programs that a person would pick instead, each in a process of its own that answers readings line by line.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { python, pythonEnvironment, threadsOf } from "./blas.ts";
import { root } from "./cases.ts";

export interface Contender {
  readonly name: string;
  /** Trains for about so many seconds. */
  read(seconds: number): Promise<Reading>;
  end(): void;
}

export interface Reading {
  readonly rows: number;
  readonly seconds: number;
}

interface Peer {
  readonly name: string;
  readonly program: string;
  readonly variant: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Those that a case is held against, then the others. */
export const rivals: readonly Peer[] = [
  { name: "PyTorch, 1 thread", program: "pytorch.py", variant: "1", env: threadsOf(1) },
  { name: "PyTorch, 2 threads", program: "pytorch.py", variant: "2", env: threadsOf(2) },
  // Its own two threads and those of OpenBLAS get into each other's way.
  { name: "PyTorch, 2 threads in BLAS only", program: "pytorch.py", variant: "1", env: threadsOf(2, 1) },
  { name: "scikit-learn, 1 thread", program: "scikit.py", variant: "", env: threadsOf(1) },
  { name: "scikit-learn, 2 threads", program: "scikit.py", variant: "", env: threadsOf(2) },
];
export const javascript: readonly Peer[] = [
  { name: "TensorFlow.js, wasm", program: "tfjs.mjs", variant: "wasm" },
  { name: "TensorFlow.js, cpu", program: "tfjs.mjs", variant: "cpu" },
  { name: "brain.js", program: "jslibs.mjs", variant: "brain" },
  { name: "ml-fnn", program: "jslibs.mjs", variant: "fnn" },
  { name: "ConvNetJS", program: "jslibs.mjs", variant: "convnet" },
  { name: "Synaptic", program: "jslibs.mjs", variant: "synaptic" },
];

/** A peer that takes longer to its first step is left out. */
const PATIENCE = 60_000;

/** Starts a peer on a case; a sentence that says why, when it does not come up. */
export async function startPeer(peer: Peer, name: string): Promise<Contender | string> {
  const path = join(root, "bench", "peers", peer.program);
  // -B: no __pycache__ beside the sources.
  const isPython = peer.program.endsWith(".py");
  const [command, ...flags] = isPython ? [python, "-B"] : [process.execPath];
  const env = { ...(isPython ? pythonEnvironment() : process.env), ...peer.env };
  const child = spawn(command!, [...flags, path, name, peer.variant], { env });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.stdin.on("error", () => {});
  const failed = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(lastLine(complaint) ?? `ended with ${code}`)));
  });
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    return done ? failed : JSON.parse(value);
  };
  const timer = setTimeout(() => child.kill(), PATIENCE);
  try {
    await answer();
  } catch (error) {
    child.kill();
    return child.killed && complaint === ""
      ? `no step within ${PATIENCE / 1000} s`
      : (error as Error).message;
  } finally {
    clearTimeout(timer);
  }
  return {
    name: peer.name,
    read(seconds) {
      child.stdin.write(`${seconds}\n`);
      return answer();
    },
    end: () => void child.kill(),
  };
}

/** Of a traceback the line that says what is wrong. */
function lastLine(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.findLast((line) => line !== "");
}
