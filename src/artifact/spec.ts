// What a model file says in words: its schema, and what must hold between its parts. The numbers are in tensors.ts.
// Letters: K classes.

import * as v from "valibot";
import { runSchema } from "../config/schema.ts";
import { type RunConfig, resolveRunConfig } from "../config.ts";
import { compareCodePoints } from "../data/spelling.ts";
import { PulloneError, quote } from "../errors.ts";
import { activationKinds } from "../model/activations.ts";
import type { Calibration } from "../train/calibration.ts";
import {
  checkWords,
  choice,
  count,
  digest,
  finite,
  invalid,
  parseWords,
  section,
  size,
  text,
  texts,
  whole,
} from "./words.ts";

/** Raised whenever the same model would give other bits: another order of a sum, another `exp`. */
export const ARITHMETIC_VERSION = 1;
/** Loading computes them with the slow kernels. */
const MOST_GOLDEN_ROWS = 16;

const metricsSchema = section({
  rows: size,
  accuracy: finite,
  balancedAccuracy: finite,
  logLoss: finite,
  brier: finite,
  macroF1: finite,
  mcc: finite,
  ece: finite,
  rocAuc: v.nullable(finite),
});

/** Everything in a model file but its tensors; unknown keys are refused at every level. */
const specSchema = section({
  arithmetic_version: v.literal(ARITHMETIC_VERSION, `${ARITHMETIC_VERSION}`),
  precision: choice(["float32", "float64"]),
  network: section({
    inputs: size,
    hidden: v.array(
      section({
        units: size,
        activation: section({
          kind: choice(activationKinds),
          alpha: finite,
        }),
      }),
    ),
    head: choice(["sigmoid", "softmax"]),
    classes: size,
  }),
  encoder: section({
    missingValues: texts,
    features: v.array(
      v.variant(
        "kind",
        [
          section({
            kind: v.literal("numeric"),
            column: text,
            imputation: choice(["median", "most_frequent", "error"]),
            scaling: choice(["none", "standard", "robust", "min_max", "quantile_uniform", "quantile_normal"]),
            knots: count,
          }),
          section({
            kind: v.literal("categorical"),
            column: text,
            unseen: choice(["error", "ignore", "bucket"]),
            categories: texts,
            missingRows: count,
            unseenRows: count,
          }),
        ],
        "a feature of a known kind",
      ),
    ),
  }),
  labels: section({ column: text, classes: texts }),
  golden: section({ rows: whole(1, MOST_GOLDEN_ROWS) }),
  calibration: v.optional(
    v.variant(
      "method",
      [
        section({ method: v.literal("temperature"), temperature: finite }),
        section({ method: v.literal("vector"), scales: v.array(finite), biases: v.array(finite) }),
      ],
      "a calibration of a known method",
    ),
  ),
  record: section({
    fingerprint: digest,
    epochs: count,
    bestEpoch: count,
    rows: section({ train: size, validation: count }),
    metrics: section({ train: metricsSchema, validation: v.nullable(metricsSchema) }),
  }),
  config: runSchema,
});

type Output = v.InferOutput<typeof specSchema>;
export type Spec = Omit<Output, "config" | "calibration"> & {
  readonly config: RunConfig;
  readonly calibration?: Calibration;
};

/**
 * The spec in a JSON text.
 *
 * @param where begins every message
 * @throws {PulloneError} model_invalid
 */
export function parseSpec(text: string, where: string): Spec {
  return parseWords(text, where, checkSpec);
}

/**
 * The value as a spec: keys in the order of the schema, the configuration complete and without folders.
 *
 * @throws {PulloneError} model_invalid if a key is unknown, a value of another kind, or two parts contradict each other
 */
export function checkSpec(value: unknown, where: string): Spec {
  const words = checkWords(specSchema, value, where);
  const config = checkConfig(words.config, `${where}.config`);
  const spec = { ...words, config } as Spec; // an absent calibration is absent, not undefined
  assertFeatures(spec, where);
  assertNetwork(spec, where);
  assertCalibration(spec, where);
  return spec;
}

/** What must hold between the keys of a configuration; each alone has been checked. */
export function checkConfig(config: object, where: string): RunConfig {
  try {
    return withoutFolders(resolveRunConfig(config, [], where));
  } catch (error) {
    if (!(error instanceof PulloneError)) throw error;
    throw new PulloneError("model_invalid", error.message, error.hint);
  }
}

/** The configuration as a model may tell it: of every path only its last part, and of the threads nothing. */
export function withoutFolders(given: RunConfig): RunConfig {
  const config: RunConfig = { ...given, train: { ...given.train, threads: "auto" } };
  const { data, split } = config;
  const table = data.file === undefined ? data : { ...data, file: baseName(data.file) };
  if (split.kind !== "files") return { ...config, data: table };
  const files = Object.entries(split).map(([key, path]) => [key, key === "kind" ? path : baseName(path)]);
  return { ...config, data: table, split: Object.fromEntries(files) };
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function assertFeatures({ encoder, labels }: Spec, where: string): void {
  const columns = encoder.features.map(({ column }) => column);
  const place = `${where}.encoder.features`;
  if (columns.length === 0) throw invalid(place, "at least one", "none");
  if (!isDistinct(columns)) throw invalid(place, "each column once", "one of them twice");
  if (columns.includes(labels.column)) throw invalid(place, "no label among them", quote(labels.column));
  for (const feature of encoder.features) {
    const here = `${place} ${quote(feature.column)}`;
    if (feature.kind === "numeric") {
      const isQuantile = feature.scaling === "quantile_uniform" || feature.scaling === "quantile_normal";
      const words = `${isQuantile ? "knots" : "no knots"} with scaling ${quote(feature.scaling)}`;
      if (isQuantile !== feature.knots > 0) throw invalid(here, words, `${feature.knots}`);
    } else if (!isAscending(feature.categories)) {
      throw invalid(here, "different categories in code-point order", quote(feature.categories));
    }
  }
}

function assertNetwork({ network, labels, record }: Spec, where: string): void {
  const K = labels.classes.length;
  if (K < 2 || !isDistinct(labels.classes)) {
    throw invalid(`${where}.labels.classes`, "two or more, all different", quote(labels.classes));
  }
  if (network.classes !== K) {
    throw invalid(`${where}.network.classes`, `${K}, the number of class names`, `${network.classes}`);
  }
  if (network.head === "sigmoid" && K !== 2) {
    throw invalid(`${where}.network.head`, `"softmax" for ${K} classes`, `"sigmoid"`);
  }
  if (record.bestEpoch > record.epochs) {
    throw invalid(`${where}.record.bestEpoch`, `at most ${record.epochs}`, `${record.bestEpoch}`);
  }
}

function assertCalibration({ network, calibration }: Spec, where: string): void {
  if (calibration === undefined) return;
  const place = `${where}.calibration`;
  if (calibration.method === "temperature") {
    const { temperature } = calibration;
    if (temperature <= 0) throw invalid(`${place}.temperature`, "a number above 0", `${temperature}`);
    return;
  }
  const outputs = network.head === "sigmoid" ? 1 : network.classes;
  for (const key of ["scales", "biases"] as const) {
    const { length } = calibration[key];
    if (length !== outputs) throw invalid(`${place}.${key}`, `${outputs}, one a logit`, `${length}`);
  }
}

function isDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || compareCodePoints(texts[i - 1]!, text) < 0);
}
