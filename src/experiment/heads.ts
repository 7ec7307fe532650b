// One sigmoid node or two softmax nodes, told apart: the two matched so that they are one model, and what is left
// between them. The comparison as people make it is an experiment like any other.

import type { RunConfig } from "../config.ts";
import { encodedWidth } from "../data/encode.ts";
import type { PartLengths } from "../data/split.ts";
import type { Table } from "../data/table.ts";
import { PulloneError } from "../errors.ts";
import { chooseKernels } from "../model/kernels/choose.ts";
import { parameterCount } from "../model/network.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { networkShape } from "../recipe.ts";
import { type ClassesComparison, compareClasses } from "./classes.ts";
import { largestHeadCurvature } from "./curvature.ts";
import {
  type HeadMatch,
  holdsIdentity,
  IDENTITY_BOUND,
  type MatchedRun,
  matchRules,
  runMatched,
  sigmoidOf,
  startingNetwork,
} from "./matched.ts";

/** A configuration with the rows it speaks of. */
export interface HeadsData {
  readonly config: RunConfig;
  readonly table: Table;
  readonly lengths: PartLengths | undefined;
}

export interface HeadsPlan extends HeadsData {
  /** Of each run in lockstep. */
  readonly epochs: number;
  readonly match: HeadMatch;
  /** A run of more than two classes, to show that no factor matches those. */
  readonly more: HeadsData | null;
}

export interface HeadsComparison {
  readonly epochs: number;
  readonly match: HeadMatch;
  readonly bound: number;
  /** Rows of the table that every pair of runs is compared on. */
  readonly rows: number;
  /** Whether every run that should be one model is one. */
  readonly holds: boolean;
  readonly matched: readonly MatchedRun[];
  readonly weights: { readonly softmax: number; readonly sigmoid: number };
  /** Largest eigenvalue of the Hessian in the output layer, both at the same function. */
  readonly curvature: { readonly softmax: number; readonly sigmoid: number };
  readonly two: ClassesComparison;
  /** The same of the run of more classes, and its name. */
  readonly more: (ClassesComparison & { readonly name: string }) | null;
}

/**
 * Tells the heads apart; yields how many of how many runs are done, first of all 0 when everything is checked, and
 * whoever pulls decides when to stop.
 *
 * @throws {PulloneError} config_invalid for other than two classes, or fewer than three in `more`; training_diverged
 */
export function* compareHeads(
  plan: HeadsPlan,
): Generator<{ readonly done: number; readonly of: number }, HeadsComparison> {
  const { epochs, match } = plan;
  const two = prepareExact(plan, epochs);
  const { config, data } = two;
  const classes = data.labels.classes.length;
  if (classes !== 2) {
    throw new PulloneError(
      "config_invalid",
      `data.label: expected two classes for two heads, got ${classes}`,
      "one sigmoid node tells two classes apart",
    );
  }
  const more = plan.more && prepareExact(plan.more, epochs);
  const K = more?.data.labels.classes.length ?? 3;
  if (K < 3) {
    throw new PulloneError("config_invalid", `heads.more: expected a run of three or more classes, got ${K}`);
  }
  const rules = matchRules(config, match);
  const of = rules.length + 2;
  yield { done: 0, of };
  const matched: MatchedRun[] = [];
  for (const rule of rules) {
    matched.push(runMatched(config, data, rule));
    yield { done: matched.length, of };
  }
  const ofTwo = compareClasses(config, data, [1, match.rateFactor]);
  yield { done: rules.length + 1, of };
  const everyQuarter = Array.from({ length: 4 * (K - 1) + 1 }, (_, i) => 1 + i / 4);
  const ofMore = more && {
    name: more.config.name,
    ...compareClasses(more.config, more.data, everyQuarter),
  };
  yield { done: of, of };
  return {
    ...{ epochs, match, matched, two: ofTwo, more: ofMore },
    bound: IDENTITY_BOUND,
    rows: data.train.rows.length + data.validation.rows.length + data.test.rows.length,
    holds: matched.every(holdsIdentity),
    weights: countWeights(config, data),
    curvature: compareCurvature(config, data),
  };
}

/** In float64: what rounding does must be small beside what is shown. */
function prepareExact(
  { config, table, lengths }: HeadsData,
  epochs: number,
): { readonly config: RunConfig; readonly data: Prepared } {
  const train = { ...config.train, precision: "float64" as const, epochs };
  const exact: RunConfig = { ...config, model: { ...config.model, head: "softmax" }, train };
  return { config: exact, data: prepare(exact, table, lengths) };
}

function countWeights(config: RunConfig, data: Prepared): HeadsComparison["weights"] {
  const count = (head: "softmax" | "sigmoid") =>
    parameterCount(networkShape({ ...config.model, head }, encodedWidth(data.encoder), 2));
  return { softmax: count("softmax"), sigmoid: count("sigmoid") };
}

function compareCurvature(config: RunConfig, data: Prepared): HeadsComparison["curvature"] {
  const kernels = chooseKernels("float64");
  const softmax = startingNetwork(kernels, config, data);
  const { features } = data.train;
  return {
    softmax: largestHeadCurvature(kernels, softmax, features),
    sigmoid: largestHeadCurvature(kernels, sigmoidOf(kernels, softmax), features),
  };
}
