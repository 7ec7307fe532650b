import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatTables } from "../../src/data/concat.ts";
import { limits } from "../../src/data/limits.ts";
import { readTable, readTables } from "../../src/data/reader.ts";
import {
  cellText,
  createTableBuilder,
  findColumn,
  type NumbersColumn,
  type RawColumn,
  sourceOf,
  type Table,
  type TableOptions,
  tableFromRows,
} from "../../src/data/table.ts";

async function* bytesOf(text: string, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

const read = async (text: string, options?: TableOptions, size?: number) =>
  (await readTable(bytesOf(text, size), "t.csv", options)).table;

const column = (table: Table, name: string): RawColumn =>
  findColumn(table, name) ?? expect.fail(`no column ${name}`);

function numbers(table: Table, name: string): NumbersColumn {
  const found = column(table, name);
  return found.kind === "numbers" ? found : expect.fail(`${name} is coded`);
}

const texts = (table: Table, name: string) =>
  Array.from(table.lines, (_, row) => cellText(column(table, name), row));

/** `rows` rows "0", "1", … under the name x. */
const counting = (rows: number, cell = (i: number) => String(i)) =>
  Array.from({ length: rows }, (_, i) => [cell(i), "ant"]);

const MANY = limits.distinctTexts + 1;

describe("a column with few distinct cells", () => {
  test("keeps each distinct cell once, exactly as written, in the order they first appear", async () => {
    const table = await read("x,y\n1.0,ant\n 1,bee \n1.0,ant\n,NA\n");
    expect(column(table, "x")).toEqual({
      name: "x",
      kind: "coded",
      codes: Uint16Array.of(0, 1, 0, 2),
      texts: ["1.0", " 1", ""],
    });
    expect(texts(table, "y")).toEqual(["ant", "bee ", "ant", "NA"]);
    expect(table.lines).toEqual(Int32Array.of(2, 3, 4, 5));
  });

  test("has the text of every row while it grows", async () => {
    const cells = Array.from({ length: 300 }, (_, i) => `t${(i * i) % 97}`);
    expect(texts(await read(`x\n${cells.join("\n")}\n`), "x")).toEqual(cells);
  });

  test("stays text at the limit of distinct cells", () => {
    const table = tableFromRows("t", ["x", "y"], [...counting(MANY - 1), ...counting(MANY - 1)]);
    expect(column(table, "x").kind).toBe("coded");
    expect(texts(table, "x").slice(-2)).toEqual(["998", "999"]);
  });

  test("cells called __proto__ and constructor are cells", () => {
    const table = tableFromRows("t", ["x"], [["__proto__"], ["constructor"], ["__proto__"]]);
    expect(texts(table, "x")).toEqual(["__proto__", "constructor", "__proto__"]);
  });
});

describe("a column with more distinct cells than the limit", () => {
  test("becomes numbers, the rows before the limit too", () => {
    const table = tableFromRows(
      "t",
      ["x", "y"],
      counting(MANY, (i) => ` ${i}.5`),
    );
    const { values, missing, strays, strayCount } = numbers(table, "x");
    expect(values).toEqual(Float64Array.from({ length: MANY }, (_, i) => i + 0.5));
    expect([missing.includes(1), strays, strayCount]).toEqual([false, [], 0]);
  });

  test("tells missing cells, strays and numbers out of range apart", () => {
    const rows = counting(MANY);
    for (const [row, cell] of [
      [3, " "],
      [7, "heavy"],
      [1000, "1e400"],
      [5, "NaN"],
      [20, "-1e999"],
    ] as const) {
      rows[row]![0] = cell;
    }
    rows.push(["0x1F", "ant"], ["?", "ant"], ["1,5", "ant"], ["5%", "ant"]);
    const { values, missing, strays, strayCount } = numbers(
      tableFromRows("t", ["x", "y"], [...rows, ...counting(9)]),
      "x",
    );
    expect(Array.from(missing.entries()).flatMap(([row, flag]) => (flag ? [row] : []))).toEqual([3, 5, 1002]);
    expect([values[3], values[5], values[7], values[1000], values[20]]).toEqual([
      NaN,
      NaN,
      NaN,
      Infinity,
      -Infinity,
    ]);
    expect(strays).toEqual([
      { row: 7, text: "heavy" },
      { row: 20, text: "-1e999" },
      { row: 1000, text: "1e400" },
      { row: 1001, text: "0x1F" },
      { row: 1003, text: "1,5" },
    ]);
    expect(strayCount).toBe(6);
  });

  test("a missing value that looks like a number is missing", () => {
    const rows = [...counting(MANY), [" -999", "ant"], ["-999.0", "ant"]];
    const { values, missing } = numbers(
      tableFromRows("t", ["x", "y"], rows, { missingValues: ["-999"] }),
      "x",
    );
    expect([missing[MANY], values[MANY], missing[MANY + 1], values[MANY + 1]]).toEqual([1, NaN, 0, -999]);
  });

  test("is refused with its line when it must stay text", async () => {
    const text = `x,y\n${counting(MANY)
      .map((row) => `${row.join(",")}\n`)
      .join("")}`;
    await expect(read(text, { coded: ["x"] })).rejects.toMatchObject({
      code: "data_invalid",
      message:
        't.csv:1002, column "x": expected at most 1000 distinct classes or categories (the limit), got more',
      hint: "is it an identifier or a number? ignore the column, declare it numeric, or name another label",
    });
  });

  test("gives back its cells as well as it can", () => {
    const rows = [
      ["heavy", "a"],
      ["", "a"],
      ["007.50", "a"],
      ...counting(MANY),
      ...counting(9, (i) => `k${i}`),
    ];
    const shown = texts(tableFromRows("t", ["x", "y"], rows), "x");
    expect(shown.slice(0, 4)).toEqual(["heavy", "", "7.5", "0"]);
    expect(shown.at(-1)).toBe("not a number");
  });
});

describe("a table of more distinct texts than the limit of all columns together", () => {
  const WIDE = limits.tableTexts / limits.distinctTexts;
  /** As many rows as a column may have texts, each the same cell in every column. */
  const wide = (columns: number, cell: (row: number) => string, options?: TableOptions) => {
    const names = Array.from({ length: columns }, (_, place) => `c${place}`);
    const builder = createTableBuilder(names, "t.csv", options, limits.distinctTexts);
    const rows = Array.from({ length: limits.distinctTexts }, (_, row) =>
      new Array<string>(columns).fill(cell(row)),
    );
    builder.add({ rows, lines: rows.map((_, row) => row + 2) });
    return builder.finish();
  };
  const kinds = (table: Table) => new Set(table.columns.map(({ kind }) => kind));

  test("keeps all columns as text at the limit", () => {
    expect(kinds(wide(WIDE, String))).toEqual(new Set(["coded"]));
  });

  test("keeps as numbers what is nothing but numbers and missing cells, and the declared text as text", () => {
    const cell = (row: number) => ["", "NA", "1e3"][row] ?? `${row / 4}`;
    const table = wide(WIDE + 1, cell, { coded: ["c7"] });
    expect(table.columns.filter(({ kind }) => kind === "coded").map(({ name }) => name)).toEqual(["c7"]);
    expect(Array.from({ length: 5 }, (_, row) => cellText(column(table, "c1000"), row))).toEqual([
      ...["", "", "1000", "0.75", "1"],
    ]);
  });

  test("has room for the texts of all columns but those of numbers, to the last one", () => {
    const names = Array.from({ length: WIDE + 1 }, (_, place) => `c${place}`);
    const rows = Array.from({ length: limits.distinctTexts }, (_, row) =>
      names.map((_, place) => (place === 0 ? `${row}` : `t${row}`)),
    );
    const builder = createTableBuilder(names, "t.csv", {}, limits.distinctTexts);
    builder.add({ rows, lines: rows.map((_, row) => row + 2) });
    const [numbers, ...others] = builder.finish().columns;
    expect(numbers!.kind).toBe("numbers");
    expect(new Set(others.map(({ kind }) => kind))).toEqual(new Set(["coded"]));
  });

  test("is refused, with the last row read, when the texts are no numbers", () => {
    expect(() => wide(WIDE + 1, (row) => (row === 500 ? "1/2" : `${row}`))).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message:
          "t.csv:1001: expected at most 1000000 distinct texts in all columns together (the limit), got more",
        hint: "declare columns of free text ignored, and those of numbers numeric, in data.columns",
      }),
    );
  });
});

