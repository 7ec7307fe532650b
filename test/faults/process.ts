// The built program as a process of its own, for what no world in memory can show.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildPackage } from "../built.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

export interface Program {
  readonly folder: string;
  /** Where it begins. */
  readonly main: string;
  /** Runs it to its end. */
  readonly run: (argv: readonly string[], options?: ProgramOptions) => Ended;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node. */
  readonly flags?: readonly string[];
  /** A program that starts it, with its arguments. */
  readonly under?: readonly string[];
  /** Another copy of it. */
  readonly main?: string;
}

/** Builds the package for a file of tests; see `buildPackage`. */
export function buildProgram(purpose: string): Program {
  const folder = buildPackage(purpose);
  const own = join(folder, "dist/cli/main.js");
  return {
    folder,
    main: own,
    run: (argv, { cwd, env = process.env, flags = [], under = [], main = own } = {}) => {
      const [file, ...words] = [...under, process.execPath, ...flags, main, ...argv];
      const options = { cwd, env, encoding: "utf8", input: "" } as const;
      const { status, signal, stdout, stderr, error } = spawnSync(file!, words, options);
      if (error) throw error;
      return { code: status, signal, out: stdout, err: stderr };
    },
  };
}

/** A process at work, whose standard output nobody reads. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Omit<Ended, "out">>;
  /** Resolves when the error output holds the text. */
  readonly said: (text: string) => Promise<void>;
}

/** Starts a command line. */
export function start([file, ...words]: readonly string[], cwd?: string): Started {
  const child = spawn(file!, words, { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  const waiting = new Set<() => void>();
  child.stderr.on("data", (text) => {
    err += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Omit<Ended, "out">>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, err }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!err.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { child, ended, said };
}

/** Whether a program of the system is there. */
export function hasProgram(name: string, ...argv: readonly string[]): boolean {
  return spawnSync(name, [...argv], { stdio: "ignore" }).status === 0;
}
