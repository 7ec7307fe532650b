// Rows without a quote are cut without the parser: the same rows, lines and refusals as the parser's.

import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "../../src/data/csv.ts";
import { endOfRows, plainLines } from "../../src/data/plainrows.ts";
import { PulloneError } from "../../src/errors.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** The bytes of the head at once, the others cut. */
async function* chunksOf(head: string, text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  yield utf8(head);
  const bytes = utf8(text);
  for (let start = 0, i = 0; start < bytes.length; start += sizes[i++ % sizes.length]!)
    yield bytes.slice(start, start + sizes[i % sizes.length]!);
}

async function outcome(head: string, text: string, sizes: readonly number[]) {
  try {
    const csv = await readCsv(chunksOf(head, text, sizes), "t.csv");
    const rows: unknown[] = [];
    for await (const batch of csv.batches) rows.push(...batch.rows.map((row, i) => [batch.lines[i], row]));
    return { header: csv.header, rows, remarks: csv.remarks() };
  } catch (error) {
    if (error instanceof PulloneError) return error.message;
    throw error;
  }
}

const parts = [
  "a,b",
  "1,é",
  "😀,\ufeff",
  ",",
  " ",
  "1",
  "1,2,3",
  "a",
  "\n",
  "\n",
  "\r",
  "\r\n",
  "\r\n",
  "\n\n",
];
const padded = "x,y\n".repeat(200); // past the bytes that are held to tell the kind of file

test("the parser and the cut of plain rows agree on 500 texts, wherever the bytes are cut", async () => {
  const texts = fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((pieces) => pieces.join(""));
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(texts, sizes, async (text, cuts) => {
      const plain = await outcome(`a,b\n${padded}`, text, cuts);
      expect(await outcome(`"a",b\n${padded}`, text, [1000])).toEqual(plain);
    }),
    { seed: 5, numRuns: 500 },
  );
});

test.each([
  ["a,b", 0, 0],
  ["a\nb", 0, 2],
  ["a\r\nb", 0, 3],
  ["a\r", 0, 0],
  ["a\rb", 2, 2],
  ["a\r\n", 2, 3],
  ["a,b\nc", 3, 4],
])("of %j with %d carried bytes, %d are whole rows", (text, carried, end) => {
  expect(endOfRows(utf8(text), carried)).toBe(end);
});

test("a mark within the text stays, and each line end ends a line", () => {
  expect(plainLines(utf8("\ufeffa\r\n\rb\n"))).toEqual(["\ufeffa", "", "b"]);
});
