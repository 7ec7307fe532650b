// pullone predict: a class and its probabilities for every row, in order, in bounded memory.
// Letters: K classes.

import { dirname } from "node:path";
import { type Classifier, type Predictions, predict as predictTable } from "../classifier.ts";
import type { UnseenCells } from "../data/encode.ts";
import { type OutlyingCells, outlyingCells } from "../data/outlying.ts";
import { readTables } from "../data/reader.ts";
import { outlyingRemarks, unseenRemarks } from "../data/remarks.ts";
import { cellText, findColumn, type Table, tableFromRows } from "../data/table.ts";
import { didYouMean, PulloneError, quote } from "../errors.ts";
import { type DecisionRule, decide } from "../train/decisions.ts";
import { assertFile, assertPath, oneOf } from "./arguments.ts";
import { type DecisionWords, isJsonText, readDecision } from "./decision.ts";
import type { Io } from "./io.ts";
import { removeLeftovers } from "./leftovers.ts";
import { columnsFor, loadModel, rowSource } from "./model.ts";
import { assertOutput } from "./outputs.ts";
import { type Answers, csvAnswers, jsonAnswers } from "./predictions.ts";
import { warnAll } from "./reporter.ts";
import { counted, shown } from "./text.ts";
import { openWhole } from "./writing.ts";

export interface PredictOptions extends DecisionWords {
  readonly model: string;
  readonly data: string;
  readonly format?: string;
  readonly keep?: readonly string[];
  readonly logits?: boolean;
  readonly safeCsv?: boolean;
  readonly output?: string;
  /** False: an output that is there is refused. */
  readonly clobber?: boolean;
  readonly quiet?: boolean;
  /** Answers whose probability is below this are withheld. */
  readonly abstainBelow?: number;
  readonly expectSha256?: string;
}

/** Where answers go: nothing of a file is seen before `end`, and `fail` leaves nothing of it. */
interface Sink {
  readonly write: (text: string) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly fail: () => Promise<void>;
}

const BATCH_ROWS = 1000;
/** An input with less answer than this is refused whole: until then nothing has been written. */
const HELD_CHARACTERS = 1 << 20;

/** @throws {PulloneError} of every kind */
export async function predict(io: Io, options: PredictOptions): Promise<void> {
  const format = oneOf("--format", ["csv", "jsonl"], options.format ?? "csv");
  const keep = options.keep ?? [];
  assertPath("the data", options.data);
  if (options.safeCsv && format !== "csv") {
    throw new PulloneError("usage_invalid", `--safe-csv: expected it with --format csv, got ${format}`);
  }
  if (options.output !== undefined) {
    assertFile("--output", options.output, "without --output the answers go to standard output");
    const { model, data, costs } = options;
    const inputs = [model, ...(data === "-" ? [] : [data])];
    if (costs !== undefined && !isJsonText(costs)) inputs.push(costs);
    await assertOutput(io.files, options.output, inputs, options);
    await removeLeftovers(io, dirname(options.output));
  }
  const { classifier } = await loadModel(io, options.model, options.expectSha256);
  const rule = await readDecision(io, options, classifier.labels.classes);
  const seen = options.output === undefined && io.out.isTerminal;
  const answers = answersOf(classifier, keep, format, options, seen);
  const rows = rowSource(io, options.data);
  const stream = await readTables(rows.bytes, rows.name, {
    ...columnsFor(classifier, keep, false),
    batchRows: BATCH_ROWS,
  });
  assertKept(rows.name, stream.header, keep);
  // A file with no rows has no batch, but its columns must be the model's all the same.
  predictTable(classifier, tableFromRows(rows.name, stream.header, []));

  const sink = held(options.output === undefined ? standardOutput(io) : await fileSink(io, options.output));
  const unseen = cellTally<UnseenCells>();
  const outlying = cellTally<OutlyingCells>();
  let count = 0;
  try {
    await sink.write(answers.header);
    for await (const table of stream.tables) {
      count += table.lines.length;
      const predictions = predictTable(classifier, table);
      unseen.add(predictions.unseen);
      outlying.add(outlyingCells(classifier.encoder, classifier.record.rows.train, table));
      await sink.write(answerTable(classifier, table, predictions, keep, answers, rule, options));
    }
    await sink.end();
  } catch (error) {
    await sink.fail();
    throw error;
  }
  const remarks = [
    ...stream.remarks(),
    ...unseenRemarks(unseen.all(), "new"),
    ...outlyingRemarks(outlying.all(), "new"),
  ];
  await warnAll(
    io,
    remarks.map((remark) => `${rows.name}: ${remark}`),
  );
  if (options.output === undefined || options.quiet) return;
  await io.err.write(`${shown(options.output, 200)}: ${counted(count, "row")}\n`).catch(() => {});
}

