// What the runs of an experiment say together, held against hand-made numbers.
import { describe, expect, test } from "vitest";
import { adjustHolm } from "../../src/experiment/comparison.ts";
import type { PlannedRun } from "../../src/experiment/plan.ts";
import type { Finished } from "../../src/experiment/run.ts";
import { type Judged, summarise } from "../../src/experiment/summary.ts";
import { randomStream, shuffle } from "../../src/random.ts";

interface Score {
  readonly variant: string;
  readonly fold: number;
  readonly repeat?: number;
  readonly seed?: number;
  readonly value: number | null;
  readonly testRows?: string;
}

/** A run with this log loss and an accuracy of 1 - value; null is one that failed. */
function judged({ variant, fold, repeat = 1, seed = 1, value, testRows = "" }: Score): Judged {
  const run = { id: `${variant}-s${seed}-r${repeat}-f${fold}`, variant, seed, repeat, fold } as PlannedRun;
  if (value === null)
    return { run, outcome: { status: "failed", code: "training_diverged", reason: "epoch 1" } };
  const metrics = { logLoss: value, accuracy: 1 - value, rocAuc: null } as Finished["metrics"];
  const rows = { train: 80, validation: 0, test: 20 };
  return {
    run,
    outcome: {
      status: "done",
      rows,
      testRows: testRows || `${repeat} ${fold}`,
      parameters: 7,
      epochs: 9,
      bestEpoch: 4,
      metrics,
    },
  };
}

function folds(variant: string, values: readonly (number | null)[]): Judged[] {
  return values.map((value, i) => judged({ variant, fold: i + 1, value }));
}

const options = { metrics: ["logLoss", "accuracy"] as const, folds: 5, canRepeat: true };
const a = [0.1, 0.14, 0.12, 0.11, 0.13];
const b = [0.2, 0.25, 0.21, 0.22, 0.22];

describe("a variant", () => {
  const { variants, ranking } = summarise([...folds("a", a), ...folds("b", b)], options);

  test("has the mean, the deviation of single runs, and the interval of Nadeau and Bengio, within 1e-9", () => {
    const { mean, sd, lower, upper } = variants[0]!.metrics.logLoss!;
    expect(mean).toBeCloseTo(0.12, 12);
    expect(sd).toBeCloseTo(Math.sqrt(0.00025), 12);
    // t(0.975, 4) = 2.7764451051977987; (1/5 + 1/4) of the variance
    const half = 2.7764451051977987 * Math.sqrt((1 / 5 + 1 / 4) * 0.00025);
    expect(lower).toBeCloseTo(0.12 - half, 9);
    expect(upper).toBeCloseTo(0.12 + half, 9);
  });

  test("is ranked by the first metric, a loss from below", () => {
    expect(ranking).toEqual(["a", "b"]);
    const byAccuracy = summarise([...folds("b", b), ...folds("a", a)], { ...options, metrics: ["accuracy"] });
    expect(byAccuracy.ranking).toEqual(["a", "b"]);
  });

  test("keeps its interval within what the metric can be", () => {
    const { accuracy } = summarise(folds("a", [0, 0, 0.1, 0, 0]), options).variants[0]!.metrics;
    expect(accuracy!.upper).toBe(1);
  });

  test("has no interval without spread, and none of one fold", () => {
    for (const values of [[0.1, 0.1, 0.1], [0.1]]) {
      expect(summarise(folds("a", values), options).variants[0]!.metrics.logLoss).toMatchObject({
        lower: null,
        upper: null,
      });
    }
  });

  test("averages its seeds before its folds, so a fold with more of them weighs no more", () => {
    const runs = [
      judged({ variant: "a", fold: 1, seed: 1, value: 0.1 }),
      judged({ variant: "a", fold: 1, seed: 2, value: 0.3 }),
      judged({ variant: "a", fold: 2, value: 0.4 }),
    ];
    expect(summarise(runs, options).variants[0]!.metrics.logLoss!.mean).toBeCloseTo(0.3, 12);
  });

  test("says where a figure does not exist", () => {
    expect(
      summarise(folds("a", a), { ...options, metrics: ["rocAuc"] }).variants[0]!.metrics.rocAuc,
    ).toBeNull();
  });
});

