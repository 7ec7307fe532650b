// What a case of the corpus is: a file, what becomes of it, and what the message must say.

import type { Classifier } from "../../../src/classifier.ts";

/** What is left of a case that was not refused. */
export interface Result {
  /** The model of a training. */
  readonly classifier: Classifier | undefined;
  /** Rows of the file that took part in the training. */
  readonly rows: number;
  /** Standard output: the answers of a prediction, the report of a training. */
  readonly out: string;
}

export interface CsvCase {
  /** Its number in the catalogue of faults; a letter behind it for a second side of the same fault. */
  readonly id: string;
  readonly title: string;
  /** `train` unless it is said otherwise; the others use a model of the sound table. */
  readonly command?: "train" | "evaluate" | "predict";
  readonly options?: readonly string[];
  readonly content: () => string | Uint8Array;
  readonly outcome: "refused" | "warned" | "accepted";
  /** What the error output must match. */
  readonly says?: readonly RegExp[];
  /** The place that the message must name. */
  readonly line?: number;
  readonly column?: string;
  /** What must hold besides. */
  readonly holds?: (result: Result) => boolean;
}

/** Names of the columns that a model reads. */
export const featuresOf = ({ classifier }: Result): string[] =>
  classifier!.encoder.features.map(({ column }) => column).sort();

export const classesOf = ({ classifier }: Result): readonly string[] => classifier!.labels.classes;

/** The categories of one column. */
export function categoriesOf({ classifier }: Result, column: string): readonly string[] {
  const feature = classifier!.encoder.features.find((one) => one.column === column);
  return feature?.kind === "categorical" ? feature.categories : [];
}

/** The usual proof that nothing was lost or added: 90 rows of three classes. */
export const whole = (result: Result): boolean =>
  result.rows === 90 && classesOf(result).join() === "apple,kiwi,plum";

export const answersOf = ({ out }: Result): string[] => out.trimEnd().split("\n").slice(1);
