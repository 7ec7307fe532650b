// What train says on the standard output: the data, the network, the verdict, and what to do next.

import { join } from "node:path";
import type { Baselines, PartReports } from "../baselines.ts";
import { type Classifier, predictEncoded } from "../classifier.ts";
import type { RunConfig } from "../config.ts";
import type { Dataset, Part } from "../data/dataset.ts";
import { printable } from "../errors.ts";
import type { NetworkShape } from "../model/network.ts";
import { epochFigures, type History } from "../train/history.ts";
import { mcnemarOfPredictions } from "../train/statistics.ts";
import type { ReadData } from "./data.ts";
import { type Io, isClosedPipe, ownName } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { layersLine } from "./layers.ts";
import { classTable, kindCounts, profileTable } from "./profile.ts";
import { paintFor } from "./reporter.ts";
import { CONFIG_FILE, HISTORY_FILE, METRICS_FILE, MODEL_FILE, type RunRecord } from "./runfolder.ts";
import {
  aligned,
  byteSize,
  counted,
  decimals,
  duration,
  grouped,
  quotePath,
  shown,
  sparkline,
} from "./text.ts";
import type { TrainOptions } from "./train.ts";
import { honestSentences, type Verdict, verdictTable } from "./verdict.ts";

const MOST_COLUMNS = 10;
const MOST_CLASSES = 12;
const CURVE_LENGTH = 32;

export interface TrainReport {
  readonly data: (data: ReadData, dataset: Dataset) => Promise<void>;
  readonly network: (shape: NetworkShape, config: RunConfig) => Promise<void>;
  readonly result: (trained: TrainedRun) => Promise<void>;
  readonly files: (folder: string, record: RunRecord) => Promise<void>;
}

export interface TrainedRun {
  readonly classifier: Classifier;
  readonly history: History;
  /** Epochs that an interrupted process had done before. */
  readonly epochsBefore: number;
  readonly dataset: Dataset;
  readonly metrics: PartReports;
  readonly baselines: Baselines;
  readonly seconds: number;
}

/** The report; a silent one says nothing. A reader who went away does not stop a training. */
export function createTrainReport(io: Io, silent: boolean): TrainReport {
  const paint = paintFor(io.out, io.env);
  let isFirst = true;
  const say = async (heading: string, lines: readonly string[]) => {
    if (silent) return;
    const text = [paint("bold", heading), ...lines.map((line) => (line === "" ? "" : `  ${line}`))];
    if (!isFirst) text.unshift("");
    isFirst = false;
    await io.out.write(`${text.join("\n")}\n`).catch((error) => {
      if (!isClosedPipe(error)) throw error;
    });
  };
  return {
    data: (data, dataset) => say("Data", dataLines(data, dataset)),
    network: (shape, config) => say("Network", networkLines(shape, config)),
    result: async (trained) => {
      await say("Training", trainingLines(trained));
      await say("Result", resultLines(trained));
    },
    files: async (folder, record) => {
      await say("Files", fileLines(folder, record));
      await say("Next", nextLines(ownName(io), folder, record.rows.test > 0));
    },
  };
}

function dataLines({ files }: ReadData, dataset: Dataset): string[] {
  const { profiles, labels, train, validation, test } = dataset;
  const parts = [train, validation, test];
  const classes = labels.classes.map((name, k) => ({
    name,
    rows: sum(parts.map((part) => countOf(part, k))),
  }));
  const hidden = profiles.length - MOST_COLUMNS;
  return [
    ...files.map(
      ({ path, rows, sha256 }) =>
        `${shown(path, 80)}: ${counted(rows, "row")}, sha256 ${sha256.slice(0, 16)}…`,
    ),
    `${counted(profiles.length, "column")} beside the label, as the training rows show them: ${kindCounts(profiles)}`,
    "",
    ...profileTable(profiles, MOST_COLUMNS),
    ...(hidden > 0 ? [`… and ${counted(hidden, "column")} more: pullone inspect shows them all`] : []),
    "",
    `label "${shown(labels.column)}": ${counted(classes.length, "class", "classes")}`,
    ...classTable(classes, MOST_CLASSES),
    "",
    `split: ${grouped(train.labels.length)} rows train, ${grouped(validation.labels.length)} choose the epoch, ${grouped(test.labels.length)} judge`,
  ];
}

