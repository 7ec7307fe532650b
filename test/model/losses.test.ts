import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PulloneError } from "../../src/errors.ts";
import {
  logSoftmax,
  logSumExp,
  sigmoidBinaryCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  softmaxJacobian,
} from "../../src/model/losses.ts";
import { differences } from "./differences.ts";
import {
  expectClose,
  flat,
  lossTolerance,
  type Numbers,
  probabilityTolerance,
  readGolden,
} from "./golden.ts";

interface Golden {
  softmax_vectors: {
    id: string;
    logits: number[];
    softmax: number[];
    log_softmax: number[];
    logsumexp: number;
    classes: number[];
    cross_entropy: number[];
    gradient: number[][];
    jacobian?: number[][];
  }[];
  non_finite_logits: { logits: number[] }[];
  cross_entropy_batches: {
    id: string;
    logits: number[][];
    targets?: number[];
    soft_targets?: number[][];
    class_weights: number[] | null;
    label_smoothing: number;
    reduction: "mean" | "sum" | "none";
    loss: Numbers;
    gradient: number[][];
  }[];
  bce_elements: Record<
    "z" | "target" | "pos_weight" | "sigmoid" | "log_sigmoid" | "loss" | "gradient",
    number[]
  >;
  bce_batches: {
    id: string;
    logits: number[][];
    targets: number[][];
    pos_weight: number[] | null;
    reduction: "mean" | "sum";
    loss: number;
    gradient: number[][];
  }[];
}

