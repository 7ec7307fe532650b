// What our reader makes of damaged bytes, and where it disagrees with what must hold.

import { fit } from "../../../src/classifier.ts";
import { resolveRunConfig } from "../../../src/config.ts";
import { isMissingAt, place, readCells, valueAt } from "../../../src/data/cells.ts";
import { readCsv } from "../../../src/data/csv.ts";
import { defaultMissingValues } from "../../../src/data/numbers.ts";
import { readTable } from "../../../src/data/reader.ts";
import { PulloneError } from "../../../src/errors.ts";
import { complete } from "../../../src/model/kernels/operations.ts";
import { prepare, tableOptions } from "../../../src/prepare.ts";
import type { Reading } from "./python.ts";
import { LABEL, NUMBER_NAMES } from "./tables.ts";

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

/** A refusal of the whole file names none of its lines: there is nothing in it, or it is of another kind. */
const OF_THE_FILE = /^t\.csv: expected (a header and rows, got an empty file|CSV text in UTF-8, got )/;
const WITH_A_PLACE = /^t\.csv:[1-9]\d*: expected /;

export type Ours = { readonly rows: readonly (readonly string[])[] } | { readonly refusal: string };

/** Header and rows, or the refusal. Anything but a refusal of the data is thrown on. */
export async function read(bytes: Uint8Array): Promise<Ours> {
  try {
    const csv = await readCsv(inPieces(bytes), "t.csv");
    const rows: (readonly string[])[] = [csv.header];
    for await (const batch of csv.batches) rows.push(...batch.rows);
    return { rows };
  } catch (error) {
    if (error instanceof PulloneError && error.code === "data_invalid") return { refusal: error.message };
    throw error;
  }
}

/** What is wrong with our reading of these bytes; undefined when nothing is. */
export async function faultOf(bytes: Uint8Array, ours: Ours, theirs?: Reading): Promise<string | undefined> {
  if ("refusal" in ours) {
    const placed = WITH_A_PLACE.test(ours.refusal) || OF_THE_FILE.test(ours.refusal);
    return placed ? undefined : `refused without a place: ${ours.refusal}`;
  }
  if (theirs === undefined) return undefined;
  if (theirs.rows === undefined) return `accepted what Python refuses: ${theirs.refusal}`;
  const [header, ...rows] = ours.rows;
  // Blank lines are skipped here and are rows in Python: none of their cells is lost.
  const kept = theirs.rows.map((row) => !isBlank(row, header!.length));
  const [names, ...cells] = theirs.rows.filter((_, i) => kept[i]);
  const trimmed = names?.map((name) => name.replace(/^[ \t]+|[ \t]+$/g, ""));
  if (JSON.stringify([trimmed, ...cells]) !== JSON.stringify([header, ...rows])) {
    return `${JSON.stringify(ours.rows)} where Python reads ${JSON.stringify(theirs.rows)}`;
  }
  const meanings = theirs.numbers!.filter((_, i) => kept[i + 1]);
  // Blank lines above the header: Python's first row is one of them, and meanings are counted from the second on.
  return kept[0] ? numberFault(bytes, header!, meanings) : undefined;
}

function isBlank(row: readonly string[], columns: number): boolean {
  return row.length === 0 || (row.length === 1 && columns !== 1 && row[0]!.trim() === "");
}

/** Holds the numbers that training would get against Python's. */
async function numberFault(
  bytes: Uint8Array,
  header: readonly string[],
  meanings: readonly (readonly string[])[],
): Promise<string | undefined> {
  const { table } = await readTable(inPieces(bytes), "t.csv", { numeric: NUMBER_NAMES });
  for (const name of NUMBER_NAMES.filter((one) => header.includes(one))) {
    const cells = readCells(table.columns[header.indexOf(name)]!, defaultMissingValues);
    for (const [row, meaning] of meanings.map((all) => all[header.indexOf(name)]!).entries()) {
      const at = place(cells, row);
      const value = valueAt(cells, at);
      const got = isMissingAt(cells, at) ? "missing" : Number.isNaN(value) ? "none" : value;
      const wanted = meaning.endsWith("inf") ? Number(meaning.replace("inf", "Infinity")) : meaning;
      const same = typeof got === "number" ? Number(wanted) === got : wanted === got;
      if (!same) return `${name}, row ${row}: the number ${got} where Python reads ${meaning}`;
    }
  }
  return undefined;
}

const config = resolveRunConfig(
  { data: { label: LABEL, file: "t.csv" }, model: { hidden: [3] }, train: { epochs: 2, batchSize: 4 } },
  [],
  "config",
);

/** Trains on accepted bytes: "trained" when a model came of it, "refused" when the data are refused, or the fault. */
export async function train(bytes: Uint8Array): Promise<string> {
  try {
    const { table } = await readTable(inPieces(bytes), "t.csv", tableOptions(config));
    const data = prepare(config, table);
    for (const part of [data.train, data.validation, data.test])
      if (!part.features.values.every(Number.isFinite)) return "a number for the training is not finite";
    const { network, labels } = complete(fit(config, data));
    for (const { weights, biases } of network.layers)
      if (!weights.every(Number.isFinite) || !biases.every(Number.isFinite)) return "a weight is not finite";
    const broken = labels.classes.find((name) => name.endsWith("\r"));
    return broken === undefined
      ? "trained"
      : `a class that ends in a carriage return: ${JSON.stringify(broken)}`;
  } catch (error) {
    if (error instanceof PulloneError && ["data_invalid", "config_invalid"].includes(error.code))
      return "refused";
    throw error;
  }
}
