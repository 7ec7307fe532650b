// Threads of a page for the steps of training: Web Workers over one shared memory, where the page is cross-origin
// isolated. Training itself must run in a worker too: a page may not wait.

import type { ThreadHost, ThreadTask } from "../model/kernels/threads.ts";

/** The little of a Web Worker that is used here; the types of a page are not those of Node. */
interface PageWorker {
  postMessage(message: ThreadTask): void;
  terminate(): void;
  onmessage: (() => void) | null;
}
interface Page {
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly Worker?: new (url: URL, options: { type: "module" }) => PageWorker;
}

/**
 * Starts `count - 1` workers and hands them out to training, one run after the other. They must be up before a run
 * begins, since a thread that waits cannot start another.
 *
 * @param count threads in all, as many as the machine has when left out
 * @returns undefined where the page may not share memory: one thread then trains, to the same bits
 */
export async function startWebThreads(count?: number): Promise<(ThreadHost & { end(): void }) | undefined> {
  const { crossOriginIsolated, navigator, Worker } = globalThis as Page;
  if (crossOriginIsolated !== true || Worker === undefined) return undefined;
  const parallelism = count ?? navigator?.hardwareConcurrency ?? 1;
  const workers = await Promise.all(Array.from({ length: parallelism - 1 }, () => startWorker(Worker)));
  const idle = [...workers];
  return {
    parallelism,
    most: parallelism,
    start(task) {
      const worker = idle.pop();
      if (worker === undefined) return () => {};
      worker.postMessage(task);
      return () => void idle.push(worker); // it waits for its next task as soon as this run is over
    },
    end() {
      for (const worker of workers) worker.terminate();
    },
  };
}

async function startWorker(Worker: NonNullable<Page["Worker"]>): Promise<PageWorker> {
  const worker = new Worker(new URL("./thread.js", import.meta.url), { type: "module" });
  await new Promise<void>((resolve) => {
    worker.onmessage = () => resolve();
  });
  return worker;
}