const golden = readGolden<Golden>("losses");
const tolerance = lossTolerance.float64;
const row = (max: number) =>
  fc.array(fc.double({ min: -max, max, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("test/golden/losses.json (mpmath, 60 digits) in float64 at its tolerances", () => {
  test.each(golden.softmax_vectors)(
    "$id: softmax, logSoftmax, logSumExp, loss and gradient, Jacobian",
    (vector) => {
      const { logits, classes } = vector;
      expectClose(softmax(logits), vector.softmax, probabilityTolerance.float64, "softmax");
      expectClose(logSoftmax(logits), vector.log_softmax, tolerance, "logSoftmax");
      expectClose(logSumExp(logits), vector.logsumexp, tolerance, "logSumExp");
      classes.forEach((y, i) => {
        const { loss, gradient } = softmaxCrossEntropy(logits, y);
        expectClose(loss, vector.cross_entropy[i]!, tolerance, `loss of class ${y}`);
        expectClose(gradient, vector.gradient[i]!, tolerance, `gradient of class ${y}`);
      });
      if (vector.jacobian) expectClose(flat(softmaxJacobian(logits)), vector.jacobian, tolerance, "Jacobian");
    },
  );

  test.each(golden.cross_entropy_batches)("cross-entropy $id", (batch) => {
    const { logits, targets, soft_targets, reduction } = batch;
    const { loss, gradient } = softmaxCrossEntropy(logits, (targets ?? soft_targets)!, {
      classWeights: batch.class_weights,
      labelSmoothing: batch.label_smoothing,
      reduction,
    });
    expect(Array.isArray(loss)).toBe(reduction === "none");
    expectClose(flat(loss), batch.loss, tolerance, "loss");
    expectClose(flat(gradient), batch.gradient, tolerance, "gradient");
  });

  test("binary cross-entropy of 366 elements: loss and gradient", () => {
    const { z, target, pos_weight } = golden.bce_elements;
    z.forEach((logit, i) => {
      const options = { positiveWeight: pos_weight[i]! };
      const { loss, gradient } = sigmoidBinaryCrossEntropy([logit], [target[i]!], options);
      expectClose(loss, golden.bce_elements.loss[i]!, tolerance, `loss ${i}`);
      expectClose(gradient, golden.bce_elements.gradient[i]!, tolerance, `gradient ${i}`);
    });
  });

  test("the sigmoid and its logarithm are softmax and logSoftmax of [0, z], to every digit of the file", () => {
    const { z, sigmoid, log_sigmoid } = golden.bce_elements;
    z.forEach((logit, i) => {
      expectClose(softmax([0, logit])[1]!, sigmoid[i]!, probabilityTolerance.float64, `sigmoid(${logit})`);
      expectClose(
        logSoftmax([0, logit])[1]!,
        log_sigmoid[i]!,
        probabilityTolerance.float64,
        `ln sigmoid(${logit})`,
      );
    });
  });

  test.each(golden.bce_batches)(
    "binary cross-entropy $id",
    ({ logits, targets, pos_weight, reduction, ...wanted }) => {
      const options = { positiveWeight: pos_weight, reduction };
      const { loss, gradient } = sigmoidBinaryCrossEntropy(logits, targets, options);
      expectClose(flat(loss), wanted.loss, tolerance, "loss");
      expectClose(flat(gradient), wanted.gradient, tolerance, "gradient");
    },
  );

  test("logits that are not finite are refused, although the file has limits for -Infinity: they are a fault upstream", () => {
    for (const { logits } of golden.non_finite_logits) {
      for (const use of [
        softmax,
        logSoftmax,
        logSumExp,
        softmaxJacobian,
        (z: number[]) => softmaxCrossEntropy(z, 0),
      ]) {
        expect(() => use(logits)).toThrow(/^logits\[\d\]: expected a finite number, got (NaN|-?Infinity)$/);
      }
    }
  });
});

describe("properties over drawn logits", () => {
  const seeded = { seed: 11, numRuns: 300 };

  test("softmax sums to 1 within 1e-15 per class, lies in [0, 1], and keeps the order of the logits", () => {
    fc.assert(
      fc.property(row(1000), (z) => {
        const p = softmax(z);
        expect(Math.abs(p.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThanOrEqual(1e-15 * z.length);
        for (const [i, zi] of z.entries()) {
          expect(p[i]).toBeGreaterThanOrEqual(0);
          for (const [j, zj] of z.entries()) if (zi > zj) expect(p[i]).toBeGreaterThanOrEqual(p[j]!);
        }
      }),
      seeded,
    );
  });

  test("adding one number to all logits changes nothing, bit for bit, when the additions are exact", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -700, max: 700 }), { minLength: 1, maxLength: 9 }),
        fc.integer(),
        (z, shift) => {
          const shifted = z.map((value) => value + shift);
          expect(softmax(shifted)).toEqual(softmax(z));
          expect(softmaxCrossEntropy(shifted, 0)).toEqual(softmaxCrossEntropy(z, 0));
        },
      ),
      seeded,
    );
  });

  test("the loss is -logSoftmax of the class, finite and not negative, and the gradient sums to 0 within 1e-15 per class", () => {
    fc.assert(
      fc.property(row(1e6), fc.nat(), (z, pick) => {
        const y = pick % z.length;
        const { loss, gradient } = softmaxCrossEntropy(z, y);
        expect(loss).toBe(0 - logSoftmax(z)[y]!);
        expect(loss).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(loss)).toBe(true);
        expect(Math.abs(gradient.reduce((sum, d) => sum + d, 0))).toBeLessThanOrEqual(1e-15 * z.length);
      }),
      seeded,
    );
  });

  test("rows of a batch are independent: the sum over rows is the sum of single rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(...Array(3).fill(fc.double({ min: -9, max: 9, noNaN: true }))), {
          minLength: 1,
          maxLength: 6,
        }),
        (rows) => {
          const logits = rows as unknown as number[][];
          const labels = logits.map((_, r) => r % 3);
          const batch = softmaxCrossEntropy(logits, labels, { reduction: "none" });
          const each = logits.map((z, r) => softmaxCrossEntropy(z, labels[r]!));
          expect(batch.loss).toEqual(each.map(({ loss }) => loss));
          expect(batch.gradient).toEqual(each.map(({ gradient }) => gradient));
        },
      ),
      seeded,
    );
  });
});

