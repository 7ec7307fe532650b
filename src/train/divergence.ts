// When training leaves the finite numbers: stop at once, and name the guilty.

import type { Part } from "../data/dataset.ts";
import { PulloneError, quote } from "../errors.ts";
import type { FloatArray } from "../matrix.ts";
import type { Network } from "../model/network.ts";

export interface Moment {
  readonly epoch: number;
  /** Counts from 1 over the whole run. */
  readonly step: number;
  /** Of that step, as the schedule has it. */
  readonly learningRate: number;
  /** The one of the options, from which the schedule makes it. */
  readonly baseRate: number;
  readonly network: Network;
  readonly train: Part;
  readonly featureNames: readonly string[];
}

/** An encoded input this far from 0 is no standardised column; it is named as a likely cause. */
const SUSPICIOUS_INPUT = 1e3;

/** The error of a minibatch whose loss is NaN or infinite. */
export function lossDiverged(loss: number, moment: Moment): PulloneError {
  return diverged(`a finite loss, got ${loss}`, moment);
}

/** @throws {PulloneError} training_diverged when a parameter is NaN or infinite */
export function assertFiniteParameters(moment: Moment): void {
  const { parameters } = moment.network;
  for (let i = 0; i < parameters.length; i++) {
    if (!Number.isFinite(parameters[i])) throw diverged(`finite weights, got ${parameters[i]}`, moment);
  }
}

function diverged(what: string, moment: Moment): PulloneError {
  const where = `epoch ${moment.epoch}, step ${moment.step}, learning rate ${short(moment.learningRate)}`;
  const input = largestInput(moment.train, moment.featureNames);
  const advice = `try a learning rate below ${moment.baseRate}, or train.clipNorm 1`;
  if (input && input.value > SUSPICIOUS_INPUT) {
    return new PulloneError(
      "training_diverged",
      `${where}: expected ${what}; ${largestWeight(moment.network)}; largest input ${short(input.value)} in ${quote(input.name)}`,
      `scale the column ${quote(input.name)} (data.scaling "standard"), or ${advice}`,
    );
  }
  return new PulloneError(
    "training_diverged",
    `${where}: expected ${what}; ${largestWeight(moment.network)}`,
    advice,
  );
}

function largestInput(train: Part, names: readonly string[]): { name: string; value: number } | undefined {
  const { values, columns } = train.features;
  const { at, value } = largest(values);
  return at < 0 ? undefined : { name: names[at % columns] ?? "", value };
}

function largestWeight(network: Network): string {
  const peaks = network.layers.map((layer) => largest(layer.weights).value);
  let guilty = 0;
  for (let l = 0; l < peaks.length; l++) {
    if (Number.isNaN(peaks[l]!) || peaks[l]! > peaks[guilty]!) guilty = l;
    if (Number.isNaN(peaks[guilty]!)) break;
  }
  return `largest weight ${short(peaks[guilty]!)} in layer ${guilty + 1} of ${peaks.length}`;
}

/** The largest magnitude and its place; NaN counts as largest of all. */
function largest(values: FloatArray): { at: number; value: number } {
  let at = -1;
  let value = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (Number.isNaN(magnitude)) return { at: i, value: magnitude };
    if (magnitude > value || at < 0) {
      at = i;
      value = magnitude;
    }
  }
  return { at, value };
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}
