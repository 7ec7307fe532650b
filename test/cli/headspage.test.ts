// docs/heads.md against what the command computes on the bundled tables.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { memoryDisk, runIn } from "./memory.ts";

const root = join(import.meta.dirname, "../..");
const paths = [
  ...["configs/tumor-heads.jsonc", "configs/tumor.jsonc", "configs/wine.jsonc", "datasets/wine/wine.csv"],
  "datasets/breast-cancer-wisconsin-diagnostic/breast-cancer-wisconsin-diagnostic.csv",
];

test("slow: parts 2 and 3 of docs/heads.md are what the command prints", async () => {
  const disk = memoryDisk(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")])),
  );
  // The grid of part 1 runs for as long again, and the README shows it: here as little of it as there can be.
  const small = ["seeds=1", "folds.folds=2"].flatMap((setting) => ["--set", setting]);
  const { code, out } = await runIn(["experiment", "configs/tumor-heads.jsonc", ...small], { disk });
  expect(code).toBe(0);
  const page = readFileSync(join(root, "docs/heads.md"), "utf8");
  for (const number of [2, 3]) {
    const from = out.indexOf(`\n${number}. `) + 1;
    const lines = out.slice(from).split("\n");
    const figures = lines.slice(
      0,
      lines.findIndex((line) => /^ {2}(Below|Two nodes)/.test(line)),
    );
    expect(figures.length).toBeGreaterThan(5);
    expect(page).toContain(`\`\`\`text\n${figures.join("\n")}\n\`\`\``);
  }
});
