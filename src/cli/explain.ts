// pullone explain: why a row was answered as it was, and which columns the model relies on.

import { encodeLabelled } from "../classifier.ts";
import { readTable } from "../data/reader.ts";
import { findColumn } from "../data/table.ts";
import { PulloneError } from "../errors.ts";
import { type Explanation, explainRow } from "../explain.ts";
import { type Importance, permutationImportance } from "../importance.ts";
import { assertPath } from "./arguments.ts";
import type { Io } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { columnsFor, loadModel, rowSource } from "./model.ts";
import { trainedRemarks } from "./recall.ts";
import { type Paint, paintFor, warnAll } from "./reporter.ts";
import { nodeSha256, tapped } from "./sha256.ts";
import { aligned, compact, counted, decimals, shown, signedBar } from "./text.ts";

export interface ExplainOptions {
  readonly model: string;
  readonly data: string;
  /** Counted from 1. */
  readonly row: number;
  readonly expectSha256?: string;
  readonly json?: boolean;
}

/** Longer tables of columns are cut in text; --json has them all. */
const MOST_COLUMNS = 12;
const BAR_LENGTH = 20;
const KNOWN_ROWS = "new rows may show another importance of the columns";

/** @throws {PulloneError} of every kind */
export async function explain(io: Io, options: ExplainOptions): Promise<void> {
  assertPath("the data", options.data);
  const model = await loadModel(io, options.model, options.expectSha256);
  const { classifier, path, sha256 } = model;
  const { name, bytes } = rowSource(io, options.data);
  const hash = nodeSha256();
  const { table, remarks } = await readTable(
    tapped(bytes, hash.update),
    name,
    columnsFor(classifier, [], true),
  );
  const total = table.lines.length;
  if (total === 0) {
    throw new PulloneError("data_invalid", `${name}: expected rows to explain, got no rows below the header`);
  }
  const explanation = explainRow(classifier, table, options.row);
  const labelled = findColumn(table, classifier.labels.column) !== undefined;
  const importance = labelled ? permutationImportance(classifier, encodeLabelled(classifier, table)) : null;
  await warnAll(io, [
    ...remarks.map((remark) => `${name}: ${remark}`),
    // One row is explained as well when it is known; the importance is measured on all of them.
    ...(labelled ? await trainedRemarks(io, model, name, hash.hex(), total, KNOWN_ROWS) : []),
  ]);
  if (options.json) {
    const document = { model: path, sha256, source: name, ...explanation, importance };
    await io.out.write(jsonDocument(document));
    return;
  }
  await io.out.write(
    `${explanationLines(name, explanation, importance, paintFor(io.out, io.env)).join("\n")}\n`,
  );
}

function explanationLines(
  source: string,
  explanation: Explanation,
  importance: Importance | null,
  paint: Paint,
): string[] {
  const { row, line, predicted, against, label, margin } = explanation;
  const section = (heading: string, lines: readonly string[]) => [
    "",
    paint("bold", heading),
    ...lines.map((text) => `  ${text}`),
  ];
  const answer = `answered "${shown(predicted)}"`;
  const truth =
    label === null ? "" : label === predicted ? ", which is right" : `; the label is "${shown(label)}"`;
  return [
    paint("bold", `${shown(source, 200)}: row ${row}, on line ${line}`),
    `  ${answer}${truth}`,
    ...section(
      label === null ? "Logits and probabilities" : "Push all, pull one: p − y is the gradient of the loss",
      classLines(explanation),
    ),
    ...section(
      `What moved it: ln p[${shown(predicted, 20)}] − ln p[${shown(against, 20)}] = ${compact(margin)}`,
      columnLines(explanation),
    ),
    ...(importance === null
      ? ["", "without the label column, nothing can be said of the importance of the columns"]
      : section(
          `What the model relies on: the rise of the log loss when a column is shuffled (${counted(importance.rows, "row")}, ${importance.repeats} times)`,
          importanceLines(importance),
        )),
  ];
}

function classLines({ classes, logits, loss, label }: Explanation): string[] {
  const ofClass = new Map(logits.map((logit) => [logit.class, logit]));
  const rows = classes.map(({ class: name, probability, y, push }) => {
    const logit = ofClass.get(name);
    const cells = [shown(name, 24), logit ? compact(logit.logit) : "", compact(probability)];
    if (y === null || push === null) return cells;
    const next = logit?.next ?? undefined;
    return [
      ...cells,
      String(y),
      compact(push),
      signedBar(push, BAR_LENGTH / 2),
      next === undefined ? "" : compact(next),
    ];
  });
  const head = [
    "",
    "logit",
    "p",
    ...(label === null ? [] : ["y", "p − y", "", "logit after a step of rate 1"]),
  ];
  const table = aligned([head, ...rows], ["left", "right", "right", "right", "right", "left", "left"]);
  if (loss === null) return table;
  return [
    ...table,
    `loss −ln p[${shown(label!, 24)}] = ${decimals(loss, 4)} nats; knowing nothing is ${decimals(Math.log(classes.length), 4)}`,
  ];
}

function columnLines({ columns, rest, margin }: Explanation): string[] {
  const longest = Math.max(...columns.map(({ contribution }) => Math.abs(contribution)), Math.abs(rest));
  const share = (value: number) => signedBar(longest === 0 ? 0 : value / longest, BAR_LENGTH / 2);
  const told = columns.slice(0, MOST_COLUMNS);
  const hidden = columns.slice(MOST_COLUMNS);
  const others = hidden.reduce((sum, { contribution }) => sum + contribution, 0);
  const rows = told.map(({ column, value, encoded, contribution }) => [
    shown(column, 28),
    value === "" ? "(empty)" : shown(value, 16),
    compact(encoded),
    compact(contribution),
    share(contribution),
  ]);
  if (hidden.length > 0)
    rows.push([counted(hidden.length, "more column"), "", "", compact(others), share(others)]);
  rows.push(["the rest: biases, curvature", "", "", compact(rest), share(rest)]);
  rows.push(["together", "", "", compact(margin), ""]);
  return aligned(
    [["column", "value", "encoded", "x · gradient", ""], ...rows],
    ["left", "right", "right", "right", "left"],
  );
}

function importanceLines({ columns, logLoss }: Importance): string[] {
  const longest = Math.max(...columns.map(({ rise }) => Math.abs(rise)));
  const rows = columns
    .slice(0, MOST_COLUMNS)
    .map(({ column, rise, interval }) => [
      shown(column, 28),
      decimals(rise, 4),
      `${decimals(interval.lower, 4)} to ${decimals(interval.upper, 4)}`,
      signedBar(longest === 0 ? 0 : rise / longest, BAR_LENGTH / 2),
    ]);
  const more = columns.length - rows.length;
  return [
    ...aligned([["column", "rise", "95 % interval", ""], ...rows], ["left", "right", "left", "left"]),
    ...(more > 0 ? [`… and ${counted(more, "column")} that matter less: --json has them all`] : []),
    `log loss of the rows as they are: ${decimals(logLoss, 4)}`,
  ];
}
