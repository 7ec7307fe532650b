// Reading a model file, and reading rows the way a model needs them.

import { join } from "node:path";
import { CONTAINER_LIMITS } from "../artifact/safetensors.ts";
import { loadClassifier } from "../artifact.ts";
import type { Classifier } from "../classifier.ts";
import type { Table, TableOptions } from "../data/table.ts";
import { PulloneError, quote } from "../errors.ts";
import { hex } from "../hash.ts";
import { assertFile } from "./arguments.ts";
import { readStream, readWhole } from "./files.ts";
import { type Io, interruptible } from "./io.ts";
import { MODEL_FILE } from "./runfolder.ts";
import { nodeDigest } from "./sha256.ts";

export interface LoadedModel {
  readonly path: string;
  readonly classifier: Classifier;
  readonly bytes: number;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
}

/**
 * The model of a file.
 *
 * @param expected the SHA-256 that the file must have: nothing of another one is looked at
 * @throws {PulloneError} usage_invalid, input_unreadable, model_invalid
 */
export async function loadModel(io: Io, path: string, expected?: string): Promise<LoadedModel> {
  assertFile("the model", path, "standard input is for rows");
  await refuseFolder(io, path);
  const bytes = await readWhole(io.files, path, CONTAINER_LIMITS.fileBytes, "model_invalid");
  const sha256 = hex(nodeDigest(bytes));
  if (expected !== undefined && sha256 !== expected) {
    throw new PulloneError(
      "model_invalid",
      `${path}: expected the file of SHA-256 ${expected}, got one of ${sha256}`,
      "it is not the file that was meant: ask where it came from",
    );
  }
  return { path, classifier: loadClassifier(bytes, path), bytes: bytes.length, sha256 };
}

/**
 * Refuses a folder where a file belongs, and names the model in it.
 *
 * @throws {PulloneError} input_unreadable
 */
export async function refuseFolder(io: Io, path: string): Promise<void> {
  const kindOf = async (place: string) => (await io.files.status(place).catch(() => undefined))?.kind;
  if ((await kindOf(path)) !== "folder") return;
  const model = join(path, MODEL_FILE);
  const hint = (await kindOf(model)) === "file" ? `did you mean ${quote(model)}?` : undefined;
  throw new PulloneError("input_unreadable", `${path}: expected a file, got a folder`, hint);
}

/** A name for messages and the bytes of a CSV file, or of standard input for "-". */
export interface RowSource {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * @throws {PulloneError} usage_invalid for standard input that nobody has piped into: it would seem to hang
 */
export function rowSource(io: Io, path: string): RowSource {
  if (path !== "-") return { name: path, bytes: interruptible(io, readStream(io.files, path)) };
  if (io.stdinIsTerminal) {
    throw new PulloneError(
      "usage_invalid",
      "the data: expected a CSV file or rows piped in, got a terminal",
      "name a file, or pipe one in: … | pullone predict <model> -",
    );
  }
  return { name: "standard input", bytes: interruptible(io, io.stdin) };
}

/** How the columns that a model reads are kept; `kept` ones keep their text exactly. */
export function columnsFor(
  { encoder, labels }: Classifier,
  kept: readonly string[],
  withLabel: boolean,
): TableOptions {
  const label = withLabel ? [labels.column] : [];
  const columns = (kind: string) =>
    encoder.features.filter((f) => f.kind === kind).map(({ column }) => column);
  return {
    only: [...encoder.features.map(({ column }) => column), ...label, ...kept],
    coded: [...columns("categorical"), ...label, ...kept],
    numeric: columns("numeric").filter((name) => !kept.includes(name)),
    missingValues: encoder.missingValues,
  };
}

/** All rows of a source, with the label column. */
export async function readLabelled(
  classifier: Classifier,
  { name, bytes }: RowSource,
): Promise<{ readonly table: Table; readonly remarks: readonly string[] }> {
  const { readTable } = await import("../data/reader.ts");
  const { table, remarks } = await readTable(bytes, name, columnsFor(classifier, [], true));
  if (table.lines.length === 0) {
    throw new PulloneError("data_invalid", `${name}: expected rows to judge, got no rows below the header`);
  }
  return { table, remarks: remarks.map((remark) => `${name}: ${remark}`) };
}
