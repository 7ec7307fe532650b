// A large CSV file that looks like the tumor data: its rows, drawn again and shaken a little. Seeded.

import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { randomStream } from "../src/random.ts";
import { root } from "./cases.ts";

const set = "breast-cancer-wisconsin-diagnostic";
export const tumor = join(root, "datasets", set, `${set}.csv`);

/** Writes `rows` rows, or about so many bytes, to `path`. @param columns of numbers: of more than 30 the first come again */
export async function writeRows(
  path: string,
  until: { rows: number } | { bytes: number },
  columns = 30,
): Promise<void> {
  const [names, ...lines] = readFileSync(tumor, "utf8").trimEnd().split("\n");
  const [labelName, ...ofNumbers] = names!.split(",");
  const repeated = <T>(items: readonly T[], of: (item: T, again: number) => T) =>
    Array.from({ length: columns }, (_, c) => of(items[c % items.length]!, Math.floor(c / items.length)));
  const header = [
    labelName,
    ...repeated(ofNumbers, (name, again) => (again ? `${name}_${again + 1}` : name)),
  ];
  const rows = lines.map((line) => {
    const [label, ...numbers] = line.split(",");
    return { label, numbers: repeated(numbers.map(Number), (x) => x) };
  });
  const random = randomStream(1, "golden");
  const line = () => {
    const { label, numbers } = rows[Math.floor(random() * rows.length)]!;
    return `${label},${numbers.map((x) => Number((x * (0.95 + 0.1 * random())).toPrecision(5))).join(",")}\n`;
  };
  function* pieces() {
    yield `${header.join()}\n`;
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
