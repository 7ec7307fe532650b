// What a simulation is: trials that each keep or break some promises, counted over thousands of seeded data sets.
import { normalQuantile } from "../../src/data/normal.ts";
import { type Random, randomStream } from "../../src/random.ts";

/** A promise in per cent: 95 % intervals that hold the truth, or tests at 5 % that find what is not there. */
export interface Promised {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** Why other bounds than the usual hold: by the method itself, or chosen after the figures were seen. */
  readonly exception?: "known before" | "after looking";
}

export interface Study {
  /** The name by which the command line asks for it. */
  readonly name: string;
  readonly rows: number;
  readonly runs: number;
  readonly promises: readonly Promised[];
  /** One data set: for each promise whether it covered or rejected. */
  readonly trial: (run: number) => readonly boolean[];
}

const SEED = 2026;
/** Resamples: fewer than the 2,000 of `evaluate` and `compare`, for the time it takes. */
export const B = 500;

export const covers = (what: string, from = 94, to = 96): Promised => ({ what: `${what}: covers`, from, to });
export const rejects = (what: string, from = 4, to = 6): Promised => ({ what: `${what}: rejects`, from, to });
/** Not one of ours: shown beside the one that is. */
export const forComparison = (promised: Promised): Promised => ({ ...promised, from: 0, to: 100 });
export const knownBefore = (promised: Promised): Promised => ({ ...promised, exception: "known before" });
export const afterLooking = (promised: Promised): Promised => ({ ...promised, exception: "after looking" });

export const stream = (study: number, run: number): Random => randomStream(SEED, "golden", study, run);
export const gauss = (random: Random): number => normalQuantile(random());
