// Where a training stands, and the pauses at which it can be asked for.

import { PulloneError } from "../errors.ts";
import type { FloatArray, Precision } from "../matrix.ts";
import type { History } from "./history.ts";
import type { EpochReport } from "./trainer.ts";

/**
 * All that a training needs to go on to the same bits, beside its options and its rows. There is no state of a
 * generator: whatever is random comes from the seed, a name and the epoch.
 */
export interface TrainState {
  /** Epochs that are over. */
  readonly epochs: number;
  /** (steps done of the epoch under way) mean loss of each minibatch */
  readonly losses: Float64Array;
  readonly parameters: FloatArray;
  /** What the optimiser carries from step to step, each laid out as the parameters. */
  readonly moments: readonly FloatArray[];
  /** With early stopping; patience counts the epochs since. */
  readonly best: BestEpoch | null;
  readonly history: History;
}

export interface BestEpoch {
  readonly epoch: number;
  /** Larger is better. */
  readonly score: number;
  readonly parameters: FloatArray;
}

/** A moment between two steps. */
export interface Pause {
  /** Of the epoch that has just ended; null inside an epoch. */
  readonly report: EpochReport | null;
  /** What training goes on to overwrite, in views: write it down or copy it before pulling on. */
  readonly state: () => TrainState;
}

/** What the state of a training looks like, whatever the numbers in it. */
export interface StateShape {
  readonly precision: Precision;
  readonly parameters: number;
  readonly moments: number;
  /** The most epochs there can be, and the steps of each. */
  readonly epochs: number;
  readonly steps: number;
  /** Figures that the history has of an epoch. */
  readonly figures: number;
  readonly keepsBest: boolean;
}

/** @throws {PulloneError} model_invalid for a state that cannot be one of this training */
export function assertFits({ parameters, moments, best, ...state }: TrainState, shape: StateShape): void {
  const arrays = [parameters, ...moments, ...(best ? [best.parameters] : [])];
  const floats = shape.precision === "float32" ? Float32Array : Float64Array;
  const isOff = (found: FloatArray) => !(found instanceof floats) || found.length !== shape.parameters;
  expectIn("parameters", !arrays.some(isOff), `${shape.parameters} of ${shape.precision}`);
  expectIn("moments", moments.length === shape.moments, `${shape.moments}`);
  expectIn("epochs", state.epochs <= shape.epochs, `at most ${shape.epochs}`);
  expectIn("losses", state.losses.length <= shape.steps, `at most ${shape.steps}`);
  const { epochs, width } = state.history;
  expectIn(
    "history",
    epochs === state.epochs && width === shape.figures,
    `${shape.figures} figures an epoch`,
  );
  const hasBest = shape.keepsBest && state.epochs > 0;
  expectIn("best", (best !== null) === hasBest, hasBest ? "the best epoch so far" : "no best epoch");
}

function expectIn(what: string, holds: boolean, expected: string): void {
  if (!holds) throw new PulloneError("model_invalid", `state: ${what}: expected ${expected}, got others`);
}
