// `pullone predict` on a short and a long file of 30 columns: rows a second, and the memory it holds at most.
//
//   npm run bench:predict [-- --quick]

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./cases.ts";
import { type Cost, costOf, machine, median, short } from "./measure.ts";
import { writeRows } from "./rows.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const sizes = options.quick ? [10_000, 100_000] : [10_000, 1_000_000];
const rounds = 3;
const main = join(root, "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "pullone-bench-"));
const run = join(folder, "run");

console.log(`${machine()}; ${rounds} rounds\n`);
try {
  costOf([main, "train", join(root, "configs/tumor.jsonc"), "--out", run, "--quiet"]);
  const costs = new Map<number, Cost[]>();
  for (const rows of sizes) await writeRows(join(folder, `${rows}.csv`), { rows });
  for (let round = 0; round < rounds; round++) {
    for (const rows of sizes) {
      const answers = join(folder, "answers.csv");
      const cost = costOf([
        ...[main, "predict", join(run, "model.safetensors"), join(folder, `${rows}.csv`)],
        ...["--output", answers],
      ]);
      rmSync(answers);
      costs.set(rows, [...(costs.get(rows) ?? []), cost]);
    }
  }
  printTable(
    ["rows", "file, MB", "seconds", "rows per second", "processor, seconds", "peak memory, MB"],
    [...costs].map(([rows, of]) => {
      const seconds = median(of.map((cost) => cost.seconds));
      return [
        rows.toLocaleString("en"),
        short(statSync(join(folder, `${rows}.csv`)).size / 1e6),
        short(seconds),
        short(rows / seconds),
        short(median(of.map((cost) => cost.processor))),
        short(median(of.map((cost) => cost.kilobytes)) / 1000),
      ];
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
