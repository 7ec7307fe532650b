// pullone compare: two models on the same rows, and whether the difference is more than luck.

import { unseenRemarks } from "../data/remarks.ts";
import { PulloneError, quote } from "../errors.ts";
import { hex, sha256 } from "../hash.ts";
import { chosenRows, inClassOrder, type ScoredRows, scorePart, scoreTable } from "../scored.ts";
import { compareScored } from "../train/comparison.ts";
import { assertPath } from "./arguments.ts";
import { comparisonLines, verdictSentence } from "./comparison.ts";
import { breathe, type Io, interruptible } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { type LoadedModel, loadModel, type RowSource, readLabelled, rowSource } from "./model.ts";
import { type RecalledRun, recallRun, trainingRows } from "./recall.ts";
import { paintFor, warnAll } from "./reporter.ts";

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly data: string | undefined;
  readonly json?: boolean;
}

/** What both models say of the same rows. */
export interface Paired {
  readonly source: string;
  readonly part: "rows" | "test rows";
  readonly a: ScoredRows;
  readonly b: ScoredRows;
  /** Rows left out, because one of the models or both were trained on them. */
  readonly leftOut: number;
}

const NAME_THE_ROWS = "name the rows: pullone compare <model-a> <model-b> <data.csv>";

/**
 * Compares and prints.
 *
 * @throws {PulloneError} of every kind; data_invalid when there are no rows that both can be judged on
 */
export async function compare(io: Io, options: CompareOptions): Promise<void> {
  if (options.data !== undefined) assertPath("the data", options.data);
  const a = await loadModel(io, options.a);
  const b = await loadModel(io, options.b);
  assertSameTask(a, b);
  const paired =
    options.data === undefined ? await sameTestRows(io, a, b) : await sameRows(io, a, b, options.data);
  await breathe(io);
  const comparison = compareScored(paired.a, paired.b, a.classifier.config.seed);
  if (options.json) {
    const { verdict, ...scores } = comparison;
    const model = ({ path, sha256 }: LoadedModel) => ({ model: path, sha256 });
    const document = {
      a: model(a),
      b: model(b),
      source: paired.source,
      part: paired.part,
      leftOut: paired.leftOut,
      ...scores,
      verdict: { ...verdict, sentence: verdictSentence(comparison) },
    };
    await io.out.write(jsonDocument(document));
    return;
  }
  const lines = comparisonLines(paired, [a, b], comparison, paintFor(io.out, io.env));
  await io.out.write(`${lines.join("\n")}\n`);
}

function assertSameTask(a: LoadedModel, b: LoadedModel): void {
  const [ours, theirs] = [a.classifier.labels, b.classifier.labels];
  const fault = (got: string) =>
    new PulloneError(
      "usage_invalid",
      `${b.path}: expected a model of the same classes as ${a.path}, got ${got}`,
    );
  if (ours.column !== theirs.column) throw fault(`one of column ${quote(theirs.column)}`);
  const other = theirs.classes.find((name) => !ours.classes.includes(name));
  if (other !== undefined) throw fault(`one that knows ${quote(other)}`);
  const missing = ours.classes.find((name) => !theirs.classes.includes(name));
  if (missing !== undefined) throw fault(`one that does not know ${quote(missing)}`);
}

/** The test rows of both runs, which must be the same rows of the same file. */
async function sameTestRows(io: Io, a: LoadedModel, b: LoadedModel): Promise<Paired> {
  const runs = [await recallRun(io, a, NAME_THE_ROWS), await recallRun(io, b, NAME_THE_ROWS)] as const;
  const [ours, theirs] = runs.map(testPlace) as [TestPlace, TestPlace];
  for (const [i, { rows }] of [ours, theirs].entries()) {
    if (rows.length > 0) continue;
    const { configPath } = runs[i]!;
    throw new PulloneError(
      "data_invalid",
      `${configPath}: expected a run with test rows, got one without`,
      NAME_THE_ROWS,
    );
  }
  const isSame =
    ours.sha256 === theirs.sha256 &&
    ours.rows.length === theirs.rows.length &&
    ours.rows.every((row, i) => row === theirs.rows[i]);
  if (!isSame) {
    const got = ours.sha256 === theirs.sha256 ? "another split of the same file" : "another file";
    throw new PulloneError(
      "usage_invalid",
      `${b.path}: expected a run with the test rows of ${a.path}, got ${got}`,
      "train both with one seed and split, or name the rows: those that trained either are left out",
    );
  }
  return {
    source: ours.path,
    part: "test rows",
    a: scorePart(a.classifier, runs[0].dataset.test),
    b: inClassOrder(scorePart(b.classifier, runs[1].dataset.test), a.classifier.labels.classes),
    leftOut: 0,
  };
}

interface TestPlace {
  readonly path: string;
  readonly sha256: string;
  /** Row numbers in that file. */
  readonly rows: Int32Array;
}

/** The file with the test rows is the last one: of a split by files the test file, otherwise the only one. */
function testPlace({ read, dataset }: RecalledRun): TestPlace {
  const { path, sha256 } = read.at(-1)!;
  const before = read.slice(0, -1).reduce((sum, file) => sum + file.rows, 0);
  return { path, sha256, rows: dataset.split.test.map((row) => row - before) };
}

/** The rows of a file or a pipe, but for those that are known to have trained either model. */
async function sameRows(io: Io, a: LoadedModel, b: LoadedModel, path: string): Promise<Paired> {
  const source = await wholeSource(rowSource(io, path));
  const remarks: string[] = [];
  const scored: ScoredRows[] = [];
  const trained = new Set<number>();
  for (const model of [a, b]) {
    const rows = { name: source.name, bytes: interruptible(io, chunks(source.whole)) };
    const { table, remarks: found } = await readLabelled(model.classifier, rows);
    const { unseen, ...rest } = scoreTable(model.classifier, table);
    scored.push(rest);
    remarks.push(...found, ...unseenRemarks(unseen, "new").map((remark) => `${source.name}, ${remark}`));
    const known = await trainingRows(io, model, source.sha256);
    if (typeof known === "string") remarks.push(known);
    else for (const row of known) trained.add(row);
  }
  await warnAll(io, [...new Set(remarks)]);
  const N = scored[0]!.labels.length;
  const kept = Int32Array.from({ length: N }, (_, row) => row).filter((row) => !trained.has(row));
  if (kept.length === 0) {
    throw new PulloneError(
      "data_invalid",
      `${source.name}: expected rows that trained neither model, got ${N} that trained one or both`,
      "name rows that came later",
    );
  }
  return {
    source: source.name,
    part: "rows",
    a: chosenRows(scored[0]!, kept),
    b: chosenRows(inClassOrder(scored[1]!, a.classifier.labels.classes), kept),
    leftOut: N - kept.length,
  };
}

/** All bytes of a source: both models read them, each in its own way. */
async function wholeSource({ name, bytes }: RowSource) {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part.slice());
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { name, whole, sha256: hex(sha256(whole)) };
}

async function* chunks(whole: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += 65_536) yield whole.subarray(at, at + 65_536);
}
