// The memory that training takes on numeric columns, beyond what a table of a few rows takes: so many times the encoded
// rows in float32.
//
//   npm run bench:memory [-- --quick]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./cases.ts";
import { costOf, machine, median, short } from "./measure.ts";
import { writeRows } from "./rows.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const FEW_ROWS = 400;
const EPOCHS = 2;
const rounds = options.quick ? 1 : 3;
const tables = [
  { rows: options.quick ? 100_000 : 300_000, columns: 30 },
  { rows: options.quick ? 15_000 : 45_000, columns: 200 },
];
const main = join(root, "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "pullone-bench-"));
const fileOf = (rows: number, columns: number) => join(folder, `${rows}x${columns}.csv`);

/** Megabytes that a training holds at most. */
function peakOf(file: string): number {
  const words = ["--label", "diagnosis", "--set", `train.epochs=${EPOCHS}`, "--quiet", "--force"];
  return costOf([main, "train", file, ...words, "--out", join(folder, "run")]).kilobytes / 1000;
}

console.log(`${machine()}; ${rounds} rounds of ${EPOCHS} epochs\n`);
try {
  const lines: string[][] = [];
  for (const { rows, columns } of tables) {
    for (const some of [FEW_ROWS, rows]) await writeRows(fileOf(some, columns), { rows: some }, columns);
    const peaks: { few: number; all: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      peaks.push({ few: peakOf(fileOf(FEW_ROWS, columns)), all: peakOf(fileOf(rows, columns)) });
    }
    const encoded = (rows * columns * 4) / 1e6;
    const peak = median(peaks.map(({ all }) => all));
    const beyond = peak - median(peaks.map(({ few }) => few));
    const figures = [encoded, peak, beyond, beyond / encoded].map(short);
    lines.push([rows.toLocaleString("en"), String(columns), ...figures]);
  }
  printTable(
    [
      "rows",
      "columns",
      "encoded, MB",
      "peak memory, MB",
      `beyond ${FEW_ROWS} rows, MB`,
      "times the encoded rows",
    ],
    lines,
  );
} finally {
  rmSync(folder, { recursive: true });
}
