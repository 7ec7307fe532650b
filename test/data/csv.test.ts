import { Parser } from "csv-parse";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type CsvOptions, readCsv } from "../../src/data/csv.ts";
import { PulloneError } from "../../src/errors.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

function toBytes(content: string | readonly (string | readonly number[])[]): Uint8Array {
  if (typeof content === "string") return utf8(content);
  return Uint8Array.from(
    content.flatMap((part) => (typeof part === "string" ? Array.from(utf8(part)) : part)),
  );
}

/** Chunks that are overwritten once the next is asked for, as those of a file are. */
async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const end = start + sizes[i % sizes.length]!;
    const chunk = bytes.slice(start, end);
    yield chunk;
    chunk.fill(0xff);
    start = end;
  }
}

async function readAll(
  content: string | Uint8Array,
  sizes: readonly number[] = [65_536],
  options: CsvOptions = {},
) {
  const bytes = typeof content === "string" ? utf8(content) : content;
  const csv = await readCsv(chunksOf(bytes, sizes), "t.csv", options);
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  for await (const batch of csv.batches) {
    expect(batch.lines.length).toBe(batch.rows.length);
    rows.push(...batch.rows);
    lines.push(...batch.lines);
  }
  return { header: csv.header, rows, lines, remarks: csv.remarks() };
}

async function refusal(content: string | Uint8Array, sizes?: readonly number[]): Promise<string> {
  const error = await readAll(content, sizes).then(
    () => expect.fail("expected a refusal"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PulloneError)) throw error;
  expect(error.code).toBe("data_invalid");
  return error.hint === undefined ? error.message : `${error.message} | ${error.hint}`;
}

/**
 * Blank lines above the header. The reader holds the first 512 bytes together to see what kind of file they begin,
 * so that only what comes after them is cut as a test says.
 */
const PADDING = 600;
const padding = "\n".repeat(PADDING);

/** The text with every line number in it moved down by the padding. */
const movedDown = (message: string) =>
  message.replace(
    /(t\.csv:|\bline )(\d+)/g,
    (_, before: string, line: string) => before + (Number(line) + PADDING),
  );

const base = "a,b,c\n1,x,p\n2,y,q\n3,z,r\n";
const baseRows = [
  ["1", "x", "p"],
  ["2", "y", "q"],
  ["3", "z", "r"],
];

