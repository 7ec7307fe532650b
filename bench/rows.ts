// A large CSV file that looks like the tumor data: its rows, drawn again and shaken a little. Seeded.

import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { randomStream } from "../src/random.ts";
import { root } from "./cases.ts";

const set = "breast-cancer-wisconsin-diagnostic";
export const tumor = join(root, "datasets", set, `${set}.csv`);

/** Writes `rows` rows, or about so many bytes, to `path`. */
export async function writeRows(path: string, until: { rows: number } | { bytes: number }): Promise<void> {
  const [header, ...lines] = readFileSync(tumor, "utf8").trimEnd().split("\n");
  const rows = lines.map((line) => {
    const [label, ...numbers] = line.split(",");
    return { label, numbers: numbers.map(Number) };
  });
  const random = randomStream(1, "golden");
  const line = () => {
    const { label, numbers } = rows[Math.floor(random() * rows.length)]!;
    return `${label},${numbers.map((x) => Number((x * (0.95 + 0.1 * random())).toPrecision(5))).join(",")}\n`;
  };
  function* pieces() {
    yield `${header}\n`;
    let bytes = 0;
    for (let count = 0; "rows" in until ? count < until.rows : bytes < until.bytes; ) {
      let piece = "";
      for (let i = 0; i < 500 && ("rows" in until ? count < until.rows : true); i++, count++) piece += line();
      bytes += piece.length;
      yield piece;
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path));
}
