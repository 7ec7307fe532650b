// Our own training as a contender beside the peers.

import { nodeThreads } from "../src/cli/threads.ts";
import { chooseKernels } from "../src/model/kernels/choose.ts";
import { shuffledOrder } from "../src/train/batches.ts";
import { trainNetwork } from "../src/train/trainer.ts";
import { type Case, planOf } from "./cases.ts";
import type { Contender } from "./peers.ts";

const countOf = (threads: number) => (threads === 1 ? "1 thread" : `${threads} threads`);

/** A contender whose `epoch` trains on every row once. */
function contender(name: string, c: Case, epoch: () => void, end: () => void): Contender {
  return {
    name,
    async read(budget) {
      const start = performance.now();
      let rows = 0;
      while (performance.now() - start < 1000 * budget) {
        epoch();
        rows += c.rows;
      }
      return { rows, seconds: (performance.now() - start) / 1000 };
    },
    end,
  };
}

/** The steps: gather, forward, loss, backward, update, and the parameters brought back after each epoch. */
export function steps(c: Case, threads: number): Contender {
  const stepper = chooseKernels("float32").createStepper!(planOf(c, { wanted: threads, host: nodeThreads }))!;
  const order = shuffledOrder(new Int32Array(c.rows), 1, 1);
  const count = Math.ceil(c.rows / c.batch);
  const rates = Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? c.rate : 1));
  const losses = new Float64Array(count);
  return contender(
    `pullone, ${countOf(threads)}`,
    c,
    () => void stepper.run(order, rates, losses),
    () => stepper.finish?.(),
  );
}

/** The training loop around them as `pullone train` runs it, without validation rows: shuffle, schedule, checks. */
export function loop(c: Case, threads: number): Contender {
  const { network, features, labels, classWeights, optimizer } = planOf(c);
  const rows = Int32Array.from(labels.keys());
  const none = {
    rows: rows.subarray(0, 0),
    features: { ...features, rows: 0 },
    labels: labels.subarray(0, 0),
  };
  const names = Array.from({ length: features.columns }, (_, d) => String(d));
  const epochs = trainNetwork(chooseKernels("float32"), network, { rows, features, labels }, none, names, {
    seed: 1,
    epochs: 1e9,
    batchSize: c.batch,
    learningRate: c.rate,
    schedule: { kind: "constant", every: 1, factor: 1, length: 1, minimum: 0, warmup: 0, warmupFactor: 1 },
    optimizer,
    classWeights,
    validationWeights: classWeights,
    labelSmoothing: 0,
    threads: { wanted: threads, host: nodeThreads },
    earlyStopping: null,
  });
  /** Long epochs pause on their way: only a report ends one. */
  const epoch = () => {
    for (;;) {
      const { done, value } = epochs.next();
      if (done || value.report) return;
    }
  };
  return contender(
    `pullone, ${countOf(threads)}, with the shuffle`,
    c,
    epoch,
    () => void epochs.return(undefined as never),
  );
}
