// F01 to F35: empty files, other encodings, other kinds of file, line ends, quotes, fields without end.

import { type CsvCase, whole } from "./case.ts";
import { fruitRows, HEADER, joined, sound, withCells, withColumn, withLine, withLineAbove } from "./fruit.ts";

const utf16 = (mark: boolean, swap: boolean) => () => {
  const bytes = Buffer.from((mark ? "\ufeff" : "") + sound(), "utf16le");
  return new Uint8Array(swap ? bytes.swap16() : bytes);
};

/** The sound table, two kinds of line end in it: one up to the middle, then the other. */
const mixed = (first: string, second: string) => () =>
  sound()
    .trimEnd()
    .split("\n")
    .map((text, i) => text + (i < 45 ? first : second))
    .join("");

const noise = (length: number) => Array.from({ length }, (_, i) => (i * 151 + (i >> 3)) & 255);

const atStart: readonly CsvCase[] = [
  { id: "F01", title: "no byte at all", content: () => "", outcome: "refused", says: [/empty/] },
  {
    id: "F02",
    title: "only a byte-order mark",
    content: () => "\ufeff",
    outcome: "refused",
    says: [/empty/],
  },
  {
    id: "F03",
    title: "only blank lines",
    content: () => "\n \n\t\n\r\n",
    outcome: "refused",
    says: [/empty/],
  },
  {
    id: "F04",
    title: "a header and no rows",
    content: () => `${HEADER.join()}\n`,
    outcome: "refused",
    says: [/0 rows/],
  },
  {
    id: "F05",
    title: "a byte-order mark before the header",
    content: () => `\ufeff${sound()}`,
    outcome: "accepted",
    holds: (result) =>
      whole(result) && result.classifier!.encoder.features.some((f) => f.column === "length"),
  },
  {
    id: "F06",
    title: "a byte-order mark before a quoted header",
    content: () => `\ufeff${sound().replace("length", '"length"')}`,
    outcome: "accepted",
    holds: (result) => whole(result) && result.classifier!.encoder.features.length === 4,
  },
];

const encodings: readonly CsvCase[] = [
  {
    id: "F07",
    title: "UTF-16, little end first",
    content: utf16(true, false),
    outcome: "refused",
    says: [/UTF-16/],
  },
  {
    id: "F08",
    title: "UTF-16, big end first",
    content: utf16(true, true),
    outcome: "refused",
    says: [/UTF-16/],
  },
  {
    id: "F09",
    title: "UTF-16 without a mark",
    content: utf16(false, false),
    outcome: "refused",
    says: [/UTF-16/],
  },
  {
    id: "F10",
    title: "a Latin-1 letter among UTF-8",
    content: () => {
      const [before, after] = withCells("skin", { 12: "r|gueuse" }).split("|");
      return joined(before!, [0xea], after!);
    },
    outcome: "refused",
    says: [/UTF-8/, /0xEA/],
    line: 12,
  },
  {
    id: "F11",
    title: "a character cut by the end of the file",
    content: () => joined(sound(), "8,120,10,gl", [0xe2, 0x82]),
    outcome: "refused",
    says: [/UTF-8/, /end of the file/],
    line: 92,
  },
  {
    id: "F12",
    title: "an overlong form",
    content: () => joined(sound(), "8,120,10,w", [0xc0, 0xaf], "y,kiwi\n"),
    outcome: "refused",
    says: [/UTF-8/],
    line: 92,
  },
  {
    id: "F12s",
    title: "half of a surrogate pair, encoded",
    content: () => joined(sound(), "8,120,10,", [0xed, 0xb0, 0x80], ",kiwi\n"),
    outcome: "refused",
    says: [/UTF-8/],
    line: 92,
  },
  {
    id: "F13",
    title: "a NUL within a number",
    content: () => withCells("weight", { 5: "12\u00004" }),
    outcome: "refused",
    says: [/NUL/],
    line: 5,
  },
  {
    id: "F14",
    title: "a page of NUL at the end, as a crash leaves it",
    content: () => joined(sound(), new Array(4096).fill(0)),
    outcome: "refused",
    says: [/NUL/],
    line: 92,
  },
];

