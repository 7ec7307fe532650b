// Runs the digest program in another process.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../built.ts";

export interface DigestReport {
  readonly engine: string;
  readonly kernels: "simd" | "reference";
  readonly threads: number;
  readonly locale: string;
  readonly timeZone: string;
  /** SHA-256 (hex) of the model file of each run. */
  readonly digests: Readonly<Record<string, string>>;
}

/**
 * What a Node says of the runs.
 *
 * @param command the program, and what stands before it
 * @param dist    the folder of the built library
 * @param options of test/digest/run.mjs
 */
export async function digestsIn(
  command: readonly string[],
  dist: string,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<DigestReport> {
  const [program, ...before] = command;
  const run = join(root, "test/digest/run.mjs");
  const { stdout } = await promisify(execFile)(program!, [...before, run, "--dist", dist, ...options], {
    env: { ...process.env, ...env },
    timeout: 290_000, // none outlives the test that waits for it
  });
  return JSON.parse(stdout);
}
