// F67 to F88: what stands where a number should, and numbers at the edge of what float64 holds.

import { type CsvCase, featuresOf, type Result, whole } from "./case.ts";
import { csvOf, fruitRows, HEADER, withCells, withColumn } from "./fruit.ts";

const refusing = ["--set", "data.imputation=error"];
const everyNinth = (text: string) => () => withColumn("sugar", (row, cell) => (row % 9 ? cell : text));
const without = (column: string) => (result: Result) => !featuresOf(result).includes(column);
const isNumber = (column: string) => (result: Result) =>
  whole(result) &&
  result.classifier!.encoder.features.some((one) => one.column === column && one.kind === "numeric");

/** A cell that is no number is named with its line, its column and its text. */
const stray = (id: string, title: string, cells: Readonly<Record<number, string>>): CsvCase => ({
  id,
  title,
  content: () => withCells("sugar", cells),
  outcome: "refused",
  says: [new RegExp(`got "${cells[6]!.replace(/[.$%]/g, "\\$&")}"`)],
  line: 6,
  column: "sugar",
});

const missing: readonly CsvCase[] = [
  ["F67", "NaN among numbers", () => withCells("sugar", { 6: "NaN" }), 6, /missing in 1 of 90 rows/] as const,
  [
    "F74",
    "no value in a whole column",
    () => withColumn("sugar", () => ""),
    2,
    /every cell is missing/,
  ] as const,
  ["F75", "ten empty cells", everyNinth(""), 2, /missing in 10 of 90 rows/] as const,
  ["F76", "ten cells of spaces", everyNinth("   "), 2, /missing in 10 of 90 rows/] as const,
].flatMap(([id, title, content, line, remark]): CsvCase[] => [
  { id, title, content, outcome: "warned", says: [/"sugar"/, remark] },
  {
    id: `${id}e`,
    title: `${title}, where missing values are refused`,
    content,
    options: refusing,
    ...(id === "F74"
      ? { outcome: "warned", says: [/"sugar"/, remark], holds: without("sugar") }
      : { outcome: "refused", says: [/missing/], line, column: "sugar" }),
  },
]);

const strays: readonly CsvCase[] = [
  stray("F68", "Infinity and -inf", { 6: "Infinity", 7: "-inf" }),
  stray("F77", "hexadecimal and binary", { 6: "0x1F", 7: "0b11" }),
  stray("F78", "thousands, set apart", { 6: "1,234.5", 7: "1_000" }),
  stray("F79", "a percent sign and a currency", { 6: "5%", 7: "$5" }),
  stray("F81", "digits and a minus of another script", { 6: "\uff11\uff12", 7: "\u22125" }),
  stray("F83", "one word among 90 numbers", { 6: "sweet" }),
  {
    id: "F80",
    title: "decimal commas in a whole column",
    content: () => withColumn("sugar", (_, cell) => cell.replace(".", ",")),
    outcome: "refused",
    says: [/expected a number like 1234\.5, got "9,000"/],
    line: 2,
    column: "sugar",
  },
  {
    id: "F88",
    title: "predict: a word in a column of numbers",
    command: "predict",
    content: () => withCells("sugar", { 41: "sweet" }),
    outcome: "refused",
    says: [/"sweet"/],
    line: 41,
    column: "sugar",
  },
];

const edges: readonly CsvCase[] = [
  {
    id: "F69",
    title: "1e400",
    content: () => withCells("sugar", { 6: "1e400" }),
    outcome: "refused",
    says: [/range/, /"1e400"/],
    line: 6,
    column: "sugar",
  },
  {
    id: "F70",
    title: "1e-400",
    content: () => withCells("sugar", { 6: "1e-400" }),
    outcome: "accepted",
    holds: isNumber("sugar"),
  },
  {
    id: "F71",
    title: "numbers whose variance is no number",
    content: () => withColumn("sugar", (row) => (row % 3 ? "1e308" : "-1e308")),
    outcome: "refused",
    says: [/range/],
    line: 2,
    column: "sugar",
  },
  {
    id: "F72",
    title: "subnormal numbers",
    content: () => withColumn("sugar", (row) => `${1 + (row % 4)}e-310`),
    outcome: "accepted",
    holds: whole,
  },
  {
    id: "F73",
    title: "one number in a whole column",
    content: () => withColumn("sugar", () => "12"),
    outcome: "warned",
    says: [/"sugar": ignored: constant/],
    holds: without("sugar"),
  },
  {
    id: "F84",
    title: "whole numbers beyond 2^53",
    content: () => withColumn("sugar", (row) => String(9_007_199_254_740_993n + BigInt(row * 3))),
    outcome: "warned",
    says: [/"sugar"/, /2\^53/, /identifiers/],
    holds: without("sugar"),
  },
];

const forms: readonly CsvCase[] = [
  {
    id: "F82",
    title: "spaces and tabs around numbers",
    content: () => withColumn("sugar", (_, cell) => `\t ${cell}  `),
    outcome: "accepted",
    holds: isNumber("sugar"),
  },
  {
    id: "F85",
    title: "numbers of 400 digits",
    content: () => withColumn("sugar", (_, cell) => cell + "7351".repeat(100)),
    outcome: "accepted",
    holds: isNumber("sugar"),
  },
  {
    id: "F86",
    title: "-0, +5, .5, 5., 1E1, 1e+01",
    content: () => withColumn("sugar", (row) => ["-0", "+5", ".5", "5.", "1E1", "1e+01"][(row * 5) % 6]!),
    outcome: "accepted",
    holds: isNumber("sugar"),
  },
  {
    id: "F87",
    title: "dates",
    content: () => withColumn("sugar", (row) => `2026-03-${String(1 + (row % 29)).padStart(2, "0")}`),
    outcome: "warned",
    says: [/"sugar": ignored: dates/],
    holds: without("sugar"),
  },
  {
    id: "F96",
    title: "predict: columns in another order",
    command: "predict",
    content: () => csvOf([HEADER, ...fruitRows()].map((row) => row.toReversed())),
    outcome: "accepted",
  },
];

export const numberCases: readonly CsvCase[] = [...missing, ...strays, ...edges, ...forms];
