// The proof that test rows leave no trace: they are rewritten, and the model must be the same bytes.
// Letters: N rows.

import { saveClassifier } from "../artifact.ts";
import { fit } from "../classifier.ts";
import type { RunConfig } from "../config.ts";
import type { PartLengths } from "../data/split.ts";
import { cellText, type Table, tableFromRows } from "../data/table.ts";
import { hex, sha256 } from "../hash.ts";
import { complete } from "../model/kernels/operations.ts";
import { parameterCount } from "../model/network.ts";
import { type Prepared, prepare, tableOptions } from "../prepare.ts";
import { randomStream, shuffle } from "../random.ts";
import { networkShape } from "../recipe.ts";
import type { Check } from "./result.ts";

/** Multiplications that each of the two trainings may cost; longer ones are cut to fewer epochs. */
const WORK = 3e9;

/**
 * Trains twice, the second time with every feature cell of the test rows rewritten: numbers drawn at random far beyond
 * their range, categories shuffled among the test rows, and their labels too where the split does not read them.
 */
export function checkTrace(config: RunConfig, data: Prepared, table: Table, lengths?: PartLengths): Check {
  const shape = networkShape(config.model, data.train.features.columns, data.labels.classes.length);
  const costOfEpoch = 6 * parameterCount(shape) * data.train.labels.length;
  const epochs = Math.max(1, Math.min(config.train.epochs, Math.floor(WORK / costOfEpoch)));
  const short = { ...config, train: { ...config.train, epochs } };
  const { table: rewritten, cells } = rewrite(config, data, table);
  const before = saveClassifier(complete(fit(short, data)));
  const after = saveClassifier(complete(fit(short, prepare(short, rewritten, lengths))));
  const isSame = before.length === after.length && before.every((byte, i) => byte === after[i]);
  const tests = data.test.rows.length;
  const trained = epochs < config.train.epochs ? ` (${epochs} of ${config.train.epochs} epochs)` : "";
  return {
    name: "no trace of test rows",
    status: tests === 0 ? "note" : isSame ? "ok" : "failed",
    found:
      tests === 0
        ? "there are no test rows"
        : `${cells} cells of ${tests} test rows rewritten: the model is ${isSame ? "the same" : "not the same"} ${before.length} bytes${trained}`,
    figures: { rows: tests, cells, epochs, before: hex(sha256(before)), after: hex(sha256(after)) },
  };
}

function rewrite(
  config: RunConfig,
  data: Prepared,
  table: Table,
): { readonly table: Table; readonly cells: number } {
  const { seed } = config;
  const random = randomStream(seed, "check", 0);
  const others = shuffle(data.test.rows.slice(), random);
  const placeOf = new Map(Array.from(data.test.rows, (row, place) => [row, place]));
  const numeric = new Set(data.encoder.features.flatMap((f) => (f.kind === "numeric" ? [f.column] : [])));
  const readsLabels = config.split.kind === "stratified" || config.split.kind === "folds";
  const fixed = new Set([
    ...(readsLabels ? [config.data.label] : []),
    ...(config.split.kind === "column" ? [config.split.column] : []),
  ]);
  const missing = config.data.missingValues[0] ?? "";
  let cells = 0;
  const rows = Array.from(table.lines, (_, row) =>
    table.columns.map((column) => {
      const place = placeOf.get(row);
      const textAt = (at: number) => {
        const text = cellText(column, at);
        return column.kind !== "coded" && text === "" ? missing : text;
      };
      if (place === undefined || fixed.has(column.name)) return textAt(row);
      cells++;
      return numeric.has(column.name) ? String(2e6 * random() - 1e6) : textAt(others[place]!);
    }),
  );
  const header = table.columns.map(({ name }) => name);
  return { table: tableFromRows(table.source, header, rows, tableOptions(config)), cells };
}
