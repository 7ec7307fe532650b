// What a checkpoint says in words: its schema, and the tensors that they imply.
// Letters: P parameters.

import * as v from "valibot";
import type { RunIdentity } from "../checkpoint.ts";
import { runSchema } from "../config/schema.ts";
import { historyWidth } from "../train/history.ts";
import { ARITHMETIC_VERSION, checkConfig } from "./spec.ts";
import type { Described } from "./tensors.ts";
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
  whole,
} from "./words.ts";

const MOST_EPOCHS = 1_000_000;
const MOST_FILES = 3;
const FIGURES = [historyWidth(false), historyWidth(true)];

const specSchema = section({
  arithmetic_version: v.literal(ARITHMETIC_VERSION, `${ARITHMETIC_VERSION}`),
  program: v.pipe(text, v.regex(/^[\w.+-]{1,60}$/, "a program version")),
  precision: choice(["float32", "float64"]),
  parameters: size,
  moments: whole(1, 2),
  figures: v.picklist(FIGURES, `${FIGURES.join(" or ")} figures an epoch`),
  epochs: whole(0, MOST_EPOCHS),
  steps: count,
  best: v.nullable(section({ epoch: whole(1, MOST_EPOCHS), score: finite })),
  run: section({
    files: v.pipe(
      v.array(digest, "a list of digests"),
      v.maxLength(MOST_FILES, `at most ${MOST_FILES} files`),
    ),
    rows: digest,
    split: digest,
    encoder: digest,
    config: runSchema,
  }),
});

type Output = v.InferOutput<typeof specSchema>;
export type CheckpointSpec = Omit<Output, "run"> & { readonly run: RunIdentity };

/**
 * The spec in a JSON text.
 *
 * @param where begins every message
 * @throws {PulloneError} model_invalid
 */
export function parseCheckpointSpec(json: string, where: string): CheckpointSpec {
  return parseWords(json, where, checkCheckpointSpec);
}

/** The value as a spec, keys in the order of the schema. @throws {PulloneError} model_invalid */
export function checkCheckpointSpec(value: unknown, where: string): CheckpointSpec {
  const words = checkWords(specSchema, value, where);
  const { epochs, best, run } = words;
  if (best && best.epoch > epochs) throw invalid(`${where}.best.epoch`, `at most ${epochs}`, `${best.epoch}`);
  return { ...words, run: { ...run, config: checkConfig(run.config, `${where}.run.config`) } };
}

/** The tensors that a spec asks for, in the order of the file: those of float64 first, so that all are aligned. */
export function impliedByCheckpoint(spec: CheckpointSpec): ReadonlyMap<string, Described> {
  const { precision, parameters: P, moments, figures, epochs, steps, best } = spec;
  const dtype = precision === "float32" ? "F32" : "F64";
  const tensors = new Map<string, Described>();
  if (epochs > 0) tensors.set("history", { dtype: "F64", shape: [epochs, figures] });
  if (steps > 0) tensors.set("losses", { dtype: "F64", shape: [steps] });
  tensors.set("parameters", { dtype, shape: [P] });
  for (let i = 1; i <= moments; i++) tensors.set(`moment.${i}`, { dtype, shape: [P] });
  if (best) tensors.set("best", { dtype, shape: [P] });
  return tensors;
}
