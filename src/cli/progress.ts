// How training is going: one line that is written over on a terminal, a dozen plain lines elsewhere.

import type { Io } from "./io.ts";
import { canRedraw, paintFor } from "./reporter.ts";
import { decimals, duration } from "./text.ts";

/** What the line shows of an epoch. */
export interface EpochFigures {
  /** Counted from 1. */
  readonly epoch: number;
  /** As many as there will be at most. */
  readonly epochs: number;
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  /** The epoch whose weights would be kept now. */
  readonly bestEpoch: number;
}

export interface Progress {
  readonly report: (figures: EpochFigures) => Promise<void>;
  /** Leaves the last epoch standing on a line of its own. */
  readonly finish: () => Promise<void>;
}

const REDRAW_MILLISECONDS = 80;
const CLEAR_LINE = "\r\u001b[2K";

export const silentProgress: Progress = { report: async () => {}, finish: async () => {} };

/** One line on a terminal that is gone when it is done; nothing elsewhere. */
export function createPassingProgress(io: Io, what: string): Progress {
  if (!canRedraw(io.err, io.env)) return silentProgress;
  const paint = paintFor(io.err, io.env);
  const write = (text: string) => io.err.write(text).catch(() => {});
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    report: async ({ epoch, epochs }) => {
      if (io.now() - drawnAt < REDRAW_MILLISECONDS) return;
      drawnAt = io.now();
      const line = `${what}: epoch ${epoch}/${epochs}`.slice(0, Math.max(1, io.err.columns - 1));
      await write(CLEAR_LINE + paint("dim", line));
    },
    finish: () => write(CLEAR_LINE),
  };
}

/** Progress on the error output. Nobody reading it is no reason to stop. */
export function createProgress(io: Io): Progress {
  const live = canRedraw(io.err, io.env);
  const paint = paintFor(io.err, io.env);
  const write = (text: string) => io.err.write(text).catch(() => {});
  const start = io.now();
  let bestLoss: number | null = null;
  let first: EpochFigures | undefined;
  let last: EpochFigures | undefined;
  let lastShown = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const describe = (figures: EpochFigures): string => {
    const { epoch, epochs, trainLoss, validationLoss, bestEpoch } = figures;
    const parts = [`epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`];
    parts.push(`loss ${decimals(trainLoss, 4)}`);
    if (validationLoss !== null) parts.push(`validation ${decimals(validationLoss, 4)}`);
    if (bestEpoch !== epoch) parts.push(`best ${decimals(bestLoss, 4)} at ${bestEpoch}`);
    return parts.join("  ");
  };
  const remaining = ({ epoch, epochs }: EpochFigures): string => {
    const done = epoch - first!.epoch + 1;
    const seconds = ((io.now() - start) / 1000) * ((epochs - epoch) / done);
    return seconds < 1 ? "" : `  < ${duration(seconds)} left`;
  };

  return {
    report: async (figures) => {
      first ??= figures;
      last = figures;
      if (figures.bestEpoch === figures.epoch) bestLoss = figures.validationLoss;
      if (live) {
        if (io.now() - drawnAt < REDRAW_MILLISECONDS) return;
        drawnAt = io.now();
        const line = (describe(figures) + remaining(figures)).slice(0, Math.max(1, io.err.columns - 1));
        await write(CLEAR_LINE + paint("dim", line));
      } else if (isMilestone(figures.epoch)) {
        lastShown = figures.epoch;
        await write(`${describe(figures)}\n`);
      }
    },
    finish: async () => {
      if (!last) return;
      if (live) await write(`${CLEAR_LINE}${paint("dim", describe(last))}\n`);
      else if (lastShown !== last.epoch) await write(`${describe(last)}\n`);
    },
  };
}

/** 1, 2, 5, 10, 20, 50, 100 …: a dozen lines reach ten thousand epochs. */
function isMilestone(epoch: number): boolean {
  const leading = epoch / 10 ** (String(epoch).length - 1);
  return leading === 1 || leading === 2 || leading === 5;
}
