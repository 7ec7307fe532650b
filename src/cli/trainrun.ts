// One training performed: data, network, verdict, folder; and what becomes of it when a signal comes.

import { assertRoom } from "../artifact/room.ts";
import { saveClassifier } from "../artifact.ts";
import { type Baselines, fittingBaselines, type PartReports, withTestReport } from "../baselines.ts";
import { assertSameRun, identityOf } from "../checkpoint.ts";
import type { Classifier } from "../classifier.ts";
import type { RunConfig } from "../config.ts";
import type { Dataset } from "../data/dataset.ts";
import { encodedWidth } from "../data/encode.ts";
import { fitInSlices } from "../fitting.ts";
import { hex } from "../hash.ts";
import { hasSimd } from "../model/kernels/simd-module.ts";
import { prepare } from "../prepare.ts";
import { networkShape } from "../recipe.ts";
import type { Pause } from "../train/state.ts";
import { createKeeper, type FoundCheckpoint, removeCheckpoints } from "./checkpoints.ts";
import { type ReadData, readData } from "./data.ts";
import { exitCodeAfter } from "./exit.ts";
import { writeFolder } from "./folders.ts";
import { breathe, endingSignalOf, type Io } from "./io.ts";
import { configFor, filesOf } from "./plan.ts";
import { createPassingProgress, createProgress, type Progress, silentProgress } from "./progress.ts";
import { warnAll } from "./reporter.ts";
import { placeOf, resumeLine } from "./resume.ts";
import { MODEL_FILE, type RunRecord, runFiles } from "./runfolder.ts";
import { nodeDigest, nodeSha256 } from "./sha256.ts";
import type { Claimed } from "./train.ts";
import { createTrainReport, printRun, say } from "./trainreport.ts";

/**
 * Trains from the start or from a checkpoint, judges beside both baselines, and writes the run whole or not at all; on a
 * signal a checkpoint instead.
 *
 * @returns the exit code
 * @throws {PulloneError} of every kind; nothing but checkpoints is written then
 */
export async function carryOut(
  io: Io,
  claimed: Claimed,
  found: FoundCheckpoint | undefined,
): Promise<number> {
  const { options, plan, folder, places, every } = claimed;
  const { config } = plan;
  const silent = options.json === true || options.quiet === true;
  const report = createTrainReport(io, silent);
  const data = await readData(io, config, plan.files);
  const dataset = prepare(config, data.table, data.lengths, { consume: true, sha256: nodeSha256() });
  const digests = data.files.map((file) => file.sha256);
  const run = identityOf(config, dataset, digests);
  if (found) assertSameRun(found.checkpoint, run, found.path);
  const remarks = [...data.remarks, ...dataset.remarks, ...kernelRemarks(config)];
  await warnAll(io, remarks);
  const shape = networkShape(config.model, encodedWidth(dataset.encoder), dataset.labels.classes.length);
  assertRoom(config, dataset.encoder, dataset.labels, plan.files.data);
  await report.data(data, dataset);
  await report.network(shape, config);

  const from = found?.checkpoint.state;
  if (from) await say(io, options, `going on from ${placeOf(from)}`);
  else await removeCheckpoints(io, places);
  const keeper =
    every.unit === "never"
      ? undefined
      : createKeeper(io, places, every, { run, program: io.version }, found?.isPrevious === true);
  try {
    const host = await io.threads?.();
    const start = io.now();
    const progress = silent ? silentProgress : createProgress(io);
    const fitting = fitInSlices(config, dataset, { host, from });
    const fitted = await pull(io, fitting, progress, keeper?.look);
    const { classifier, history } = fitted;
    const seconds = (io.now() - start) / 1000;
    const scoring = withTestReport(fitted, dataset, { report: null });
    const metrics = await pull(io, scoring, silentProgress);
    const passing = silent ? silentProgress : createPassingProgress(io, "logistic regression beside it");
    const baselines = await pull(io, fittingBaselines(config, dataset, host), passing);

    const model = saveClassifier(classifier);
    const told = configFor(io, plan, folder);
    const record = recordOf(told, data, dataset, classifier, model, metrics, baselines);
    await writeFolder(io.files, folder, runFiles(told, history, record, model));
    await removeCheckpoints(io, places);
    const epochsBefore = from?.epochs ?? 0;
    await report.result({ classifier, history, epochsBefore, dataset, metrics, baselines, seconds });
    await report.files(folder, record);
    if (options.json) await printRun(io, folder, record, remarks);
    return 0;
  } catch (error) {
    const signal = endingSignalOf(io, error);
    const state = signal && (await keeper?.save());
    if (!signal || !state) throw error;
    await io.err
      .write(
        `stopped by ${signal} after ${placeOf(state)}; nothing is lost, to go on:\n  ${resumeLine(io, options)}\n`,
      )
      .catch(() => {});
    return exitCodeAfter(signal);
  }
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
    model: { file: MODEL_FILE, bytes: model.length, sha256: hex(nodeDigest(model)) },
    data: filesOf(told).map((path, i) => ({ ...data.files[i]!, path })),
    rows: { train: train.labels.length, validation: validation.labels.length, test: test.labels.length },
    epochs: record.epochs,
    bestEpoch: record.bestEpoch,
    metrics,
    baselines: { majority: baselines.majority, logistic: baselines.logistic },
  };
}

/** Pulls from pause to pause, and lets checkpoints, the terminal and a signal have their turn at each. */
async function pull<P extends Pick<Pause, "report">, T>(
  io: Io,
  work: Generator<P, T>,
  progress: Progress,
  look?: (pause: P) => Promise<void>,
): Promise<T> {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (value.report) {
        const { validation, ...figures } = value.report;
        await progress.report({ ...figures, validationLoss: validation?.loss ?? null });
      }
      await look?.(value);
      await breathe(io);
    }
  } finally {
    await progress.finish();
  }
}
