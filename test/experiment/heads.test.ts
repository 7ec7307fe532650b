import { describe, expect, test } from "vitest";
import { resolveRunConfig } from "../../src/config.ts";
import type { Table } from "../../src/data/table.ts";
import { largestHeadCurvature } from "../../src/experiment/curvature.ts";
import { largestGapDifference } from "../../src/experiment/gap.ts";
import { compareHeads, type HeadsComparison, type HeadsPlan } from "../../src/experiment/heads.ts";
import type { RuleId } from "../../src/experiment/matched.ts";
import { allocateForward } from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { createNetwork } from "../../src/model/network.ts";
import { tableOf } from "../../src/prepare.ts";
import { randomStream } from "../../src/random.ts";

/** With these the sigmoid net and the softmax net are one model. */
const exactMatch = { rateFactor: 2, decayFactor: 0.5 };

/** Points of the plane in rings, one ring a class. */
function rings(classes: number): Table {
  const random = randomStream(11, "golden");
  const records = Array.from({ length: 120 }, () => {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    return { x, y, ring: `ring ${Math.min(classes - 1, Math.floor((x * x + y * y) * classes))}` };
  });
  return tableOf(records);
}

const document = {
  name: "rings",
  data: { label: "ring" },
  model: { hidden: [6] },
  train: { learningRate: 0.05, l2: 0.01 },
};

function planOf(settings: readonly string[] = [], more: Partial<HeadsPlan> = {}): HeadsPlan {
  const config = resolveRunConfig(document, settings, "rings");
  return { config, table: rings(2), lengths: undefined, epochs: 12, match: exactMatch, more: null, ...more };
}

function compare(plan: HeadsPlan): HeadsComparison {
  const comparison = compareHeads(plan);
  for (;;) {
    const { done, value } = comparison.next();
    if (done) return value;
  }
}

const gapOf = ({ matched }: HeadsComparison, id: RuleId) => matched.find((run) => run.id === id)!.gap;
const broken = ["one_rate", "one_l2", "adam_l2", "clipping"] as const;

describe("matched", () => {
  const two = compare(planOf());

  test("are one model within 1e-11 under all eight rules, far below the bound of 1e-9", () => {
    const identical = two.matched.filter((run) => run.identical);
    expect(identical).toHaveLength(8);
    for (const { gap, steps } of identical) {
      expect(gap).toBeLessThan(1e-11);
      expect(steps).toBe(12 * 3);
    }
    expect(two.holds).toBe(true);
  });

  test("part under one rate, one L2, L2 within Adam from any start, and clipping by the global norm", () => {
    for (const id of broken) expect(gapOf(two, id)).toBeGreaterThan(1e-5);
    expect(two.matched.filter((run) => !run.identical)).toHaveLength(broken.length);
  });

  test.each([
    ["class weights and label smoothing", ["train.classWeights=balanced", "train.labelSmoothing=0.1"]],
    ["no hidden layer", ["model.hidden=[]"]],
    ["two hidden layers", ["model.hidden=[5,4]", "model.activation=tanh"]],
    ["a head of zeros, which is drawn all the same", ["model.headInit=zeros"]],
    ["decayed biases", ["train.decayBiases=true"]],
    ["factors of their own", ["train.headLearningRateFactor=3", "train.headL2Factor=0.2"]],
    ["Adam as the optimiser of the run", ["train.optimizer=adam", "train.learningRate=0.01"]],
    ["AdamW as the optimiser of the run", ["train.optimizer=adamw"]],
    ["a constant rate", ["train.schedule.kind=constant"]],
    ["one batch", ["train.batchSize=1000"]],
  ])("are one model too with %s", (_, settings) => {
    const { holds, matched } = compare(planOf(settings, { epochs: 4 }));
    expect(holds).toBe(true);
    for (const { identical, gap } of matched) if (identical) expect(gap).toBeLessThan(1e-11);
  });

  test("are told apart when a factor is wrong: the rate, or the decay", () => {
    const rate = compare(planOf([], { epochs: 4, match: { rateFactor: 1.99, decayFactor: 0.5 } }));
    expect(rate.holds).toBe(false);
    expect(gapOf(rate, "sgd")).toBeGreaterThan(1e-4);
    const decay = compare(planOf([], { epochs: 4, match: { rateFactor: 2, decayFactor: 0.49 } }));
    expect(decay.holds).toBe(false);
    expect(gapOf(decay, "sgd")).toBeLessThan(1e-11);
    expect(gapOf(decay, "l2")).toBeGreaterThan(1e-6);
  });
});

