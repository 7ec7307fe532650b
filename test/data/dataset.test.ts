import { describe, expect, test } from "vitest";
import { buildDataset, type DataOptions, rowsFingerprint } from "../../src/data/dataset.ts";
import { type Table, tableFromRows } from "../../src/data/table.ts";
import { createSha256 } from "../../src/hash.ts";
import { encoding, tableOf, times } from "./samples.ts";

const options: DataOptions = { ...encoding, label: "species", missingLabel: "refuse" };
const byFold = { kind: "column", column: "fold", validation: ["1"], test: ["0"] } as const;
const stratified = { kind: "stratified", validation: 0.2, test: 0.2 } as const;

const N = 90;
const base = {
  mass: times(N, (i) => ((i * 37) % 90).toFixed(1).concat("5")),
  color: times(N, (i) => ["red", "green", "blue"][(i * 7 + Math.floor(i / 9)) % 3]!),
  fold: times(N, (i) => String(i % 5)),
  species: times(N, (i) => ["ant", "bee", "cat"][i % 3]!),
};
const build = (table: Table, more: Partial<DataOptions> = {}) =>
  buildDataset(table, { ...options, ...more }, byFold, 1, "float32");

function fingerprint(table: Table, rows: Int32Array, { encoder, labels } = build(tableOf(base))): string {
  const hash = createSha256();
  rowsFingerprint(hash.update, table, rows, encoder, labels);
  return hash.hex();
}

test("joins split, labels, encoder and parts", () => {
  const { labels, encoder, profiles, train, validation, test: tests, remarks } = build(tableOf(base));
  expect(labels).toEqual({ column: "species", classes: ["ant", "bee", "cat"] });
  expect(encoder.features.map((feature) => feature.column)).toEqual(["color", "mass"]);
  expect(profiles.find((profile) => profile.name === "fold")?.kind).toBe("ignored");
  expect([train, validation, tests].map((part) => part.rows.length)).toEqual([54, 18, 18]);
  expect(train.features).toMatchObject({ rows: 54, columns: 5 });
  expect(train.features.values).toBeInstanceOf(Float32Array);
  expect(train.labels).toEqual(train.rows.map((row) => row % 3));
  expect(remarks).toEqual([]);
});

describe("nothing is learnt from test rows", () => {
  const clean = build(tableOf(base));
  const testRows = times(N, (i) => i).filter((i) => i % 5 === 0);
  const edit = (column: keyof typeof base, cell: (i: number) => string) =>
    tableOf({ ...base, [column]: base[column].map((old, i) => (i % 5 === 0 ? cell(i) : old)) });

  test.each([
    ["numbers", edit("mass", (i) => String(1e6 * i))],
    ["missing numbers", edit("mass", () => "")],
    ["categories no training row has", edit("color", (i) => `purple${i}`)],
    ["labels", edit("species", () => "bee")],
  ])("changing their %s changes no bit of labels, profiles, encoder or training part", (_, table) => {
    const edited = build(table);
    for (const key of ["labels", "profiles", "encoder", "split", "train", "validation"] as const) {
      expect(edited[key]).toEqual(clean[key]);
    }
    const rows = Int32Array.from([...clean.split.train, ...clean.split.validation]);
    expect(fingerprint(table, rows)).toBe(fingerprint(tableOf(base), rows));
  });

  test("under a stratified split too, when features change", () => {
    const draw = (table: Table) => buildDataset(table, options, stratified, 3, "float64");
    const first = draw(tableOf(base));
    const mass = [...base.mass];
    for (const row of first.test.rows) mass[row] = "-77.7";
    const second = draw(tableOf({ ...base, mass }));
    for (const key of ["labels", "profiles", "encoder", "split", "train", "validation"] as const) {
      expect(second[key]).toEqual(first[key]);
    }
    expect(second.test.features).not.toEqual(first.test.features);
  });

  test("while changing a training row does change the encoder", () => {
    expect(build(tableOf({ ...base, mass: base.mass.with(2, "1000.25") })).encoder).not.toEqual(
      clean.encoder,
    );
    expect(testRows).toHaveLength(18);
  });
});

test("the order of the columns changes nothing that is learnt or encoded", () => {
  const { species, fold, color, mass } = base;
  const shuffled = build(tableOf({ species, fold, color, mass }));
  const plain = build(tableOf(base));
  for (const key of ["labels", "encoder", "split", "train", "validation", "test"] as const) {
    expect(shuffled[key]).toEqual(plain[key]);
  }
});

