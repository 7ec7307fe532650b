// What the configuration says of a column, with what holds for all columns filled in.

import { didYouMean, PulloneError, printable, quote } from "../errors.ts";
import type { ColumnOptions, EncodingOptions } from "./columns.ts";
import { listed } from "./mentions.ts";
import type { Table } from "./table.ts";

/** The options of one column: its own, else those of all columns; `kind` only when the column declares it. */
export function optionsOf(
  options: EncodingOptions,
  column: string,
): Required<Omit<ColumnOptions, "kind">> & Pick<ColumnOptions, "kind"> {
  const { scaling, imputation, unseen } = options;
  return { scaling, imputation, unseen, ...ownOptions(options, column) };
}

/** Only what the configuration says of this column by name; a column may be called `constructor`. */
export function ownOptions(options: EncodingOptions, column: string): ColumnOptions {
  return Object.hasOwn(options.columns, column) ? options.columns[column]! : {};
}

/**
 * Refuses options for columns that are not in the file, or that are no features.
 *
 * @throws {PulloneError} config_invalid with the nearest name
 */
export function checkColumnNames(table: Table, options: EncodingOptions, label: string | undefined): void {
  const names = table.columns.map((column) => column.name);
  for (const name of Object.keys(options.columns)) {
    if (name === label) {
      throw new PulloneError(
        "config_invalid",
        `data.columns: expected names of feature columns, got ${quote(name)}, which is the label`,
      );
    }
    if (names.includes(name)) continue;
    throw new PulloneError(
      "config_invalid",
      `data.columns: expected names of columns of ${printable(table.source)} (${listed(names)}), got ${quote(name)}`,
      didYouMean(name, names),
    );
  }
}

/**
 * Refuses an option that has no meaning for the kind the column turned out to have.
 *
 * @throws {PulloneError} config_invalid
 */
export function checkOptionsFit(kind: "numeric" | "categorical", own: ColumnOptions, column: string): void {
  const foreign = kind === "numeric" ? (["unseen"] as const) : (["scaling", "imputation"] as const);
  const given = foreign.find((option) => own[option] !== undefined);
  if (given === undefined) return;
  const wanted = kind === "numeric" ? "categorical" : "numeric";
  throw new PulloneError(
    "config_invalid",
    `data.columns, column ${quote(column)}: expected ${given} only for a ${wanted} column, got a ${kind} one`,
  );
}
