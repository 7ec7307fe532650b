import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { calibrateLogits, fitCalibration, fitTemperature } from "../../src/train/calibration.ts";
import { predictedClasses } from "../../src/train/confusion.ts";
import { logLossFromLogits } from "../../src/train/scores.ts";
import { fitVectorScaling } from "../../src/train/vectorscaling.ts";

interface Rows {
  readonly logits: number[];
  readonly labels: number[];
  readonly Z: number;
}

/** Rows whose labels have exactly the frequencies that the probabilities state, in parts of 20. */
function exactRows(shares: readonly (readonly number[])[]): Rows {
  const K = shares[0]!.length;
  const logits: number[] = [];
  const labels: number[] = [];
  for (const share of shares) {
    for (const [k, parts] of share.entries()) {
      for (let i = 0; i < parts; i++) {
        logits.push(...share.map((n) => Math.log(n / 20)));
        labels.push(k);
      }
    }
  }
  return { logits, labels, Z: K };
}

const calibrated = exactRows([
  [15, 4, 1],
  [2, 8, 10],
  [6, 7, 7],
  [1, 1, 18],
]);

/** The same rows as one sigmoid node sees them. */
const binary = exactRows([
  [15, 5],
  [2, 18],
  [9, 11],
]);
const node: Rows = {
  logits: binary.labels.map((_, r) => binary.logits[2 * r + 1]! - binary.logits[2 * r]!),
  labels: binary.labels,
  Z: 1,
};

describe("one temperature", () => {
  test.each([
    ["softmax", calibrated],
    ["sigmoid", node],
  ])(
    "%s: calibrated rows have T = 1 within 1e-9, rows of T times the logits have T within 1e-9",
    (_, rows) => {
      for (const T of [1, 0.2, 0.9, 1.7, 25, 1000]) {
        const logits = rows.logits.map((z) => z * T);
        expect(fitTemperature(logits, rows.labels, rows.Z) / T - 1).toBeCloseTo(0, 9);
      }
    },
  );

  test("20,000 rows drawn from the stated probabilities have T = 1 within 3 %", () => {
    const random = randomStream(4, "bootstrap");
    const logits: number[] = [];
    const labels: number[] = [];
    for (let r = 0; r < 20_000; r++) {
      const z = [0, 1, 2].map(() => 6 * random() - 3);
      const p = z.map(Math.exp);
      let left = random() * (p[0]! + p[1]! + p[2]!);
      let k = 0;
      while (k < 2 && left > p[k]!) left -= p[k++]!;
      logits.push(...z);
      labels.push(k);
    }
    expect(Math.abs(fitTemperature(logits, labels, 3) - 1)).toBeLessThan(0.03);
  });

  test("two softmax nodes and one sigmoid node have the same temperature within 1e-12", () => {
    const wide = binary.logits.map((z) => 3 * z);
    const narrow = node.logits.map((z) => 3 * z);
    expect(fitTemperature(wide, binary.labels, 2)).toBeCloseTo(fitTemperature(narrow, node.labels, 1), 12);
  });

  test("is refused where every row is right, and where the logits say nothing of the rows", () => {
    expect(() => fitTemperature([2, 0, 0, 1], [0, 1], 2)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: "calibration: expected a row that the model gets wrong, got 2 rows, all right",
        hint: "the best temperature would be 0, certainty: calibrate on more rows, or with --method vector",
      }),
    );
    expect(() => fitTemperature([2, 0, 0, 1], [1, 0], 2)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message:
          "calibration: expected logits that tell something of the 2 rows, got none better than equal probabilities",
        hint: "no temperature helps a model that is wrong about these rows: are the labels right?",
      }),
    );
  });
});

/** Random rows of which at least one is wrong, and the others right more often than not. */
const someRows = fc
  .record({
    Z: fc.constantFrom(1, 2, 3, 5),
    seed: fc.integer({ min: 0, max: 1e6 }),
    N: fc.integer({ min: 12, max: 60 }),
    size: fc.constantFrom(0.01, 1, 8, 300),
  })
  .map(({ Z, seed, N, size }): Rows => {
    const random = randomStream(seed, "init");
    const K = Math.max(2, Z);
    const labels = Array.from({ length: N }, () => Math.floor(random() * K));
    const logits = labels.flatMap((y) =>
      Array.from({ length: Z }, (_, k) =>
        Math.fround(size * (random() - 0.5 + (Z === 1 ? (y - 0.5) * 0.5 : y === k ? 0.35 : 0))),
      ),
    );
    return { logits, labels, Z };
  });