describe("rowsFingerprint", () => {
  const rows = Int32Array.of(1, 2, 3, 7);
  const plain = fingerprint(tableOf(base), rows);

  test("is the same for another order of columns, other columns, and other ways to keep numbers", () => {
    const { species, fold, color, mass } = base;
    expect(fingerprint(tableOf({ species, fold, color, mass, note: mass }), rows)).toBe(plain);
    expect(fingerprint(tableOf(base, { numeric: ["mass"] }), rows)).toBe(plain);
  });
  test("changes with a cell, a label, a missing cell, the rows and their order", () => {
    const changed = [
      fingerprint(tableOf({ ...base, mass: base.mass.with(2, "0.5") }), rows),
      fingerprint(tableOf({ ...base, mass: base.mass.with(2, "") }), rows),
      fingerprint(tableOf({ ...base, color: base.color.with(2, "") }), rows),
      fingerprint(tableOf({ ...base, species: base.species.with(2, "bee!") }), rows),
      fingerprint(tableOf(base), rows.slice(1)),
      fingerprint(tableOf(base), rows.toReversed()),
    ];
    expect(new Set([plain, ...changed]).size).toBe(7);
  });
  test("a missing number is the one NaN, a missing text the length that no text has", () => {
    const fed: number[] = [];
    const table = tableOf({
      ...base,
      mass: base.mass.with(2, "").with(3, "-0.5"),
      color: base.color.with(2, "").with(3, "red"),
      species: base.species.with(2, "ant").with(3, "cat"),
    });
    const { encoder, labels } = build(tableOf(base));
    rowsFingerprint((bytes) => fed.push(...bytes), table, Int32Array.of(2, 3), encoder, labels);
    const word = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
    const text = (value: string) => [...word(value.length), ...new TextEncoder().encode(value)];
    const missing = { number: [0, 0, 0, 0, 0, 0, 0xf8, 0x7f], text: word(0xffffffff) };
    const minusHalf = [0, 0, 0, 0, 0, 0, 0xe0, 0xbf];
    expect(fed).toEqual([
      ...word(2),
      ...[...word(1), ...text("color"), ...missing.text, ...text("red")],
      ...[...word(0), ...text("mass"), ...missing.number, ...minusHalf],
      ...[...word(1), ...text("species"), ...text("ant"), ...text("cat")],
    ]);
  });
  test("feeds 64 kB at a time, also for a text longer than that", () => {
    const long = "x".repeat(100_000);
    const table = tableOf({ ...base, color: base.color.with(2, long) });
    const sizes: number[] = [];
    const { encoder, labels } = build(tableOf(base));
    rowsFingerprint((bytes) => sizes.push(bytes.length), table, rows, encoder, labels);
    expect(Math.max(...sizes)).toBe(100_000);
    expect(sizes.length).toBe(3);
  });
});

describe("remarks", () => {
  test("dropped rows, rare and unbalanced classes, ignored columns, missing cells, unseen categories", () => {
    const table = tableOf({
      ...base,
      flat: times(N, () => "7"),
      day: times(N, (i) => `2026-01-${10 + (i % 20)}`),
      mass: base.mass.with(0, "").with(1, "").with(2, ""),
      color: base.color.with(5, "purple"),
      species: times(N, (i) => (i === 4 ? "dog" : i === 8 ? "" : i % 30 < 27 ? "ant" : "Ant")),
    });
    expect(build(table, { missingLabel: "drop" }).remarks).toEqual([
      "1 row without a label left out, first line 10",
      'classes "Ant" and "ant" differ only in their spelling: they are kept apart',
      'class "dog" has one row: too few to learn and to judge',
      'no validation row is of class "Ant"',
      'no test row is of class "Ant"',
      'column "flat": ignored: constant',
      'column "day": ignored: dates or times, which are not understood',
      'column "mass": missing in 3 of 89 rows, filled with the median of the training rows',
      'column "color": 1 test row holds a category that no training row has, first "purple" on line 7',
    ]);
  });

  test("strong imbalance", () => {
    const table = tableOf({
      ...base,
      species: times(N, (i) => (i % 15 < 5 && i % 3 === 0 ? "rare" : "common")),
    });
    const rare = tableOf({ ...base, species: times(N, (i) => (i === 7 || i === 8 ? "rare" : "common")) });
    expect(build(table).remarks.join("\n")).not.toContain("imbalanced");
    expect(build(rare).remarks).toContain(
      'classes are imbalanced: 52 training rows of "common", 2 of "rare": look at balanced accuracy and at each class',
    );
  });

  test("columns with the same remark are named together", () => {
    const flat = Object.fromEntries(times(7, (i) => [`flat${i}`, times(N, () => "0")]));
    expect(build(tableOf({ ...base, ...flat })).remarks).toEqual([
      'columns "flat0", "flat1", "flat2", "flat3", "flat4" and 2 more: ignored: constant',
    ]);
  });

  test("duplicates across the parts", () => {
    const twice = Object.fromEntries(
      Object.entries(base).map(([name, cells]) => [name, [...cells, ...cells]]),
    );
    const { remarks } = buildDataset(tableOf(twice), options, stratified, 1, "float32");
    expect(remarks.join("\n")).toMatch(/^\d+ of 36 test rows are duplicates of training rows/m);
  });
});

