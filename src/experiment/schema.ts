// The experiment document: one schema for types, bounds, defaults and the completion in editors.

import {
  choice,
  choiceOrWhole,
  choices,
  column,
  documentsByName,
  exactOptional,
  folderName,
  type InferOutput,
  kind,
  optional,
  pathOrDocument,
  section,
  text,
  variant,
  whole,
  wholesOrCount,
} from "../config/words.ts";
import { headsSchema } from "./headsschema.ts";

/** The figures an experiment may compare: whether a smaller one is better, and between which ends they lie. */
export const metricFacts = {
  logLoss: { isLoss: true, least: 0, most: Infinity },
  accuracy: { isLoss: false, least: 0, most: 1 },
  balancedAccuracy: { isLoss: false, least: 0, most: 1 },
  brier: { isLoss: true, least: 0, most: 2 },
  macroF1: { isLoss: false, least: 0, most: 1 },
  mcc: { isLoss: false, least: -1, most: 1 },
  ece: { isLoss: true, least: 0, most: 1 },
  rocAuc: { isLoss: false, least: 0, most: 1 },
} as const;

export type MetricName = keyof typeof metricFacts;

export const metricNames = Object.keys(metricFacts) as unknown as readonly [MetricName, ...MetricName[]];

/** The most runs of one experiment, and of what it is made. */
export const experimentLimits = { runs: 10_000, variants: 100, seeds: 1_000, jobs: 64 } as const;

const folds = variant(
  "kind",
  ["stratified", "column"],
  [
    section({
      kind: optional(kind("stratified", "dealt at random, every class in the same share"), "stratified"),
      folds: optional(whole(2, 1_000, "parts; each is the test once"), 5),
      repeats: optional(whole(1, 1_000, "times that the rows are dealt anew"), 1),
    }),
    section({
      kind: kind("column", "as a column of the table says: each of its values is the test once"),
      column: column("the column that says which fold a row belongs to; it is no feature"),
    }),
  ],
  "which rows judge, again and again",
);

export const experimentSchema = section({
  $schema: exactOptional(text("an address", 4_096, /\0/, "where editors find experiment.schema.json")),
  kind: optional(
    choice(
      ["grid", "heads"],
      "grid: every variant on every fold; heads: the same, and what tells the heads apart",
    ),
    "grid",
  ),
  name: optional(folderName("of the experiment, and of its folder"), "experiment"),
  base: pathOrDocument(
    "the run that the variants change: a file relative to this one, or the document itself",
  ),
  variants: documentsByName(
    "what each variant changes, by name: keys as of --set, or a partial run document",
  ),
  seeds: optional(
    wholesOrCount(
      experimentLimits.seeds,
      0,
      Number.MAX_SAFE_INTEGER,
      "how often each fold is trained, or the seeds",
    ),
    1,
  ),
  folds: optional(folds, {}),
  metrics: optional(choices(metricNames, "what is compared; the first decides the ranking"), [
    "logLoss",
    "accuracy",
  ]),
  jobs: optional(
    choiceOrWhole(["auto"], 1, experimentLimits.jobs, "runs at the same time; no result depends on it"),
    "auto",
  ),
  heads: exactOptional(headsSchema),
});

export type ExperimentWords = Omit<InferOutput<typeof experimentSchema>, "$schema">;
export type Folds = ExperimentWords["folds"];