describe("in practice", () => {
  const { weights, matched, curvature, two, more } = compare(
    planOf([], {
      more: { config: resolveRunConfig(document, [], "rings"), table: rings(4), lengths: undefined },
    }),
  );

  test("two nodes hold one row of weights and a bias more", () => {
    expect(weights).toEqual({ softmax: 2 * 6 + 6 + 2 * 6 + 2, sigmoid: 2 * 6 + 6 + 6 + 1 });
  });

  test("no gradient touches w₀ + w₁, within 1e-14; decay shrinks it", () => {
    for (const { id, idleDrift, idleStart, idleEnd } of matched) {
      if (["l2", "weight_decay", "adamw", "one_l2", "adam_l2"].includes(id)) {
        expect(idleEnd).toBeLessThan(0.9999 * idleStart);
      } else {
        expect(idleDrift).toBeLessThan(1e-14);
      }
    }
  });

  test("the softmax head is twice as sharp, within 1e-9", () => {
    expect(curvature.softmax / curvature.sigmoid).toBeCloseTo(2, 9);
  });

  test("K = 2: one factor, and it is exact; K = 4: a first step of 4 along one direction and 1 along another", () => {
    expect(two.classes).toBe(2);
    expect(two.sumRatio).toBeCloseTo(2, 9);
    expect(two.differenceRatio).toBeNull();
    expect(two.factors[0]!.gap).toBeGreaterThan(1e-3);
    expect(two.factors[1]!.gap).toBeLessThan(1e-11);
    expect(more).toMatchObject({ name: "rings", classes: 4 });
    expect(more!.sumRatio).toBeCloseTo(4, 9);
    expect(more!.differenceRatio).toBeCloseTo(1, 9);
    expect(more!.factors.map(({ factor }) => factor)).toEqual(
      Array.from({ length: 13 }, (_, i) => 1 + i / 4),
    );
    expect(Math.min(...more!.factors.map(({ gap }) => gap))).toBeGreaterThan(1e-3);
  });
});

test("a logit that is not a number is no small difference", () => {
  const kernels = referenceKernels("float64");
  const shape = { inputs: 1, hidden: [], head: "sigmoid", classes: 2 } as const;
  const [one, other] = [createNetwork(kernels, shape), createNetwork(kernels, shape)];
  const workspaces = [allocateForward(kernels, shape, 2), allocateForward(kernels, shape, 2)] as const;
  const features = { rows: 3, columns: 1, values: Float64Array.of(1, Number.NaN, 2) };
  expect(largestGapDifference(kernels, [one, other], workspaces, features)).toBeNaN();
});

test("the curvature of a head without inputs that differ is p (1 - p) (1 + |x|²) for one node, twice that for two", () => {
  const kernels = referenceKernels("float64");
  const features = { rows: 3, columns: 2, values: Float64Array.of(0.5, -1, 0.5, -1, 0.5, -1) };
  const shape = { inputs: 2, hidden: [], classes: 2 } as const;
  const one = createNetwork(kernels, { ...shape, head: "sigmoid" });
  const two = createNetwork(kernels, { ...shape, head: "softmax" });
  expect(largestHeadCurvature(kernels, one, features)).toBeCloseTo(0.25 * 2.25, 12);
  expect(largestHeadCurvature(kernels, two, features)).toBeCloseTo(0.5 * 2.25, 12);
});

test("other than two classes are refused, and fewer than three beside them", () => {
  expect(() => compare(planOf([], { table: rings(3) }))).toThrow(
    "data.label: expected two classes for two heads, got 3",
  );
  const { config } = planOf();
  const more = { config, table: rings(2), lengths: undefined };
  expect(() => compare(planOf([], { epochs: 1, more }))).toThrow(
    "heads.more: expected a run of three or more classes, got 2",
  );
});
