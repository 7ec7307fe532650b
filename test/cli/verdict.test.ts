import { describe, expect, test } from "vitest";
import type { Metrics } from "../../src/classifier.ts";
import { classTable, kindCounts, profileTable } from "../../src/cli/profile.ts";
import { honestSentences, majorityDoubts, verdictTable } from "../../src/cli/verdict.ts";
import type { ColumnProfile } from "../../src/data/columns.ts";
import type { MetricsReport } from "../../src/train/metrics.ts";
import { mcnemar } from "../../src/train/statistics.ts";

const metrics = (rows: number, right: number): Metrics => ({
  rows,
  accuracy: right / rows,
  balancedAccuracy: 0.96875,
  logLoss: 0.0712,
  brier: 0.04,
  macroF1: 0.972,
  mcc: 0.94,
  ece: 0.02,
  rocAuc: null,
});

describe("the verdict", () => {
  test("is a table with a line for each part and each baseline", () => {
    const lines = verdictTable([
      { name: "train", metrics: metrics(364, 362) },
      { name: "test", metrics: metrics(114, 111) },
      { name: "always the same class", metrics: metrics(114, 71) },
    ]);
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "                       rows  accuracy  balanced  log loss   Brier  macro F1  ROC AUC
      train                   364    99.5 %    96.9 %    0.0712  0.0400     0.972        –
      test                    114    97.4 %    96.9 %    0.0712  0.0400     0.972        –
      always the same class   114    62.3 %    96.9 %    0.0712  0.0400     0.972        –"
    `);
  });

  const judged = (rows: number, right: number, logistic: number, both = Math.min(right, logistic)) => ({
    test: { ...metrics(rows, right), accuracyInterval: { lower: 0.9255, upper: 0.991 } } as MetricsReport,
    logistic: metrics(rows, logistic),
    disagreement: mcnemar(right - both, logistic - both),
    majority: metrics(rows, 71),
    majorityClass: "benign",
    overMajority: mcnemar(right - 60, 11),
    isLogistic: false,
  });

  test("says how many rows were right, how sure that is, and that one row more is luck", () => {
    expect(honestSentences(judged(114, 111, 110)).join("\n")).toMatchInlineSnapshot(`
      "On 114 rows it had never seen it was right on 111 (97.4 %, 95 % interval 92.5 to 99.1 %);
      logistic regression on 110; always saying "benign" on 71.
      With 114 rows, a difference of 1 row cannot be told from luck."
    `);
  });

  test.each([
    [114, 110, 110, 110, "With 114 rows, the network and logistic regression cannot be told apart."],
    [114, 110, 110, 106, "With 114 rows, the network and logistic regression cannot be told apart."],
    [114, 105, 110, 105, "With 114 rows, a difference of 5 rows cannot be told from luck."],
    [114, 111, 105, 104, "With 114 rows, a difference of 6 rows cannot be told from luck."],
    [114, 111, 105, 105, "A difference of 6 rows in 114 is hardly luck."],
    [10_000, 9_000, 8_000, 7_900, "A difference of 1,000 rows in 10,000 is hardly luck."],
  ])("of %d rows, %d against %d right, %d by both: %s", (rows, network, logistic, both, sentence) => {
    expect(honestSentences(judged(rows, network, logistic, both))[2]).toBe(sentence);
  });

  // p = 0.0625, 0.03125 and 0.0524: McNemar's exact test of 5 against 0, 6 against 0, 16 against 6 rows.
  test.each([
    [
      5,
      0,
      ['That it is right more often than always saying "benign" is not shown: 5 rows in 1,140 can be luck.'],
    ],
    [6, 0, []],
    [
      16,
      6,
      ['That it is right more often than always saying "benign" is not shown: 10 rows in 1,140 can be luck.'],
    ],
    [
      1,
      0,
      ['That it is right more often than always saying "benign" is not shown: 1 row in 1,140 can be luck.'],
    ],
    [0, 0, ['It is right no more often than always saying "benign".']],
    [7, 7, ['It is right no more often than always saying "benign".']],
    [0, 20, ['It is right no more often than always saying "benign".']],
  ])("only the model right on %i rows, only the majority class on %i: %j", (b, c, sentences) => {
    expect(majorityDoubts(1140, "benign", mcnemar(b, c))).toEqual(sentences);
  });

  test.each([false, true])(
    "doubts of a model without a hidden layer (%s) close the verdict too",
    (isLogistic) => {
      const doubtful = { ...judged(114, 111, 110), overMajority: mcnemar(3, 2), isLogistic };
      expect(honestSentences(doubtful).at(-1)).toBe(
        'That it is right more often than always saying "benign" is not shown: 1 row in 114 can be luck.',
      );
    },
  );
});

describe("the profile", () => {
  const profile = (name: string, more: Partial<ColumnProfile>): ColumnProfile => ({
    name,
    kind: "numeric",
    declared: false,
    reason: "all 398 cells are numbers",
    rows: 398,
    missing: 0,
    distinct: 300,
    remarks: [],
    ...more,
  });
  const profiles = [
    profile("mean radius", { numbers: { minimum: 6.981, median: 13.37, maximum: 28.11, mean: 14.1 } }),
    profile("\u001b[31misland", {
      kind: "categorical",
      reason: "3 different texts",
      missing: 5,
      distinct: 4,
      categories: ["Biscoe", "Dream", "Torgersen", "a very long name"].map((text) => ({ text, rows: 9 })),
    }),
    profile("id", { kind: "ignored", reason: "every cell differs", remarks: ["looks like an identifier"] }),
  ];

  test("is a table of the columns, with names that cannot reach the terminal", () => {
    expect(profileTable(profiles, 10).join("\n")).toMatchInlineSnapshot(`
      "column            used as      missing  distinct  values                       because
      mean radius       numeric                    300  6.981 … 13.37 … 28.11        all 398 cells are numbers
      \\u{1b}[31misland  categorical        5         4  Biscoe, Dream, Torgersen, …  3 different texts
      id                ignored                    300                               every cell differs"
    `);
    expect(profileTable(profiles, 1)).toHaveLength(2);
    expect(kindCounts(profiles)).toBe("1 numeric, 1 categorical, 1 ignored");
  });

  test("shows the classes with bars", () => {
    const classes = [
      { name: "benign", rows: 357 },
      { name: "malignant", rows: 212 },
      { name: "x", rows: 1 },
    ];
    expect(classTable(classes, 2).join("\n")).toMatchInlineSnapshot(`
      "benign     357  62.6 %  ████████████████████████
      malignant  212  37.2 %  ██████████████▎
      … and 1 class more"
    `);
  });
});