function answersOf(
  { labels, network }: Classifier,
  kept: readonly string[],
  format: "csv" | "jsonl",
  options: PredictOptions,
  seen: boolean,
): Answers {
  const { classes } = labels;
  // One sigmoid node has one logit: that of the second class.
  const named = network.shape.head === "sigmoid" ? classes.slice(1) : classes;
  const columns = { kept, classes, logits: options.logits ? named : [] };
  if (format === "jsonl") return jsonAnswers(columns);
  return csvAnswers(columns, options.safeCsv === true, seen);
}

function assertKept(source: string, header: readonly string[], keep: readonly string[]): void {
  for (const [i, name] of keep.entries()) {
    if (keep.indexOf(name) < i) {
      throw new PulloneError("usage_invalid", `--keep: expected each column once, got ${quote(name)} twice`);
    }
    if (header.includes(name)) continue;
    throw new PulloneError(
      "data_invalid",
      `${source}: expected a column ${quote(name)} to keep, got none`,
      didYouMean(name, header),
    );
  }
}

function answerTable(
  classifier: Classifier,
  table: Table,
  { rows, probabilities, logits }: Predictions,
  keep: readonly string[],
  answers: Answers,
  rule: DecisionRule,
  { logits: withLogits = false, abstainBelow = 0 }: PredictOptions,
): string {
  const names = classifier.labels.classes;
  const K = names.length;
  const answered = decide(probabilities, rows, K, rule);
  const Z = logits.length / rows;
  const columns = keep.map((name) => findColumn(table, name)!);
  let text = "";
  for (let row = 0; row < rows; row++) {
    text += answers.line({
      kept: columns.map((column) => cellText(column, row)),
      predicted: probabilities[row * K + answered[row]!]! < abstainBelow ? null : names[answered[row]!]!,
      probabilities: probabilities.subarray(row * K, (row + 1) * K),
      logits: withLogits ? logits.subarray(row * Z, (row + 1) * Z) : undefined,
    });
  }
  return text;
}

/** Sums up over the pieces of a stream what a column has of some cells; the first of them stays. */
function cellTally<C extends UnseenCells | OutlyingCells>() {
  const columns = new Map<string, C>();
  return {
    add: (found: readonly C[]) => {
      for (const cells of found) {
        const before = columns.get(cells.column);
        columns.set(cells.column, before ? { ...before, rows: before.rows + cells.rows } : cells);
      }
    },
    all: () => [...columns.values()],
  };
}

function standardOutput(io: Io): Sink {
  return { write: io.out.write, end: async () => {}, fail: async () => {} };
}

async function fileSink(io: Io, path: string): Promise<Sink> {
  const file = await openWhole(io.files, path);
  const encoder = new TextEncoder();
  return { write: (text) => file.write(encoder.encode(text)), end: file.commit, fail: file.abandon };
}

/** Gathers text into large pieces. */
function held(sink: Sink): Sink {
  let text = "";
  const flush = async () => {
    const piece = text;
    text = "";
    if (piece !== "") await sink.write(piece);
  };
  return {
    write: async (more) => {
      text += more;
      if (text.length >= HELD_CHARACTERS) await flush();
    },
    end: async () => {
      await flush();
      await sink.end();
    },
    fail: sink.fail,
  };
}
