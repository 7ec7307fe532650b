import { describe, expect, test } from "vitest";
import type { Part } from "../../src/data/dataset.ts";
import { PulloneError } from "../../src/errors.ts";
import { initialise } from "../../src/model/init.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { createNetwork, type Network } from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";
import type { OptimizerOptions } from "../../src/train/optimizer.ts";
import { type EpochReport, type TrainOptions, trainNetwork } from "../../src/train/trainer.ts";

const kernels = referenceKernels("float64");

const sgd: OptimizerOptions = {
  kind: "sgd",
  momentum: 0.9,
  nesterov: false,
  beta1: 0,
  beta2: 0,
  epsilon: 0,
  l2: 0,
  weightDecay: 0,
  decayBiases: false,
  clipNorm: null,
  clipEpsilon: 0,
  headLearningRateFactor: 1,
  headL2Factor: 1,
};
const constant = {
  kind: "constant",
  every: 1,
  factor: 1,
  length: 1,
  minimum: 0,
  warmup: 0,
  warmupFactor: 0,
} as const;
const options: TrainOptions = {
  seed: 1,
  epochs: 60,
  batchSize: 8,
  learningRate: 0.1,
  schedule: constant,
  optimizer: sgd,
  classWeights: Float64Array.of(1, 1),
  validationWeights: Float64Array.of(1, 1),
  labelSmoothing: 0,
  earlyStopping: null,
};

/** Points of the plane; the class says whether both coordinates have one sign. */
function signs(rows: number, purpose: "split" | "folds", noise = 0): Part {
  const random = randomStream(5, purpose);
  const values = Float64Array.from({ length: rows * 2 }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: rows }, (_, r) => {
    const same = values[2 * r]! * values[2 * r + 1]! > 0 ? 1 : 0;
    return random() < noise ? 1 - same : same;
  });
  return {
    rows: Int32Array.from({ length: rows }, (_, r) => r),
    features: { rows, columns: 2, values },
    labels,
  };
}
const none: Part = {
  rows: new Int32Array(0),
  features: { rows: 0, columns: 2, values: new Float64Array(0) },
  labels: new Int32Array(0),
};

function network(units = [16]): Network {
  const made = createNetwork(kernels, {
    inputs: 2,
    hidden: units.map((units) => ({ units, activation: { kind: "tanh", alpha: 0 } })),
    head: "softmax",
    classes: 2,
  });
  initialise(made, { init: "he_uniform", headInit: "glorot_uniform" }, 1);
  return made;
}

function run(net: Network, train: Part, validation: Part, changes: Partial<TrainOptions> = {}) {
  const epochs = trainNetwork(kernels, net, train, validation, ["x", "y"], { ...options, ...changes });
  const reports: EpochReport[] = [];
  for (;;) {
    const { done, value } = epochs.next();
    if (done) return { reports, trained: value };
    if (value.report) reports.push(value.report);
  }
}

