// --threshold, --costs and --abstain-below: how a row of probabilities becomes an answer.
// Letters: K classes.

import { isJsonObject, type Json, parseStrictJson } from "../artifact/strictjson.ts";
import { didYouMean, PulloneError, quote } from "../errors.ts";
import { type DecisionRule, LARGEST } from "../train/decisions.ts";
import { assertFile } from "./arguments.ts";
import { readWhole } from "./files.ts";
import type { Io } from "./io.ts";

/** What the command line says of answers. */
export interface DecisionWords {
  readonly threshold?: number;
  /** JSON, or the path of a file of it. */
  readonly costs?: string;
}

const LARGEST_COSTS = 1 << 24;

/**
 * The rule that the words describe for these classes.
 *
 * @throws {PulloneError} usage_invalid, input_unreadable
 */
export async function readDecision(
  io: Io,
  { threshold, costs }: DecisionWords,
  classes: readonly string[],
): Promise<DecisionRule> {
  if (threshold !== undefined && costs !== undefined) {
    throw new PulloneError(
      "usage_invalid",
      "--threshold: expected it without --costs, got both",
      "two costs are a threshold: (cost of a false alarm) / (cost of a false alarm + cost of a miss)",
    );
  }
  if (threshold !== undefined) {
    if (classes.length === 2) return { kind: "threshold", threshold };
    throw new PulloneError(
      "usage_invalid",
      `--threshold: expected a model of two classes, got one of ${classes.length}`,
      "--costs decides among more classes",
    );
  }
  if (costs === undefined) return LARGEST;
  const isText = isJsonText(costs);
  if (!isText) assertFile("--costs", costs, "name a file, or write the JSON itself");
  const where = isText ? "--costs" : costs;
  const text = isText ? costs : new TextDecoder().decode(await readWhole(io.files, costs, LARGEST_COSTS));
  return { kind: "costs", costs: costsOf(parseStrictJson(text, where, "usage_invalid"), classes, where) };
}

/** Whether `--costs` says the costs itself; it names a file of them otherwise. */
export function isJsonText(costs: string): boolean {
  return /^\s*[[{]/.test(costs);
}

/** (K, K) by true class, then by answer: from K lists of K numbers, or from numbers under two class names. */
function costsOf(json: Json, classes: readonly string[], where: string): number[][] {
  if (Array.isArray(json)) {
    assertCount(json.length, classes, where);
    return json.map((line: Json, t) => {
      const place = `${where} [${t}]`;
      if (!Array.isArray(line)) throw invalid(place, `a list of ${classes.length} numbers`, line);
      assertCount(line.length, classes, place);
      return line.map((cost: Json, k) => numberOf(cost, `${place}[${k}]`));
    });
  }
  if (!isJsonObject(json)) throw invalid(where, "a list of lists, or an object of objects", json);
  assertNames(json, classes, where);
  return classes.map((truth) => {
    const place = `${where} ${quote(truth)}`;
    const line = json[truth];
    if (!isJsonObject(line)) throw invalid(place, "an object with a cost for every other class", line);
    assertNames(line, classes, place);
    return classes.map((answer) => {
      const cost = line[answer];
      if (cost === undefined && answer === truth) return 0; // to be right costs nothing unless it is said
      return numberOf(cost, `${place} ${quote(answer)}`);
    });
  });
}

function assertCount(count: number, classes: readonly string[], where: string): void {
  if (count === classes.length) return;
  const order = classes.map((name) => quote(name)).join(", ");
  throw new PulloneError(
    "usage_invalid",
    `${where}: expected ${classes.length} of them, one a class, got ${count}`,
    `a line for each true class, a column for each answer, in the order ${order}`,
  );
}

function assertNames(json: object, classes: readonly string[], where: string): void {
  for (const name of Object.keys(json)) {
    if (classes.includes(name)) continue;
    throw new PulloneError(
      "usage_invalid",
      `${where}: expected classes of the model, got ${quote(name)}`,
      didYouMean(name, classes),
    );
  }
}

function numberOf(cost: Json | undefined, where: string): number {
  if (typeof cost === "number") return cost;
  throw invalid(where, "a number", cost);
}

function invalid(where: string, expected: string, got: unknown): PulloneError {
  return new PulloneError("usage_invalid", `${where}: expected ${expected}, got ${quote(got ?? "nothing")}`);
}

/** The rule in words, for a report. */
export function decisionWords(rule: DecisionRule, classes: readonly string[]): string | undefined {
  switch (rule.kind) {
    case "largest":
      return undefined;
    case "threshold":
      return `decided as ${quote(classes[1])} from a probability of ${rule.threshold} on`;
    case "costs":
      return "decided by the least expected cost";
  }
}