describe("shapes and reductions", () => {
  test("one row may have probabilities for a target: one-hot gives the loss of its class", () => {
    const hard = softmaxCrossEntropy([4, -4, 3], 2);
    const soft = softmaxCrossEntropy([4, -4, 3], [0, 0, 1]);
    expect(soft.loss).toBe(hard.loss);
    expectClose(soft.gradient, hard.gradient, { rtol: 1e-15, atol: 0 });
  });

  test("one row and a batch of that row are the same", () => {
    const { loss, gradient } = softmaxCrossEntropy([[1, 2, 3]], [1]);
    expect({ loss, gradient: gradient[0] }).toEqual(softmaxCrossEntropy([1, 2, 3], 1));
    const binary = sigmoidBinaryCrossEntropy([[1, -2]], [[1, 0]]);
    expect({ loss: binary.loss, gradient: binary.gradient[0] }).toEqual(
      sigmoidBinaryCrossEntropy([1, -2], [1, 0]),
    );
  });

  test("binary losses without reduction keep the shape of the logits", () => {
    const { loss } = sigmoidBinaryCrossEntropy(
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 1],
        [1, 0.5],
      ],
      { reduction: "none" },
    );
    expectClose(flat(loss), Array(4).fill(Math.LN2), { rtol: 1e-15, atol: 0 });
    expect(loss.map((values) => values.length)).toEqual([2, 2]);
    const each = sigmoidBinaryCrossEntropy([0, 2], [1, 1], { reduction: "none", positiveWeight: [3, 1] });
    expectClose(each.loss, [3 * Math.LN2, Math.log1p(Math.exp(-2))], { rtol: 1e-15, atol: 0 });
  });

  test("the Jacobian agrees with central differences of softmax within 1e-9", () => {
    const z = Float64Array.of(1, -0.5, 2, 0.3);
    const jacobian = softmaxJacobian(Array.from(z));
    jacobian.forEach((slopes, i) => {
      expectClose(
        slopes,
        differences(() => softmax(Array.from(z))[i]!, z),
        { rtol: 0, atol: 1e-9 },
      );
    });
  });
});