const argmax = ({ logits, labels, Z }: Rows) =>
  Z === 1
    ? Int32Array.from(labels, (_, r) => (logits[r]! > 0 ? 1 : 0))
    : predictedClasses(logits, labels.length, Z);

describe("properties over random rows", () => {
  test("the log loss of the calibration rows never rises, by neither method", () => {
    fc.assert(
      fc.property(someRows, ({ logits, labels, Z }) => {
        const before = logLossFromLogits(logits, labels, Z);
        for (const method of ["temperature", "vector"] as const) {
          let calibration: ReturnType<typeof fitCalibration>;
          try {
            calibration = fitCalibration(method, logits, labels, Z);
          } catch {
            continue; // no best temperature: told by a test of its own
          }
          const after = logLossFromLogits(calibrateLogits(calibration, logits, Z), labels, Z);
          expect(after).toBeLessThanOrEqual(before);
        }
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  test("a temperature changes no predicted class", () => {
    fc.assert(
      fc.property(someRows, fc.double({ min: 0.001, max: 1000, noNaN: true }), (rows, temperature) => {
        const logits = calibrateLogits({ method: "temperature", temperature }, rows.logits, rows.Z);
        expect(argmax({ ...rows, logits: Array.from(logits) })).toEqual(argmax(rows));
      }),
      { seed: 12, numRuns: 150 },
    );
  });

  test("another temperature, a little above or below, is worse", () => {
    fc.assert(
      fc.property(someRows, ({ logits, labels, Z }) => {
        let T = 1;
        try {
          T = fitTemperature(logits, labels, Z);
        } catch {
          return;
        }
        const loss = (temperature: number) =>
          logLossFromLogits(calibrateLogits({ method: "temperature", temperature }, logits, Z), labels, Z);
        expect(loss(T)).toBeLessThanOrEqual(loss(T * 1.01));
        expect(loss(T)).toBeLessThanOrEqual(loss(T * 0.99));
      }),
      { seed: 13, numRuns: 100 },
    );
  });
});

describe("vector scaling", () => {
  test("finds the scales and biases that were put in, within 2e-3 for 40,000 rows", () => {
    const [scales, biases] = [
      [0.5, 1, 2],
      [0.3, -0.1, -0.2],
    ];
    const logits = calibrated.logits.map((z, i) => (z - biases![i % 3]!) / scales![i % 3]!);
    const many = Array.from({ length: 500 }, () => 0);
    const found = fitVectorScaling(
      many.flatMap(() => logits),
      many.flatMap(() => calibrated.labels),
      3,
    );
    for (const [k, scale] of found.scales.entries()) expect(Math.abs(scale - scales![k]!)).toBeLessThan(2e-3);
    // What all biases share changes no probability: only their differences are known.
    for (const k of [1, 2]) {
      expect(Math.abs(found.biases[k]! - found.biases[0]! - (biases![k]! - biases![0]!))).toBeLessThan(2e-3);
    }
  });

  test("is left alone, within 1e-9, by rows that are calibrated", () => {
    const { scales, biases } = fitVectorScaling(calibrated.logits, calibrated.labels, 3);
    for (const scale of scales) expect(scale).toBeCloseTo(1, 9);
    for (const bias of biases) expect(bias).toBeCloseTo(0, 9);
  });

  test("of a sigmoid node has one scale and one bias", () => {
    const logits = node.logits.map((z) => 2 * z + 1);
    const { scales, biases } = fitVectorScaling(
      Array.from({ length: 1000 }, () => logits).flat(),
      Array.from({ length: 1000 }, () => node.labels).flat(),
      1,
    );
    expect(scales).toHaveLength(1);
    expect(scales[0]!).toBeCloseTo(0.5, 3);
    expect(biases[0]!).toBeCloseTo(-0.5, 3);
  });

  test("stays finite on rows that are all right", () => {
    const { scales, biases } = fitVectorScaling([9, 0, 0, 9, 8, 1], [0, 1, 0], 2);
    expect([...scales, ...biases].every((value) => Math.abs(value) < 10)).toBe(true);
  });

  test("is refused beyond 100 classes", () => {
    expect(() => fitVectorScaling(new Float64Array(101), [0], 101)).toThrow(
      expect.objectContaining({
        code: "data_invalid",
        message: "calibration: expected at most 100 classes for vector scaling, got 101",
        hint: "use --method temperature",
      }),
    );
  });
});
