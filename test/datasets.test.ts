// The bundled tables against what is said of them: datasets/README.md for people, meta.json for programs, folds.csv.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseRunConfig } from "../src/index.ts";

const folder = join(import.meta.dirname, "../datasets");
const page = readFileSync(join(folder, "README.md"), "utf8");
const sets = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Column {
  readonly name: string;
  readonly role: "target" | "input";
  readonly type: "numeric" | "categorical";
  readonly missing: number;
  readonly min?: number;
  readonly max?: number;
  readonly values?: number;
}
interface Meta {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly rows: number;
  readonly inputs: number;
  readonly target: string;
  readonly positive: string | null;
  readonly classes: readonly { readonly label: string; readonly rows: number }[];
  readonly missing_token: string;
  readonly missing_values: number;
  readonly copies: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly citation: string;
  readonly columns: readonly Column[];
}

function readSet(name: string) {
  const meta = JSON.parse(readFileSync(join(folder, name, "meta.json"), "utf8")) as Meta;
  const bytes = readFileSync(join(folder, name, meta.file));
  const [header, ...rows] = cellsOf(bytes.toString("utf8"));
  const [foldHeader, ...folds] = cellsOf(readFileSync(join(folder, name, "folds.csv"), "utf8"));
  return { meta, bytes, header: header!, rows, foldHeader: foldHeader!, folds };
}

/** No cell of these tables is quoted; the first test of each set makes sure of it. */
function cellsOf(text: string): string[][] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.split(","));
}

const grouped = (count: number) => count.toLocaleString("en-US");

/** The section of the page under the heading of a set. */
function sectionOf(name: string): string {
  return page.split("\n## ").find((section) => section.startsWith(`${name}\n`)) ?? "";
}

/** The columns as the page tells them; `p00 … p63` stands for all in between. */
function pageColumns(name: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const line of sectionOf(name).split("\n").slice(1)) {
    const cells = line.split("|").map((cell) => cell.trim());
    if (cells.length !== 8 || cells[1] === "column" || cells[1]!.startsWith("---")) continue;
    const [first, last] = cells[1]!.split(" … ");
    if (last === undefined) found.set(first!, cells);
    else {
      const number = (text: string) => Number(text.slice(1));
      for (let i = number(first!); i <= number(last); i++) {
        found.set(`${first![0]}${String(i).padStart(first!.length - 1, "0")}`, cells);
      }
    }
  }
  return found;
}

