// What must hold between two keys of a configuration; what holds for one key alone is in its schema.

import { quote } from "../errors.ts";
import { MOST_PARAMETERS } from "../model/network.ts";
import type { JsonPath } from "./places.ts";
import type { RunConfig } from "./schema.ts";

export interface BrokenRule {
  /** The key that is easiest to mend. */
  readonly path: JsonPath;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** The first rule that `config` breaks, if any. */
export function brokenRule(config: RunConfig): BrokenRule | undefined {
  for (const rule of [splitRule, stoppingRule, columnRule, classRule, layerRule, sizeRule, optimizerRule]) {
    const broken = rule(config);
    if (broken) return broken;
  }
  return undefined;
}

function splitRule({ data, split }: RunConfig): BrokenRule | undefined {
  switch (split.kind) {
    case "stratified": {
      if (split.validation + split.test < 1) return undefined;
      const expected = "validation and test to leave rows for training: a sum below 1";
      return { path: ["split", "validation"], expected, got: `${split.validation} and ${split.test}` };
    }
    case "folds": {
      if (split.fold <= split.folds) return undefined;
      return { path: ["split", "fold"], expected: `a fold from 1 to ${split.folds}`, got: `${split.fold}` };
    }
    case "column": {
      const both = split.validation.find((cell) => split.test.includes(cell));
      if (both !== undefined) {
        const expected = "cells that are not in split.validation too";
        return { path: ["split", "test"], expected, got: quote(both) };
      }
      if (split.column === data.label) {
        return {
          path: ["split", "column"],
          expected: "a column other than the label",
          got: quote(split.column),
        };
      }
      if (split.validationShare === undefined || split.validation.length === 0) return undefined;
      return {
        path: ["split", "validationShare"],
        expected: "it or split.validation",
        got: "both",
      };
    }
    case "files":
      return undefined;
  }
}

function stoppingRule({ split, train }: RunConfig): BrokenRule | undefined {
  if (train.earlyStopping === null) return undefined;
  const { validation } = split;
  if (split.kind === "column" && (split.validationShare ?? 0) > 0) return undefined;
  if (typeof validation === "number" ? validation > 0 : validation !== undefined && validation.length > 0)
    return undefined;
  return {
    path: ["train", "earlyStopping"],
    expected: "validation rows to judge by, or null",
    got: "no validation rows",
    hint: "give split.validation, or set train.earlyStopping to null and train all epochs",
  };
}

function columnRule({ data }: RunConfig): BrokenRule | undefined {
  for (const [name, options] of Object.entries(data.columns)) {
    const path = ["data", "columns", name];
    if (name === data.label) {
      return {
        path,
        expected: "a column other than the label",
        got: quote(name),
        hint: "the label is no feature",
      };
    }
    if (options.kind === undefined) continue;
    const taken = { numeric: ["scaling", "imputation"], categorical: ["unseen"], ignored: [] }[options.kind];
    const idle = Object.keys(options).find(
      (key) => key !== "kind" && !(taken as readonly string[]).includes(key),
    );
    if (idle === undefined) continue;
    const expected = `only keys that a column of kind "${options.kind}" uses`;
    const hint = `"${idle}" goes with kind ${idle === "unseen" ? '"categorical"' : '"numeric"'}`;
    return { path: [...path, idle], expected, got: quote(idle), hint };
  }
  return undefined;
}

function classRule({ data, model, train }: RunConfig): BrokenRule | undefined {
  const { classes } = data;
  if (classes === undefined) return undefined;
  if (model.head === "sigmoid" && classes.length > 2) {
    const got = `"sigmoid" for ${classes.length} classes`;
    return { path: ["model", "head"], expected: '"softmax" for more than two classes', got };
  }
  if (typeof train.classWeights === "string") return undefined;
  const stranger = Object.keys(train.classWeights).find((name) => !classes.includes(name));
  if (stranger === undefined) return undefined;
  return {
    path: ["train", "classWeights", stranger],
    expected: "a name out of data.classes",
    got: quote(stranger),
  };
}

function layerRule({ model }: RunConfig): BrokenRule | undefined {
  const { hidden, activation, alpha } = model;
  const layers = hidden.length === 1 ? "1 hidden layer" : `${hidden.length} hidden layers`;
  if (typeof activation !== "string" && activation.length !== hidden.length) {
    const expected = `one activation for each of ${layers}`;
    return { path: ["model", "activation"], expected, got: `${activation.length}` };
  }
  const used = typeof activation === "string" ? [activation] : activation;
  if (alpha === undefined || used.includes("leaky_relu") || used.includes("elu")) return undefined;
  return {
    path: ["model", "alpha"],
    expected: 'alpha only with "leaky_relu" or "elu"',
    got: `alpha with ${used.map(quote).join(", ") || "no activation"}`,
  };
}

/** The weights between the hidden layers alone, before any data is read; the rest is known with the table. */
function sizeRule({ model }: RunConfig): BrokenRule | undefined {
  const units = model.hidden;
  const count = units.slice(1).reduce((sum, outputs, l) => sum + (units[l]! + 1) * outputs, 0);
  if (count <= MOST_PARAMETERS) return undefined;
  return { path: ["model", "hidden"], expected: sizeWords, got: sizeOf(units, count) };
}

export const sizeWords = `a network of at most ${MOST_PARAMETERS} weights`;

export function sizeOf(hidden: readonly number[], count: number): string {
  return `${quote(hidden)} with ${count} (${Math.round(count / 131_072)} MiB in float64)`;
}

function optimizerRule({ train }: RunConfig): BrokenRule | undefined {
  const { schedule, learningRate, epochs } = train;
  if (train.optimizer === "sgd" && train.nesterov && train.momentum === 0) {
    return {
      path: ["train", "nesterov"],
      expected: "a momentum above 0 to look ahead along",
      got: "momentum 0",
    };
  }
  if (schedule.kind === "cosine" && schedule.minimum > learningRate) {
    const expected = `at most train.learningRate, which is ${learningRate}`;
    return { path: ["train", "schedule", "minimum"], expected, got: `${schedule.minimum}` };
  }
  if (schedule.warmup > epochs) {
    const expected = `at most train.epochs, which is ${epochs}`;
    return { path: ["train", "schedule", "warmup"], expected, got: `${schedule.warmup}` };
  }
  return undefined;
}
