// --require: limits that a model must hold, for use where a program decides.

import { didYouMean, PulloneError, quote } from "../errors.ts";
import type { MetricsReport } from "../train/metrics.ts";

interface Figure {
  readonly better: "higher" | "lower";
  readonly low: number;
  readonly high: number;
}

const share: Figure = { better: "higher", low: 0, high: 1 };
const agreement: Figure = { better: "higher", low: -1, high: 1 };
const loss = (high: number): Figure => ({ better: "lower", low: 0, high });

/** Figures that may be required, which end of them is good, and where they end. */
const FIGURES = {
  accuracy: share,
  balancedAccuracy: share,
  macroF1: share,
  weightedF1: share,
  mcc: agreement,
  kappa: agreement,
  rocAuc: share,
  averagePrecision: share,
  logLoss: loss(Number.POSITIVE_INFINITY),
  brier: loss(2),
  ece: loss(1),
  mce: loss(1),
} as const satisfies Partial<Record<keyof MetricsReport, Figure>>;

export type RequiredName = keyof typeof FIGURES;

export interface Requirement {
  readonly name: RequiredName;
  readonly limit: number;
}

export interface Held extends Requirement {
  /** Null where the figure means nothing for these rows; it then counts as missed. */
  readonly value: number | null;
  readonly met: boolean;
}

/**
 * Reads `accuracy=0.95,logLoss=0.1`.
 *
 * @throws {PulloneError} usage_invalid for another name, a limit that the figure can never reach, or a name twice
 */
export function parseRequirements(text: string): Requirement[] {
  const requirements = text.split(",").map(parseRequirement);
  const twice = requirements.find(
    ({ name }, i) => requirements.findIndex((other) => other.name === name) < i,
  );
  if (twice)
    throw new PulloneError("usage_invalid", `--require: expected each figure once, got ${twice.name} twice`);
  return requirements;
}

function parseRequirement(part: string): Requirement {
  const [, name = "", limit = ""] = /^\s*(\w+)\s*=\s*(\S*)\s*$/.exec(part) ?? [];
  const names = Object.keys(FIGURES) as RequiredName[];
  const known = names.find((candidate) => candidate === name);
  if (name === "") {
    throw new PulloneError(
      "usage_invalid",
      `--require: expected <figure>=<limit>, got ${quote(part)}`,
      "for example --require accuracy=0.95,logLoss=0.1",
    );
  }
  if (known === undefined) {
    throw new PulloneError(
      "usage_invalid",
      `--require: expected one of ${names.join(", ")}, got ${quote(name)}`,
      didYouMean(name, names),
    );
  }
  const { low, high } = FIGURES[known];
  const isNumber = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(limit);
  const value = Number(limit);
  if (!isNumber || !Number.isFinite(value) || value < low || value > high) {
    const range = high < Number.POSITIVE_INFINITY ? `from ${low} to ${high}` : `from ${low} on`;
    throw new PulloneError(
      "usage_invalid",
      `--require ${name}: expected a number ${range}, got ${quote(limit)}`,
    );
  }
  return { name: known, limit: value };
}

/** Holds a report against the limits; a figure equal to its limit is good enough. */
export function holdAgainst(report: MetricsReport, requirements: readonly Requirement[]): Held[] {
  return requirements.map(({ name, limit }) => {
    const value = report[name];
    const met = value !== null && (FIGURES[name].better === "higher" ? value >= limit : value <= limit);
    return { name, limit, value, met };
  });
}

/** The refusal, when a limit was missed. */
export function missed(source: string, held: readonly Held[]): PulloneError | undefined {
  const misses = held.filter(({ met }) => !met);
  if (misses.length === 0) return undefined;
  const parts = misses.map(({ name, limit, value }) => {
    const side = FIGURES[name].better === "higher" ? "at least" : "at most";
    return `expected ${name} of ${side} ${limit}, got ${value ?? "none: it means nothing for these rows"}`;
  });
  return new PulloneError("quality_missed", `${source}: ${parts.join("; ")}`);
}
