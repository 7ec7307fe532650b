// One thread of the simulation: performs trials of a study and counts.
import { parentPort } from "node:worker_threads";
import { studies } from "./studies.ts";

/** Trials from … to - 1 of the study at a place of the list. */
export interface Task {
  readonly study: number;
  readonly from: number;
  readonly to: number;
}

const all = studies();

parentPort!.on("message", ({ study, from, to }: Task) => {
  const { trial, promises } = all[study]!;
  const counts = promises.map(() => 0);
  for (let run = from; run < to; run++) {
    for (const [i, isCounted] of trial(run).entries()) if (isCounted) counts[i]!++;
  }
  parentPort!.postMessage(counts);
});
