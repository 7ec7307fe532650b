// pullone calibrate: probabilities that mean what they say, learnt on the rows that chose the epoch.

import { dirname, join, parse } from "node:path";
import { saveClassifier } from "../artifact.ts";
import { type Calibrated, type CalibrationScore, calibrate as calibrateOn, knownRows } from "../calibrate.ts";
import { encodeLabelled } from "../classifier.ts";
import type { Part } from "../data/dataset.ts";
import type { Table } from "../data/table.ts";
import { PulloneError, quote } from "../errors.ts";
import { hex } from "../hash.ts";
import type { Interval } from "../train/intervals.ts";
import type { MetricsReport } from "../train/metrics.ts";
import { assertFile, assertPath, oneOf } from "./arguments.ts";
import { calibrationLines, logitNames } from "./calibration.ts";
import { type Io, ownName } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { removeLeftovers } from "./leftovers.ts";
import { type LoadedModel, loadModel, readLabelled, rowSource } from "./model.ts";
import { assertOutput, assertOutputIsNoInput } from "./outputs.ts";
import { inputsOf } from "./plan.ts";
import { hasRun, recallRun } from "./recall.ts";
import { paintFor, warnAll } from "./reporter.ts";
import { nodeDigest } from "./sha256.ts";
import { aligned, bar, counted, decimals, grouped, percent, percentRange, quotePath, shown } from "./text.ts";
import { rightRows } from "./verdict.ts";
import { writeWhole } from "./writing.ts";

export interface CalibrateOptions {
  readonly model: string;
  readonly data: string | undefined;
  readonly on?: string;
  readonly method?: string;
  readonly expectSha256?: string;
  readonly out?: string;
  /** False: an output that is there is refused. */
  readonly clobber?: boolean;
  readonly json?: boolean;
}

interface CalibrationRows extends Part {
  readonly source: string;
  readonly part: "validation rows" | "rows";
  readonly remarks: readonly string[];
}

/** @throws {PulloneError} of every kind; nothing is written then */
export async function calibrate(io: Io, options: CalibrateOptions): Promise<void> {
  const method = oneOf("--method", ["temperature", "vector"], options.method ?? "temperature");
  assertRowsMayTeach(options.on ?? "validation");
  if (options.data !== undefined) assertPath("the data", options.data);
  const output = options.out ?? calibratedName(options.model);
  assertFile("--out", output, "a model is a file");
  const inputs = [options.model, options.data].filter((path) => path !== undefined && path !== "-");
  await assertOutput(io.files, output, inputs as string[], options);
  await removeLeftovers(io, dirname(output));

  const model = await loadModel(io, options.model, options.expectSha256);
  const rows =
    options.data === undefined
      ? await recordedRows(io, model, output)
      : await givenRows(io, model, options.data);
  const result = calibrateOn(model.classifier, rows, method);
  const bytes = saveClassifier(result.classifier);
  await writeWhole(io.files, output, bytes);
  await warnAll(io, rows.remarks);
  const { calibration } = result.classifier;
  if (options.json) {
    const { source, part } = rows;
    const document = {
      model: output,
      sha256: hex(nodeDigest(bytes)),
      from: model.path,
      source,
      part,
      calibration,
    };
    await io.out.write(jsonDocument({ ...document, before: result.before, after: result.after }));
    return;
  }
  await io.out.write(`${reportLines(io, rows, result, output).join("\n")}\n`);
}

/** Only rows that neither trained nor judge may teach; the answer to the others is a reason. */
function assertRowsMayTeach(on: string): void {
  if (on === "validation") return;
  const reasons: Readonly<Record<string, string>> = {
    test: "test rows judge: whatever learns from them can no longer be judged by them",
    train: "the model is surer of the rows it was trained on than of any others",
    training: "the model is surer of the rows it was trained on than of any others",
  };
  throw new PulloneError("usage_invalid", `--on: expected validation, got ${quote(on)}`, reasons[on]);
}

/** model.safetensors -> model.calibrated.safetensors, beside it, so that it belongs to the same run. */
function calibratedName(model: string): string {
  const { name, ext } = parse(model);
  return join(dirname(model), name.endsWith(".calibrated") ? `${name}${ext}` : `${name}.calibrated${ext}`);
}

async function recordedRows(io: Io, model: LoadedModel, output: string): Promise<CalibrationRows> {
  const hint = "name rows that it was not trained on: pullone calibrate <model> <data.csv>";
  const { files, dataset, configPath } = await recallRun(io, model, hint);
  await assertOutputIsNoInput(io.files, output, inputsOf({ files, source: configPath }));
  const { validation } = dataset;
  if (validation.labels.length === 0) {
    throw new PulloneError(
      "data_invalid",
      `${configPath}: expected a run with validation rows, got one without`,
      hint,
    );
  }
  return { ...validation, source: files.validation ?? files.data, part: "validation rows", remarks: [] };
}

