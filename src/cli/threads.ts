// Threads of Node for the steps of training.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ThreadHost } from "../model/kernels/threads.ts";

/** `.js` when built, `.ts` where the sources run as they are. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/** Starts worker threads that take part in training steps; see model/kernels/threads.ts. */
export const nodeThreads: ThreadHost = {
  parallelism: availableParallelism(),
  most: 64,
  start(task) {
    const worker = new Worker(new URL(`./thread${extension}`, import.meta.url), { workerData: task });
    worker.unref();
    return () => void worker.terminate();
  },
};
