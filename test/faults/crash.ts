// Commands that are killed, at any moment or at a call of the system, and what must be there afterwards: every output
// absent or whole, and after going on to the end the bytes of a run that was never disturbed, with nothing beside them.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { loadClassifier } from "../../src/artifact.ts";
import { loadCheckpoint } from "../../src/checkpoint.ts";
import { diskFiles } from "../../src/cli/disk.ts";
import type { Files } from "../../src/cli/files.ts";
import { run } from "../../src/cli/program.ts";
import { quick } from "../cli/flowers.ts";
import { memoryWorld } from "../cli/memory.ts";
import { type Ended, type Program, start } from "./process.ts";
import { contentsOf, prepareInputs, temporaryFolder } from "./realdisk.ts";

/** A command, and the one that goes on after it was killed. */
export interface Killable {
  readonly argv: (out: string) => readonly string[];
  readonly again: (out: string) => readonly string[];
  /** What stands there before. */
  readonly prepare?: (out: string) => void;
}

export interface Yard {
  readonly folder: string;
  readonly program: Program;
  readonly predict: Killable;
  readonly train: Killable;
  /** Of a training that was stopped after two of its epochs. */
  readonly resume: Killable;
  /** Six runs, two at a time; started again it goes on by itself. */
  readonly experiment: Killable;
  readonly end: () => void;
}

/** Inputs, and the commands on them: short ones, with a checkpoint at every epoch. */
export async function openYard(program: Program): Promise<Yard> {
  const { path, end } = temporaryFolder("crash");
  await prepareInputs(path);
  const csv = join(path, "iris.csv");
  const predict = (out: string) => {
    const words = ["--quiet", "--output", join(out, "answers.csv")];
    return ["predict", join(path, "run", "model.safetensors"), csv, ...words];
  };
  const train = (...more: string[]) => {
    const words = ["--label", "species", "--quiet", ...quick, "--checkpoint-every", "1", ...more];
    return (out: string) => ["train", csv, ...words, "--out", join(out, "run")];
  };
  const experiment = (out: string) => {
    const words = ["--quiet", "--jobs", "2", "--out", join(out, "few")];
    return ["experiment", join(path, "few.jsonc"), ...words];
  };
  await trainTwoEpochs(train()(join(path, "stopped")));
  return {
    folder: path,
    program,
    predict: { argv: predict, again: predict },
    train: { argv: train(), again: train("--resume") },
    resume: {
      argv: train("--resume"),
      again: train("--resume"),
      prepare: (out) => cpSync(join(path, "stopped"), out, { recursive: true }),
    },
    experiment: { argv: experiment, again: experiment },
    end,
  };
}

/** Trains in this process until the second checkpoint is there, and stops as a signal would stop it. */
async function trainTwoEpochs(argv: readonly string[]): Promise<void> {
  const { io, ending, spoken } = memoryWorld();
  const files = diskFiles("7");
  let checkpoints = 0;
  const rename: Files["rename"] = async (from, to) => {
    await files.rename(from, to);
    if (to.endsWith(".checkpoint.safetensors") && ++checkpoints === 2) ending.abort("SIGTERM");
  };
  const code = await run(argv, { ...io, files: { ...files, rename } });
  if (code !== 143) throw new Error(`expected 143, got ${code}: ${spoken.err}`);
}

