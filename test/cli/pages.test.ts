// What docs/calibration.md and docs/explain.md show is what the program prints, line by line; … stands for lines left out.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { memoryDisk, runIn } from "./memory.ts";

const root = join(import.meta.dirname, "../..");
const CONFIG = "configs/tumor.jsonc";
const CSV = "datasets/breast-cancer-wisconsin-diagnostic/breast-cancer-wisconsin-diagnostic.csv";
const MODEL = "runs/tumor-1/model.safetensors";
const disk = memoryDisk();

beforeAll(async () => {
  for (const path of [CONFIG, CSV]) disk.put(path, readFileSync(join(root, path)));
  expect((await runIn(["train", CONFIG, "--quiet"], { disk })).code).toBe(0);
  expect((await runIn(["calibrate", MODEL], { disk })).code).toBe(0);
}, 60_000);

/** Words of a command line, of which some stand in single quotes. */
const wordsOf = (line: string) =>
  Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);

describe.each(["docs/calibration.md", "docs/explain.md"])("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = Array.from(text.matchAll(/^```console\n\$ npx pullone (.+)\n([\s\S]*?)\n```$/gm));
  test("shows commands", () => expect(blocks.length).toBeGreaterThan(1));

  test.each(blocks.map(([, command, shown]) => [command!, shown!]))(
    "%s",
    async (command, shown) => {
      const { out, code } = await runIn(wordsOf(command), { disk, env: { npm_command: "exec" } });
      expect(code).toBe(0);
      const lines = out.trimEnd().split("\n");
      let at = 0;
      let skips = false;
      for (const line of shown.split("\n")) {
        if (line === "…") {
          skips = true;
          continue;
        }
        const found = skips ? lines.indexOf(line, at) : at;
        expect(lines[found], `${page}: ${command}`).toBe(line);
        at = found + 1;
        skips = false;
      }
      if (!skips) expect(lines.slice(at)).toEqual([]);
    },
    60_000,
  );
});
