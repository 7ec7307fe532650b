// How an experiment is going: one line that is written over on a terminal, a few plain lines elsewhere.

import type { Io } from "./io.ts";
import { canRedraw, paintFor } from "./reporter.ts";
import { aligned, counted, duration, grouped, shown } from "./text.ts";

export interface RunProgress {
  /** @param epochs of the run that has just ended; @param failed so far */
  readonly report: (done: number, failed: number) => Promise<void>;
  /** Takes the line away again. */
  readonly finish: () => Promise<void>;
}

const REDRAW_MILLISECONDS = 80;
const CLEAR_LINE = "\r\u001b[2K";

export const silentRunProgress: RunProgress = { report: async () => {}, finish: async () => {} };

/**
 * Progress on the error output. Nobody reading it is no reason to stop.
 *
 * @param kept runs that were finished before
 */
export function createRunProgress(io: Io, total: number, kept: number): RunProgress {
  const live = canRedraw(io.err, io.env);
  const paint = paintFor(io.err, io.env);
  const write = (text: string) => io.err.write(text).catch(() => {});
  const start = io.now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let tenths = Math.floor((10 * kept) / total);
  const describe = (done: number, failed: number) => {
    const seconds = ((io.now() - start) / 1000) * ((total - kept) / Math.max(1, done - kept) - 1);
    const left = live && seconds >= 1 && done > kept ? `  about ${duration(seconds)} left` : "";
    return `${grouped(done)}/${counted(total, "run")}${failed > 0 ? `, ${grouped(failed)} failed` : ""}${left}`;
  };
  return {
    report: async (done, failed) => {
      if (live) {
        if (io.now() - drawnAt < REDRAW_MILLISECONDS && done < total) return;
        drawnAt = io.now();
        await write(
          CLEAR_LINE + paint("dim", describe(done, failed).slice(0, Math.max(1, io.err.columns - 1))),
        );
      } else if (Math.floor((10 * done) / total) > tenths) {
        tenths = Math.floor((10 * done) / total);
        await write(`${describe(done, failed)}\n`);
      }
    },
    finish: async () => {
      if (live) await write(CLEAR_LINE);
    },
  };
}

/** How long a run of each variant took: on the error output, because it is no result and never the same twice. */
export function timeLines(
  times: ReadonlyMap<string, { readonly runs: number; readonly seconds: number }>,
): string[] {
  const rows = Array.from(times).flatMap(([name, { runs, seconds }]) =>
    runs === 0 ? [] : [[shown(name), counted(runs, "run"), `${(seconds / runs).toFixed(2)} s each`]],
  );
  return aligned(rows, ["left", "right", "right"]).map((line) => `  ${line}`);
}