describe("a comparison", () => {
  test("finds the better of two where the difference is plain", () => {
    const { comparisons } = summarise([...folds("b", b), ...folds("a", a)], options);
    expect(comparisons).toMatchObject([
      { metric: "logLoss", a: "a", b: "b", folds: 5, verdict: "a", needed: null },
      { metric: "accuracy", a: "a", b: "b", folds: 5, verdict: "a", needed: null },
    ]);
    expect(comparisons[0]!.difference).toBeCloseTo(-0.1, 12);
    expect(comparisons[1]!.difference).toBeCloseTo(0.1, 12);
  });

  test("cannot tell where the spread is larger, and says how many rows would", () => {
    const noisy = [0.12, 0.1, 0.2, 0.09, 0.19];
    const [first] = summarise([...folds("a", a), ...folds("n", noisy)], options).comparisons;
    expect(first).toMatchObject({ verdict: "unclear", folds: 5 });
    expect(first!.needed!.rows).toBeGreaterThan(100);
    expect(first!.pAdjusted).toBe(first!.p);
  });

  test("needs more folds only where folds can help: the training rows they share do not go away", () => {
    const far = summarise([...folds("a", a), ...folds("c", [0.13, 0.17, 0.17, 0.115, 0.165])], options)
      .comparisons[0]!;
    expect(far.verdict).toBe("unclear");
    expect(far.needed!.folds! % 5).toBe(0);
    expect(far.needed!.folds).toBeGreaterThan(5);
    const near = summarise([...folds("a", a), ...folds("c", [0.11, 0.15, 0.12, 0.11, 0.12])], options)
      .comparisons[0]!;
    expect(near.needed!.folds).toBeNull();
    const fixed = summarise([...folds("a", a), ...folds("c", [0.13, 0.17, 0.17, 0.115, 0.165])], {
      ...options,
      canRepeat: false,
    });
    expect(fixed.comparisons[0]!.needed!.folds).toBeNull();
  });

  test("of a variant with itself is equal", () => {
    expect(summarise([...folds("a", a), ...folds("twin", a)], options).comparisons[0]).toMatchObject({
      difference: 0,
      verdict: "equal",
      needed: null,
    });
  });

  test("leaves out the folds and seeds that one of the two has not finished", () => {
    const [first] = summarise(
      [...folds("a", a), ...folds("b", [...b.slice(0, 3), null, null])],
      options,
    ).comparisons;
    expect(first!.folds).toBe(3);
    expect(first!.difference).toBeCloseTo((0.1 + 0.11 + 0.09) / -3, 12);
    const none = summarise([...folds("a", a), ...folds("b", [0.2, null, null, null, null])], options);
    expect(none.comparisons[0]).toMatchObject({
      folds: 1,
      difference: null,
      verdict: "unclear",
      needed: null,
    });
    expect(none.failures).toHaveLength(4);
    expect(none.runs).toEqual({ planned: 10, done: 6, failed: 4 });
  });

  test("on other rows is refused", () => {
    const runs = [...folds("a", a), judged({ variant: "b", fold: 2, value: 0.2, testRows: "others" })];
    expect(() => summarise(runs, options)).toThrow(
      'variants "a" and "b": expected the same test rows in each fold, got others in fold 2 of repeat 1',
    );
  });
});

test("Holm: the smallest of three p-values counts three times, and none falls below the one before", () => {
  expect(adjustHolm([0.04, 0.01, null, 0.03])).toEqual([0.06, 0.03, null, 0.06]);
  expect(adjustHolm([0.9, 0.8])).toEqual([1, 1]);
});

test("the same runs in any order of finishing, sorted by plan, give the same bytes", () => {
  const plan = [...folds("a", a), ...folds("b", b)];
  const finished = new Map(
    shuffle(
      plan.map((_, i) => i),
      randomStream(1, "shuffle"),
    ).map((i) => [plan[i]!.run.id, plan[i]!]),
  );
  const again = plan.map(({ run }) => finished.get(run.id)!);
  expect(JSON.stringify(summarise(again, options))).toBe(JSON.stringify(summarise(plan, options)));
});