describe("data that cannot be used is refused", () => {
  test("no rows", () => {
    expect(() => build(tableFromRows("empty.csv", Object.keys(base), []))).toThrow(
      "empty.csv: expected rows of data, got 0 rows",
    );
  });
  test("no row with a label", () => {
    const table = tableOf({ ...base, species: times(N, () => "") });
    expect(() => build(table, { missingLabel: "drop" })).toThrow(
      "fruit.csv: expected rows with a label, got none",
    );
  });
  test("no feature", () => {
    const { species, fold } = base;
    expect(() => build(tableOf({ species, fold }))).toThrow(
      "fruit.csv: expected a feature column beside the label, got only ignored columns",
    );
    expect(() => buildDataset(tableOf({ species }), options, stratified, 1, "float32")).toThrow(
      "fruit.csv: expected a feature column beside the label, got none",
    );
  });
  test("a class that no training row has, with the line of its first row", () => {
    expect(() => build(tableOf({ ...base, species: base.species.with(5, "dog").with(10, "dog") }))).toThrow(
      'fruit.csv:7, column "species": expected one of the classes of the training rows ("ant", "bee", "cat"), got "dog"',
    );
  });
  test("text in a numeric column of a test row, with its line", () => {
    expect(() => build(tableOf({ ...base, mass: base.mass.with(5, "heavy") }))).toThrow(
      'fruit.csv:7, column "mass": expected a number, got "heavy"',
    );
  });
});

test("classes that are given keep their order", () => {
  const classes = ["cat", "ant", "bee"];
  const { labels, train } = build(tableOf(base), { classes });
  expect(labels.classes).toEqual(classes);
  expect(train.labels).toEqual(train.rows.map((row) => [1, 2, 0][row % 3]!));
});

describe("remarks in their other numbers", () => {
  test("several classes of one row, and several rows of a category that is new", () => {
    const table = tableOf({
      ...base,
      color: base.color.with(5, "purple").with(10, "pink"),
      species: base.species.with(2, "dog").with(3, "fox"),
    });
    const { remarks } = build(table);
    expect(remarks).toContain('classes "dog", "fox" have one row each: too few to learn and to judge');
    expect(remarks).toContain(
      'column "color": 2 test rows hold a category that no training row has, first "purple" on line 7',
    );
  });

  test("missing numbers filled with the most frequent one, missing text taken as a category", () => {
    const table = tableOf({ ...base, mass: base.mass.with(2, ""), color: base.color.with(3, "") });
    expect(build(table, { imputation: "most_frequent" }).remarks).toEqual([
      'column "color": missing in 1 of 90 rows, taken as a category',
      'column "mass": missing in 1 of 90 rows, filled with the most frequent number of the training rows',
    ]);
  });
});

test("a fingerprint of a text column with too many distinct cells to keep is refused", () => {
  const { encoder, labels } = build(tableOf(base));
  const many = tableOf({
    color: times(1001, (i) => `k${i}`),
    mass: times(1001, () => "1"),
    species: times(1001, () => "ant"),
  });
  const feed = () => rowsFingerprint(() => {}, many, Int32Array.of(0), encoder, labels);
  expect(feed).toThrow(
    'fruit.csv, column "color": expected at most 1000 distinct categories (the limit), got more',
  );
});
