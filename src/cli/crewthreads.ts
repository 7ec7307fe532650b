// Threads of Node for the runs of an experiment.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Outcome } from "../experiment/run.ts";
import type { CrewHost } from "./crew.ts";

/** `.js` when built, `.ts` where the sources run as they are. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/** Starts worker threads, each with its copy of the tables. */
export const nodeCrew: CrewHost = {
  parallelism: availableParallelism(),
  start(tables) {
    const worker = new Worker(new URL(`./crewthread${extension}`, import.meta.url), { workerData: tables });
    let failure: Error | undefined;
    let fail: (error: Error) => void = () => {};
    worker.on("error", (error) => {
      failure = error;
      fail(error);
    });
    worker.on("exit", (code) => fail(failure ?? new Error(`a thread ended with ${code} before its run did`)));
    return {
      perform: (assignment) =>
        new Promise<Outcome>((resolve, reject) => {
          if (failure) reject(failure);
          fail = reject;
          worker.once("message", resolve);
          worker.postMessage(assignment);
        }),
      end: () => void worker.terminate(),
    };
  },
};
