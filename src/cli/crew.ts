// Runs of an experiment performed side by side: what it takes of the world, and what goes on in one thread.

import type { PartLengths } from "../data/split.ts";
import type { Table } from "../data/table.ts";
import type { PlannedRun } from "../experiment/plan.ts";
import { type Outcome, performRun } from "../experiment/run.ts";
import { breathe, type Io } from "./io.ts";

/** A table as some of the variants read it. */
export interface SharedTable {
  readonly table: Table;
  readonly lengths: PartLengths | undefined;
}

/** A run and the place of its table among those that every member has. */
export interface Assignment {
  readonly run: PlannedRun;
  readonly table: number;
}

/** One thread that performs runs, one after the other. */
export interface CrewMember {
  readonly perform: (assignment: Assignment) => Promise<Outcome>;
  readonly end: () => void;
}

export interface CrewHost {
  /** Threads that run at the same time on this machine. */
  readonly parallelism: number;
  readonly start: (tables: readonly SharedTable[]) => CrewMember;
}

/** Trains and judges one run in the thread that calls, and stops for nothing. */
export function performAssigned(tables: readonly SharedTable[], { run, table }: Assignment): Outcome {
  const pauses = performRun({ config: run.config, ...tables[table]! });
  for (;;) {
    const { done, value } = pauses.next();
    if (done) return value;
  }
}

/** Performs in this thread, and lets a signal have its turn at each pause. */
function ownThread(io: Io, tables: readonly SharedTable[]): CrewMember {
  return {
    perform: async ({ run, table }) => {
      const pauses = performRun({ config: run.config, ...tables[table]! });
      for (;;) {
        await breathe(io);
        const { done, value } = pauses.next();
        if (done) return value;
      }
    },
    end: () => {},
  };
}

/** What is kept of a run that crashed: a bug of ours, or a thread that ended, as for want of memory. */
function crashed(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  return { status: "failed", code: "internal", reason: `the run crashed: ${reason}` };
}

/**
 * Performs all runs, `jobs` at a time; who finishes first is left to chance, what comes out is not. A run that crashes
 * takes its thread with it and nothing else: another thread goes on with the next run.
 *
 * @param keep is told each outcome and how long it took, one at a time; whatever it throws ends the crew, as a signal does
 */
export async function performAll(
  io: Io,
  tables: readonly SharedTable[],
  assignments: readonly Assignment[],
  jobs: number,
  keep: (run: PlannedRun, outcome: Outcome, seconds: number) => Promise<void>,
): Promise<void> {
  const size = Math.min(jobs, assignments.length);
  const host = size > 1 ? await io.crew?.() : undefined;
  const start = () => (host ? host.start(tables) : ownThread(io, tables));
  const members = Array.from({ length: host ? size : 1 }, start);
  let next = 0;
  let isOver = false;
  let kept = Promise.resolve();
  const work = async (place: number) => {
    while (next < assignments.length && !isOver) {
      const assignment = assignments[next++]!;
      const member = members[place]!;
      const began = io.now();
      const outcome = await member.perform(assignment).catch((error: unknown) => {
        if (isOver || io.signal.aborted) throw error;
        member.end();
        members[place] = start();
        return crashed(error);
      });
      if (isOver) return;
      const seconds = (io.now() - began) / 1000;
      kept = kept.then(() => keep(assignment.run, outcome, seconds));
      await kept;
    }
  };
  const listening = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(io.signal.reason);
    if (io.signal.aborted) stop();
    else io.signal.addEventListener("abort", stop, { once: true, signal: listening.signal });
  });
  try {
    await Promise.race([Promise.all(members.map((_, place) => work(place))), stopped]);
  } finally {
    isOver = true;
    listening.abort();
    for (const member of members) member.end();
    await kept.catch(() => {});
  }
}
