// The package as it is published, built into a folder of its own: for the tests that need the real files.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

/**
 * Builds the package into `node_modules/.cache`, where the compiled program finds the installed packages, and where
 * an import of "pullone" finds the package itself.
 *
 * @param purpose names the folder: two files of tests run at the same time
 * @returns the folder, with package.json, dist and the other files of the package
 */
export function buildPackage(purpose: string): string {
  const folder = join(root, "node_modules/.cache", `pullone-${purpose}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "configs"), { recursive: true });
  for (const file of [
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "configs/schema.json",
    "configs/experiment.schema.json",
  ]) {
    cpSync(join(root, file), join(folder, file));
  }
  runNode([join(root, "scripts/build.mjs"), join(folder, "dist")]);
  return folder;
}

/** Runs the TypeScript compiler; whatever it complains about is thrown. */
export function compile(options: readonly string[]): void {
  runNode([join(root, "node_modules/typescript/bin/tsc"), ...options]);
}

function runNode(argv: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (status !== 0) throw new Error(stdout + stderr);
}
