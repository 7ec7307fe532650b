// F114 to F118 and F125 to F128: values of a wrong type, out of range, too large; names and grids that cannot be.

import { describe, expect, test } from "vitest";
import { irisCsv } from "../cli/flowers.ts";
import { memoryDisk, runIn } from "../cli/memory.ts";
import { expectRefused, goodDocument, printConfig, train, withWritten } from "./config/good.ts";
import { tally } from "./tally.ts";

const numbers = [
  ...["seed", "split.validation", "split.test", "model.alpha", "train.learningRate", "train.momentum"],
  ...["train.l2", "train.weightDecay", "train.batchSize", "train.epochs", "train.labelSmoothing"],
  ...["train.headLearningRateFactor", "train.headL2Factor", "train.schedule.warmup"],
  ...["train.earlyStopping.patience", "train.earlyStopping.minimumImprovement", "train.clipNorm"],
];
const texts = [
  ...["name", "data.file", "data.label", "data.missingLabel", "data.scaling", "data.imputation"],
  ...["data.unseen", "data.columns.a.kind", "data.columns.a.scaling", "split.kind", "model.head"],
  ...["model.init", "model.headInit", "train.optimizer", "train.precision", "train.schedule.kind"],
  ...["train.earlyStopping.metric", "train.validationWeights", "$schema"],
];
const flags = ["train.nesterov", "train.decayBiases"];
const lists = ["model.hidden", "data.missingValues", "data.classes"];
const sections = ["data", "data.columns", "data.columns.a", "split", "model", "train", "train.schedule"];
const nullable = ["train.clipNorm", "train.earlyStopping"];

const wrong = {
  number: ['"5"', '"abc"', "null", "[]", "{}", "[5]", "true", '"yes"'],
  text: ["5", "null", "[]", "{}", "true", '["x"]'],
  flag: ['"yes"', '"true"', "0", "1", "null", "[]", "{}"],
  list: ['"16"', "16", "null", "{}", "true", "[null]", "[[16]]", "[{}]"],
  section: ["5", "null", '"x"', "[]", "true"],
} as const;

const typed = [
  ...numbers.map((path) => [path, wrong.number] as const),
  ...texts.map((path) => [path, wrong.text] as const),
  ...flags.map((path) => [path, wrong.flag] as const),
  ...lists.map((path) => [path, wrong.list] as const),
  ...[...sections, "train.earlyStopping"].map((path) => [path, wrong.section] as const),
];

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

test("F114: a value of a wrong type is refused, with its field, what it may be, and what it is", async (context) => {
  let cases = 0;
  for (const [path, values] of typed) {
    for (const value of values) {
      if (value === "null" && nullable.includes(path)) continue;
      const tried = await train(withWritten(path, value));
      // A list or a section may be right while an item in it is wrong.
      const place = `c\\.jsonc:\\d+:\\d+ ${literally(path)}(?:[.[][^:]*)?: expected [^\\n]+, got `;
      expectRefused(tried, new RegExp(place));
      if (!value.startsWith("[") && !value.startsWith("{")) expect(tried.err).toContain(`, got ${value}\n`);
      cases++;
    }
  }
  tally(context, cases);
});

describe("F115: a number out of range is refused with the range", () => {
  const whole = /expected a whole number from 1 to 1000000, got/;
  const below1 = /expected a number of at least 0 and below 1, got/;
  const sum = /expected validation and test to leave rows for training: a sum below 1, got 0\.2 and 0\.9/;
  test.each<[string, string, RegExp]>([
    ...["0", "-1", "1.5", "1e9", "-0", "1e-320"].map(
      (n) => ["train.epochs", n, whole] as [string, string, RegExp],
    ),
    ...["0", "-16", "2.5", "1e7"].map((n) => ["train.batchSize", n, whole] as [string, string, RegExp]),
    ...["0", "-1", "1e308", "-0", "1001"].map(
      (n) =>
        ["train.learningRate", n, /expected a number above 0 and at most 1000, got/] as [
          string,
          string,
          RegExp,
        ],
    ),
    ...["1", "-0.1", "2"].map((n) => ["train.momentum", n, below1] as [string, string, RegExp]),
    ...["1", "2", "-1"].map((n) => ["split.test", n, below1] as [string, string, RegExp]),
    ["split.test", "0.9", sum],
    ["train.l2", "-1", /expected a number from 0 to 1000, got -1/],
    ["train.earlyStopping.patience", "0", whole],
  ])("%s = %s", async (path, value, message) => {
    expectRefused(await train(withWritten(path, value)), message);
  });
});

test("F116: what float64 cannot hold is refused for every number", async (context) => {
  for (const path of numbers) {
    for (const value of ["1e999", "-1e999", `1${"0".repeat(400)}`]) {
      const place = new RegExp(
        `c\\.jsonc:\\d+:\\d+ ${literally(path)}: expected a number within ±1\\.8e308, got`,
      );
      expectRefused(await train(withWritten(path, value)), place);
    }
  }
  tally(context, 3 * numbers.length);
});

test.each([
  "9007199254740993",
  "9007199254740992",
  "0.5",
  "-0",
  "-1",
  '"42"',
  "1e-999",
  "42.00000000000000001",
])("F117: the seed %s is refused, not rounded", async (seed) => {
  expectRefused(await train(withWritten("seed", seed)), /c\.jsonc:3:\d+ seed: expected a .*number/);
});

