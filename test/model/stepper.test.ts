// Whole training steps by the SIMD kernels against the same steps kernel by kernel: every bit of every parameter.
import { describe, expect, test } from "vitest";
import { activationKinds, defaultAlpha } from "../../src/model/activations.ts";
import { initialise } from "../../src/model/init.ts";
import type { StepPlan } from "../../src/model/kernels/kernels.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { allocateRows } from "../../src/model/kernels/rows.ts";
import { createSimdStepper } from "../../src/model/kernels/simd-stepper.ts";
import { type ActivationKind, createNetwork, type Network } from "../../src/model/network.ts";
import { randomStream, shuffle } from "../../src/random.ts";
import { type OptimizerOptions, stepNumbers } from "../../src/train/optimizer.ts";
import { createStepper } from "../../src/train/stepper.ts";

const kernels = referenceKernels("float32");

const sgd: OptimizerOptions = {
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
};

interface Case {
  sizes: number[];
  kinds?: ActivationKind[];
  head?: "softmax" | "sigmoid";
  rows?: number;
  batchSize?: number;
  smoothing?: number;
  weights?: number[];
  optimizer?: Partial<OptimizerOptions>;
  seed?: number;
}

function planOf(c: Case): {
  plan: () => StepPlan & { network: Network };
  steps: Float64Array;
  order: Int32Array;
} {
  const [D, ...rest] = c.sizes;
  const K = rest.at(-1)!;
  const N = c.rows ?? 45;
  const batchSize = c.batchSize ?? 16;
  const random = randomStream(c.seed ?? 1, "split");
  const values = Float32Array.from({ length: N * D! }, () => 4 * random() - 2);
  const labels = Int32Array.from({ length: N }, () => Math.floor(random() * K));
  const optimizer = { ...sgd, ...c.optimizer };
  const hidden = rest.slice(0, -1).map((units, l) => {
    const kind = c.kinds?.[l] ?? "relu";
    return { units, activation: { kind, alpha: defaultAlpha(kind) } };
  });
  const count = Math.ceil(N / batchSize);
  const steps = new Float64Array(3 * count);
  for (let s = 0; s < count; s++) {
    const { rate, correction1, correction2 } = stepNumbers(optimizer, 0.05 + 0.01 * s, s);
    steps.set([rate, correction1, correction2], 3 * s);
  }
  const plan = () => {
    const network = createNetwork(kernels, { inputs: D!, hidden, head: c.head ?? "softmax", classes: K });
    initialise(network, { init: "he_uniform", headInit: "glorot_uniform" }, c.seed ?? 1);
    return {
      network,
      features: { rows: N, columns: D!, values },
      labels,
      batchSize: Math.min(batchSize, N),
      classWeights: Float64Array.from(c.weights ?? new Array<number>(K).fill(1)),
      labelSmoothing: c.smoothing ?? 0,
      optimizer,
    };
  };
  return {
    plan,
    steps,
    order: shuffle(
      Int32Array.from({ length: N }, (_, i) => i),
      randomStream(3, "shuffle"),
    ),
  };
}

function expectSameBits(c: Case, epochs = 2): void {
  const { plan, steps, order } = planOf(c);
  const [a, b] = [plan(), plan()];
  const reference = createStepper(kernels, a);
  const simd = createSimdStepper(b)!;
  const [lossesA, lossesB] = [new Float64Array(steps.length / 3), new Float64Array(steps.length / 3)];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const done = [reference.run(order, steps, lossesA), simd.run(order, steps, lossesB)];
    expect(done[1], JSON.stringify(c)).toBe(done[0]);
    expect(lossesB, JSON.stringify(c)).toEqual(lossesA);
    expect(new Uint32Array(b.network.parameters.buffer), JSON.stringify(c)).toEqual(
      new Uint32Array(a.network.parameters.buffer),
    );
  }
}

