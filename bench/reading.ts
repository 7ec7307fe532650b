// What reading a CSV file costs beyond its parser, in seconds of processor: at most a third more is allowed.
//
//   npm run bench:reading [-- --quick]
//
// csv-parse alone hands over its rows; `readTable` checks and keeps them, column by column; training reads the same way
// and takes the SHA-256 of the bytes besides.

import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "csv-parse";
import { nodeSha256 } from "../src/cli/sha256.ts";
import { readTable } from "../src/data/reader.ts";
import { machine, median, percent, short } from "./measure.ts";
import { writeRows } from "./rows.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const megabytes = options.quick ? 5 : 20;
const rounds = options.quick ? 3 : 9;
const folder = mkdtempSync(join(tmpdir(), "pullone-bench-"));
const file = join(folder, "rows.csv");
const bytes = () => createReadStream(file, { highWaterMark: 1 << 18 });

async function* hashed() {
  const hash = nodeSha256();
  for await (const chunk of bytes()) {
    hash.update(chunk);
    yield chunk;
  }
  hash.hex();
}

const ways: Record<string, () => Promise<unknown>> = {
  "csv-parse": () =>
    new Promise((resolve, reject) => {
      let rows = 0;
      const parser = parse({ delimiter: ",", record_delimiter: ["\r\n", "\n", "\r"] });
      parser.on("data", () => rows++);
      parser.on("end", () => resolve(rows));
      parser.on("error", reject);
      bytes().pipe(parser);
    }),
  readTable: () => readTable(bytes(), "rows.csv", { coded: ["diagnosis"] }),
  "reading for training": () => readTable(hashed(), "rows.csv", { coded: ["diagnosis"] }),
};

console.log(`${machine()}; ${rounds} rounds on a file of ${megabytes} MB\n`);
try {
  await writeRows(file, { bytes: megabytes * 1e6 });
  const taken = new Map<string, number[]>();
  for (let round = -1; round < rounds; round++) {
    for (const [name, read] of Object.entries(ways)) {
      const before = process.cpuUsage();
      await read();
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round >= 0) taken.set(name, [...(taken.get(name) ?? []), (user + system) / 1000]);
    }
  }
  const parser = taken.get("csv-parse")!;
  printTable(
    ["reading", "ms of processor", "MB per second", "beyond csv-parse"],
    [...taken].map(([name, ms]) => [
      name,
      short(median(ms)),
      short((1000 * megabytes) / median(ms)),
      percent(median(ms.map((value, round) => value / parser[round]!)) - 1),
    ]),
  );
} finally {
  rmSync(folder, { recursive: true });
}
