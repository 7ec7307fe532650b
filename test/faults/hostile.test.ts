// Hostile text in every place that text comes from: none of it reaches a terminal raw, and none becomes a file name.

import { beforeAll, describe, expect, test } from "vitest";
import { type Disk, memoryDisk, runIn, type WorldOptions } from "../cli/memory.ts";
import { tally } from "./tally.ts";

const ESCAPES = "\u001b[31m\u001b]0;owned\u0007";
const TURNS = "\u202eevil\u2066";
const OLD_CONTROLS = "\u009b2J\u0085\u007f\b\u0001";
const LABEL = `la${ESCAPES}bel${TURNS}`;
const NAMES = [`len${ESCAPES}gth`, `wid${OLD_CONTROLS}th`, `co${TURNS}lour`, LABEL];
const SKINS = [`re${ESCAPES}d`, `gre${OLD_CONTROLS}en`, `bl${TURNS}ue`];
const CLASSES = [`${ESCAPES}apple`, `../../etc/${TURNS}kiwi`, `=1+1${OLD_CONTROLS}`, "CON", "a/b\r\n"];
const FILE = `da${ESCAPES}ta${TURNS}.csv`;
const CONFIG = `con${ESCAPES}fig.jsonc`;

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const line = (cells: readonly string[]) => `${cells.map(cell).join()}\n`;
const rows = Array.from({ length: 100 }, (_, i) => [
  ((i % 5) + ((i * 31) % 17) / 10).toFixed(2),
  ((i % 3) + ((i * 7) % 13) / 10).toFixed(2),
  SKINS[i % 3]!,
  CLASSES[i % 5]!,
]);
const csv = `${NAMES.map(cell).join()}\n${rows.map(line).join("")}`;

const config = JSON.stringify({
  name: "fruit",
  data: { file: FILE, label: LABEL },
  split: { kind: "stratified", validation: 0.2, test: 0.3 },
  model: { hidden: [4] },
  train: { epochs: 2, batchSize: 16 },
});
/** An experiment whose first variant has this name. */
const experiment = (variant: string) =>
  JSON.stringify({
    name: "many",
    base: JSON.parse(config),
    variants: { [variant]: { "train.epochs": 1 }, two: {} },
    seeds: 2,
  });

let trained: Disk;

beforeAll(async () => {
  trained = memoryDisk({
    [FILE]: csv,
    [CONFIG]: config,
    "many.jsonc": experiment("one"),
    "hostile.jsonc": experiment(`one${ESCAPES}`),
    "bad.csv": csv.replace('"1.00"', cell(`x${ESCAPES}`)),
    "new.csv": csv.replace(cell(SKINS[0]!), cell(`new${ESCAPES}${TURNS}`)),
    "strange.csv": csv.replace(cell(CLASSES[0]!), cell(`strange${ESCAPES}`)),
    "broken.jsonc": config.replace("hidden", `hid${ESCAPES}den`),
    "twice.csv": `${cell(LABEL)},${cell(LABEL)}\n`,
    "quote.csv": `a,b\n"${ESCAPES}"x,1\n`,
  });
  for (const seed of ["1", "2"]) {
    const { code, err } = await runIn(["train", CONFIG, "--seed", seed, "--out", `runs/${seed}`], {
      disk: trained,
    });
    expect(code, err).toBe(0);
  }
}, 60_000);

const A = "runs/1/model.safetensors";
const B = "runs/2/model.safetensors";

