// pullone train: from a configuration, or a CSV file and a label, to the folder of a run.

import { join } from "node:path";
import { saveClassifier } from "../artifact.ts";
import { type Baselines, evaluateParts, fittingBaselines, type PartReports } from "../baselines.ts";
import { type Classifier, fit } from "../classifier.ts";
import { type RunConfig, writeRunConfig } from "../config.ts";
import type { Dataset } from "../data/dataset.ts";
import { encodedWidth } from "../data/encode.ts";
import { hex, sha256 } from "../hash.ts";
import { hasSimd } from "../model/kernels/simd-module.ts";
import { prepare } from "../prepare.ts";
import { networkShape } from "../recipe.ts";
import type { EpochReport } from "../train/trainer.ts";
import { assertFile } from "./arguments.ts";
import { type ReadData, readData } from "./data.ts";
import { writeFolder } from "./folders.ts";
import { breathe, type Io } from "./io.ts";
import { assertOutputIsNoInput } from "./outputs.ts";
import { configFor, filesOf, inputsOf, planRun, type RunWords } from "./plan.ts";
import { createPassingProgress, createProgress, type Progress, silentProgress } from "./progress.ts";
import { warnAll } from "./reporter.ts";
import { assertNewRun, MODEL_FILE, RUN_FILES, type RunRecord, runFiles } from "./runfolder.ts";
import { nodeSha256 } from "./sha256.ts";
import { createTrainReport } from "./trainreport.ts";

export interface TrainOptions extends RunWords {
  readonly out?: string;
  readonly force?: boolean;
  /** Print the run, and do nothing. */
  readonly printConfig?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/**
 * Trains, judges beside both baselines, and writes the run whole or not at all.
 *
 * @throws {PulloneError} of every kind; nothing is written then
 */
export async function train(io: Io, options: TrainOptions): Promise<void> {
  if (options.out !== undefined) assertFile("--out", options.out, "a run is a folder");
  const plan = await planRun(io, options);
  const { config } = plan;
  if (options.printConfig) return printConfig(io, configFor(io, plan, "."), options.json === true);
  const folder = options.out ?? join("runs", `${config.name}-${config.seed}`);
  await assertNewRun(io.files, folder, options.force === true);
  for (const name of RUN_FILES) {
    await assertOutputIsNoInput(io.files, join(folder, name), inputsOf(plan));
  }

  const silent = options.json === true || options.quiet === true;
  const report = createTrainReport(io, silent);
  const data = await readData(io, config, plan.files);
  const dataset = prepare(config, data.table, data.lengths, { consume: true, sha256: nodeSha256() });
  const remarks = [...data.remarks, ...dataset.remarks, ...kernelRemarks(config)];
  await warnAll(io, remarks);
  const shape = networkShape(config.model, encodedWidth(dataset.encoder), dataset.labels.classes.length);
  await report.data(data, dataset);
  await report.network(shape, config);

  const host = await io.threads?.();
  const start = io.now();
  const { value: classifier, history } = await pull(
    io,
    fit(config, dataset, host),
    silent ? silentProgress : createProgress(io),
  );
  const seconds = (io.now() - start) / 1000;
  const metrics = evaluateParts(classifier, dataset);
  const { value: baselines } = await pull(
    io,
    fittingBaselines(config, dataset, host),
    silent ? silentProgress : createPassingProgress(io, "logistic regression beside it"),
  );

  const model = saveClassifier(classifier);
  const told = configFor(io, plan, folder);
  const record = recordOf(told, data, dataset, classifier, model, metrics, baselines);
  await writeFolder(io.files, folder, runFiles(told, history, record, model));
  await report.result({ classifier, history, dataset, metrics, baselines, seconds });
  await report.files(folder, record);
  if (options.json) {
    const { sha256 } = record.model;
    const document = { run: folder, ...record, model: join(folder, MODEL_FILE), sha256, remarks };
    await io.out.write(`${JSON.stringify(document, null, 2)}\n`);
  }
}

/** The complete run, as a file in this folder would say it. */
async function printConfig(io: Io, config: RunConfig, json: boolean): Promise<void> {
  await io.out.write(json ? `${JSON.stringify(config, null, 2)}\n` : writeRunConfig(config));
}

/** What a person should know of the kernels: without SIMD the same bits take longer. */
function kernelRemarks({ train }: RunConfig): string[] {
  if (train.precision !== "float32" || hasSimd()) return [];
  return [
    "this engine has no WebAssembly SIMD: the reference kernels train, to the same bits, many times slower",
  ];
}

/** Nothing of a folder, a time or a machine: the same run writes the same bytes. */
function recordOf(
  told: RunConfig,
  data: ReadData,
  dataset: Dataset,
  { record }: Classifier,
  model: Uint8Array,
  metrics: PartReports,
  baselines: Baselines,
): RunRecord {
  const { train, validation, test } = dataset;
  return {
    name: told.name,
    seed: told.seed,
    model: { file: MODEL_FILE, bytes: model.length, sha256: hex(sha256(model)) },
    data: filesOf(told).map((path, i) => ({ ...data.files[i]!, path })),
    rows: { train: train.labels.length, validation: validation.labels.length, test: test.labels.length },
    epochs: record.epochs,
    bestEpoch: record.bestEpoch,
    metrics,
    baselines: { majority: baselines.majority, logistic: baselines.logistic },
  };
}

/** Pulls epoch after epoch, and lets the terminal and a signal have their turn in between. */
async function pull<T>(
  io: Io,
  epochs: Generator<EpochReport, T>,
  progress: Progress,
): Promise<{ readonly value: T; readonly history: readonly EpochReport[] }> {
  const history: EpochReport[] = [];
  try {
    for (;;) {
      const { done, value } = epochs.next();
      if (done) return { value, history };
      history.push(value);
      const { epoch, trainLoss, validation, bestEpoch } = value;
      await progress.report({
        epoch,
        epochs: value.epochs,
        trainLoss,
        validationLoss: validation?.loss ?? null,
        bestEpoch,
      });
      await breathe(io);
    }
  } finally {
    await progress.finish();
  }
}