function networkLines(shape: NetworkShape, { train, seed }: RunConfig): string[] {
  const momentum = train.optimizer === "sgd" && train.momentum > 0 ? `, momentum ${train.momentum}` : "";
  return [
    layersLine(shape),
    `${train.optimizer}${momentum}, learning rate ${train.learningRate}, minibatches of ${train.batchSize}, ${train.precision}, seed ${seed}`,
  ];
}

function trainingLines({ classifier, history, epochsBefore, seconds }: TrainedRun): string[] {
  const { epochs, bestEpoch } = classifier.record;
  const kept = bestEpoch < epochs ? `; the weights of epoch ${bestEpoch} are kept` : "";
  const figures = Array.from({ length: history.epochs }, (_, i) => epochFigures(history, i + 1));
  const validation = figures.flatMap((epoch) => (epoch.validation ? [epoch.validation.loss] : []));
  const before = epochsBefore > 0 ? `, the last ${grouped(epochs - epochsBefore)}` : "";
  return [
    `${counted(epochs, "epoch")}${before} in ${duration(seconds)}${kept}`,
    curveLine(
      "loss, training rows  ",
      figures.map(({ trainLoss }) => trainLoss),
    ),
    ...(validation.length > 0 ? [curveLine("loss, validation rows", validation)] : []),
  ];
}

function curveLine(name: string, losses: readonly number[]): string {
  return `${name}  ${decimals(losses[0], 4)} ${sparkline(losses, CURVE_LENGTH)} ${decimals(losses.at(-1), 4)}`;
}

function resultLines({ classifier, dataset, metrics, baselines }: TrainedRun): string[] {
  const isLogistic = classifier.config.model.hidden.length === 0;
  const judge = metrics.test ? "test" : metrics.validation ? "validation" : "train";
  const lines: Verdict[] = [
    { name: "training rows", metrics: metrics.train },
    ...(metrics.validation ? [{ name: "validation rows", metrics: metrics.validation }] : []),
    ...(metrics.test ? [{ name: "test rows", metrics: metrics.test }] : []),
    { name: `logistic regression, ${judge} rows`, metrics: baselines.logistic[judge]! },
    { name: `majority class, ${judge} rows`, metrics: baselines.majority[judge]! },
  ];
  const table = verdictTable(lines);
  const { test } = metrics;
  if (!test) return [...table, "", "No test rows: how good this is on rows it has not seen, nobody knows."];
  const { classes } = predictEncoded(classifier, dataset.test.features);
  const against = (others: Int32Array) => mcnemarOfPredictions(dataset.test.labels, classes, others);
  const sentences = honestSentences({
    test,
    logistic: baselines.logistic.test!,
    disagreement: against(baselines.predicted.logistic),
    majority: baselines.majority.test!,
    majorityClass: dataset.labels.classes[baselines.predicted.majority[0]!]!,
    overMajority: against(baselines.predicted.majority),
    isLogistic,
  });
  return [...table, "", ...sentences];
}

function fileLines(folder: string, { model }: RunRecord): string[] {
  const files = [
    [MODEL_FILE, `${byteSize(model.bytes)}, sha256 ${model.sha256}`],
    [CONFIG_FILE, "every setting: training from it gives the same bytes"],
    [METRICS_FILE, "the figures above and more"],
    [HISTORY_FILE, "the curves"],
  ];
  return [`${shown(folder, 200)}/`, ...aligned(files, ["left", "left"]).map((line) => `  ${line}`)];
}

function nextLines(program: string, folder: string, hasTestRows: boolean): string[] {
  const model = quotePath(`${folder}/${MODEL_FILE}`);
  return aligned(
    [
      hasTestRows
        ? [`${program} evaluate ${model}`, "class by class"]
        : [`${program} evaluate ${model} labelled.csv`, "on rows that took no part"],
      [`${program} predict ${model} new.csv`, "for rows without a label"],
    ],
    ["left", "left"],
  );
}

function countOf({ labels }: Part, k: number): number {
  let count = 0;
  for (const label of labels) if (label === k) count++;
  return count;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A line on the error output, beside the report. */
export async function say(io: Io, { quiet, json }: TrainOptions, line: string): Promise<void> {
  if (!quiet && !json) await io.err.write(`${printable(line)}\n`).catch(() => {});
}

/** The JSON document of a run. */
export async function printRun(
  io: Io,
  run: string,
  record: RunRecord,
  remarks: readonly string[],
): Promise<void> {
  const document = { run, ...record, model: join(run, MODEL_FILE), sha256: record.model.sha256, remarks };
  await io.out.write(jsonDocument(document));
}
