// The CSV files of a run, read once each: the table they make together, and the fingerprint of every byte.

import type { RunConfig } from "../config.ts";
import { concatTables } from "../data/concat.ts";
import { readTable } from "../data/reader.ts";
import type { PartLengths } from "../data/split.ts";
import type { Table, TableOptions } from "../data/table.ts";
import { tableOptions } from "../prepare.ts";
import { readStream } from "./files.ts";
import type { Io } from "./io.ts";
import { interruptible } from "./io.ts";
import type { DataFiles } from "./plan.ts";
import { nodeSha256, tapped } from "./sha256.ts";

/** A file that was read, for the record of the run. */
export interface ReadFile {
  readonly path: string;
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly rows: number;
}

export interface ReadData {
  readonly table: Table;
  /** How many rows came from which file; undefined when there is one file. */
  readonly lengths: PartLengths | undefined;
  readonly files: readonly ReadFile[];
  /** What a person should know of the files. */
  readonly remarks: readonly string[];
}

/** Reads the files of a run. @throws {PulloneError} input_unreadable, data_invalid */
export async function readData(io: Io, config: RunConfig, files: DataFiles): Promise<ReadData> {
  const options = tableOptions(config);
  const read = async (path: string | undefined) =>
    path === undefined ? undefined : readFile(io, path, options);
  const data = await readFile(io, files.data, options);
  const validation = await read(files.validation);
  const test = await read(files.test);
  const all = [data, validation, test].filter((file) => file !== undefined);
  const rows = (file: typeof validation) => file?.table.lines.length ?? 0;
  return {
    table:
      all.length === 1
        ? data.table
        : concatTables(
            all.map(({ table }) => table),
            config.data.missingValues,
          ),
    lengths:
      config.split.kind === "files"
        ? { train: rows(data), validation: rows(validation), test: rows(test) }
        : undefined,
    files: all.map(({ path, sha256, table }) => ({ path, sha256, rows: table.lines.length })),
    remarks: all.flatMap(({ remarks }) => remarks),
  };
}

interface ReadTable {
  readonly path: string;
  readonly sha256: string;
  readonly table: Table;
  readonly remarks: readonly string[];
}

async function readFile(io: Io, path: string, options: TableOptions): Promise<ReadTable> {
  const hash = nodeSha256();
  const { table, remarks } = await readTable(
    tapped(interruptible(io, readStream(io.files, path)), hash.update),
    path,
    options,
  );
  return { path, sha256: hash.hex(), table, remarks: remarks.map((remark) => `${path}: ${remark}`) };
}
