import { describe, expect, test } from "vitest";
import type { Part } from "../../src/data/dataset.ts";
import type { Precision } from "../../src/matrix.ts";
import { initialise } from "../../src/model/init.ts";
import { chooseKernels } from "../../src/model/kernels/choose.ts";
import { createNetwork } from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";
import { headRowSums } from "../../src/train/invariants.ts";
import type { OptimizerOptions } from "../../src/train/optimizer.ts";
import { trainNetwork } from "../../src/train/trainer.ts";

const N = 90;
const D = 4;

/** Rows of noise with labels of K classes: what is learnt does not matter here. */
function noise(K: number, precision: Precision): Part {
  const random = randomStream(5, "golden");
  const values = Float64Array.from({ length: N * D }, () => 4 * random() - 2);
  return {
    rows: Int32Array.from({ length: N }, (_, row) => row),
    features: {
      rows: N,
      columns: D,
      values: precision === "float32" ? Float32Array.from(values) : values,
    },
    labels: Int32Array.from({ length: N }, () => Math.floor(random() * K)),
  };
}

const none: Part = {
  rows: new Int32Array(0),
  features: { rows: 0, columns: D, values: new Float64Array(0) },
  labels: new Int32Array(0),
};

/** How far any sum of the rows of the head moves in 20 epochs. */
function drift(K: number, optimizer: Partial<OptimizerOptions>, precision: Precision = "float64"): number {
  const kernels = chooseKernels(precision);
  const activation = { kind: "silu", alpha: 1 } as const;
  const shape = { inputs: D, hidden: [{ units: 5, activation }], head: "softmax", classes: K } as const;
  const network = createNetwork(kernels, shape);
  initialise(network, { init: "he_uniform", headInit: "glorot_uniform" }, 3);
  const before = headRowSums(network);
  const epochs = trainNetwork(kernels, network, noise(K, precision), none, ["a", "b", "c", "d"], {
    seed: 1,
    epochs: 20,
    batchSize: 16,
    learningRate: 0.05,
    schedule: { kind: "cosine", every: 1, factor: 1, length: 120, minimum: 0, warmup: 0, warmupFactor: 0 },
    optimizer: {
      ...{ kind: "sgd", momentum: 0, nesterov: false, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0 },
      ...{ weightDecay: 0, decayBiases: false, clipNorm: null, clipEpsilon: 0 },
      ...{ headLearningRateFactor: 1, headL2Factor: 1 },
      ...optimizer,
    },
    classWeights: Float64Array.from({ length: K }, (_, k) => 1 + k),
    validationWeights: new Float64Array(K).fill(1),
    labelSmoothing: 0.1,
    earlyStopping: null,
  });
  while (!epochs.next().done);
  const after = headRowSums(network);
  return Math.max(...after.map((sum, i) => Math.abs(sum - before[i]!)));
}

test("headRowSums adds the rows of the head for each input, and its biases last", () => {
  const kernels = chooseKernels("float64");
  const network = createNetwork(kernels, { inputs: 2, hidden: [], head: "softmax", classes: 3 });
  network.parameters.set([1, 2, 4, 10, 20, 40, 0.5, 0.25, 0.125]);
  expect(Array.from(headRowSums(network))).toEqual([7, 70, 0.875]);
});

describe("the sum of the rows of a softmax head, with class weights and label smoothing", () => {
  const momentum = { momentum: 0.9 };
  test.each([2, 3, 7])("of %i classes stays within 1e-13 under SGD, momentum, Nesterov and clipping", (K) => {
    expect(drift(K, {})).toBeLessThan(1e-13);
    expect(drift(K, momentum)).toBeLessThan(1e-13);
    expect(drift(K, { ...momentum, nesterov: true })).toBeLessThan(1e-13);
    expect(drift(K, { ...momentum, clipNorm: 0.05 })).toBeLessThan(1e-13);
  });

  test("stays within 1e-5 in float32, with the kernels that train", () => {
    expect(drift(3, momentum, "float32")).toBeLessThan(1e-5);
  });

  test("is moved by decay, and by Adam when there are more than two classes", () => {
    expect(drift(2, { kind: "adam" })).toBeLessThan(1e-13);
    for (const moving of [{ l2: 0.01 }, { weightDecay: 0.01 }])
      expect(drift(3, moving)).toBeGreaterThan(1e-3);
    expect(drift(3, { kind: "adam" })).toBeGreaterThan(1e-2);
  });
});
