// The CSV parser has another build for pages, with a stream and a Buffer of its own: a table must not tell which it was.

import { describe, expect, test, vi } from "vitest";

const builds = { node: () => vi.importActual("csv-parse"), pages: () => import("csv-parse/browser/esm") };
const [node, pages] = [await readerWith("node"), await readerWith("pages")];

async function readerWith(build: keyof typeof builds) {
  vi.resetModules();
  vi.doMock("csv-parse", builds[build]);
  return await import("../../src/index.ts");
}

async function* cut(bytes: Uint8Array, length: number) {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}

/** The table, or what was said instead of one. */
async function outcome(library: typeof node, text: string, length: number) {
  const bytes = new TextEncoder().encode(text);
  return library.readTable(cut(bytes, length), "fruit.csv").catch((error: Error) => error.message);
}

const long = `a,b,c\n${`1.5,2,${"x".repeat(100)}\n`.repeat(2_000)}`;

describe("the build for pages reads as the build for Node does, however the bytes are cut", () => {
  test.each([
    ["rows", "a,b\n1,2\n3,4\n"],
    ["no line end at the end", "a,b\n1,2\n3,4"],
    ["carriage returns and a blank line", "a,b\r\n1,2\r\n\r\n3,4\r\n"],
    ["quotes around delimiters, line ends and quotes", 'a,b\n"1,5","x\r\ny"\n"say ""ä€🍎""",2\n'],
    ["a byte-order mark", "\ufeffa,b\n1,2\n"],
    ["a header alone", "a,b"],
    ["nothing", ""],
    ["a quote that is not closed", 'a,b\n1,"x'],
    ["text after a quote", 'a,b\n1,"x"y\n2,3\n'],
    ["a quote inside a field", 'a,b\n1,x"y\n2,3\n'],
    ["a row too long", "a,b\n1,2,3\n4,5\n"],
    ["a row too short", "a,b\n1\n"],
    ["a NUL", "a,b\n1,\0\n"],
  ])("%s", async (_, text) => {
    const expected = await outcome(node, text, 1_000);
    for (let length = 1; length <= 9; length++) expect(await outcome(pages, text, length)).toEqual(expected);
    expect(await outcome(pages, text, 1_000)).toEqual(expected);
  });

  test("more than one piece of 64 KiB", async () => {
    expect(long.length).toBeGreaterThan(3 * 65_536);
    const table = await outcome(pages, long, 50_000);
    expect(table).toHaveProperty("table");
    expect(table).toEqual(await outcome(node, long, 50_000));
  });

  test("this is the other build: it is not Node's stream that it stands on", async () => {
    const { parse } = await builds.pages();
    const { Transform } = await import("node:stream");
    expect(parse()).not.toBeInstanceOf(Transform);
  });
});