describe("SIMD steps equal the reference bit for bit", () => {
  test("every number of inputs from 1 to 40", () => {
    for (let I = 1; I <= 40; I++) expectSameBits({ sizes: [I, 5, 3] }, 1);
  });
  test("every width of a hidden layer from 1 to 40", () => {
    for (let H = 1; H <= 40; H++) expectSameBits({ sizes: [6, H, 4] }, 1);
  });
  test("every number of classes from 2 to 40", () => {
    for (let K = 2; K <= 40; K++) expectSameBits({ sizes: [4, 9, K], smoothing: K % 2 ? 0.1 : 0 }, 1);
  });
  test("every minibatch from 1 to 40", () => {
    for (let B = 1; B <= 40; B++) expectSameBits({ sizes: [5, 6, 3], batchSize: B }, 1);
  });
  test.each(activationKinds)("%s, two hidden layers", (kind) => {
    expectSameBits({ sizes: [7, 11, 6, 3], kinds: [kind, kind] }, 3);
    expectSameBits({ sizes: [7, 16, 3], kinds: [kind], head: "softmax", smoothing: 0.1 });
  });
  test("rows that live in WebAssembly memory, for one network after another", () => {
    const { plan, steps, order } = planOf({ sizes: [13, 9, 3], rows: 200 });
    const rows = allocateRows("float32", 200, 13);
    (rows.values as Float32Array).set(plan().features.values);
    const [losses, wanted] = [new Float64Array(steps.length / 3), new Float64Array(steps.length / 3)];
    createStepper(kernels, plan()).run(order, steps, wanted);
    for (let time = 0; time < 3; time++) {
      createSimdStepper({ ...plan(), features: rows })!.run(order, steps, losses);
      expect(losses).toEqual(wanted);
      expect(rows.values).toEqual(plan().features.values);
    }
  });
  test("no hidden layer", () => expectSameBits({ sizes: [13, 3] }));
  test("sigmoid head, with smoothing and class weights", () => {
    expectSameBits({ sizes: [13, 9, 2], head: "sigmoid" });
    expectSameBits({ sizes: [13, 2], head: "sigmoid", smoothing: 0.2, weights: [0.7, 2.3] });
  });
  test("class weights, one of them 0, with and without smoothing", () => {
    expectSameBits({ sizes: [5, 8, 4], weights: [1, 2.5, 0, 0.3] });
    expectSameBits({ sizes: [5, 8, 4], weights: [1, 2.5, 0, 0.3], smoothing: 0.1 });
  });
  test.each([
    { momentum: 0.9 },
    { momentum: 0.9, nesterov: true },
    { momentum: 0.9, l2: 0.01, weightDecay: 0.02, decayBiases: true },
    { l2: 0.01 },
    { weightDecay: 0.1 },
    { clipNorm: 0.5 },
    { clipNorm: 100, clipEpsilon: 1e-6, momentum: 0.5 },
    { headLearningRateFactor: 2, headL2Factor: 0.5, l2: 0.03, momentum: 0.9 },
    { kind: "adam" as const, l2: 0.01 },
    { kind: "adamw" as const, weightDecay: 0.05 },
    { kind: "adam" as const, clipNorm: 1 },
  ])("optimiser %o", (optimizer) => {
    expectSameBits({ sizes: [6, 10, 7, 3], optimizer });
  });
  test("clipping, with rows of weights that are whole fours, and that are not", () => {
    for (const sizes of [
      [9, 12, 4],
      [8, 16, 20, 8],
      [5, 8, 6, 4],
      [5, 3, 4],
      [4, 6, 8, 3],
    ]) {
      expectSameBits({ sizes, optimizer: { clipNorm: 0.3, momentum: 0.9 } });
    }
  });
  test("50 networks drawn at random, up to 150 nodes a layer", () => {
    const random = randomStream(11, "init");
    const upTo = (n: number) => 1 + Math.floor(random() * n);
    for (let trial = 0; trial < 50; trial++) {
      const layers = Math.floor(random() * 3);
      expectSameBits(
        {
          sizes: [upTo(150), ...Array.from({ length: layers }, () => upTo(100)), 1 + upTo(20)],
          kinds: Array.from({ length: layers }, () => activationKinds[Math.floor(random() * 10)]!),
          rows: upTo(100),
          batchSize: upTo(64),
          optimizer: { momentum: random() < 0.5 ? 0 : 0.9, l2: random() < 0.5 ? 0 : 0.01 },
          seed: trial,
        },
        1,
      );
    }
  });
  test("a loss that is not finite stops both at the same step", () => {
    expectSameBits({ sizes: [6, 10, 3], optimizer: { headLearningRateFactor: 1e38, momentum: 0.9 } }, 1);
  });
});