describe("trainNetwork", () => {
  test("learns what no line separates: accuracy above 0.95 on rows it has not seen", () => {
    const { reports } = run(network(), signs(400, "split"), signs(400, "folds"));
    expect(reports.at(-1)!.validation!.accuracy).toBeGreaterThan(0.95);
    expect(reports.at(-1)!.trainLoss).toBeLessThan(0.2);
  });

  test("gives the same parameters for the same seed, and others for another", () => {
    const train = signs(50, "split");
    const [a, b, c] = [network(), network(), network()];
    run(a, train, none, { epochs: 3 });
    run(b, train, none, { epochs: 3 });
    run(c, train, none, { epochs: 3, seed: 2 });
    expect(b.parameters).toEqual(a.parameters);
    expect(c.parameters).not.toEqual(a.parameters);
  });

  test("restores the parameters of the best epoch", () => {
    const train = signs(40, "split", 0.3);
    const validation = signs(200, "folds", 0.1);
    const stopping = { metric: "logLoss", patience: 10, minimumImprovement: 0 } as const;
    const stopped = network();
    const { reports, trained } = run(stopped, train, validation, { epochs: 500, earlyStopping: stopping });
    expect(trained.stoppedEarly).toBe(true);
    expect(trained.epochs).toBe(trained.bestEpoch + 10);
    const logLosses = reports.map((report) => report.validation!.logLoss);
    expect(logLosses.indexOf(Math.min(...logLosses)) + 1).toBe(trained.bestEpoch);

    const straight = network();
    run(straight, train, validation, { epochs: trained.bestEpoch });
    expect(stopped.parameters).toEqual(straight.parameters);
  });

  test("restores the best epoch also when the caller stops pulling", () => {
    const train = signs(40, "split", 0.3);
    const stopping = { metric: "logLoss", patience: 1000, minimumImprovement: 0 } as const;
    const net = network();
    let best = 0;
    for (const { report } of trainNetwork(kernels, net, train, signs(200, "folds"), ["x", "y"], {
      ...options,
      epochs: 1000,
      earlyStopping: stopping,
    })) {
      best = report!.bestEpoch;
      if (report!.epoch === 200) break;
    }
    const straight = network();
    run(straight, train, none, { epochs: best });
    expect(net.parameters).toEqual(straight.parameters);
  });

  test("a row of weight 2 counts as that row twice: one full batch, same gradient step within 1e-12", () => {
    const train = signs(10, "split");
    const twice = [...train.labels].flatMap((label, r) => (label === 1 ? [r, r] : [r]));
    const doubled: Part = {
      rows: Int32Array.from(twice),
      labels: Int32Array.from(twice, (r) => train.labels[r]!),
      features: {
        rows: twice.length,
        columns: 2,
        values: Float64Array.from(
          twice.flatMap((r) => [train.features.values[2 * r]!, train.features.values[2 * r + 1]!]),
        ),
      },
    };
    const [weighted, repeated] = [network(), network()];
    run(weighted, train, none, { epochs: 1, batchSize: 100, classWeights: Float64Array.of(1, 2) });
    run(repeated, doubled, none, { epochs: 1, batchSize: 100 });
    for (let i = 0; i < weighted.parameters.length; i++) {
      expect(Math.abs(weighted.parameters[i]! - repeated.parameters[i]!)).toBeLessThan(1e-12);
    }
  });

  test("the rows of a softmax head keep their sum under momentum, whatever it learns: within 1e-12", () => {
    const net = network();
    const sums = () => {
      const { weights } = net.layers[1]!;
      return Array.from({ length: 16 }, (_, i) => weights[2 * i]! + weights[2 * i + 1]!);
    };
    const before = sums();
    run(net, signs(100, "split"), none);
    for (const [i, sum] of sums().entries()) expect(Math.abs(sum - before[i]!)).toBeLessThan(1e-12);
  });

  test("stops at the first loss that is not finite, and names epoch, step, layer and rate", () => {
    const train = signs(40, "split");
    const error = caught(() => run(network(), train, none, { learningRate: 1e308, epochs: 5 }));
    expect(error.code).toBe("training_diverged");
    expect(error.message).toMatch(
      /^epoch 1, step \d+, learning rate 1e\+308: expected (a finite loss|finite weights), got \S+; largest weight \S+ in layer \d of 2$/,
    );
    expect(error.hint).toBe("try a learning rate below 1e+308, or train.clipNorm 1");
  });

  test("names the learning rate that the schedule gave to the step, and advises on the one that was said", () => {
    const schedule = { ...constant, warmup: 4, warmupFactor: 0.25 };
    const error = caught(() => run(network(), signs(40, "split"), none, { learningRate: 1e308, schedule }));
    expect(error.message).toMatch(/^epoch 1, step 3, learning rate 6\.25e\+307: /);
    expect(error.hint).toBe("try a learning rate below 1e+308, or train.clipNorm 1");
  });

  test("names the column that is far from standardised when training diverges", () => {
    const train = signs(40, "split");
    for (let r = 0; r < 40; r++) train.features.values[2 * r + 1]! *= 1e160;
    const error = caught(() => run(network([]), train, none, { learningRate: 1e200, epochs: 50 }));
    expect(error.message).toMatch(/; largest input \S+e\+1\d\d in "y"$/);
    expect(error.hint).toMatch(
      /^scale the column "y" \(data\.scaling "standard"\), or try a learning rate below 1e\+200/,
    );
  });
});

function caught(work: () => unknown): PulloneError {
  try {
    work();
  } catch (error) {
    if (error instanceof PulloneError) return error;
    throw error;
  }
  return expect.fail("expected an error");
}