describe("options", () => {
  test("numeric columns are numbers from the first row on", async () => {
    const table = await read("x,y\n1,ant\nheavy,bee\n,bee\n", { numeric: ["x", "z"] });
    expect(numbers(table, "x")).toEqual({
      name: "x",
      kind: "numbers",
      values: Float64Array.of(1, NaN, NaN),
      missing: Uint8Array.of(0, 0, 1),
      strays: [{ row: 1, text: "heavy" }],
      strayCount: 1,
    });
    expect(column(table, "y").kind).toBe("coded");
  });

  test("ignored columns, and those outside the only ones, are dropped", async () => {
    const names = async (options: TableOptions) =>
      (await read("a,b,c\n1,2,3\n", options)).columns.map(({ name }) => name);
    expect(await names({ ignored: ["b"] })).toEqual(["a", "c"]);
    expect(await names({ only: ["c", "b", "z"] })).toEqual(["b", "c"]);
    expect(await names({ only: ["c", "b"], ignored: ["c"] })).toEqual(["b"]);
  });

  test("an ignored column may hold any number of distinct texts", async () => {
    const text = `x,y\n${counting(MANY)
      .map((row) => `${row.join(",")}\n`)
      .join("")}`;
    expect((await read(text, { ignored: ["x"], coded: ["x"] })).columns.length).toBe(1);
  });
});

