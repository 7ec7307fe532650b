// Predictions as text: CSV that reads back as the same text, or one JSON object a line.
// Letters: K classes.

import { PulloneError, printable, quote } from "../errors.ts";
import { jsonText } from "./json.ts";

/** One row of the answer; figures as they are, never rounded. */
export interface AnsweredRow {
  readonly kept: readonly string[];
  /** Null when the model abstains. */
  readonly predicted: string | null;
  /** (K) in the order of the classes */
  readonly probabilities: ArrayLike<number>;
  /** (K, or 1 for a sigmoid head); undefined when nobody asked */
  readonly logits: ArrayLike<number> | undefined;
}

export interface Answers {
  readonly header: string;
  readonly line: (row: AnsweredRow) => string;
}

/** The names of an answer: what is copied, and what is said of each row. */
export interface AnswerColumns {
  readonly kept: readonly string[];
  readonly classes: readonly string[];
  /** Names of the logits, when they are wanted. */
  readonly logits: readonly string[];
}

/**
 * CSV: copied columns, `predicted`, `probability_<class>` and `logit_<class>`. An answer that is withheld is an empty
 * cell, which no class can be: an empty name would stand in quotes.
 *
 * @param safe see `csvCell`
 * @param seen by a person: what a terminal would obey is written as an escape, and no longer reads back
 * @throws {PulloneError} usage_invalid when two columns would have one name
 */
export function csvAnswers({ kept, classes, logits }: AnswerColumns, safe: boolean, seen = false): Answers {
  const ours = [
    "predicted",
    ...classes.map((name) => `probability_${name}`),
    ...logits.map((name) => `logit_${name}`),
  ];
  const taken = kept.find((name) => ours.includes(name));
  if (taken !== undefined) {
    throw new PulloneError(
      "usage_invalid",
      `--keep: expected a column whose name no answer has, got ${quote(taken)}`,
      "--format jsonl keeps the two apart",
    );
  }
  const names = [...kept, ...ours];
  const cell = (text: string) => csvCell(seen ? printable(text) : text, safe);
  return {
    header: `${names.map(cell).join(",")}\n`,
    line: (row) => {
      const cells = [...row.kept.map(cell), row.predicted === null ? "" : cell(row.predicted)];
      for (let k = 0; k < row.probabilities.length; k++) cells.push(exact(row.probabilities[k]!));
      for (let k = 0; k < (row.logits?.length ?? 0); k++) cells.push(exact(row.logits![k]!));
      return `${cells.join(",")}\n`;
    },
  };
}

/** JSON lines: `predicted` (null when withheld), `probabilities` and `logits` by name, and `kept`. */
export function jsonAnswers({ kept, classes, logits }: AnswerColumns): Answers {
  // Written by hand: an object of JavaScript would put classes named 0, 1, 2 first and lose one named __proto__.
  const object = (names: readonly string[], values: readonly string[]) =>
    `{${names.map((name, i) => `${name}:${values[i]}`).join(",")}}`;
  const keptNames = kept.map((name) => jsonText(name));
  const classNames = classes.map((name) => jsonText(name));
  const logitNames = logits.map((name) => jsonText(name));
  return {
    header: "",
    line: (row) => {
      const parts = [
        `"predicted":${jsonText(row.predicted)}`,
        `"probabilities":${object(classNames, Array.from(row.probabilities, exact))}`,
      ];
      if (row.logits) parts.push(`"logits":${object(logitNames, Array.from(row.logits, exact))}`);
      if (kept.length > 0) {
        parts.push(
          `"kept":${object(
            keptNames,
            row.kept.map((text) => jsonText(text)),
          )}`,
        );
      }
      return `{${parts.join(",")}}\n`;
    },
  };
}

/**
 * A cell of CSV, in quotes where a reader would otherwise read another text. With `safe`, text that a spreadsheet
 * would run as a formula gets a ' in front and then no longer reads back as it was.
 *
 * Source: RFC 4180, 2.6 and 2.7; OWASP, CSV Injection.
 */
export function csvCell(text: string, safe: boolean): string {
  const cell = safe && /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return cell === "" || /[",\r\n\ufeff]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The shortest text that reads back as the same number. */
function exact(value: number): string {
  if (Number.isFinite(value)) return String(value);
  throw new PulloneError("data_invalid", `a prediction: expected finite numbers, got ${value}`);
}
