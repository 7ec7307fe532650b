// What reading a CSV file costs beside csv-parse alone, in seconds of processor: at most a third more is allowed.
//
//   npm run bench:reading [-- --quick]
//
// csv-parse alone hands over its rows; `readTable` checks and keeps them, column by column; training reads the same way
// and takes the SHA-256 of the bytes besides. Rows without a quote are cut without the parser; a second file has a quote
// in its first row, so that the parser cuts all of it. Other programs can only make a reading dearer, as they take the
// caches: the cheapest of several counts.

import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "csv-parse";
import { nodeSha256 } from "../src/cli/sha256.ts";
import { readTable } from "../src/data/reader.ts";
import { machine, short } from "./measure.ts";
import { writeRows } from "./rows.ts";
import { printTable } from "./table.ts";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const megabytes = options.quick ? 5 : 10;
const rounds = options.quick ? 6 : 12;
const WARM_UP = 2;
const folder = mkdtempSync(join(tmpdir(), "pullone-bench-"));
const files = { "no quotes": join(folder, "plain.csv"), quotes: join(folder, "quoted.csv") };
const bytes = (file: string) => createReadStream(file, { highWaterMark: 1 << 18 });

async function* hashed(file: string) {
  const hash = nodeSha256();
  for await (const chunk of bytes(file)) {
    hash.update(chunk);
    yield chunk;
  }
  hash.hex();
}

const ways: Record<string, (file: string) => Promise<unknown>> = {
  "csv-parse": (file) =>
    new Promise((resolve, reject) => {
      let rows = 0;
      const parser = parse({ delimiter: ",", record_delimiter: ["\r\n", "\n", "\r"] });
      parser.on("data", () => rows++);
      parser.on("end", () => resolve(rows));
      parser.on("error", reject);
      bytes(file).pipe(parser);
    }),
  readTable: (file) => readTable(bytes(file), "rows.csv", { coded: ["diagnosis"] }),
  "reading for training": (file) => readTable(hashed(file), "rows.csv", { coded: ["diagnosis"] }),
};

interface Row {
  readonly file: string;
  readonly way: string;
  readonly ms: number;
  readonly parser: number;
}

/** Milliseconds of processor of each way, everybody in turn; who comes first changes, as who comes next collects garbage. */
async function read(kind: string, file: string): Promise<Row[]> {
  const taken = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
  const order = Object.entries(ways);
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [way, read] of order) {
      const before = process.cpuUsage();
      await read(file);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) taken.get(way)!.push((user + system) / 1000);
    }
    order.push(order.shift()!);
  }
  const cheapest = (way: string) => Math.min(...taken.get(way)!);
  return Object.keys(ways).map((way) => ({
    file: kind,
    way,
    ms: cheapest(way),
    parser: cheapest("csv-parse"),
  }));
}

console.log(`${machine()}; ${rounds} rounds on a file of ${megabytes} MB\n`);
try {
  await writeRows(files["no quotes"], { bytes: megabytes * 1e6 });
  const text = readFileSync(files["no quotes"], "utf8");
  writeFileSync(files.quotes, text.replace(/^(.*\n)(\w+),/, '$1"$2",'));
  const rows: Row[] = [];
  for (const [kind, file] of Object.entries(files)) rows.push(...(await read(kind, file)));
  printTable(
    ["file with", "reading", "ms of processor", "MB per second", "times csv-parse"],
    rows.map(({ file, way, ms, parser }) => [
      file,
      way,
      short(ms),
      short((1000 * megabytes) / ms),
      short(ms / parser),
    ]),
  );
} finally {
  rmSync(folder, { recursive: true });
}