describe("accepted, with the same rows", () => {
  test.each([
    ["LF", base],
    ["CRLF", base.replaceAll("\n", "\r\n")],
    ["CR", base.replaceAll("\n", "\r")],
    ["LF, then CRLF", "a,b,c\n1,x,p\n2,y,q\r\n3,z,r\r\n"],
    ["CRLF, then LF, then CR", "a,b,c\r\n1,x,p\n2,y,q\r3,z,r\r"],
    ["no line end at the end", base.trimEnd()],
    ["blank lines at the end", `${base}\n\r\n\n`],
    ["a byte-order mark", `\ufeff${base}`],
    ["a byte-order mark and a quoted header", `\ufeff"a",b,c${base.slice(5)}`],
    ["every field quoted", base.replaceAll(/[a-z0-9]/g, '"$&"')],
    ["blanks around the names", ` a,\tb , c \t${base.slice(5)}`],
  ])("%s", async (_, text) => {
    const csv = await readAll(text);
    expect(csv).toEqual({ header: ["a", "b", "c"], rows: baseRows, lines: [2, 3, 4], remarks: [] });
  });

  test("a column may be called sep=x where there are three", async () => {
    expect((await readAll("sep=x,b,c\n1,2,3\n")).header).toEqual(["sep=x", "b", "c"]);
  });

  test("a header without rows gives no batch", async () => {
    const csv = await readCsv(chunksOf(utf8("a,b\n"), [1]), "t.csv");
    expect(csv.header).toEqual(["a", "b"]);
    expect(await csv.batches.next()).toEqual({ done: true, value: undefined });
  });

  test("line ends, delimiters and doubled quotes within quotes belong to the cell", async () => {
    const { rows, lines } = await readAll('a,b\n1,"x\n""y"", z\r\n\r"\r\n2,"w"\n3,\n');
    expect(rows).toEqual([
      ["1", 'x\n"y", z\r\n\r'],
      ["2", "w"],
      ["3", ""],
    ]);
    expect(lines).toEqual([2, 6, 7]);
  });

  test("U+2028, U+0085, vertical tab and form feed end no row", async () => {
    const cell = "re\u2028d\u0085\v\f\u2029";
    expect((await readAll(`a,b\n1,${cell}\n`)).rows).toEqual([["1", cell]]);
  });

  test("names of columns are never keys: __proto__, constructor and length are names like others", async () => {
    const { header, rows } = await readAll("__proto__,constructor,toString,length\n1,2,3,4\n");
    expect(header).toEqual(["__proto__", "constructor", "toString", "length"]);
    expect(rows).toEqual([["1", "2", "3", "4"]]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("a line end within a quoted name belongs to the name, and to the count of lines", async () => {
    const { header, lines } = await readAll('"wi\ndth",b\n1,2\n');
    expect(header).toEqual(["wi\ndth", "b"]);
    expect(lines).toEqual([3]);
  });

  test("names that are whole numbers may be names", async () => {
    expect((await readAll("0,1,2\n5,6,7\n")).header).toEqual(["0", "1", "2"]);
  });

  test("cells keep their blanks", async () => {
    expect((await readAll("a,b\n 1 ,\t\n")).rows).toEqual([[" 1 ", "\t"]]);
  });

  test("another delimiter, when it is said", async () => {
    const { rows } = await readAll("a;b\n1,5;2\n", [7], { delimiter: ";" });
    expect(rows).toEqual([["1,5", "2"]]);
  });

  test("5,000 columns", async () => {
    const row = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    const { header, rows } = await readAll(`${row.join(",")}\n${row.map(() => "0.25").join(",")}\n`);
    expect([header.length, rows[0]?.length]).toEqual([5000, 5000]);
  });
});

describe("blank lines are skipped with a remark", () => {
  test.each([
    ["one", "a,b\n1,2\n\n3,4\n", [2, 4], ["line 3: blank line skipped"]],
    ["above the header", "\n  \na,b\n1,2\n3,4\n", [4, 5], ["lines 1, 2: 2 blank lines skipped"]],
    [
      "of white space, CRLF",
      "a,b\r\n \t\r\n1,2\r\n\r\n\r\n3,4\r\n",
      [3, 6],
      ["lines 2, 4, 5: 3 blank lines skipped"],
    ],
    ["many", `a,b\n1,2\n${"\n".repeat(9)}3,4\n`, [2, 12], ["lines 3, 4, 5, 6, 7, …: 9 blank lines skipped"]],
  ])("%s", async (_, text, lines, remarks) => {
    const long = "1".repeat(600); // see PADDING
    for (const size of [1, 2, 65_536]) {
      const csv = await readAll(text.replace("1,2", `${long},2`), [size]);
      csv.rows[0] = csv.rows[0]!.map((cell) => cell.replace(long, "1"));
      expect(csv.rows).toEqual([
        ["1", "2"],
        ["3", "4"],
      ]);
      expect([csv.lines, csv.remarks]).toEqual([lines, remarks]);
    }
  });

  test('in a file of one column, "" is an empty cell and a blank line is none', async () => {
    const csv = await readAll('a\n1\n""\n\n  \n2\n""');
    expect(csv.rows).toEqual([["1"], [""], ["  "], ["2"], [""]]);
    expect([csv.lines, csv.remarks]).toEqual([[2, 3, 5, 6, 7], ["line 4: blank line skipped"]]);
  });

  test("1,200,000 of them are no row past the limit", async () => {
    const { rows, lines } = await readAll(`a,b\n${"\n".repeat(1_200_000)}1,2\n`);
    expect([rows, lines]).toEqual([[["1", "2"]], [1_200_002]]);
  });
});

const SAVE_UTF8 = 'save the file as UTF-8 text; spreadsheets call it "CSV UTF-8"';
const DOUBLE = 'a quote inside a field is written twice, "", and the field stands in quotes';
const LIMIT = "expected a row of at most 1048576 bytes (the limit), got more in the row from line";

describe("refused, in these words, however the bytes are cut", () => {
  test.each<[string, string | readonly (string | readonly number[])[], string]>([
    ["an empty file", "", "t.csv: expected a header and rows, got an empty file"],
    ["only a mark", "\ufeff", "t.csv: expected a header and rows, got an empty file"],
    [
      "blank lines only",
      "\n\n  \n\n",
      "t.csv: expected a header and rows, got an empty file: only blank lines",
    ],
    [
      "gzip",
      [[0x1f, 0x8b, 8, 0, 0]],
      "t.csv: expected CSV text in UTF-8, got a gzip stream | unpack it and give the CSV file inside",
    ],
    [
      "Latin-1",
      [`${base}4,r`, [0xe9], "d,s\n"],
      `t.csv:5: expected text in UTF-8, got bytes that are not UTF-8 (0xE9) on line 5 | ${SAVE_UTF8}`,
    ],
    [
      "an overlong form",
      [base, [0xc0, 0x80], ",x,y\n"],
      `t.csv:5: expected text in UTF-8, got bytes that are not UTF-8 (0xC0) on line 5 | ${SAVE_UTF8}`,
    ],
    [
      "an encoded surrogate",
      [base, [0xed, 0xa0, 0x80], ",x,y\n"],
      `t.csv:5: expected text in UTF-8, got bytes that are not UTF-8 (0xED) on line 5 | ${SAVE_UTF8}`,
    ],
    [
      "past U+10FFFF",
      [base, [0xf4, 0x90, 0x80, 0x80]],
      `t.csv:5: expected text in UTF-8, got bytes that are not UTF-8 (0xF4) on line 5 | ${SAVE_UTF8}`,
    ],
    [
      "two bytes of which the second is a letter",
      [base, [0xc3], "A,x,y\n"],
      `t.csv:5: expected text in UTF-8, got bytes that are not UTF-8 (0xC3) on line 5 | ${SAVE_UTF8}`,
    ],
    [
      "a cut character",
      [`${base}4,bl`, [0xc3]],
      `t.csv:5: expected text in UTF-8, got a UTF-8 character cut by the end of the file on line 5 | ${SAVE_UTF8}`,
    ],
    ["a NUL", 'a,b\n"x\ny",2\n3,4.2\0\n', "t.csv:4: expected text in UTF-8, got a NUL byte on line 4"],
    [
      "NULs at the end",
      `${base}${"\0".repeat(2)}`,
      "t.csv:5: expected text in UTF-8, got a NUL byte on line 5",
    ],
    [
      "an open quote",
      'a,b\n1,x\n2,"y\n3,z\n4,w\n',
      `t.csv:3: expected a closing quote for the field that opens on line 3, got the end of the file | close the quote; ${DOUBLE}`,
    ],
    [
      "an open quote after a quoted line end",
      'a,b\r\n"1\r\n\r\n","y\r\n3,z\r\n',
      `t.csv:4: expected a closing quote for the field that opens on line 4, got the end of the file | close the quote; ${DOUBLE}`,
    ],
    [
      "a quote inside a field",
      `${base}4,re"d,s\n`,
      `t.csv:5: expected quotes around the whole of field 2 on line 5, got a quote inside it | ${DOUBLE}`,
    ],
    [
      "text after a quote",
      `${base}4,"red"x,s\n`,
      `t.csv:5: expected a comma after the quoted field that opens on line 5, got "x" after its closing quote | ${DOUBLE}`,
    ],
    [
      "text after a quote that closes a line later",
      'a,b\n"1\n""2"" "é,4\n',
      `t.csv:2: expected a comma after the quoted field that opens on line 2, got "é" after its closing quote | ${DOUBLE}`,
    ],
    [
      "text after a quote that follows a quote written twice",
      'a,b\n"1""",x\n"2"""y,z\n',
      `t.csv:3: expected a comma after the quoted field that opens on line 3, got "y" after its closing quote | ${DOUBLE}`,
    ],
    [
      "semicolons",
      base.replaceAll(",", ";"),
      't.csv:1: expected a comma between the names of columns, got ";" | the delimiter of this file is ";": save it with commas',
    ],
    [
      "tabs",
      base.replaceAll(",", "\t"),
      "t.csv:1: expected a comma between the names of columns, got a tab | the delimiter of this file is a tab: save it with commas",
    ],
    [
      "semicolons between quotes",
      '"a";"b"\n1;2\n',
      't.csv:1: expected a comma between the names of columns, got ";" | the delimiter of this file is ";": save it with commas',
    ],
    [
      "a line for spreadsheets",
      `sep=,\n${base}`,
      't.csv:1: expected the names of the columns, got "sep=" | remove the line: only spreadsheet programs read it',
    ],
    [
      "lines above the header",
      `# exported\nMy table\n${base}`,
      "t.csv:3: expected 1 field, as in the header on line 1, got 3 on line 3 | remove the lines above the names of the columns, if that is what they are",
    ],
    [
      "a short row",
      `${base}4,x\n`,
      "t.csv:5: expected 3 fields, as in the header on line 1, got 2 on line 5 | complete the row, or remove it",
    ],
    [
      "a long row",
      `${base}4,x,y,z\n`,
      't.csv:5: expected 3 fields, as in the header on line 1, got 4 on line 5 | put quotes around a field that holds a delimiter; the first field is "4"',
    ],
    [
      "a delimiter at the end of rows",
      "a,b\n1,2,\n",
      "t.csv:2: expected 2 fields, as in the header on line 1, got 3 on line 2 | the row ends in a delimiter that the header does not have: remove it",
    ],
    [
      "an empty name",
      "a,,c\n1,2,3\n",
      "t.csv:1: expected a name for column 2, got an empty one | name the column, or remove it",
    ],
    [
      "the row numbers of pandas or R",
      ",a,b\n0,1,2\n",
      "t.csv:1: expected a name for column 1, got an empty one | name the column, or leave row numbers out: to_csv(index=False) in pandas, write.csv(row.names = FALSE) in R",
    ],
    [
      "two empty names",
      "a,, \n1,2,3\n",
      "t.csv:1: expected a name for column 2, got an empty one | name the column, or remove it",
    ],
    [
      "a name twice",
      "width,b,width\n1,2,3\n",
      't.csv:1: expected each column name once, got the duplicate "width" (columns 1 and 3) | rename one',
    ],
    [
      "a name twice but for a blank",
      "width, width \n1,2\n",
      't.csv:1: expected each column name once, got the duplicate "width" (columns 1 and 2) | rename one',
    ],
    [
      "__proto__ twice",
      "__proto__,__proto__\n1,2\n",
      't.csv:1: expected each column name once, got the duplicate "__proto__" (columns 1 and 2) | rename one',
    ],
    [
      "a header of numbers",
      "5.1,3.5,1.4\n4.9,3.0,1.4\n",
      't.csv:1: expected a header with the names of the columns, got numbers, the first "5.1" | put a line with the names above the first row',
    ],
    [
      "a header of numbers, one twice",
      "0,0,5\n1,2,3\n",
      't.csv:1: expected a header with the names of the columns, got numbers, the first "0" | put a line with the names above the first row',
    ],
    [
      "the header again",
      `${base}a,b,c\n4,x,y\n`,
      "t.csv:5: expected a row of data, got the header again on line 5 | remove it: were two files joined?",
    ],
    [
      "a long name",
      `${"w".repeat(300)},b\n1,2\n`,
      `t.csv:1: expected column names of at most 256 characters (the limit), got 300 for column 1, "${"w".repeat(40)}…"`,
    ],
    [
      "a control character in a name",
      "a\u001b[2J,a\u001b[2J\n1,2\n",
      't.csv:1: expected each column name once, got the duplicate "a\\u{1b}[2J" (columns 1 and 2) | rename one',
    ],
    [
      "the first of two faults",
      `${base}4,x\n5,beta,\0\n`,
      "t.csv:5: expected 3 fields, as in the header on line 1, got 2 on line 5 | complete the row, or remove it",
    ],
    [
      "the first of two faults, the other way round",
      'a,b\n1,"x\0"\n2\n',
      "t.csv:2: expected text in UTF-8, got a NUL byte on line 2",
    ],
  ])("%s", async (_, content, message) => {
    const bytes = toBytes(content);
    for (const size of [65_536, 1, 5]) {
      expect(await refusal(bytes, [size]), `chunks of ${size}`).toBe(message);
      if (!/^t\.csv:\d/.test(message)) continue;
      const padded = toBytes([padding, Array.from(bytes)]);
      expect(await refusal(padded, [size]), `padded, chunks of ${size}`).toBe(movedDown(message));
    }
  });
});

/** Counts the bytes that were asked for. */
function endless(start: string, filling: string) {
  const chunk = utf8(filling.repeat(Math.ceil(16_384 / filling.length)));
  const counter = { pulled: 0 };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield utf8(start);
    for (;;) {
      counter.pulled += chunk.length;
      if (counter.pulled > 50e6) throw new Error("still reading after 50 MB");
      yield chunk;
    }
  }
  return { counter, chunks: chunks() };
}

describe("a row past the limit is refused while it is being read", () => {
  test.each([
    ["a field without end", "a,b\n1,2\n3,", "x", `t.csv:3: ${LIMIT} 3 on`, undefined],
    [
      "a quote that swallows the rows after it",
      'a,b\n"x',
      "1,2\n",
      `t.csv:2: ${LIMIT} 2 on`,
      "a quote opens on line 2: is it closed?",
    ],
    [
      "a quote below a quoted line end",
      'a,b\n"x\ny","z',
      "1,2\n",
      `t.csv:2: ${LIMIT} 2 on`,
      "a quote opens on line 3: is it closed?",
    ],
    ["delimiters without end", "a,b\n", ",", `t.csv:2: ${LIMIT} 2 on`, undefined],
    [
      "a header without end",
      "",
      "c,",
      "t.csv:1: expected at most 20000 columns (the limit), got more",
      undefined,
    ],
  ])("%s", async (_, start, filling, message, hint) => {
    const { counter, chunks } = endless(start, filling);
    const reading = readCsv(chunks, "t.csv").then(async ({ batches }) => {
      for await (const _batch of batches);
    });
    await expect(reading).rejects.toMatchObject({
      code: "data_invalid",
      message: expect.stringContaining(message),
      hint,
    });
    expect(counter.pulled).toBeLessThan(1_048_576 + 2 * 65_536);
  });

  test("exactly at the limit it is read, a byte more it is not, also within one chunk", async () => {
    const row = (bytes: number) => `a,b\n1,${"x".repeat(bytes - 3)}\n2,y\n`;
    expect((await readAll(row(1_048_576), [5e6])).rows[0]?.[1]?.length).toBe(1_048_573);
    expect(await refusal(row(1_048_577), [5e6])).toContain(`t.csv:2: ${LIMIT} 2 on`);
  });

  test("20,001 columns are refused by their number", async () => {
    const header = Array.from({ length: 20_001 }, (_, i) => `c${i}`).join(",");
    expect(await refusal(`${header}\n`)).toBe(
      "t.csv:1: expected at most 20000 columns (the limit), got 20001",
    );
  });
});

describe("for any table", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.string({ unit: fc.constantFrom(...'ab,;"\n\r\t é😀\u2028'), maxLength: 6 }),
  );
  const sound = (text: string) => /^[^\0\p{Surrogate}]*$/u.test(text);
  const tables = fc
    .integer({ min: 1, max: 5 })
    .chain((columns) =>
      fc.array(fc.array(cell.filter(sound), { minLength: columns, maxLength: columns }), { maxLength: 8 }),
    );
  const lineEnds = fc.constantFrom("\n", "\r\n", "\r");
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 });

  /** Quoted where it must be; a lone cell always, so that it is no blank line. */
  function write(rows: readonly (readonly string[])[], end: string): string {
    const field = (text: string, alone: boolean) =>
      alone || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    return rows.map((row) => row.map((text) => field(text, row.length === 1)).join(",") + end).join("");
  }

  test("what is written is read back exactly, with its lines, wherever the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(tables, lineEnds, sizes, async (rows, end, cuts) => {
        const header = (rows[0] ?? ["x"]).map((_, i) => `name ${i}`);
        const text = write([header, ...rows], end);
        const csv = await readAll(padding + text, cuts);
        expect(csv).toMatchObject({ header, rows, remarks: [expect.stringContaining(": 600 blank lines")] });
        const before = (i: number) => write([header, ...rows.slice(0, i)], end).match(/\r\n|\r|\n/g)!.length;
        expect(csv.lines).toEqual(rows.map((_, i) => PADDING + before(i) + 1));
      }),
      { seed: 30, numRuns: 100 },
    );
  });

  test("any bytes give the same rows or the same refusal, wherever they are cut", async () => {
    const outcome = async (bytes: Uint8Array, cuts: readonly number[]) => {
      try {
        return await readAll(bytes, cuts);
      } catch (error) {
        if (error instanceof PulloneError && error.code === "data_invalid")
          return `${error.message} ${error.hint}`;
        throw error;
      }
    };
    const piece = fc.oneof(
      fc.constantFrom('"', ",", "\n", "\r", "\r\n", "a", "b,c", '""', "é", " ", "x,y\n"),
    );
    const noise = fc.uint8Array({ maxLength: 1 }).map((bytes) => Array.from(bytes));
    const contents = fc.array(fc.oneof({ weight: 20, arbitrary: piece }, noise), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(contents, sizes, async (content, cuts) => {
        const bytes = toBytes([padding, ...content]);
        expect(await outcome(bytes, cuts)).toEqual(await outcome(bytes, [bytes.length + 1]));
      }),
      { seed: 31, numRuns: 200 },
    );
  });
});

test("a reader that stops early closes the bytes it read from", async () => {
  let closed = false;
  async function* chunks() {
    try {
      for (;;) yield utf8("a,b\n1,2\n3,4\n5,6\n".padEnd(1000, "7,8\n"));
    } finally {
      closed = true;
    }
  }
  const csv = await readCsv(chunks(), "t.csv");
  for await (const _ of csv.batches) break;
  expect(closed).toBe(true);
});

test("a fault of the parser that is none of the file is told as ours", async () => {
  const flush = vi.spyOn(Parser.prototype, "_flush").mockImplementation((settle) => {
    settle(new Error("no \u001b memory"));
  });
  try {
    await expect(readAll("a,b\n1,2\n")).rejects.toThrow(
      expect.objectContaining({ code: "internal", message: "csv-parse: no \\u{1b} memory" }),
    );
  } finally {
    flush.mockRestore();
  }
});
