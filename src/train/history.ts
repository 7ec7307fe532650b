// What is known of every epoch, in one block of numbers: a hundred thousand epochs are a few megabytes.

import type { EpochReport } from "./trainer.ts";
import type { ValidationReport } from "./validation.ts";

const JUDGED = ["loss", "logLoss", "accuracy", "balancedAccuracy", "macroF1"] as const;
const TRAINED = 2;

/** The figures of every epoch so far. */
export interface History {
  readonly epochs: number;
  /** How many figures an epoch has; fewer without validation rows. */
  readonly width: number;
  /** (epochs, width) learning rate, training loss, and those of `ValidationReport` in their order. */
  readonly figures: Float64Array;
}

export type EpochFigures = Pick<EpochReport, "learningRate" | "trainLoss" | "validation">;

/** How many figures an epoch has. */
export function historyWidth(isValidated: boolean): number {
  return TRAINED + (isValidated ? JUDGED.length : 0);
}

/** A history that grows, from the epochs that are known. */
export function createHistory(isValidated: boolean, known?: History) {
  const width = historyWidth(isValidated);
  let epochs = known?.epochs ?? 0;
  let figures = known?.figures.slice() ?? new Float64Array(16 * width);
  return {
    /** A view; more epochs leave it as it is. */
    view: (): History => ({ epochs, width, figures: figures.subarray(0, epochs * width) }),
    add({ learningRate, trainLoss, validation }: EpochFigures): void {
      const at = epochs * width;
      if (at + width > figures.length) {
        const longer = new Float64Array(2 * at + width);
        longer.set(figures);
        figures = longer;
      }
      figures.set([learningRate, trainLoss], at);
      if (validation)
        figures.set(
          JUDGED.map((name) => validation[name]),
          at + TRAINED,
        );
      epochs++;
    },
  };
}

/** The figures of one epoch, counted from 1. */
export function epochFigures({ width, figures }: History, epoch: number): EpochFigures {
  const row = figures.subarray((epoch - 1) * width, epoch * width);
  const judged = JUDGED.map((name, i) => [name, row[TRAINED + i]!] as const);
  const report: ValidationReport = Object.fromEntries(judged) as Record<(typeof JUDGED)[number], number>;
  return { learningRate: row[0]!, trainLoss: row[1]!, validation: width > TRAINED ? report : null };
}
