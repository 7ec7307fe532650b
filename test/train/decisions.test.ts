import { describe, expect, test } from "vitest";
import { coverageLevels, decide, meanCost } from "../../src/train/decisions.ts";

const P = [0.9, 0.1, 0.7, 0.3, 0.5, 0.5, 0.2, 0.8];

describe("a decision", () => {
  test("by the largest probability takes the first among equals", () => {
    expect([...decide(P, 4, 2, { kind: "largest" })]).toEqual([0, 0, 0, 1]);
  });

  test("by a threshold takes the second class from the threshold on, itself included", () => {
    expect([...decide(P, 4, 2, { kind: "threshold", threshold: 0.3 })]).toEqual([0, 1, 1, 1]);
    expect([...decide(P, 4, 2, { kind: "threshold", threshold: 0.81 })]).toEqual([0, 0, 0, 0]);
  });

  test("by costs of 1 and c is the threshold 1 / (1 + c)", () => {
    const costs = [
      [0, 1],
      [9, 0],
    ];
    const cheap = decide(P, 4, 2, { kind: "costs", costs });
    expect([...cheap]).toEqual([0, 1, 1, 1]);
    expect(cheap).toEqual(decide(P, 4, 2, { kind: "threshold", threshold: 0.1 + 1e-12 }));
    expect(meanCost([0, 1, 0, 0], cheap, costs)).toBe(2 / 4);
    expect(meanCost([0, 1, 0, 0], [0, 0, 0, 0], costs)).toBe(9 / 4);
  });

  test("by equal costs is the largest probability, also of three classes", () => {
    const three = [0.2, 0.5, 0.3, 0.4, 0.25, 0.35];
    const costs = [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ];
    expect(decide(three, 2, 3, { kind: "costs", costs })).toEqual(decide(three, 2, 3, { kind: "largest" }));
  });

  test("by costs may be a class that is never the likeliest: the safe middle", () => {
    const costs = [
      [0, 1, 10],
      [1, 0, 1],
      [10, 1, 0],
    ];
    expect([...decide([0.45, 0.1, 0.45], 1, 3, { kind: "costs", costs })]).toEqual([1]);
  });
});

test("coverage falls as the level rises; a row at the level keeps its answer", () => {
  const labels = [0, 1, 0, 1];
  const levels = coverageLevels(P, labels, decide(P, 4, 2, { kind: "largest" }), 2, [0, 0.7, 0.8, 0.95]);
  expect(levels.map(({ rows, wrong, error }) => ({ rows, wrong, error }))).toEqual([
    { rows: 4, wrong: 1, error: 0.25 },
    { rows: 3, wrong: 1, error: 1 / 3 },
    { rows: 2, wrong: 0, error: 0 },
    { rows: 0, wrong: 0, error: null },
  ]);
  expect(levels[0]!.errorInterval!.upper).toBeGreaterThan(0.25);
  expect(levels[3]).toMatchObject({ coverage: 0, errorInterval: null });
});