/** Each command, with the exit code it ends with: 0 to 80, never 1 or 70. */
const commands: readonly (readonly [code: number, ...argv: string[]])[] = [
  [0, "train", CONFIG, "--out", "again"],
  [0, "train", CONFIG, "--out", "json", "--json"],
  [0, "train", FILE, "--label", LABEL, "--set", "train.epochs=1"],
  [0, "train", CONFIG, "--out", `o${ESCAPES}ut${TURNS}`],
  [65, "train", "bad.csv", "--label", LABEL],
  [65, "train", FILE, "--label", `no${ESCAPES}ne${TURNS}`],
  [65, "train", "twice.csv", "--label", LABEL],
  [65, "train", "quote.csv", "--label", "b"],
  [66, "train", `none${ESCAPES}.csv`, "--label", LABEL],
  [78, "train", "broken.jsonc"],
  [78, "train", CONFIG, "--set", `model.hid${ESCAPES}den=[1]`],
  [78, "train", CONFIG, "--set", `train.epochs="${ESCAPES}"`],
  [64, "train", `--${ESCAPES}${TURNS}`],
  [64, `tra${ESCAPES}in`],
  [0, "evaluate", A],
  [0, "evaluate", A, "--json"],
  [0, "evaluate", A, FILE],
  [65, "evaluate", A, "strange.csv"],
  [65, "evaluate", A, "strange.csv", "--json"],
  [0, "predict", A, "new.csv", "--format", "jsonl", "--keep", NAMES[2]!],
  [0, "predict", A, "new.csv", "--output", `an${ESCAPES}swers${TURNS}.csv`],
  [65, "predict", A, FILE, "--keep", `no${ESCAPES}ne`],
  [0, "inspect", FILE, "--label", LABEL],
  [0, "inspect", FILE, "--label", LABEL, "--json"],
  [0, "inspect", FILE],
  [0, "inspect", A],
  [0, "inspect", A, "--json"],
  [0, "explain", A, FILE, "--row", "3"],
  [0, "explain", A, FILE, "--row", "3", "--json"],
  [0, "compare", A, B, FILE],
  [0, "compare", A, B, FILE, "--json"],
  [0, "calibrate", A, "--out", `cal${ESCAPES}.safetensors`],
  [0, "calibrate", A, "--out", "calibrated", "--json"],
  [0, "check", CONFIG],
  [0, "check", CONFIG, "--json"],
  [0, "experiment", "many.jsonc"],
  [0, "experiment", "many.jsonc", "--json"],
  [78, "experiment", "hostile.jsonc"],
  [0, "init", FILE, "--label", LABEL, "--output", `in${ESCAPES}it.jsonc`],
];

// Every control but line end; what turns or hides text; and, of a terminal's own colours, what is none of ours.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be there
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
/** The colours that the program itself writes, and how it takes back a line of progress. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these begin with one
const COLOURS = /\u001b\[(1|2|22|32|33|36|39)m|\r\u001b\[2K/g;

/** Red marks our errors and the data's attack: as our own it stands before `error:` and nowhere else. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const ERROR = /\u001b\[31m(error:|[✗×])/g;

async function spoken(argv: readonly string[], options: WorldOptions) {
  const disk = memoryDisk();
  for (const [path, entry] of trained.entries) disk.entries.set(path, entry);
  return runIn(argv, { disk, ...options });
}

describe("no command hands hostile text to a terminal", () => {
  test.each([true, false])("on a terminal: %s", async (terminal) => {
    for (const [expected, ...argv] of commands) {
      const { code, out, err } = await spoken(argv, { terminal, columns: 100 });
      const said = JSON.stringify(argv);
      expect({ said, code, err: code === expected ? "" : err }).toEqual({ said, code: expected, err: "" });
      const raw = RAW.exec((out + err).replace(COLOURS, "").replace(ERROR, "$1"));
      const around = raw && JSON.stringify(raw.input.slice(Math.max(0, raw.index - 60), raw.index + 60));
      expect({ said, around }).toEqual({ said, around: null });
      expect(Math.max(...err.split("\n").map((text) => text.length))).toBeLessThanOrEqual(1000);
    }
  });

  test("predictions are exact in a pipe, and escaped on a terminal", async (context) => {
    const argv = ["predict", A, FILE, "--keep", LABEL];
    const piped = await spoken(argv, {});
    const seen = await spoken(argv, { terminal: true });
    expect(piped.out).toContain(cell(CLASSES[4]!)); // and no character of it changed
    expect(piped.out).toContain(CLASSES[0]);
    expect(RAW.exec(seen.out)).toBeNull();
    expect(seen.out.trimEnd().split("\n")).toHaveLength(101);
    tally(context, 2 * commands.length + 1);
  });
});

test("no file is named after a class, a column or a category", async () => {
  for (const argv of [
    ["train", CONFIG, "--out", "again"],
    ["experiment", "many.jsonc"],
  ]) {
    const { code, err, disk } = await spoken(argv, {});
    expect(code, err).toBe(0);
    const added = disk.list().filter((path) => !trained.list().includes(path));
    expect(added.length).toBeGreaterThan(3);
    const parts = ["apple", "kiwi", "etc", "CON", "a/b", "gth", "lour", "blue", "1+1"];
    expect(added.filter((path) => parts.some((part) => path.includes(part)))).toEqual([]);
  }
});