describe("reading", () => {
  test("a file of any size of chunks gives the same table", async () => {
    const text = `x,y\r\n${counting(MANY + 5)
      .map(([x, y]) => `${x},"${y}\n"\r\n`)
      .join("")}`;
    const whole = await read(text, {}, text.length);
    expect(whole.lines.slice(0, 3)).toEqual(Int32Array.of(2, 4, 6));
    for (const size of [9, 4096]) expect(await read(text, {}, size)).toEqual(whole);
  });

  test("a header without rows is a table without rows", async () => {
    const table = await read("x,y\n");
    expect([table.lines.length, table.columns.map(({ name }) => name)]).toEqual([0, ["x", "y"]]);
  });

  test("remarks are passed on", async () => {
    const { remarks } = await readTable(bytesOf("x,y\n\n1,2\n"), "t.csv");
    expect(remarks).toEqual(["line 2: blank line skipped"]);
  });

  test("in tables of a fixed number of rows, the same wherever the bytes are cut", async () => {
    const text = `x,y\n${counting(25)
      .map((row) => `${row.join(",")}\n`)
      .join("")}`;
    for (const size of [1, 33, 4096]) {
      const { header, tables } = await readTables(bytesOf(text, size), "t.csv", {
        batchRows: 10,
        numeric: ["x"],
      });
      expect(header).toEqual(["x", "y"]);
      const shapes: unknown[] = [];
      for await (const table of tables)
        shapes.push([table.lines[0], table.lines.length, numbers(table, "x").values[0]]);
      expect(shapes).toEqual([
        [2, 10, 0],
        [12, 10, 10],
        [22, 5, 20],
      ]);
    }
  });

  test("in tables: none for a header without rows, but its names", async () => {
    const { header, tables } = await readTables(bytesOf("x,y\n"), "t.csv");
    expect(header).toEqual(["x", "y"]);
    expect(await tables.next()).toEqual({ done: true, value: undefined });
  });

  test("in tables: as many distinct categories as the file has rows are no error", async () => {
    const text = `x,y\n${counting(3 * MANY)
      .map((row) => `${row.join(",")}\n`)
      .join("")}`;
    const { tables } = await readTables(bytesOf(text), "t.csv", { coded: ["x"], batchRows: 1e9 });
    let rows = 0;
    for await (const table of tables) rows += table.lines.length;
    expect(rows).toBe(3 * MANY);
  });
});

describe("rows in memory", () => {
  test("make the table that the same rows in a file make", async () => {
    const rows = [
      ["1", "a b"],
      ["", "é"],
    ];
    expect(tableFromRows("t.csv", [" x", "y"], rows)).toEqual(await read("x,y\n1,a b\n,é\n"));
  });

  test.each<[string, string[], unknown[][], string]>([
    ["a short row", ["x", "y"], [["1", "2"], ["3"]], "t:3: expected 2 fields, as in the header, got 1"],
    ["a number", ["x"], [["1"], [2]], 't:3, column "x": expected text, got 2'],
    [
      "a name twice",
      ["x", "x"],
      [],
      't:1: expected each column name once, got the duplicate "x" (columns 1 and 2)',
    ],
  ])("are refused for %s", (_, header, rows, message) => {
    expect(() => tableFromRows("t", header, rows as string[][])).toThrow(message);
  });
});

