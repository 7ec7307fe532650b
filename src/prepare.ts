// From a table in memory to what `fit` takes.

import type { RunConfig } from "./config.ts";
import { buildDataset, type Dataset } from "./data/dataset.ts";
import type { PartLengths } from "./data/split.ts";
import { type Table, type TableOptions, tableFromRows } from "./data/table.ts";
import { PulloneError, quote } from "./errors.ts";
import { createSha256, type Sha256 } from "./hash.ts";
import { allocateRows } from "./model/kernels/rows.ts";

/** The data of a run: split, encoded, and with the fingerprint of the rows that take part in training. */
export interface Prepared extends Dataset {
  /** SHA-256 (hex) of the training and validation rows; no test row and no order of columns changes it. */
  readonly fingerprint: string;
}

export interface PrepareOptions {
  /**
   * The table is spent afterwards: it is given back while its rows are encoded, and the training rows are put where the
   * kernels can read them in place.
   */
  readonly consume?: boolean;
  /** One that has seen nothing yet; in place of our own, where the machine has a faster one. */
  readonly sha256?: Sha256;
}

/**
 * Splits `table`, learns from its training rows how to encode, and encodes every part, as the configuration says.
 *
 * @param lengths for a split of kind `files`: how many rows of the table came from which file
 * @throws {PulloneError} data_invalid, config_invalid
 */
export function prepare(
  config: RunConfig,
  table: Table,
  lengths?: PartLengths,
  { consume = false, sha256 = createSha256() }: PrepareOptions = {},
): Prepared {
  const { data, split, seed, train } = config;
  const allocate = consume ? { allocate: allocateRows } : {};
  const passing = { fingerprint: sha256.update, consume, ...allocate };
  const dataset = buildDataset(table, data, split, seed, train.precision, lengths, passing);
  return { ...dataset, fingerprint: sha256.hex() };
}

/** How a configuration wants the columns of its files kept. */
export function tableOptions({ data, split }: RunConfig): TableOptions {
  const declared = (kind: string) =>
    Object.entries(data.columns).flatMap(([name, options]) => (options.kind === kind ? [name] : []));
  const parts = split.kind === "column" ? [split.column] : [];
  return {
    coded: [data.label, ...parts, ...declared("categorical")],
    numeric: declared("numeric"),
    missingValues: data.missingValues,
  };
}

/** A cell of a record: text as in a file, a number, or nothing. */
export type Cell = string | number | null | undefined;

/**
 * A table of records such as `{ length: 5.1, species: "setosa" }`; the first names the columns, null and undefined
 * are missing.
 *
 * @param config with the columns it declares; without it the columns are kept as they come
 * @throws {PulloneError} data_invalid for a number that is not finite, or a record with other columns than the first
 */
export function tableOf(records: readonly Readonly<Record<string, Cell>>[], config?: RunConfig): Table {
  const header = Object.keys(records[0] ?? {});
  const rows = records.map((record, at) => {
    const unknown = Object.keys(record).find((name) => !header.includes(name));
    if (unknown !== undefined)
      throw badCell(at, unknown, "no such column, as in the first record", record[unknown]);
    return header.map((name) => textOf(Object.hasOwn(record, name) ? record[name] : undefined, at, name));
  });
  return tableFromRows("records", header, rows, config ? tableOptions(config) : {});
}

function textOf(cell: Cell, at: number, name: string): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number" && Number.isFinite(cell)) return String(cell);
  throw badCell(at, name, "text, a finite number or null", cell);
}

function badCell(at: number, name: string, expected: string, got: unknown): PulloneError {
  return new PulloneError(
    "data_invalid",
    `records[${at}], column ${quote(name)}: expected ${expected}, got ${quote(got)}`,
  );
}