test("five sets lie here, and the page lists each once", () => {
  expect(sets).toHaveLength(5);
  const listed = Array.from(page.matchAll(/^## (.+)$/gm), ([, name]) => name!);
  expect(listed.toSorted()).toEqual(sets.toSorted());
});

describe.each(sets)("%s", (name) => {
  const { meta, bytes, header, rows, foldHeader, folds } = readSet(name);
  const columnCells = (column: string) => rows.map((row) => row[header.indexOf(column)]!);

  test("is plain: UTF-8, LF, no quotes, no blanks around a cell, every row as long as the header", () => {
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).not.toThrow();
    const text = bytes.toString("utf8");
    expect(text).not.toMatch(/["\r\ufeff]|[ \t](?=[,\n])|[,\n][ \t]/);
    expect(text.endsWith("\n")).toBe(true);
    expect(rows.filter((row) => row.length !== header.length)).toEqual([]);
  });

  test("has the bytes, the checksum and the counts that meta.json states", () => {
    expect(bytes.length).toBe(meta.bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(meta.sha256);
    expect(rows).toHaveLength(meta.rows);
    expect(header).toEqual(meta.columns.map((column) => column.name));
    expect(header).toHaveLength(meta.inputs + 1);
    expect(rows.flat().filter((cell) => cell === meta.missing_token)).toHaveLength(meta.missing_values);
    expect(rows.length - new Set(rows.map((row) => row.join(","))).size).toBe(meta.copies);
    const labels = columnCells(meta.target);
    const counted = meta.classes.map(({ label }) => labels.filter((cell) => cell === label).length);
    expect(counted).toEqual(meta.classes.map((each) => each.rows));
    expect(counted.reduce((total, count) => total + count, 0)).toBe(meta.rows);
  });

  test.each(meta.columns)("column $name holds what meta.json states", (column) => {
    const cells = columnCells(column.name);
    const present = cells.filter((cell) => cell !== meta.missing_token);
    expect(cells.length - present.length).toBe(column.missing);
    expect(column.role).toBe(column.name === meta.target ? "target" : "input");
    if (column.type === "categorical") expect(new Set(present).size).toBe(column.values);
    else {
      const numbers = present.map(Number);
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(Math.min(...numbers)).toBe(column.min);
      expect(Math.max(...numbers)).toBe(column.max);
    }
  });

  test("the page states the same: size, checksum, licence, citation, label and class balance", () => {
    const section = sectionOf(name);
    expect(section).toContain(`${meta.title}: \`${name}/${meta.file}\`, ${grouped(meta.bytes)} bytes`);
    expect(section).toContain(`- sha256: \`${meta.sha256}\``);
    expect(section).toContain(meta.licence.match(/CC BY 4\.0|CC0 1\.0/)![0]);
    expect(section).toContain(`- cite: ${meta.citation}`);
    expect(section).toContain(`- label: \`${meta.target}\``);
    const balance = meta.classes.map(
      (each) => `\`${each.label}\` ${each.rows} (${((100 * each.rows) / meta.rows).toFixed(1)} %)`,
    );
    expect(section).toContain(`- classes: ${balance.join(", ")}`);
  });

  test("the list of sets on the page states the same, and a configuration that reads this file", () => {
    const inputs = meta.columns.filter((column) => column.role === "input");
    const numeric = inputs.filter((column) => column.type === "numeric").length;
    const line = page.split("\n").find((text) => text.startsWith(`| [${name}](#${name}) |`))!;
    const cells = line.split("|").map((cell) => cell.trim());
    expect(cells.slice(2, 6)).toEqual([
      grouped(meta.rows),
      `${inputs.length} (${numeric} + ${inputs.length - numeric})`,
      String(meta.classes.length),
      String(meta.missing_values),
    ]);
    const link = cells[7]!.match(/\((.+)\)/)![1]!;
    const { data } = parseRunConfig(readFileSync(join(folder, link), "utf8"), link);
    expect(join(folder, "../configs", data.file!)).toBe(join(folder, name, meta.file));
    expect(data.label).toBe(meta.target);
    if (meta.positive !== null) expect(data.classes?.[1]).toBe(meta.positive);
  });

  test("the page lists every input column with its kind, missing cells and range", () => {
    const listed = pageColumns(name);
    const inputs = meta.columns.filter((column) => column.role === "input");
    expect([...listed.keys()]).toEqual(inputs.map((column) => column.name));
    for (const column of inputs) {
      const [, , kind, , missing, range] = listed.get(column.name)!;
      expect([column.name, kind, missing]).toEqual([column.name, column.type, String(column.missing)]);
      if (column.type === "categorical") expect(range).toBe(`${column.values} values`);
      else if (name === "digits")
        expect([0 <= column.min!, column.max! <= 16, range]).toEqual([true, true, "0 to 16"]);
      else expect(range).toBe(`${column.min} to ${column.max}`);
    }
  });

  test("folds.csv names every row once: 5 repeats of folds 1 to 5, every class spread evenly within one row", () => {
    expect(foldHeader).toEqual(["row", "r1", "r2", "r3", "r4", "r5"]);
    expect(folds.map(([row]) => row)).toEqual(rows.map((_, row) => String(row)));
    const labels = columnCells(meta.target);
    for (const repeat of [1, 2, 3, 4, 5]) {
      const sizes: number[] = [];
      for (const { label } of meta.classes) {
        const inFold = [1, 2, 3, 4, 5].map(
          (fold) =>
            folds.filter((cells, row) => cells[repeat] === String(fold) && labels[row] === label).length,
        );
        expect(
          Math.max(...inFold) - Math.min(...inFold),
          `repeat ${repeat}, class ${label}`,
        ).toBeLessThanOrEqual(1);
        sizes.push(...inFold);
      }
      expect(sizes.reduce((total, size) => total + size, 0)).toBe(meta.rows);
    }
  });
});

test("baselines.json has the scores of both peers for each set, over the 25 folds of folds.csv", () => {
  const { sets: scored } = JSON.parse(readFileSync(join(folder, "baselines.json"), "utf8"));
  expect(Object.keys(scored).toSorted()).toEqual(sets.toSorted());
  for (const name of sets) {
    for (const model of ["logreg", "mlp_sgd"]) {
      const { accuracy, log_loss, folds } = scored[name].models[model];
      expect(folds).toBe(25);
      expect(accuracy.mean).toBeGreaterThan(0.9);
      expect(accuracy.mean).toBeLessThanOrEqual(1);
      expect(log_loss.mean).toBeGreaterThan(0);
      expect(log_loss.sd).toBeGreaterThan(0);
    }
  }
});

test("no other file lies in the folders", () => {
  for (const name of sets) {
    expect(readdirSync(join(folder, name)).toSorted()).toEqual(
      ["folds.csv", "meta.json", readSet(name).meta.file].toSorted(),
    );
  }
});
