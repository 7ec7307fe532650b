import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { drawStratified, resamplesFor, strataOf } from "../../src/train/bootstrap.ts";

const labels = [2, 0, 1, 0, 2, 2, 0, 1, 2, 2];

describe("stratified resampling", () => {
  test("draws as many rows of each class as there are, and in time every one of them", () => {
    const { rows, starts } = strataOf(labels, 3);
    const random = randomStream(3, "bootstrap");
    const drawn = new Int32Array(labels.length);
    const seen = new Set<number>();
    for (let b = 0; b < 200; b++) {
      drawStratified(drawn, starts, random);
      const counts = [0, 0, 0];
      for (const place of drawn) {
        counts[labels[rows[place]!]!]!++;
        seen.add(rows[place]!);
      }
      expect(counts).toEqual([3, 2, 5]);
    }
    expect(seen.size).toBe(labels.length);
  });

  test("draws every place equally often, and two neighbours without a bond: chi² of 49 pairs below its 99.9 % of 85.4", () => {
    const { starts } = strataOf(new Int32Array(7), 1);
    const random = randomStream(4, "bootstrap");
    const drawn = new Int32Array(7);
    const pairs = new Float64Array(49);
    const DRAWS = 9800;
    for (let b = 0; b < DRAWS; b++) {
      drawStratified(drawn, starts, random);
      pairs[7 * drawn[0]! + drawn[1]!]!++;
    }
    const expected = DRAWS / 49;
    expect(pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(85.4);
  });

  test("leaves a class without rows aside", () => {
    const drawn = new Int32Array(2);
    drawStratified(drawn, strataOf([2, 2], 4).starts, randomStream(1, "bootstrap"));
    expect(drawn.every((place) => place === 0 || place === 1)).toBe(true);
  });

  test("refuses a label that is no class", () => {
    expect(() => strataOf([0, 3], 3)).toThrow("labels[1]: expected a class index in 0 … 2, got 3");
  });

  test("is repeated less often for more rows: 2,000 times to 5,000 rows, 200 times from 50,000 on", () => {
    expect([114, 5000, 10_000, 50_000, 1_000_000].map(resamplesFor)).toEqual([2000, 2000, 1000, 200, 200]);
  });
});
