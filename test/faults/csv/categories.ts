// F89 to F104: categories that are too many, alike, new or hostile; other columns at prediction; copies of rows.

import { answersOf, type CsvCase, categoriesOf, featuresOf, whole } from "./case.ts";
import { csvOf, fruitRows, HEADER, withCells, withColumn, withNames } from "./fruit.ts";

const skins =
  (...names: readonly string[]) =>
  () =>
    withColumn("skin", (row) => names[(row * 7) % names.length]!);

const many: readonly CsvCase[] = [
  {
    id: "F89",
    title: "another category on each row",
    content: () => withColumn("skin", (row) => `skin ${row}`),
    outcome: "warned",
    says: [/"skin": ignored: \d+ distinct texts/],
    holds: (result) => !featuresOf(result).includes("skin"),
  },
  {
    id: "F90",
    title: "100,000 categories",
    content: () =>
      csvOf([
        ["sugar", "skin", "fruit"],
        ...Array.from({ length: 100_000 }, (_, i) => [String(i % 11), `s${i}`, i % 2 ? "kiwi" : "plum"]),
      ]),
    outcome: "refused",
    says: [/limit/, /distinct texts/],
    column: "skin",
  },
  {
    id: "F92",
    title: "one word, composed and decomposed",
    content: skins("ros\u00e9", "rose\u0301"),
    outcome: "warned",
    says: [/"skin"/, /differ only in their spelling/],
  },
  {
    id: "F104",
    title: "each row twenty times",
    content: () => csvOf([HEADER, ...Array.from({ length: 20 }, () => fruitRows()).flat()]),
    outcome: "warned",
    says: [/duplicates of training rows/],
  },
];

const hostile: readonly CsvCase[] = [
  {
    id: "F91",
    title: "categories named like parts of an object",
    content: skins("__proto__", "constructor", "hasOwnProperty"),
    outcome: "accepted",
    holds: (result) => categoriesOf(result, "skin").join() === "__proto__,constructor,hasOwnProperty",
  },
  {
    id: "F99",
    title: "escape sequences in a name and in a category",
    content: () =>
      csvOf([
        ["length", "we\u001b[31mig\u001b]0;mine\u0007ht", "sugar", "skin", "fruit"],
        ...fruitRows().map((row, i) => (i % 4 ? row : row.with(3, "\u001b[2Jwaxy"))),
      ]),
    outcome: "accepted",
    holds: whole,
  },
  {
    id: "F100",
    title: "HTML and script in names and classes",
    content: () =>
      csvOf([
        ["length", "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "skin", "fruit"],
        ...fruitRows().map((row) => row.with(4, `"><svg onload=alert(3)>${row[4]}`)),
      ]),
    outcome: "accepted",
    holds: (result) => result.rows === 90,
  },
  {
    id: "F103",
    title: "characters of two units, joined ones among them",
    content: skins("\u{1f468}\u200d\u{1f469}", "\u{1f600}", "\u{20000}"),
    outcome: "accepted",
    holds: (result) => categoriesOf(result, "skin").length === 3,
  },
];

const later: readonly CsvCase[] = [
  {
    id: "F93",
    title: "predict: a category that the model never saw",
    command: "predict",
    content: () => withCells("skin", { 41: "thorny" }),
    outcome: "warned",
    says: [/"skin"/, /"thorny" on line 41/],
    holds: (result) => answersOf(result).length === 90,
  },
  {
    id: "F94",
    title: "predict: a column is absent",
    command: "predict",
    content: () => csvOf([HEADER, ...fruitRows()].map((row) => row.toSpliced(2, 1))),
    outcome: "refused",
    says: [/expected a column "sugar"/],
  },
  {
    id: "F95",
    title: "predict: a column more",
    command: "predict",
    content: () => withNames([...HEADER, "note"]).replace(/(?<=\n.+)\n/g, ",dull\n"),
    outcome: "accepted",
    holds: (result) => answersOf(result).length === 90,
  },
  {
    id: "F98",
    title: "predict: a header and no rows",
    command: "predict",
    content: () => `${HEADER.slice(0, 4).join()}\n`,
    outcome: "accepted",
    holds: ({ out }) => out === "predicted,probability_apple,probability_kiwi,probability_plum\n",
  },
];

export const categoryCases: readonly CsvCase[] = [...many, ...hostile, ...later];
