import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { drawStratified, strataOf } from "../../src/train/bootstrap.ts";
import { binGaps, errorIfCalibrated, errorInterval, errorOfGaps } from "../../src/train/calibrationerror.ts";
import { binOf, RELIABILITY_BINS, reliability } from "../../src/train/reliability.ts";

const M = RELIABILITY_BINS;

function rowsOf(N: number, seed: number, overstated: number) {
  const random = randomStream(seed, "golden", N);
  const stated = Float64Array.from({ length: N }, () => 0.5 + 0.5 * random());
  const hits = Uint8Array.from(stated, (p) => (random() < p - overstated ? 1 : 0));
  return { stated, hits, bins: Int32Array.from(stated, (p) => binOf(p, M)) };
}

function intervalOf(rows: ReturnType<typeof rowsOf>, B = 400) {
  const N = rows.stated.length;
  const { starts } = strataOf(new Int32Array(N), 1);
  const random = randomStream(1, "bootstrap");
  const gaps = new Float64Array(M);
  binGaps(rows, null, gaps);
  const resampled = new Float64Array(B * M);
  const drawn = new Int32Array(N);
  for (let b = 0; b < B; b++) {
    drawStratified(drawn, starts, random);
    binGaps(rows, drawn, resampled.subarray(b * M, (b + 1) * M));
  }
  return { value: errorOfGaps(gaps, N), ...errorInterval(gaps, resampled, N) };
}

describe("the interval of the calibration error", () => {
  test("is about the error that `reliability` finds", () => {
    const rows = rowsOf(300, 1, 0.1);
    const { value, lower, upper } = intervalOf(rows);
    expect(value).toBeCloseTo(reliability(rows.stated, rows.hits).ece, 14);
    expect(lower).toBeLessThan(value);
    expect(upper).toBeGreaterThanOrEqual(value);
  });

  test("takes away what chance adds: of 60 data sets with an error of 0.1, 54 to 60 hold it, and none with one of 0 begins above 0.05", () => {
    let held = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { lower, upper } = intervalOf(rowsOf(200, seed, 0.1), 200);
      if (lower <= 0.1 && upper >= 0.1) held++;
      expect(intervalOf(rowsOf(200, seed, 0), 200).lower).toBeLessThan(0.05);
    }
    expect(held).toBeGreaterThanOrEqual(54);
  });

  test("of no error at all is nothing wide", () => {
    const rows = {
      stated: new Float64Array(20).fill(1),
      hits: new Uint8Array(20).fill(1),
      bins: new Int32Array(20).fill(M - 1),
    };
    expect(intervalOf(rows)).toEqual({ value: 0, lower: 0, upper: 0 });
  });
});

describe("errorIfCalibrated", () => {
  test("is smaller of more rows, like one over their root: between a third and two thirds for four times as many", () => {
    const width = (N: number) => errorIfCalibrated(rowsOf(N, 2, 0), 400, randomStream(3, "bootstrap")).upper;
    const ratio = width(1200) / width(300);
    expect(ratio).toBeGreaterThan(1 / 3);
    expect(ratio).toBeLessThan(2 / 3);
  });
});
