// Faults planted in reader, encoder, configuration, artifact and save function: a part of `npm run mutants`.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tally } from "../faults/tally.ts";

const COUNT = 200;
const root = join(import.meta.dirname, "../..");

test(`of ${COUNT} small faults in the guarded files at least 95 % are caught, and each other has a reason`, (context) => {
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["run", "--silent", "mutants", "--", "--count", String(COUNT)],
    {
      ...{ cwd: root, encoding: "utf8", shell: process.platform === "win32" },
      // Not the environment of the run that this test is a part of.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"))),
    },
  );
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^seed 1: \d+ of 200 mutants caught/m);
  tally(context, COUNT);
});
