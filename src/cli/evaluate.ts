// pullone evaluate: a model judged on labelled rows, or again on the test rows of its own run.

import { commonestClass } from "../baselines.ts";
import { unseenRemarks } from "../data/remarks.ts";
import { PulloneError } from "../errors.ts";
import { randomStream } from "../random.ts";
import { answeredBy, intervalsOf, reportOf, type ScoredRows, scorePart, scoreTable } from "../scored.ts";
import { meanCost } from "../train/decisions.ts";
import type { MetricsReport } from "../train/metrics.ts";
import { costInterval } from "../train/posterior.ts";
import { mcnemarOfPredictions } from "../train/statistics.ts";
import { intervalMethods, type MetricIntervals } from "../train/uncertainty.ts";
import { assertPath } from "./arguments.ts";
import { type DecisionWords, decisionWords, readDecision } from "./decision.ts";
import { evaluationLines, type MeanCost } from "./evaluation.ts";
import { exitCodeOf } from "./exit.ts";
import type { Io } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { type LoadedModel, loadModel, readLabelled, rowSource } from "./model.ts";
import { recallRun, trainedRemarks } from "./recall.ts";
import { paintFor, warnAll } from "./reporter.ts";
import { holdAgainst, missed, parseRequirements } from "./require.ts";
import { nodeSha256, tapped } from "./sha256.ts";
import { grouped, shown } from "./text.ts";
import { majorityDoubts } from "./verdict.ts";

export interface EvaluateOptions extends DecisionWords {
  readonly model: string;
  readonly data: string | undefined;
  readonly require?: string;
  readonly expectSha256?: string;
  readonly json?: boolean;
}

interface Judged {
  readonly source: string;
  /** What of it was judged. */
  readonly part: "rows" | "test rows";
  /** Of the training rows where they are known, else of the judged ones, which is the strongest rival. */
  readonly majority: number;
  readonly scored: ScoredRows;
}

/**
 * Judges and prints; the exit code tells whether the required quality was there.
 *
 * @throws {PulloneError} of every kind
 */
export async function evaluate(io: Io, options: EvaluateOptions): Promise<number> {
  const requirements = options.require === undefined ? [] : parseRequirements(options.require);
  if (options.data !== undefined) assertPath("the data", options.data);
  const model = await loadModel(io, options.model, options.expectSha256);
  const { classes } = model.classifier.labels;
  const rule = await readDecision(io, options, classes);
  const {
    source,
    part,
    majority,
    scored: likeliest,
  } = options.data === undefined ? await judgeAgain(io, model) : await judgeRows(io, model, options.data);
  const scored = answeredBy(rule, likeliest);
  const report = reportOf(scored);
  const intervals = intervalsOf(scored, model.classifier.config.seed);
  const cost = rule.kind === "costs" ? costOf(scored, report, rule.costs, intervals) : undefined;
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
      ...(rule.kind === "largest" ? {} : { decision: rule }),
      ...(cost ? { cost: cost.cost } : {}),
      metrics: report,
      intervals: { ...intervals, ...(cost ? { cost: cost.interval } : {}), methods: intervalMethods },
    };
    await io.out.write(jsonDocument({ ...document, ...required, ...error }));
    return miss ? exitCodeOf(miss.code) : 0;
  }
  const how = decisionWords(rule, classes);
  const heading = `${shown(source, 200)}: ${grouped(report.rows)} ${part}${how === undefined ? "" : `, ${how}`}`;
  const lines = evaluationLines(heading, report, intervals, paintFor(io.out, io.env), cost);
  // Other rules trade right rows for something else on purpose.
  const doubts = rule.kind === "largest" ? doubtsOf(scored, majority) : [];
  if (doubts.length > 0) lines.push("", ...doubts);
  await io.out.write(`${lines.join("\n")}\n`);
  if (miss) throw miss;
  return 0;
}

/** Whether the rows leave it open that the model beats one class for all of them. */
function doubtsOf({ labels, predicted, classes }: ScoredRows, majority: number): string[] {
  const always = new Int32Array(labels.length).fill(majority);
  return majorityDoubts(labels.length, classes[majority]!, mcnemarOfPredictions(labels, predicted, always));
}

function costOf(
  { labels, predicted }: ScoredRows,
  { confusionMatrix }: MetricsReport,
  costs: readonly (readonly number[])[],
  { resamples, seed }: MetricIntervals,
): MeanCost {
  const interval = costInterval(confusionMatrix, costs, resamples, randomStream(seed, "bootstrap"));
  return { cost: meanCost(labels, predicted, costs), interval };
}

/** What known rows do to the figures, and how to go without. */
const FLATTERED = "the figures flatter it; without a file, only the test rows of its run are judged";

async function judgeRows(io: Io, model: LoadedModel, path: string): Promise<Judged> {
  const { name, bytes } = rowSource(io, path);
  const hash = nodeSha256();
  const { table, remarks } = await readLabelled(model.classifier, {
    name,
    bytes: tapped(bytes, hash.update),
  });
  const { unseen, ...scored } = scoreTable(model.classifier, table);
  await warnAll(io, [
    ...remarks,
    ...unseenRemarks(unseen, "new").map((remark) => `${name}, ${remark}`),
    ...(await trainedRemarks(io, model, name, hash.hex(), scored.labels.length, FLATTERED)),
  ]);
  const majority = commonestClass(scored.labels, scored.classes.length);
  return { source: name, part: "rows", majority, scored };
}

/** The test rows of the run that the model lies in. */
async function judgeAgain(io: Io, model: LoadedModel): Promise<Judged> {
  const { configPath, files, dataset } = await recallRun(io, model);
  if (dataset.test.labels.length > 0) {
    const scored = scorePart(model.classifier, dataset.test);
    const majority = commonestClass(dataset.train.labels, scored.classes.length);
    return { source: files.test ?? files.data, part: "test rows", majority, scored };
  }
  throw new PulloneError(
    "data_invalid",
    `${configPath}: expected a run with test rows, got one without`,
    "name the rows: pullone evaluate <model> <data.csv>",
  );
}