/** An empty folder, or one with what must stand there before. */
function freshFolder({ folder }: Yard, { prepare }: Killable, name: string): string {
  const out = join(folder, name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  prepare?.(out);
  return out;
}

/** Runs a command line; kills it after so many milliseconds if that is said. */
async function perform(words: readonly string[], killAfter?: number): Promise<Omit<Ended, "out">> {
  const { child, ended } = start(words);
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}

export interface Reference {
  readonly contents: ReadonlyMap<string, string>;
  readonly milliseconds: number;
}

/** What the command leaves when nothing disturbs it. */
async function undisturbed(yard: Yard, command: Killable): Promise<Reference> {
  let slowest = 0;
  let out = "";
  for (let i = 0; i < 3; i++) {
    out = freshFolder(yard, command, "undisturbed");
    const words = [process.execPath, yard.program.main, ...command.argv(out)];
    const began = performance.now();
    const { code, err } = await perform(words);
    if (code !== 0) throw new Error(err);
    slowest = Math.max(slowest, performance.now() - began);
  }
  return { contents: contentsOf(out), milliseconds: slowest };
}

/** What is wrong with what a killed process has left; temporary files and locks are no outputs. */
function judgeRemains(out: string, { contents }: Reference): string | undefined {
  for (const [path, text] of contentsOf(out)) {
    if (path.includes(".pullone-") || path.endsWith("lock")) continue;
    const bytes = new Uint8Array(Buffer.from(text, "latin1"));
    try {
      if (path.includes("checkpoint")) loadCheckpoint(bytes, path);
      else if (path.endsWith("model.safetensors")) loadClassifier(bytes, path);
    } catch (error) {
      return String(error);
    }
    if (!path.includes("checkpoint") && text !== contents.get(path)) return `${path} is not whole`;
  }
  return undefined;
}

async function judgeEnd(
  { program }: Yard,
  { again }: Killable,
  out: string,
  { contents }: Reference,
): Promise<string | undefined> {
  const { code, err } = await perform([process.execPath, program.main, ...again(out)]);
  if (code !== 0) return `going on ended with ${code}: ${err.trim()}`;
  const found = contentsOf(out);
  const names = (map: ReadonlyMap<string, string>) => [...map.keys()].join(" ");
  if (names(found) !== names(contents)) return `expected ${names(contents)}, found ${names(found)}`;
  for (const [path, text] of contents) if (found.get(path) !== text) return `${path} has other bytes`;
  return undefined;
}

/** Two trials at a time, or as many as there are processors. */
async function sideBySide(trials: number, one: (trial: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < trials) await one(next++);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
}

export interface Trials {
  readonly cases: number;
  /** How many of them really ended before their time. */
  readonly stopped: number;
  readonly problems: readonly string[];
}

/** SIGKILL at random moments, and in every third trial again, up to three times, while it goes on. */
export async function killAtRandom(
  yard: Yard,
  command: Killable,
  trials: number,
  random: () => number,
): Promise<Trials> {
  const reference = await undisturbed(yard, command);
  const problems: string[] = [];
  let stopped = 0;
  let cases = 0;
  await sideBySide(trials, async (trial) => {
    const out = freshFolder(yard, command, `kill-${trial}`);
    const kills = trial % 3 === 2 ? 4 : 1;
    for (let kill = 0; kill < kills; kill++) {
      const words = kill === 0 ? command.argv(out) : command.again(out);
      const after = random() * reference.milliseconds * 1.05;
      const { signal } = await perform([process.execPath, yard.program.main, ...words], after);
      cases++;
      if (signal === "SIGKILL") stopped++;
      const problem = judgeRemains(out, reference);
      if (problem) problems.push(`kill ${trial}, ${after.toFixed(0)} ms: ${problem}`);
    }
    const problem = await judgeEnd(yard, command, out, reference);
    if (problem) problems.push(`kill ${trial}: ${problem}`);
    rmSync(out, { recursive: true, force: true });
  });
  return { cases, stopped, problems };
}

const KILLED_AT =
  "write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,fchmod";
const FAILED_AT = "pwrite64,fsync,fdatasync,rename,renameat2,link,unlink,rmdir,mkdir,fchmod";

/** The places at which strace can stop a command: the k-th call of a name, in whichever thread makes most of them. */
function callsOf(yard: Yard, command: Killable, names: string): (readonly [string, number])[] {
  const out = freshFolder(yard, command, "counted");
  const log = join(yard.folder, "counted.log");
  const words = ["-f", "-qq", "-e", `trace=${names}`, "-e", "signal=none", "-o", log];
  const { status } = spawnSync("strace", [
    ...words,
    process.execPath,
    yard.program.main,
    ...command.argv(out),
  ]);
  if (status !== 0) throw new Error("strace cannot follow the program");
  const counts = new Map<string, Map<string, number>>();
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const [, thread, name] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (thread === undefined || name === undefined) continue;
    const threads = counts.get(name) ?? new Map<string, number>();
    counts.set(name, threads.set(thread, (threads.get(thread) ?? 0) + 1));
  }
  rmSync(out, { recursive: true });
  return [...counts].flatMap(([name, threads]) =>
    Array.from({ length: Math.max(...threads.values()) }, (_, k) => [name, k + 1] as const),
  );
}

/** Stops the command at each call: by SIGKILL, or by letting the call fail. */
export async function disturbCalls(
  yard: Yard,
  command: Killable,
  fault: "signal=KILL" | "error=EIO" | "error=ENOSPC",
): Promise<Trials> {
  const isKill = fault === "signal=KILL";
  const reference = await undisturbed(yard, command);
  const places = callsOf(yard, command, isKill ? KILLED_AT : FAILED_AT);
  const problems: string[] = [];
  let stopped = 0;
  await sideBySide(places.length, async (trial) => {
    const [name, k] = places[trial]!;
    const out = freshFolder(yard, command, `call-${trial}`);
    const inject = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${name}`];
    const words = ["strace", ...inject, "-e", `inject=${name}:${fault}:when=${k}`];
    const { code, signal, err } = await perform([
      ...words,
      process.execPath,
      yard.program.main,
      ...command.argv(out),
    ]);
    const say = (problem: string) => problems.push(`${fault} at ${name} ${k}: ${problem}`);
    if (code !== 0) stopped++;
    if (!isKill && code !== 0 && (![73, 74].includes(code ?? 1) || signal)) say(`ended with ${code}: ${err}`);
    if (!isKill && code === 74 && contentsOf(out).size > 0 && leftovers(out)) say(`left ${leftovers(out)}`);
    const problem = judgeRemains(out, reference) ?? (await judgeEnd(yard, command, out, reference));
    if (problem) say(problem);
    rmSync(out, { recursive: true, force: true });
  });
  return { cases: places.length, stopped, problems };
}

/** Temporary files, as text; nothing when there are none. */
function leftovers(out: string): string {
  return [...contentsOf(out).keys()].filter((path) => path.includes(".pullone-")).join(" ");
}
