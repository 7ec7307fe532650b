// What every bench needs: medians, numbers to print, what the machine is and can do, what a process took.

import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { allocateMemory, instantiate } from "../src/model/kernels/simd-module.ts";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Three digits that count, thousands apart. */
export function short(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ",");
}

export const percent = (share: number) => `${Math.round(100 * share)} %`;

/** The processor, Node, the date, and how many other programs wanted the processor in the last minute. */
export function machine(): string {
  const { model } = cpus()[0]!;
  const load = loadavg()[0]!.toFixed(1);
  const date = new Date().toISOString().slice(0, 10);
  return `${model.trim()}, ${availableParallelism()} cores, Node ${process.version.slice(1)}, ${date}, load ${load} at the start`;
}

/** Operations of one round of the loop in src/model/kernels/assembly/peak.ts. */
const PEAK_OPERATIONS = 96;

/** GFLOP/s of multiply-adds in four lanes that never leave the registers: the best of three readings of 10 ms. */
export function limit(): number {
  const rounds = 4e6;
  let best = 0;
  for (let reading = 0; reading < 3; reading++) {
    const start = performance.now();
    peak(rounds, 64);
    best = Math.max(best, (PEAK_OPERATIONS * rounds) / (performance.now() - start) / 1e6);
  }
  return best;
}

const memory = allocateMemory(0, false)!;
const { peak } = instantiate(memory, false);
new Float32Array(memory.buffer).set([0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25], 16);

/** The seconds from start to end of a program. @throws what it wrote on standard error, when it fails */
export function secondsOf(command: string, args: readonly string[], env = process.env): number {
  const start = performance.now();
  const { status, stderr, error } = spawnSync(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr.toString().trim().split("\n").at(-1));
  return (performance.now() - start) / 1000;
}

/** Says at the end of a Node program how much memory it held at most, in kilobytes, and its seconds of processor. */
const WITNESS = `data:text/javascript,import { writeSync } from "node:fs";
process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ kilobytes: maxRSS, processor: (userCPUTime + systemCPUTime) / 1e6 }));
});`;

export interface Cost {
  readonly seconds: number;
  readonly processor: number;
  readonly kilobytes: number;
}

/** What a Node program costs. */
export function costOf(args: readonly string[]): Cost {
  const start = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ["--import", WITNESS, ...args], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(stderr.toString());
  return { seconds: (performance.now() - start) / 1000, ...JSON.parse(output[3]!.toString()) };
}
