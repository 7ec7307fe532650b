// The four training runs of the bench, and what one step of them costs.
// Letters: N rows, D features, B rows of a minibatch, K classes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { initialise } from "../src/model/init.ts";
import { chooseKernels } from "../src/model/kernels/choose.ts";
import type { StepPlan } from "../src/model/kernels/kernels.ts";
import { createNetwork, type Network } from "../src/model/network.ts";
import { randomStream } from "../src/random.ts";

/** Compiled, this file stands in dist-bench/bench. */
export const root = join(import.meta.dirname, "..", "..");

/** Layer sizes, inputs and classes included; plain SGD at one rate. */
export interface Case {
  readonly layers: readonly number[];
  readonly batch: number;
  readonly rows: number;
  readonly rate: number;
}

export const cases: Readonly<Record<string, Case>> = JSON.parse(
  readFileSync(join(root, "bench", "cases.json"), "utf8"),
);

/** Multiplications and additions of the products of one step: no gradient of the inputs in the first layer. */
export function operationsOf({ layers, batch }: Case): number {
  let sum = 0;
  for (let l = 1; l < layers.length; l++) sum += (l === 1 ? 4 : 6) * batch * layers[l - 1]! * layers[l]!;
  return sum;
}

export const plainSgd = {
  kind: "sgd",
  momentum: 0,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0,
  weightDecay: 0,
  decayBiases: false,
  clipNorm: null,
  clipEpsilon: 0,
  headLearningRateFactor: 1,
  headL2Factor: 1,
} as const;

/** Rows around one centre a class: values (N, D) and labels (N). */
function blobs(D: number, K: number, N: number): { values: Float32Array; labels: Int32Array } {
  const random = randomStream(1, "golden");
  const spread = () => 2 * (random() + random() + random() - 1.5); // variance 1, near enough to normal
  const centres = Float32Array.from({ length: K * D }, () => spread() / 2);
  const labels = Int32Array.from({ length: N }, () => Math.floor(random() * K));
  const values = new Float32Array(N * D);
  for (let i = 0; i < N; i++)
    for (let d = 0; d < D; d++) values[i * D + d] = centres[labels[i]! * D + d]! + spread();
  return { values, labels };
}

/** A network of the case with relu and a softmax head, and rows around one centre a class. */
export function planOf(
  { layers, batch, rows }: Case,
  threads?: StepPlan["threads"],
): StepPlan & { network: Network } {
  const [D, ...widths] = layers as [number, ...number[]];
  const K = widths.pop()!;
  const hidden = widths.map((units) => ({ units, activation: { kind: "relu" as const, alpha: 0 } }));
  const network = createNetwork(chooseKernels("float32"), { inputs: D, hidden, head: "softmax", classes: K });
  initialise(network, { init: "he_uniform", headInit: "glorot_uniform" }, 1);
  const { values, labels } = blobs(D, K, rows);
  return {
    network,
    features: { rows, columns: D, values },
    labels,
    batchSize: batch,
    classWeights: new Float64Array(K).fill(1),
    labelSmoothing: 0,
    optimizer: plainSgd,
    ...(threads && { threads }),
  };
}
