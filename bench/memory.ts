// The memory that training takes on 30 numeric columns, beyond what a table of a few rows takes: so many times the
// encoded rows in float32.
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
const COLUMNS = 30;
const FEW_ROWS = 400;
const sizes = options.quick ? [400_000] : [400_000, 1_000_000];
const rounds = options.quick ? 1 : 3;
const main = join(root, "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "pullone-bench-"));

/** Megabytes that a training of one epoch holds at most. */
function peakOf(file: string): number {
  const words = ["--label", "diagnosis", "--set", "train.epochs=1", "--quiet", "--force"];
  return costOf([main, "train", file, ...words, "--out", join(folder, "run")]).kilobytes / 1000;
}

console.log(`${machine()}; ${rounds} rounds\n`);
try {
  const peaks = new Map<number, number[]>();
  for (const rows of [FEW_ROWS, ...sizes]) await writeRows(join(folder, `${rows}.csv`), { rows });
  for (let round = 0; round < rounds; round++) {
    for (const rows of [FEW_ROWS, ...sizes]) {
      peaks.set(rows, [...(peaks.get(rows) ?? []), peakOf(join(folder, `${rows}.csv`))]);
    }
  }
  const few = median(peaks.get(FEW_ROWS)!);
  printTable(
    ["rows", "encoded, MB", "peak memory, MB", `beyond ${FEW_ROWS} rows, MB`, "times the encoded rows"],
    sizes.map((rows) => {
      const encoded = (rows * COLUMNS * 4) / 1e6;
      const peak = median(peaks.get(rows)!);
      return [rows.toLocaleString("en"), ...[encoded, peak, peak - few, (peak - few) / encoded].map(short)];
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