describe("what cannot be used is refused with its place", () => {
  const cases: [string, () => unknown, string][] = [
    ["no logits", () => softmax([]), "logits: expected an array of at least one number, got []"],
    ["no rows", () => softmaxCrossEntropy([], 0), "logits: expected an array of at least one number, got []"],
    ["no array", () => softmax(3 as never), "logits: expected an array of at least one number, got 3"],
    ["text", () => softmax([1, "2" as never]), 'logits[1]: expected a finite number, got "2"'],
    ["a hole", () => softmax(Array(1) as never), "logits[0]: expected a finite number, got undefined"],
    [
      "a ragged batch",
      () => softmaxCrossEntropy([[1, 2], [3]], [0, 0]),
      "logits[1]: expected 2 numbers as in the first row, got 1",
    ],
    [
      "NaN in a batch",
      () =>
        softmaxCrossEntropy(
          [
            [1, 2],
            [3, Number.NaN],
          ],
          [0, 0],
        ),
      "logits[1][1]: expected a finite number, got NaN",
    ],
    [
      "a class too large",
      () => softmaxCrossEntropy([[1, 2]], [2]),
      "targets[0]: expected a class from 0 to 1, got 2",
    ],
    [
      "a class below 0",
      () => softmaxCrossEntropy([1, 2], -1),
      "targets[0]: expected a class from 0 to 1, got -1",
    ],
    [
      "half a class",
      () => softmaxCrossEntropy([1, 2], 0.5),
      "targets[0]: expected a class from 0 to 1, got 0.5",
    ],
    [
      "too few classes",
      () =>
        softmaxCrossEntropy(
          [
            [1, 2],
            [1, 2],
          ],
          [0],
        ),
      "targets: expected 2 classes, one a row, got [0]",
    ],
    [
      "no target",
      () => softmaxCrossEntropy([1, 2], undefined as never),
      "targets[0]: expected a class from 0 to 1, got undefined",
    ],
    [
      "targets of another width",
      () => softmaxCrossEntropy([1, 2], [0, 0, 1]),
      'targets: expected 1 rows of 2 probabilities, got "1 of 3"',
    ],
    [
      "a negative target",
      () => softmaxCrossEntropy([1, 2], [1.5, -0.5]),
      "targets[0][1]: expected a probability, got -0.5",
    ],
    [
      "two right answers",
      () => softmaxCrossEntropy([1, 2], [1, 1]),
      "targets[0]: expected probabilities with the sum 1, got the sum 2",
    ],
    [
      "too few weights",
      () => softmaxCrossEntropy([1, 2], 0, { classWeights: [1] }),
      "classWeights: expected 2 weights, got 1",
    ],
    [
      "a negative weight",
      () => softmaxCrossEntropy([1, 2], 0, { classWeights: [1, -1] }),
      "classWeights[1]: expected a weight of at least 0, got -1",
    ],
    [
      "a mean without weight",
      () => softmaxCrossEntropy([1, 2], 0, { classWeights: [0, 1] }),
      "classWeights: expected a positive weight for some target, to take the mean, got 0",
    ],
    [
      "smoothing beyond 1",
      () => softmaxCrossEntropy([1, 2], 0, { labelSmoothing: 1.5 }),
      "labelSmoothing: expected a number from 0 to 1, got 1.5",
    ],
    [
      "an unknown reduction",
      () => softmaxCrossEntropy([1, 2], 0, { reduction: "avg" as never }),
      'reduction: expected "mean", "sum" or "none", got "avg"',
    ],
    [
      "binary targets beyond 1",
      () => sigmoidBinaryCrossEntropy([1], [2]),
      "targets: expected numbers from 0 to 1, got 2",
    ],
    [
      "binary targets of another shape",
      () => sigmoidBinaryCrossEntropy([1, 2], [1]),
      'targets: expected the shape of the logits, 1 by 2, got "1 by 1"',
    ],
    [
      "positive weights of another width",
      () => sigmoidBinaryCrossEntropy([1, 2], [0, 1], { positiveWeight: [1, 2, 3] }),
      "positiveWeight: expected 2 weights, got 3",
    ],
  ];

  test.each(cases)("%s", (_, use, message) => {
    try {
      use();
    } catch (error) {
      expect(error).toBeInstanceOf(PulloneError);
      expect((error as PulloneError).message).toBe(message);
      expect((error as PulloneError).code).toBe("data_invalid");
      return;
    }
    expect.fail("nothing was thrown");
  });

  test("an option that does not exist is refused, and the one that was meant is named", () => {
    const hintOf = (options: object) => {
      try {
        softmaxCrossEntropy([1, 2], 0, options);
      } catch (error) {
        return [(error as PulloneError).message, (error as PulloneError).hint];
      }
      return expect.fail("nothing was thrown");
    };
    const known = "options: expected classWeights, labelSmoothing, reduction, got";
    expect(hintOf({ classweight: [1, 1] })).toEqual([
      `${known} "classweight"`,
      'did you mean "classWeights"?',
    ]);
    const only = "logits are the only input: there is no other mode";
    expect(hintOf({ fromLogits: false })).toEqual([`${known} "fromLogits"`, only]);
  });

  test("targets that look like several labels at once get the way out as a hint", () => {
    try {
      softmaxCrossEntropy([1, 2], [1, 1]);
      expect.fail("nothing was thrown");
    } catch (error) {
      expect((error as PulloneError).hint).toBe(
        "for labels that do not exclude one another use sigmoidBinaryCrossEntropy",
      );
    }
  });
});