test("F117: the largest seed is kept to the last digit", async () => {
  const { out } = await printConfig(withWritten("seed", "9007199254740991"));
  expect(out).toContain('"seed": 9007199254740991');
});

describe("F118: layers that no machine should hold are refused before anything is allocated", () => {
  test.each<[string, RegExp]>([
    ["[0]", /model\.hidden\[0\]: expected .* from 1 to 65536, got 0/],
    ["[-1]", /model\.hidden\[0\]: expected .* from 1 to 65536, got -1/],
    ["[1.5]", /model\.hidden\[0\]: expected .* from 1 to 65536, got 1\.5/],
    ["[1e9]", /model\.hidden\[0\]: expected .* from 1 to 65536, got 1e9/],
    ["[2147483648, 2147483648]", /model\.hidden\[0\]: expected .* from 1 to 65536, got 2147483648/],
    [`[${Array(999).fill(1)}]`, /model\.hidden: expected a list of at most 64 whole numbers/],
    [`[${Array(10_000).fill(1)}]`, /model\.hidden\[1000\]: expected at most 1000 items in a list/],
    [
      "[65536, 65536]",
      /model\.hidden: expected a network of at most 33554432 weights, got \[65536,65536\] with 4295032832 \(32769 MiB in float64\)/,
    ],
  ])("%s", async (hidden, message) => {
    const before = process.memoryUsage().rss;
    expectRefused(await train(withWritten("model.hidden", hidden)), message);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test("what only the table tells is refused once it has been read: a layer too wide for its columns", async () => {
    const header = ["y", ...Array.from({ length: 1_000 }, (_, i) => `c${i}`)].join();
    const row = (label: string, i: number) =>
      [label, ...Array.from({ length: 1_000 }, (_, c) => (37 * i + 11 * c * i) % 97)].join();
    const rows = Array.from({ length: 40 }, (_, i) => row(i % 2 ? "a" : "b", i));
    const disk = memoryDisk({ "wide.csv": [header, ...rows].join("\n") });
    const argv = ["train", "wide.csv", "--label", "y", "--set", "model.hidden=[65536]", "--quiet"];
    const { code, err } = await runIn(argv, { disk });
    expect(code).toBe(78);
    expect(err).toMatch(
      /model\.hidden: expected a network of at most 33554432 weights, got \[65536\] with \d+ \(\d+ MiB in float64\)/,
    );
    expect(disk.list()).toEqual(["wide.csv"]);
  });
});

test("F125: a path of a file to read is text without a NUL, and a name is no path at all", async (context) => {
  const paths = ['""', '" "', '"a\\u0000b"', `"${"x".repeat(100_000)}"`];
  for (const path of paths) {
    expectRefused(
      await train(withWritten("data.file", path)),
      /data\.file: expected a path of 1 to 4096 characters/,
    );
  }
  const names = [
    '"../../x"',
    '"/etc/x"',
    '""',
    '"."',
    '"CON"',
    '"a/b"',
    '"a\\\\b"',
    '"C:x"',
    '"\\ud800"',
    '"__proto__"',
  ];
  for (const name of names) {
    expectRefused(await train(withWritten("name", name)), /name: expected a name of 1 to 64 of A-Z/);
  }
  tally(context, paths.length + names.length);
});

describe("experiments", () => {
  const experiment = (more: object) =>
    runIn(["experiment", "e.jsonc", "--quiet"], {
      disk: memoryDisk({
        "iris.csv": irisCsv,
        "e.jsonc": JSON.stringify({
          name: "e",
          base: { ...goodDocument(), seed: 1, train: { epochs: 1 } },
          variants: { a: {} },
          ...more,
        }),
      }),
    });

  test("F126: names of experiments and of variants are names of folders", async (context) => {
    const names = [
      "../x",
      "CON",
      "com1.txt",
      "a/b",
      ".",
      "..",
      ".x",
      "x.",
      "",
      "__proto__",
      "x".repeat(300),
      "a b",
      "é",
    ];
    for (const name of names) {
      for (const more of [{ name }, { variants: JSON.parse(`{${JSON.stringify(name)}:{}}`) }]) {
        const { code, err, out, disk } = await experiment(more);
        expect({ code, out }, err).toEqual({ code: 78, out: "" });
        expect(err).toMatch(
          /^error: e\.jsonc:1:\d+ (name|variants.*): expected (a name of 1 to 64|a key of)/,
        );
        expect(disk.list()).toEqual(["e.jsonc", "iris.csv"]);
      }
    }
    tally(context, 2 * names.length);
  });

  test.each<[object, RegExp]>([
    [
      { seeds: 1_000, folds: { folds: 100, repeats: 10 } },
      /expected at most 10000 runs, got 1 variants × 1000 seeds × 1000 folds = 1000000/,
    ],
    [{ seeds: 1_000_000 }, /seeds: expected a whole number from 1 to 1000, got 1000000/],
    [{ folds: { repeats: 1e6 } }, /folds\.repeats: expected a whole number from 1 to 1000/],
    [
      { variants: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`v${i}`, {}])) },
      /variants: expected 1 to 100 variants, got 101/,
    ],
  ])("F128: a grid of too many runs is refused with the product and the limit, %#", async (more, message) => {
    const { code, err, disk } = await experiment(more);
    expect(code, err).toBe(78);
    expect(err).toMatch(message);
    expect(disk.list()).toEqual(["e.jsonc", "iris.csv"]);
  });
});
