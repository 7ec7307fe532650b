// Every bench of speed, one after the other: npm run bench [-- --quick]. What docs/performance.md shows.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const benches = {
  steps: "Training steps",
  process: "Whole programs",
  predict: "Predicting",
  reading: "Reading",
  growth: "Growth",
};

for (const [name, title] of Object.entries(benches)) {
  console.log(`\n## ${title}\n`);
  const program = join(import.meta.dirname, `${name}.js`);
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
