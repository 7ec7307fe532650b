// F36 to F52: rows of another length, names that are empty, doubled, hostile or too many.

import { type CsvCase, featuresOf, whole } from "./case.ts";
import { csvOf, fruitRows, HEADER, renamed, sound, withLine, withLineAbove, withNames } from "./fruit.ts";

const rows: readonly CsvCase[] = [
  {
    id: "F36",
    title: "a row that is a field short",
    content: () => withLine(41, (text) => text.replace(/,\w+$/, "")),
    outcome: "refused",
    says: [/expected 5 fields/, /got 4 on line 41/],
    line: 41,
  },
  {
    id: "F37",
    title: "a row with a field too many",
    content: () => withLine(41, (text) => `${text},ripe`),
    outcome: "refused",
    says: [/expected 5 fields/, /got 6 on line 41/],
    line: 41,
  },
  {
    id: "F38",
    title: "a comma at the end of each row, none in the header",
    content: () => sound().replace(/(?<=\n.*)\n/g, ",\n"),
    outcome: "refused",
    says: [/expected 5 fields/, /got 6 on line 2/, /ends in a delimiter/],
    line: 2,
  },
  {
    id: "F49",
    title: "the header again, as two joined files have it",
    content: () => withLineAbove(47, HEADER.join()),
    outcome: "refused",
    says: [/header again/],
    line: 47,
  },
];

const names: readonly CsvCase[] = [
  {
    id: "F39",
    title: "a column without a name",
    content: () => renamed("sugar", ""),
    outcome: "refused",
    says: [/name for column 3, got an empty one/],
    line: 1,
  },
  {
    id: "F40",
    title: "two columns without a name",
    content: () => withNames(["length", "", "", "skin", "fruit"]),
    outcome: "refused",
    says: [/column 2, got an empty one/],
    line: 1,
  },
  {
    id: "F41",
    title: "one name twice",
    content: () => renamed("weight", "length"),
    outcome: "refused",
    says: [/duplicate "length"/],
    line: 1,
  },
  {
    id: "F42",
    title: "one name twice but for a space",
    content: () => renamed("weight", " length"),
    outcome: "refused",
    says: [/duplicate "length"/],
    line: 1,
  },
  {
    id: "F43",
    title: "no header, so that the first row is taken for one",
    content: () => csvOf(fruitRows()),
    outcome: "refused",
    says: [/label column "fruit"/],
  },
  {
    id: "F44",
    title: "nothing but the label",
    content: () => csvOf([["fruit"], ...fruitRows().map((row) => row.slice(4))]),
    outcome: "refused",
    says: [/feature/],
  },
  {
    id: "F45",
    title: "columns named __proto__ and constructor",
    content: () => withNames(["__proto__", "constructor", "sugar", "skin", "fruit"]),
    outcome: "accepted",
    holds: (result) => featuresOf(result).join() === "__proto__,constructor,skin,sugar",
  },
  {
    id: "F46",
    title: "columns named after methods of an object",
    content: () => withNames(["toString", "valueOf", "hasOwnProperty", "length", "fruit"]),
    outcome: "accepted",
    holds: (result) => whole(result) && featuresOf(result).length === 4,
  },
  {
    id: "F47",
    title: "__proto__ twice",
    content: () => withNames(["__proto__", "__proto__", "sugar", "skin", "fruit"]),
    outcome: "refused",
    says: [/duplicate "__proto__"/],
    line: 1,
  },
  {
    id: "F48",
    title: "a line end within a name",
    content: () => renamed("length", "len\ngth"),
    outcome: "accepted",
    holds: (result) => whole(result) && featuresOf(result).includes("len\ngth"),
  },
];

const sizes: readonly CsvCase[] = [
  {
    id: "F50",
    title: "5,000 columns of numbers",
    content: () => {
      const wide = Array.from({ length: 5000 }, (_, i) => `n${i}`);
      const cells = (row: number) => wide.map((_, i) => String((row * 37 + i * 11 + (row % 3) * i) % 101));
      const plants = fruitRows(30).map(([, , , , fruit], row) => [...cells(row), fruit!]);
      return csvOf([[...wide, "fruit"], ...plants]);
    },
    outcome: "accepted",
    holds: (result) => featuresOf(result).length === 5000,
  },
  {
    id: "F51",
    title: "200,000 columns",
    content: () => `${Array.from({ length: 200_000 }, (_, i) => `n${i}`).join()},fruit\n`,
    outcome: "refused",
    says: [/columns/, /limit/],
    line: 1,
  },
  {
    id: "F52",
    title: "a name of 100,000 characters",
    content: () => renamed("length", "l".repeat(100_000)),
    outcome: "refused",
    says: [/names/, /limit/],
    line: 1,
  },
];

export const shapeCases: readonly CsvCase[] = [...rows, ...names, ...sizes];
