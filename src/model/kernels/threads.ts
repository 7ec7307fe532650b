// Threads that share the work of a step. Starting one is the business of the rim, which hands in a ThreadHost; what a
// thread does is here, and is the same in Node and in a page.

import { instantiate } from "./simd-module.ts";

/** What one more thread needs to take part; can be posted to it. */
export interface ThreadTask {
  readonly memory: WebAssembly.Memory;
  /** Addresses in that memory: the plan, the numbers of the steps, and where the losses go. */
  readonly plan: number;
  readonly steps: number;
  readonly losses: number;
  /** Address of the control words. */
  readonly control: number;
  /** How often a thread that waits looks before it sleeps. */
  readonly spins: number;
  /** 1 … threads - 1; the calling thread is 0. */
  readonly thread: number;
  readonly threads: number;
}

/** The rim's way to start threads. */
export interface ThreadHost {
  /** How many threads the machine runs at once, the calling one included. */
  readonly parallelism: number;
  /** How many it can start, the calling one included. */
  readonly most: number;
  /** Starts a thread that calls `serveSteps(task)`; returns what ends it at once. */
  start(task: ThreadTask): () => void;
}

// The control words: how many runs were asked for (negative: no more will be), how many steps each has, how many
// threads are ready, and the step of the epoch at which a run begins.
const RUNS = 0;
const COUNT = 1;
const READY = 2;
const FIRST = 3;
export const CONTROL_BYTES = 16;

/** The life of a thread beside the calling one: waits for a run, takes part in it, until there are no more. */
export function serveSteps(task: ThreadTask): void {
  const { run, waitWhile } = instantiate(task.memory, true);
  const control = new Int32Array(task.memory.buffer, task.control, 4);
  Atomics.add(control, READY, 1);
  Atomics.notify(control, READY);
  for (let seen = 0; ; ) {
    waitWhile(task.control + 4 * RUNS, seen, task.spins);
    seen = Atomics.load(control, RUNS);
    if (seen < 0) return;
    run(task.plan, control[FIRST]!, control[COUNT]!, task.steps, task.losses, task.thread, task.threads);
  }
}

/**
 * Some 400 microseconds: a thread that was put to sleep takes 50 to 100 to come back, on a busy machine more, and a
 * balanced phase of a step is shorter. Threads that have no processor of their own make room at once.
 */
const SPINS = 100_000;

/** How often a waiting thread should look before it sleeps. */
export const spinsOf = (threads: number, host: ThreadHost) => (threads <= host.parallelism ? SPINS : 0);

/** The threads of one training run, the calling one included. */
export interface Team {
  readonly threads: number;
  /** Lets the other threads begin a run of `count` steps from step `first` of the epoch on; the caller then runs its own share. */
  begin(first: number, count: number): void;
  /** Ends the other threads. */
  dismiss(): void;
}

/** Milliseconds to wait for a thread to come up; a machine that takes longer trains alone, to the same bits. */
const PATIENCE = 10_000;

/** Starts `threads - 1` threads and waits until they are ready; one thread alone if they do not come. */
export function gatherTeam(host: ThreadHost, task: Omit<ThreadTask, "thread">, patience = PATIENCE): Team {
  const control = new Int32Array(task.memory.buffer, task.control, 4);
  const others = Array.from({ length: task.threads - 1 }, (_, i) => host.start({ ...task, thread: i + 1 }));
  const dismiss = () => {
    Atomics.store(control, RUNS, -1);
    Atomics.notify(control, RUNS);
    for (const end of others) end();
  };
  for (let ready = 0; ready < others.length; ready = Atomics.load(control, READY)) {
    if (Atomics.wait(control, READY, ready, patience) !== "timed-out") continue;
    dismiss();
    return loneTeam;
  }
  const begin = (first: number, count: number) => {
    control[FIRST] = first;
    control[COUNT] = count;
    Atomics.add(control, RUNS, 1);
    Atomics.notify(control, RUNS);
  };
  return { threads: task.threads, begin, dismiss };
}

export const loneTeam: Team = { threads: 1, begin: () => {}, dismiss: () => {} };