/** Rows of a file, after a look at the run: those that trained the model or judge it are refused. */
async function givenRows(io: Io, model: LoadedModel, path: string): Promise<CalibrationRows> {
  const source = rowSource(io, path);
  const { table, remarks } = await readLabelled(model.classifier, source);
  const rows = encodeLabelled(model.classifier, table);
  if (!(await hasRun(io, model))) {
    const unknown = `no run lies beside ${quote(model.path)}: whether it was trained or is judged on these rows cannot be told`;
    return { ...rows, source: source.name, part: "rows", remarks: [...remarks, unknown] };
  }
  const { dataset } = await recallRun(io, model, "move the model out of the folder of another run");
  const { test, train } = knownRows(rows, dataset);
  if (test.length > 0) throw knownRefusal(source.name, table, test, "test", "they judge the model");
  if (train.length > 0)
    throw knownRefusal(source.name, table, train, "training", "the model is surer of them");
  return { ...rows, source: source.name, part: "rows", remarks };
}

function knownRefusal(
  source: string,
  table: Table,
  rows: readonly number[],
  part: string,
  why: string,
): PulloneError {
  const got = `${grouped(rows.length)} of ${grouped(table.lines.length)} that are`;
  return new PulloneError(
    "data_invalid",
    `${source}:${table.lines[rows[0]!]}: expected rows that neither train nor judge the model, got ${got} ${part} rows of its run`,
    `${why}: leave them out, or name no file and the validation rows of the run are taken`,
  );
}

function reportLines(
  io: Io,
  rows: CalibrationRows,
  { classifier, before, after }: Calibrated,
  output: string,
): string[] {
  const paint = paintFor(io.out, io.env);
  const section = (heading: string, lines: readonly string[]) => [
    "",
    paint("bold", heading),
    ...lines.map((line) => `  ${line}`),
  ];
  const both = (name: string, cells: (score: CalibrationScore) => string[]) => [
    name,
    ...cells(before),
    ...cells(after),
  ];
  const within = (interval: Interval | null, digits: number) =>
    interval ? `${decimals(interval.lower, digits)} to ${decimals(interval.upper, digits)}` : "–";
  const table = aligned(
    [
      ["", "before", "95 % interval", "after", "95 % interval"],
      both("log loss", (s) => [decimals(s.metrics.logLoss, 4), within(s.intervals.logLoss, 4)]),
      both("Brier score", (s) => [decimals(s.metrics.brier, 4), within(s.intervals.brier, 4)]),
      both("calibration error", (s) => [decimals(s.metrics.ece, 3), within(s.intervals.ece, 3)]),
      both("  if well calibrated", (s) => ["", within(s.intervals.eceIfCalibrated, 3)]),
      both("accuracy", (s) => [
        percent(s.metrics.accuracy),
        percentRange(s.metrics.accuracyInterval.lower, s.metrics.accuracyInterval.upper),
      ]),
    ],
    ["left", "right", "left", "right", "left"],
  );
  return [
    paint("bold", `${shown(rows.source, 200)}: ${counted(rows.labels.length, rows.part.slice(0, -1))}`),
    ...calibrationLines(classifier.calibration!, logitNames(classifier)).map((line) => `  ${line}`),
    ...doubt(before.metrics).map((line) => `  ${line}`),
    "",
    ...table.map((line) => `  ${line}`),
    ...section("Before (of the predicted class: what it said, what came true)", binLines(before)),
    ...section("After", binLines(after)),
    "",
    `${shown(output, 200)} written: its probabilities are the calibrated ones`,
    `next: ${ownName(io)} evaluate ${quotePath(output)}`,
  ];
}

/** Fewer wrong rows than this say little of how wrong the model is elsewhere. */
const FEW_WRONG = 10;

function doubt(metrics: MetricsReport): string[] {
  const wrong = metrics.rows - rightRows(metrics);
  if (wrong >= FEW_WRONG) return [];
  return [`learnt from ${counted(wrong, "wrong row")}: how sure is too sure can hardly be told from so few`];
}

function binLines({ metrics: { reliability } }: CalibrationScore): string[] {
  const rows = reliability.flatMap(({ rows, meanProbability, hitRate }) =>
    rows > 0 && meanProbability !== null && hitRate !== null
      ? [[String(rows), percent(meanProbability), percent(hitRate), bar(hitRate, 20)]]
      : [],
  );
  return aligned([["rows", "said", "true", ""], ...rows], ["right", "right", "right", "left"]);
}
