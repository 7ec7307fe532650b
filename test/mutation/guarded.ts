// The files that `npm run coverage` and `npm run mutants` hold to account, and the tests they are held to account by:
// reader, encoder, configuration, artifact and save function. What ends in / is a folder with all below it.

import { readdirSync } from "node:fs";
import { join } from "node:path";

const guarded = [
  "src/artifact.ts",
  "src/artifact/",
  "src/checkpoint.ts",
  "src/cli/disk.ts",
  "src/cli/files.ts",
  "src/cli/folders.ts",
  "src/cli/outputs.ts",
  "src/cli/writing.ts",
  "src/config.ts",
  "src/config/",
  "src/data/",
];

const guarding = [
  "test/artifact/",
  "test/cli/disk.test.ts",
  "test/cli/writing.test.ts",
  "test/config/",
  "test/data/",
];

/** The guarded sources, from `root`, the folder of the project. */
export const guardedFiles = (root: string) => filesOf(root, guarded, ".ts");

/** The tests that guard them. */
export const guardingTests = (root: string) => filesOf(root, guarding, ".test.ts");

function filesOf(root: string, places: readonly string[], suffix: string): string[] {
  const below = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
      (name) => folder + name.replaceAll("\\", "/"),
    );
  return places
    .flatMap((place) => (place.endsWith("/") ? below(place) : [place]))
    .filter((path) => path.endsWith(suffix))
    .sort();
}