describe("tables one below the other", () => {
  const first = tableFromRows(
    "a.csv",
    ["x", "y"],
    [
      ["1", "p"],
      ["2", "q"],
    ],
  );
  const second = tableFromRows(
    "b.csv",
    ["y", "x"],
    [
      ["q", "1"],
      ["r", "3"],
    ],
  );

  test("match columns by name, and say which file a row came from", () => {
    const table = concatTables([first, second]);
    expect(table.columns).toEqual(
      tableFromRows(
        "",
        ["x", "y"],
        [
          ["1", "p"],
          ["2", "q"],
          ["1", "q"],
          ["3", "r"],
        ],
      ).columns,
    );
    expect(table.lines).toEqual(Int32Array.of(2, 3, 2, 3));
    expect([table.source, ...[0, 1, 2, 3].map((row) => sourceOf(table, row))]).toEqual([
      "a.csv, b.csv",
      "a.csv",
      "a.csv",
      "b.csv",
      "b.csv",
    ]);
    expect(sourceOf(concatTables([table, first]), 4)).toBe("a.csv");
    expect(sourceOf(first, 1)).toBe("a.csv");
  });

  test("text and numbers become numbers, with the strays of both", () => {
    const long = tableFromRows("c.csv", ["x", "y"], [...counting(MANY), ["heavy", "ant"]]);
    const table = concatTables([
      tableFromRows(
        "a.csv",
        ["x", "y"],
        [
          ["light", "ant"],
          ["NA", "ant"],
        ],
      ),
      long,
    ]);
    const { values, missing, strays, strayCount } = numbers(table, "x");
    expect(Array.from(values.slice(0, 5))).toEqual([NaN, NaN, 0, 1, 2]);
    expect(Array.from(missing.slice(0, 3))).toEqual([0, 1, 0]);
    expect(strays).toEqual([
      { row: 0, text: "light" },
      { row: MANY + 2, text: "heavy" },
    ]);
    expect(strayCount).toBe(2);
    expect(column(table, "y").kind).toBe("coded");
  });

  test("text stays text past the limit of distinct cells: no label turns into numbers", () => {
    const half = (from: number) =>
      tableFromRows(
        "h",
        ["x", "y"],
        counting(600, (i) => String(from + i)),
      );
    const table = concatTables([half(0), half(600)]);
    expect(column(table, "x").kind).toBe("coded");
    expect(texts(table, "x")).toEqual(counting(1200).map(([x]) => x));
  });

  test.each([
    ["lacks", ["x"], 'b.csv: expected the columns of a.csv, got no column "y"'],
    ["has one more", ["x", "y", "z"], 'b.csv: expected the columns of a.csv, got one more column, "z"'],
  ])("are refused when one %s a column", (_, header, message) => {
    const other = tableFromRows("b.csv", header, []);
    expect(() => concatTables([first, other])).toThrow(message);
  });

  test("are the table of all their rows, for any rows in any order of columns", () => {
    const cell = fc.constantFrom("", "a", "b", "1", "2.5", "NA");
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 6 });
    fc.assert(
      fc.property(rows, rows, (above, below) => {
        const joined = concatTables([
          tableFromRows("s", ["x", "y"], above),
          tableFromRows(
            "s",
            ["y", "x"],
            below.map(([x, y]) => [y, x]),
          ),
        ]);
        const whole = tableFromRows("s", ["x", "y"], [...above, ...below]);
        expect([texts(joined, "x"), texts(joined, "y")]).toEqual([texts(whole, "x"), texts(whole, "y")]);
      }),
      { seed: 40 },
    );
  });
});

test("more rows than a row number counts are refused before anything is kept", () => {
  const builder = createTableBuilder(["x"], "t.csv");
  const batch = { lines: [], rows: { length: limits.rows + 1 } as readonly string[][] };
  expect(() => builder.add(batch)).toThrow(
    expect.objectContaining({
      code: "data_invalid",
      message: "t.csv: expected at most 2147483647 rows (the limit)",
    }),
  );
});

describe("tables one below the other, at the ends of what there can be", () => {
  test("of none at all, that is our own mistake", () => {
    expect(() => concatTables([])).toThrow("concatTables: expected a table, got none");
  });

  test("texts beyond 65,536 get wider codes and stay as they are", () => {
    const many = 65_537;
    const texts = Array.from({ length: many }, (_, i) => `k${i}`);
    const part = (from: number, to: number): Table => ({
      source: "t.csv",
      lines: new Int32Array(to - from),
      columns: [
        {
          name: "x",
          kind: "coded",
          codes: Uint32Array.from({ length: to - from }, (_, i) => i),
          texts: texts.slice(from, to),
        },
      ],
    });
    const wide = concatTables([part(0, 40_000), part(40_000, many)]).columns[0]!;
    expect(cellText(wide, many - 1)).toBe("k65536");
    expect(cellText(wide, 0)).toBe("k0");
    const narrow = concatTables([part(0, 40_000), part(40_000, many - 1)]).columns[0]!;
    expect("codes" in narrow && narrow.codes).toBeInstanceOf(Uint16Array);
    expect("codes" in wide && wide.codes).toBeInstanceOf(Uint32Array);
  });
});