const lineEnds: readonly CsvCase[] = [
  { id: "F15", title: "lines that end in CR", content: () => sound("\r"), outcome: "accepted", holds: whole },
  {
    id: "F16",
    title: "lines that end in CRLF",
    content: () => sound("\r\n"),
    outcome: "accepted",
    holds: whole,
  },
  { id: "F17", title: "LF, then CRLF", content: mixed("\n", "\r\n"), outcome: "accepted", holds: whole },
  { id: "F18", title: "CRLF, then LF", content: mixed("\r\n", "\n"), outcome: "accepted", holds: whole },
  {
    id: "F19",
    title: "no line end at the end",
    content: () => sound().trimEnd(),
    outcome: "accepted",
    holds: whole,
  },
  {
    id: "F20",
    title: "a blank line in the middle",
    content: () => withLineAbove(21, ""),
    outcome: "warned",
    says: [/line 21: blank line/],
    holds: whole,
  },
  {
    id: "F33",
    title: "characters that end a line for some programs, within a category",
    content: () => withColumn("skin", (row, cell) => (row % 2 ? cell : "ha\u2028i\u0085r\vy\f")),
    outcome: "accepted",
    holds: whole,
  },
];

const quotes: readonly CsvCase[] = [
  {
    id: "F21",
    title: "a quote that is never closed",
    content: () => withLine(31, (text) => text.replace(/,(?=\w+,\w+$)/, ',"')),
    outcome: "refused",
    says: [/quote/, /opens on line 31/],
    line: 31,
  },
  {
    id: "F22",
    title: "a quote within a field",
    content: () => withLine(8, (text) => text.replace(/(\w+),(\w+)$/, 'a 5" $1,$2')),
    outcome: "refused",
    says: [/quote/],
    line: 8,
  },
  {
    id: "F23",
    title: "text after a closing quote",
    content: () => withLine(9, (text) => text.replace(/(\w+),(\w+)$/, '"$1"ish,$2')),
    outcome: "refused",
    says: [/quote/],
    line: 9,
  },
  {
    id: "F24",
    title: "line ends, commas and quotes within quotes",
    content: () => withColumn("skin", (row, cell) => (row % 5 ? cell : 'a "rough",\r\nthick one')),
    outcome: "accepted",
    holds: whole,
  },
];

const otherFiles: readonly CsvCase[] = [
  {
    id: "F25",
    title: "semicolons",
    content: () => sound().replaceAll(",", ";"),
    outcome: "refused",
    says: [/delimiter of this file is ";"/],
    line: 1,
  },
  {
    id: "F26",
    title: "tabs",
    content: () => sound().replaceAll(",", "\t"),
    outcome: "refused",
    says: [/delimiter of this file is a tab/],
    line: 1,
  },
  {
    id: "F27",
    title: "a line for a spreadsheet above the header",
    content: () => `sep=,\n${sound()}`,
    outcome: "refused",
    says: [/sep=/],
    line: 1,
  },
  {
    id: "F28",
    title: "a title above the header",
    content: () => `The harvest\n(as weighed)\n${sound()}`,
    outcome: "refused",
    says: [/line 3/, /remove the lines above/],
    line: 3,
  },
  {
    id: "F29",
    title: "an Excel file under another name",
    content: () => joined("PK\u0003\u0004", noise(3000)),
    outcome: "refused",
    says: [/ZIP/],
  },
  {
    id: "F30",
    title: "a gzip stream",
    content: () => joined([0x1f, 0x8b, 8, 0], noise(3000)),
    outcome: "refused",
    says: [/gzip/],
  },
  {
    id: "F31",
    title: "a page that says 404",
    content: () => "<!doctype html>\n<title>404, gone</title>\n<p>Nothing here, sorry\n",
    outcome: "refused",
    says: [/HTML/],
  },
  {
    id: "F32",
    title: "JSON lines",
    content: () =>
      fruitRows(9)
        .map(([length, , , , fruit]) => `${JSON.stringify({ length, fruit })}\n`)
        .join(""),
    outcome: "refused",
    says: [/JSON/],
  },
];

const withoutEnd: readonly CsvCase[] = [
  {
    id: "F34",
    title: "a field of 20 MB",
    content: () => withCells("skin", { 3: "z".repeat(20_000_000) }),
    outcome: "refused",
    says: [/limit/],
    line: 3,
  },
  {
    id: "F35",
    title: "a quote on line 2 that takes 20 MB with it",
    content: () => `${HEADER.join()}\n"${"8,120,10,waxy,kiwi\n".repeat(1_100_000)}`,
    outcome: "refused",
    says: [/limit/, /a quote opens on line 2/],
    line: 2,
  },
];

export const contentCases: readonly CsvCase[] = [
  ...atStart,
  ...encodings,
  ...lineEnds,
  ...quotes,
  ...otherFiles,
  ...withoutEnd,
];
