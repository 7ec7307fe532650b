// All that a model holds, for a person or as JSON.

import type { Classifier } from "../classifier.ts";
import { writeRunConfig } from "../config.ts";
import type { Feature } from "../data/encoder.ts";
import { calibrationLines, logitNames } from "./calibration.ts";
import type { Io } from "./io.ts";
import { escapeJson, jsonDocument } from "./json.ts";
import { layersLine } from "./layers.ts";
import { type LoadedModel, loadModel } from "./model.ts";
import { paintFor } from "./reporter.ts";
import { type Alignment, aligned, byteSize, compact, counted, inRow, shown } from "./text.ts";
import { verdictTable } from "./verdict.ts";

/** @throws {PulloneError} input_unreadable, model_invalid */
export async function inspectModel(
  io: Io,
  path: string,
  json: boolean,
  expectSha256?: string,
): Promise<void> {
  const model = await loadModel(io, path, expectSha256);
  if (json) {
    await io.out.write(jsonDocument(modelDocument(model)));
    return;
  }
  const paint = paintFor(io.out, io.env);
  const { classifier } = model;
  const { calibration } = classifier;
  const section = (heading: string, lines: readonly string[]) => [
    "",
    paint("bold", heading),
    ...lines.map((line) => `  ${line}`),
  ];
  const { classes, column } = classifier.labels;
  const lines = [
    paint("bold", `${shown(path, 200)}: ${byteSize(model.bytes)}`),
    `  sha256 ${model.sha256}`,
    ...section("Network", [layersLine(classifier.network.shape), classifier.network.precision]),
    ...section(`Label "${shown(column)}": ${counted(classes.length, "class", "classes")}`, [inRow(classes)]),
    ...section("Columns it reads, as it learnt them", featureLines(classifier.encoder.features)),
    ...section("Training", recordLines(classifier)),
    ...(calibration ? section("Calibration", calibrationLines(calibration, logitNames(classifier))) : []),
    ...section("Configuration", escapeJson(writeRunConfig(classifier.config)).trimEnd().split("\n")),
  ];
  await io.out.write(`${lines.join("\n")}\n`);
}

function featureLines(features: readonly Feature[]): string[] {
  const sides: Alignment[] = ["left", "left", "left"];
  return aligned(
    features.map((feature) => [shown(feature.column, 32), feature.kind, learnt(feature)]),
    sides,
  );
}

function learnt(feature: Feature): string {
  if (feature.kind === "categorical") {
    const names = feature.categories.slice(0, 6);
    const more = feature.categories.length - names.length;
    return `${inRow(names, 14)}${more > 0 ? ` and ${more} more` : ""}; unseen: ${feature.unseen}`;
  }
  const fill =
    feature.imputation === "error" ? "missing is refused" : `missing becomes ${compact(feature.fill)}`;
  switch (feature.scaling) {
    case "none":
      return fill;
    case "quantile_uniform":
    case "quantile_normal":
      return `${feature.scaling}, ${counted(feature.knots.length, "knot")}; ${fill}`;
    default:
      return `(x − ${compact(feature.center)}) / ${compact(feature.scale)}; ${fill}`;
  }
}

function recordLines({ record, config }: Classifier): string[] {
  const { metrics, rows } = record;
  return [
    `seed ${config.seed}; ${counted(record.epochs, "epoch")}, the weights of epoch ${record.bestEpoch}`,
    `${counted(rows.train, "row")} trained, ${rows.validation} chose the epoch; fingerprint ${record.fingerprint}`,
    "",
    ...verdictTable([
      { name: "training rows", metrics: metrics.train },
      ...(metrics.validation ? [{ name: "validation rows", metrics: metrics.validation }] : []),
    ]),
  ];
}

/** Everything, weights too: numbers as they are, in the layout (inputs, outputs). */
function modelDocument({ path, bytes, sha256, classifier }: LoadedModel): object {
  const { network, labels, encoder, record, config, calibration } = classifier;
  return {
    model: path,
    bytes,
    sha256,
    precision: network.precision,
    shape: network.shape,
    labels,
    encoder,
    ...(calibration && { calibration }),
    record,
    config,
    layers: network.layers.map(({ inputs, outputs, weights, biases }) => ({
      inputs,
      outputs,
      weights: Array.from(weights),
      biases: Array.from(biases),
    })),
  };
}
