// pullone evaluate: a model judged on labelled rows, or again on the test rows of its own run.

import { dirname, join } from "node:path";
import { type Classifier, evaluatePart, evaluate as evaluateTable } from "../classifier.ts";
import { unseenRemarks } from "../data/remarks.ts";
import { PulloneError } from "../errors.ts";
import { prepare } from "../prepare.ts";
import type { MetricsReport } from "../train/metrics.ts";
import { assertPath } from "./arguments.ts";
import { readData } from "./data.ts";
import { evaluationLines } from "./evaluation.ts";
import { exitCodeOf } from "./exit.ts";
import { readWhole } from "./files.ts";
import type { Io } from "./io.ts";
import { type LoadedModel, loadModel, readLabelled, rowSource } from "./model.ts";
import { planFromFile } from "./plan.ts";
import { paintFor, warnAll } from "./reporter.ts";
import { holdAgainst, missed, parseRequirements } from "./require.ts";
import { CONFIG_FILE, METRICS_FILE, readRecord } from "./runfolder.ts";
import { grouped, shown } from "./text.ts";

export interface EvaluateOptions {
  readonly model: string;
  readonly data: string | undefined;
  readonly require?: string;
  readonly json?: boolean;
}

interface Judged {
  readonly source: string;
  /** What of it was judged. */
  readonly part: "rows" | "test rows";
  readonly report: MetricsReport;
}

/**
 * Judges and prints; the exit code tells whether the required quality was there.
 *
 * @throws {PulloneError} of every kind
 */
export async function evaluate(io: Io, options: EvaluateOptions): Promise<number> {
  const requirements = options.require === undefined ? [] : parseRequirements(options.require);
  if (options.data !== undefined) assertPath("the data", options.data);
  const model = await loadModel(io, options.model);
  const { source, part, report } =
    options.data === undefined
      ? await judgeAgain(io, model)
      : await judgeRows(io, model.classifier, options.data);
  const held = holdAgainst(report, requirements);
  const miss = missed(`${source}, ${part}`, held);
  if (options.json) {
    const error = miss && { error: { code: miss.code, message: miss.message } };
    const required = requirements.length > 0 ? { required: held } : {};
    const document = {
      model: model.path,
      sha256: model.sha256,
      source,
      part,
      rows: report.rows,
      metrics: report,
    };
    await io.out.write(`${JSON.stringify({ ...document, ...required, ...error }, null, 2)}\n`);
    return miss ? exitCodeOf(miss.code) : 0;
  }
  await io.out.write(
    `${evaluationLines(`${shown(source, 200)}: ${grouped(report.rows)} ${part}`, report, paintFor(io.out, io.env)).join("\n")}\n`,
  );
  if (miss) throw miss;
  return 0;
}

async function judgeRows(io: Io, classifier: Classifier, path: string): Promise<Judged> {
  const rows = rowSource(io, path);
  const { table, remarks } = await readLabelled(classifier, rows);
  const { unseen, ...report } = evaluateTable(classifier, table);
  await warnAll(io, [...remarks, ...unseenRemarks(unseen, "new").map((remark) => `${rows.name}, ${remark}`)]);
  return { source: rows.name, part: "rows", report };
}

/** The test rows of the run that the model lies in: the same bytes of data, split by the same configuration. */
async function judgeAgain(io: Io, model: LoadedModel): Promise<Judged> {
  const folder = dirname(model.path);
  const configPath = join(folder, CONFIG_FILE);
  if (!(await io.files.status(configPath)) || !(await io.files.status(join(folder, METRICS_FILE)))) {
    throw new PulloneError(
      "usage_invalid",
      `${model.path}: expected the data, or a model beside the ${CONFIG_FILE} and ${METRICS_FILE} of its run`,
      "name the rows: pullone evaluate <model> <data.csv>",
    );
  }
  const record = readRecord(
    await readWhole(io.files, join(folder, METRICS_FILE), 1 << 30),
    join(folder, METRICS_FILE),
  );
  if (record.model.sha256 !== model.sha256) {
    throw new PulloneError(
      "model_invalid",
      `${model.path}: expected the model that ${METRICS_FILE} speaks of, got another one`,
      "name the rows: pullone evaluate <model> <data.csv>",
    );
  }
  const { config, files } = await planFromFile(io, configPath, []);
  const data = await readData(io, config, files);
  for (const [i, { path, sha256 }] of data.files.entries()) {
    if (record.data[i]?.sha256 === sha256) continue;
    throw new PulloneError(
      "data_invalid",
      `${path}: expected the file that the run was trained on, but it has changed since`,
      "which rows it had not seen can no longer be told: name other rows to judge it on",
    );
  }
  const report = evaluatePart(model.classifier, prepare(config, data.table, data.lengths).test);
  if (report) return { source: files.test ?? files.data, part: "test rows", report };
  throw new PulloneError(
    "data_invalid",
    `${configPath}: expected a run with test rows, got one without`,
    "name the rows: pullone evaluate <model> <data.csv>",
  );
}
