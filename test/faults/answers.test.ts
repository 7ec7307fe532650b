// What is written is read back: predictions with awkward classes through two other readers, one answer for each row,
// no number that JSON does not have, and the same report twice.

import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, test } from "vitest";
import { type Disk, memoryDisk, runIn } from "../cli/memory.ts";
import { hasPython, readInPython } from "./damaged/python.ts";
import { tally } from "./tally.ts";

const CLASSES = [
  'the "one"',
  "a,b",
  "two\nlines",
  "old\rmac\r",
  " = 1+1",
  "=1+1",
  "+1",
  "-1",
  "@x",
  "\tx",
  "\rx",
  "é😀",
];
const FORMULAS = /^\s*[=+\-@\t\r]/;
const MODEL = "run/model.safetensors";
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

// Rows far apart, so that every class is the answer to some of them.
const rows = Array.from({ length: 240 }, (_, i) => {
  const kind = i % CLASSES.length;
  return [
    String(i),
    String(100 * (kind % 4) + ((i * 7) % 5)),
    String(100 * Math.floor(kind / 4) + ((i * 3) % 5)),
    CLASSES[kind]!,
  ];
});
const csv = `no,x,y,kind\n${rows.map((row) => `${row.map(quoted).join()}\n`).join("")}`;

let trained: Disk;

beforeAll(async () => {
  trained = memoryDisk({ "awkward.csv": csv });
  const settings = [
    "data.columns.no.kind=ignored",
    "model.hidden=[16]",
    "train.epochs=25",
    "train.learningRate=0.05",
  ];
  const argv = [
    "train",
    "awkward.csv",
    "--label",
    "kind",
    "--out",
    "run",
    ...settings.flatMap((one) => ["--set", one]),
  ];
  const { code, err } = await runIn(argv, { disk: trained });
  expect(code, err).toBe(0);
}, 60_000);

const predict = async (...more: string[]) => {
  const { code, out, err } = await runIn(
    ["predict", MODEL, "awkward.csv", "--keep", "no", "--keep", "kind", ...more],
    {
      disk: trained,
    },
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
};

describe("predictions as CSV", () => {
  test("read back in csv-parse and in Python as the same text, one for each row, in order", async (context) => {
    const out = await predict();
    const read = parse(out) as string[][];
    expect(read.slice(1).map(([no, kind]) => [no, kind])).toEqual(rows.map(([no, , , kind]) => [no, kind]));
    const predicted = new Set(read.slice(1).map((row) => row[2]!));
    const known = CLASSES.map((name) => name.replace(/^[ \t]+|[ \t]+$/g, "")); // as labels are read
    expect(Array.from(predicted).filter((name) => !known.includes(name))).toEqual([]);
    expect(predicted.size).toBeGreaterThan(CLASSES.length / 2);
    if (hasPython) expect(readInPython([new TextEncoder().encode(out)])[0]!.rows).toEqual(read);
    tally(
      context,
      rows.length,
      hasPython ? [] : ["predictions read by Python's csv module: there is no python3"],
    );
  });

  test("with --safe-csv begin no cell like a formula, and are otherwise the same", async () => {
    const [exact, safe] = [
      parse(await predict()) as string[][],
      parse(await predict("--safe-csv")) as string[][],
    ];
    expect(exact.flat().some((text) => FORMULAS.test(text))).toBe(true);
    expect(safe.flat().filter((text) => FORMULAS.test(text))).toEqual([]);
    expect(safe.map((row) => row.map((text) => text.replace(/^'(?=\s*[=+\-@\t\r])/, "")))).toEqual(exact);
  });
});

test("predictions as JSON lines hold no NaN and no Infinity, one object for each row", async () => {
  const lines = (await predict("--format", "jsonl", "--logits")).trimEnd().split("\n");
  expect(lines).toHaveLength(rows.length);
  for (const [i, line] of lines.entries()) {
    expect(line).not.toMatch(/NaN|Infinity|null/);
    expect(JSON.parse(line).kept).toEqual({ no: rows[i]![0], kind: rows[i]![3] });
  }
});

test("a report, a model and its figures are the same twice, byte for byte", async () => {
  const reports = [];
  for (const out of ["first", "second"]) {
    const { code } = await runIn(
      ["train", "awkward.csv", "--label", "kind", "--out", out, "--name", "same", "--set", "train.epochs=3"],
      { disk: trained },
    );
    expect(code).toBe(0);
    const files = trained.list().filter((path) => path.startsWith(`${out}/`));
    const report = await runIn(["evaluate", `${out}/model.safetensors`, "awkward.csv", "--json"], {
      disk: trained,
    });
    reports.push({
      files: files.map((path) => [path.slice(out.length), trained.text(path)]),
      report: report.out.replaceAll(out, "run"),
    });
  }
  expect(reports[1]).toEqual(reports[0]);
  expect(reports[0]!.report).not.toMatch(/NaN|Infinity/);
});
