// F53 to F66: labels that are absent, single, unique, missing, spelt alike, too many or hostile.

import { answersOf, type CsvCase, classesOf } from "./case.ts";
import { csvOf, fruitRows, renamed, withCells, withColumn } from "./fruit.ts";

const named =
  (...names: readonly string[]) =>
  () =>
    withColumn("fruit", (row) => names[row % names.length]!);

const counts: readonly CsvCase[] = [
  {
    id: "F53",
    title: "the label under a name almost the same",
    content: () => renamed("fruit", "fruits"),
    outcome: "refused",
    says: [/"fruit"/, /did you mean "fruits"/],
  },
  {
    id: "F54",
    title: "one class only",
    content: named("plum"),
    outcome: "refused",
    says: [/two classes or more/],
    column: "fruit",
  },
  {
    id: "F55",
    title: "an empty label",
    content: () => withCells("fruit", { 51: "" }),
    outcome: "refused",
    says: [/label/],
    line: 51,
    column: "fruit",
  },
  {
    id: "F56",
    title: "a class of one row",
    content: () => withCells("fruit", { 12: "durian" }),
    outcome: "warned",
    says: [/class "durian" has one row/],
    holds: (result) => classesOf(result).includes("durian"),
  },
  {
    id: "F57",
    title: "another label on each row",
    content: () => withColumn("fruit", (row) => `no ${row}`),
    outcome: "refused",
    says: [/90 distinct labels/],
    column: "fruit",
  },
  {
    id: "F63",
    title: "5,000 rows of one class and 5 of another",
    content: () =>
      csvOf([
        ["sugar", "fruit"],
        ...Array.from({ length: 5005 }, (_, i) => [String((i * 31) % 1009), i % 1001 ? "apple" : "durian"]),
      ]),
    outcome: "warned",
    says: [/imbalanced/, /"durian"/],
    holds: ({ out }) => /durian/.test(out),
  },
  {
    id: "F64",
    title: "10,001 classes",
    content: () =>
      csvOf([
        ["sugar", "fruit"],
        ...Array.from({ length: 20_002 }, (_, i) => [String(i % 89), `f${i % 10_001}`]),
      ]),
    outcome: "refused",
    says: [/class/, /limit/],
    line: 1002,
    column: "fruit",
  },
  {
    id: "F65",
    title: "evaluate: a label that the model never saw",
    command: "evaluate",
    content: () => withCells("fruit", { 12: "durian" }),
    outcome: "refused",
    says: [/"durian"/],
    line: 12,
    column: "fruit",
  },
];

const spellings: readonly CsvCase[] = [
  {
    id: "F58",
    title: "plum, Plum, and plum with a space",
    content: () => withCells("fruit", { 4: "Plum", 7: "plum ", 10: "Plum" }),
    outcome: "warned",
    says: [/"Plum" and "plum"/],
    holds: (result) => classesOf(result).length === 4,
  },
  {
    id: "F59",
    title: "labels 0, 1, 2",
    content: named("0", "1", "2"),
    outcome: "accepted",
    holds: (result) => classesOf(result).join() === "0,1,2",
  },
  {
    id: "F60",
    title: "one number spelt in three ways",
    content: named("1", "01", "2", "1.0"),
    outcome: "warned",
    says: [/"01" and "1" and "1\.0"/],
    holds: (result) => classesOf(result).length === 4,
  },
  {
    id: "F62",
    title: "labels that mean missing",
    content: () => withCells("fruit", { 9: "NA", 24: "null", 39: "None" }),
    outcome: "refused",
    says: [/"NA", which means missing/],
    line: 9,
    column: "fruit",
  },
];

const hostile: readonly CsvCase[] = [
  {
    id: "F61",
    title: "classes named like parts of an object",
    content: named("__proto__", "constructor", "toString"),
    outcome: "accepted",
    holds: (result) => result.rows === 90 && classesOf(result).join() === "__proto__,constructor,toString",
  },
  {
    id: "F66",
    title: "classes that are formulas",
    content: named("=1+1", "@SUM(A1)", "-2+3"),
    outcome: "accepted",
    holds: (result) => classesOf(result).join() === "-2+3,=1+1,@SUM(A1)",
  },
  {
    id: "F101",
    title: "a class that turns the direction of writing",
    content: named("apple", "ki\u202ewi", "plum"),
    outcome: "accepted",
    holds: (result) => classesOf(result).includes("ki\u202ewi") && result.out.includes("ki\\u{202e}wi"),
  },
  {
    id: "F102",
    title: "classes that are paths",
    content: named("../../etc/x", "CON", "a/b"),
    outcome: "accepted",
    holds: (result) => classesOf(result).join() === "../../etc/x,CON,a/b",
  },
  {
    id: "F97",
    title: "predict: no label column",
    command: "predict",
    content: () =>
      csvOf([["length", "weight", "sugar", "skin"], ...fruitRows().map((row) => row.slice(0, 4))]),
    outcome: "accepted",
    holds: (result) => answersOf(result).length === 90,
  },
];

export const labelCases: readonly CsvCase[] = [...counts, ...spellings, ...hostile];
