// The article behind this project, a tutorial on softmax and cross-entropy: each of its claims, formulas and numbers,
// recomputed; then the faults that other libraries were measured to have on the same formulas.
// Classes count from 0.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exp } from "../../src/elementary.ts";
import { backward, forward, headLoss, predictRows } from "../../src/model/forward.ts";
import { initialise } from "../../src/model/init.ts";
import * as elementary32 from "../../src/model/kernels/elementary32.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import {
  logSoftmax,
  logSumExp,
  sigmoidBinaryCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  softmaxJacobian,
} from "../../src/model/losses.ts";
import { createNetwork } from "../../src/model/network.ts";
import { randomStream, shuffle } from "../../src/random.ts";
import { differences } from "./differences.ts";
import { expectClose, flat, type Tolerance } from "./golden.ts";
import { exampleOf, lossOptions, relu, shapeOf, tanh } from "./networks.ts";

const EXACT: Tolerance = { rtol: 4e-16, atol: 0 };
const within = (atol: number): Tolerance => ({ rtol: 0, atol });
const digits = (count: number): Tolerance => ({ rtol: 0.5 * 10 ** (1 - count), atol: 0 });

const k64 = referenceKernels("float64");
const k32 = referenceKernels("float32");
const seeded = { seed: 13, numRuns: 300 };
const logit = (max: number) => fc.double({ min: -max, max, noNaN: true });
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function softmax32(logits: readonly number[]): number[] {
  const p = new Float32Array(logits.length);
  k32.softmax(p, Float32Array.from(logits), 1, logits.length);
  return Array.from(p);
}

function loss32(logits: readonly number[], y: number): { loss: number; gradient: number[] } {
  const K = logits.length;
  const d = new Float32Array(K);
  const ones = new Float32Array(K).fill(1);
  const loss = k32.softmaxCrossEntropy(d, Float32Array.from(logits), Int32Array.of(y), ones, 0, 1, 1, K);
  return { loss, gradient: Array.from(d) };
}

function sigmoidOf(z: number): number {
  const p = new Float64Array(1);
  k64.sigmoid(p, Float64Array.of(z), 1);
  return p[0]!;
}

describe("1.1 claims and definitions", () => {
  test("1: one node with a sigmoid maps a linear score to a probability in [0, 1]", () => {
    const { kernels, network, inputs } = exampleOf(shapeOf(2, [], "sigmoid", 2), 50);
    const { weights, biases } = network.layers[0]!;
    const p = predictRows(kernels, network, { rows: 50, columns: 2, values: inputs }).probabilities;
    for (let r = 0; r < 50; r++) {
      const score = inputs[2 * r]! * weights[0]! + inputs[2 * r + 1]! * weights[1]! + biases[0]!;
      expectClose(p[2 * r + 1]!, 1 / (1 + Math.exp(-score)), within(1e-15));
      expect(p[2 * r + 1]).toBeGreaterThan(0);
      expect(p[2 * r + 1]).toBeLessThan(1);
    }
  });

  test("2: two nodes are a distribution: their sum is 1 within one ulp", () => {
    fc.assert(
      fc.property(logit(800), logit(800), (a, b) => {
        expect(Math.abs(sum(softmax([a, b])) - 1)).toBeLessThanOrEqual(Number.EPSILON);
      }),
      seeded,
    );
  });

  test("3: n nodes for n classes: their sum is 1 within n / 2 ulp", () => {
    fc.assert(
      fc.property(fc.array(logit(50), { minLength: 2, maxLength: 40 }), (z) => {
        expect(Math.abs(sum(softmax(z)) - 1)).toBeLessThanOrEqual((z.length / 2) * Number.EPSILON);
      }),
      seeded,
    );
  });

  test("4: softmax(z)₁ = sigmoid(z₁ - z₀) within 1e-15 relative: one sigmoid node is two softmax nodes", () => {
    fc.assert(
      fc.property(fc.integer({ min: -700, max: 700 }), fc.integer({ min: -4096, max: 4096 }), (base, gap) => {
        const d = gap / 64; // exact, so that z₁ - z₀ is d to the last bit
        expectClose(softmax([base, base + d])[1]!, sigmoidOf(d), { rtol: 1e-15, atol: 0 });
      }),
      seeded,
    );
  });

  test("5: the maximum of [1, 2, 3, 4, 5] is 5; the hardmax is its one-hot, which softmax of 50·z tends to (1.9e-22)", () => {
    const z = [1, 2, 3, 4, 5];
    expect(Math.max(...z)).toBe(5);
    const hardmax = z.map((value) => (value === Math.max(...z) ? 1 : 0));
    expect(hardmax).toEqual([0, 0, 0, 0, 1]);
    const p = softmax(z.map((value) => 50 * value));
    expectClose(p, hardmax, within(2e-22));
    expectClose(p[3]!, 1.9e-22, digits(2));
  });

  test("6: softmax(z)ᵢ = exp(zᵢ) / Σ exp(z), in [0, 1]: floats do reach both ends", () => {
    fc.assert(
      fc.property(fc.array(logit(300), { minLength: 1, maxLength: 9 }), (z) => {
        const exponentials = z.map((value) => Math.exp(value));
        expectClose(
          softmax(z),
          exponentials.map((e) => e / sum(exponentials)),
          { rtol: 1e-13, atol: 1e-300 },
        );
      }),
      seeded,
    );
    expect(softmax([1000, 0])).toEqual([1, 0]);
  });

  test("7: [2, 3, 5] as shares is [.2, .3, .5], as softmax [0.04201007, 0.11419520, 0.84379473], with ratios e³ and e²", () => {
    const p = softmax([2, 3, 5]);
    expectClose(p, [0.04201006613406605, 0.11419519938459446, 0.8437947344813395], EXACT);
    expectClose(p, [0.04201007, 0.11419519, 0.8437947], within(6e-8)); // as printed in the article
    expectClose(softmax32([2, 3, 5]), [0.04201007, 0.11419519, 0.8437947], within(1e-7));
    expectClose(p[2]! / p[0]!, 20.0855, digits(6));
    expectClose(p[2]! / p[1]!, 7.3891, digits(5));
  });

  test("8: it enlarges gaps above about 1 only: softmax([.2, .3, .5]) is flatter than its input, ten times the input is item 7", () => {
    const p = softmax([0.2, 0.3, 0.5]);
    expectClose(p, [0.28943311, 0.31987306, 0.39069383], within(5e-9));
    expect(p[2]! - p[0]!).toBeLessThan(0.5 - 0.2);
    expectClose(softmax([0.2, 0.3, 0.5].map((z) => 10 * z)), softmax([2, 3, 5]), EXACT);
  });

  test("9: the derivative of eˣ is eˣ, by central differences within 1e-9 relative", () => {
    for (const value of [-5, -1, 0, 0.5, 2, 5]) {
      const x = Float64Array.of(value);
      expectClose(
        differences(() => exp(x[0]!), x),
        [exp(value)],
        { rtol: 1e-9, atol: 0 },
      );
    }
  });

  test("10: without the shift [123, 456, 789] gives [0, 0, NaN] in float64 and [NaN, NaN, NaN] in float32", () => {
    const naive = [123, 456, 789].map((z) => exp(z));
    expectClose(naive, [2.62e53, 1.09e198, Number.POSITIVE_INFINITY], digits(3));
    expect(naive.map((e) => e / sum(naive))).toEqual([0, 0, Number.NaN]);
    const naive32 = [123, 456, 789].map((z) => elementary32.exp(z));
    expect(naive32.map((e) => e / sum(naive32))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([exp(709.78), elementary32.exp(Math.fround(88.72))].every(Number.isFinite)).toBe(true);
    expect([exp(709.79), elementary32.exp(Math.fround(88.73))]).toEqual([Infinity, Infinity]);
  });

  test("11: with the maximum taken out it is [5.75e-290, 2.40e-145, 1] (float32 [0, 0, 1]), the losses 666, 333, 0", () => {
    const z = [123, 456, 789];
    expectClose(softmax(z), [5.752744056979149e-290, 2.398487868841356e-145, 1], { rtol: 1e-15, atol: 0 });
    expectClose(softmax(z), [5.75274406e-290, 2.39848787e-145, 1], digits(9)); // as printed in the article
    expect(softmax32(z)).toEqual([0, 0, 1]);
    expectClose(
      [0, 1, 2].map((y) => softmaxCrossEntropy(z, y).loss),
      [666, 333, 0],
      within(1e-144),
    );
  });

  test("12: the logarithm of the shifted softmax is infinite from a gap of 746 on (float32: 104); fused it is 746 (104)", () => {
    expect(-Math.log(softmax([746, 0])[1]!)).toBe(Infinity);
    expect(softmaxCrossEntropy([746, 0], 1).loss).toBe(746);
    expect(-Math.log(softmax32([104, 0])[1]!)).toBe(Infinity);
    expect(loss32([104, 0], 1).loss).toBe(104);
  });

  test("13: losses take logits, always: there is no from_logits, and asking for it is refused", () => {
    // @ts-expect-error: no such option
    expect(() => softmaxCrossEntropy([4, -4, 3], 2, { fromLogits: false })).toThrow('got "fromLogits"');
  });

  test("14: in float32, from logits and through softmax differ by at most 1e-6 over 2000 batches of 2 × 10 normals", () => {
    const random = randomStream(14, "init");
    // A sum of 12 uniforms less 6: near enough to normal, and without a logarithm.
    const normal = () => Math.fround(sum(Array.from({ length: 12 }, random)) - 6);
    let worst = 0;
    let total = 0;
    for (let batch = 0; batch < 2000; batch++) {
      const rows = [1, 3].map((y) => ({ y, z: Array.from({ length: 10 }, normal) }));
      const fromLogits = sum(rows.map(({ y, z }) => loss32(z, y).loss)) / 2;
      const through = sum(rows.map(({ y, z }) => -elementary32.log(softmax32(z)[y]!))) / 2;
      worst = Math.max(worst, Math.abs(fromLogits - through));
      total += fromLogits;
    }
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(1e-6);
    expectClose(total / 2000, 2.732, within(0.05)); // 2.668 of the article is one draw with this mean
  });

  test("15: the chain rule from the loss back to every parameter agrees with central differences within 1e-8", () => {
    const { kernels, network, workspace, labels } = exampleOf(shapeOf(3, [[4, tanh]], "softmax", 3), 4);
    const options = lossOptions(kernels, [1, 1, 1]);
    const loss = () => {
      forward(kernels, network, workspace, 4);
      return headLoss(kernels, network, workspace, labels, options, 4);
    };
    loss();
    backward(kernels, network, workspace, 4);
    const gradients = Array.from(workspace.gradients.parameters);
    expectClose(gradients, differences(loss, network.parameters), within(1e-8));
  });

  test("16: y = x₁ + 2·x₂ has the partial derivatives 1 and 2", () => {
    const dX = new Float64Array(2);
    k64.denseBackwardInput(dX, Float64Array.of(1), Float64Array.of(1, 2), 1, 2, 1);
    expect(Array.from(dX)).toEqual([1, 2]);
  });

  test("17: the derivative of softmax has two cases: positive for a class's own logit, negative for every other", () => {
    const signs = softmaxJacobian([4, -4, 3]).map((slopes) => slopes.map(Math.sign));
    expect(signs).toEqual([
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ]);
  });

  test("18: softmax classes exclude one another; independent topics are for sigmoids: raising one logit leaves the others alone", () => {
    const [before, after] = [softmax([1, 2, 3]), softmax([1, 2.5, 3])];
    expect(after[0]).toBeLessThan(before[0]!);
    expect(after[2]).toBeLessThan(before[2]!);
    const options = { reduction: "none" } as const;
    const [left, right] = [
      [1, 2, 3],
      [1, 2.5, 3],
    ].map((z) => sigmoidBinaryCrossEntropy(z, [1, 1, 0], options).loss);
    expect([right![0], right![2]]).toEqual([left![0], left![2]]);
  });

  test("19: cross-entropy is H(y) + KL(y‖p), within 1e-15: at least H(y), 0 entropy for one-hot, and not symmetric", () => {
    const [y, q] = [
      [0.2, 0.5, 0.3],
      [0.6, 0.1, 0.3],
    ];
    const logs = (values: readonly number[]) => values.map((value) => Math.log(value));
    const entropy = (p: readonly number[]) => -sum(p.map((value) => value * Math.log(value)));
    const divergence = (p: readonly number[], r: readonly number[]) =>
      sum(p.map((value, i) => value * Math.log(value / r[i]!)));
    expectClose(softmaxCrossEntropy(logs(q), y).loss, entropy(y) + divergence(y, q), within(1e-15));
    expectClose(softmaxCrossEntropy(logs(y), y).loss, entropy(y), within(1e-15));
    expectClose(
      softmaxCrossEntropy(logs(q), 1).loss,
      divergence([0, 1, 0].slice(1, 2), [q[1]!]),
      within(1e-15),
    );
    expect(softmaxCrossEntropy(logs(q), y).loss).not.toBeCloseTo(softmaxCrossEntropy(logs(y), q).loss, 2);
  });

  test("20: push all, pull one: a step of rate 1 takes the softmax from all logits and adds 1 to the true one", () => {
    fc.assert(
      fc.property(fc.array(logit(20), { minLength: 2, maxLength: 8 }), fc.nat(), (z, pick) => {
        const y = pick % z.length;
        const { gradient } = softmaxCrossEntropy(z, y);
        const p = softmax(z);
        const pushed = z.map((value, k) => value - p[k]! + (k === y ? 1 : 0));
        expectClose(
          z.map((value, k) => value - gradient[k]!),
          pushed,
          within(4e-15),
        );
      }),
      seeded,
    );
  });
});

describe("1.2 formulas", () => {
  const z = [4, -4, 3];
  const p = softmax(z);
  const J = softmaxJacobian(z);

  test("F1: dpᵢ/dzᵢ = pᵢ(1 - pᵢ) = pᵢ - pᵢ², within 1e-15", () => {
    p.forEach((pi, i) => {
      expectClose(J[i]![i]!, pi * (1 - pi), within(1e-15));
      expectClose(J[i]![i]!, pi - pi * pi, within(1e-15));
    });
  });

  test("F2: dpᵢ/dzⱼ = -pᵢpⱼ: J = diag(p) - p·pᵀ is symmetric, and its rows and columns sum to 0 within 1e-16", () => {
    J.forEach((slopes, i) => {
      expectClose(sum(slopes), 0, within(1e-16));
      expectClose(sum(J.map((other) => other[i]!)), 0, within(1e-16));
      slopes.forEach((slope, j) => {
        if (i !== j) expect(slope).toBe(-p[i]! * p[j]!);
        expect(slope).toBe(J[j]![i]);
      });
    });
  });

  test("F3: the Jacobian at [4, -4, 3], to ten digits, and by central differences within 1e-10", () => {
    const expected = [
      [1.966947323e-1, -1.791989708e-4, -1.965155334e-1],
      [-1.791989708e-4, 2.451225881e-4, -6.592361725e-5],
      [-1.965155334e-1, -6.592361725e-5, 1.96581457e-1],
    ];
    expectClose(flat(J), expected, digits(10));
    const at = Float64Array.from(z);
    J.forEach((slopes, i) => {
      expectClose(
        slopes,
        differences(() => softmax(Array.from(at))[i]!, at, 1e-6),
        within(1e-10),
      );
    });
  });

  test("F4: the Jacobian at [2, 3, 5], to eight decimals", () => {
    const expected = [
      [0.04024522, -0.00479735, -0.03544787],
      [-0.00479735, 0.10115466, -0.09635731],
      [-0.03544787, -0.09635731, 0.13180518],
    ];
    expectClose(flat(softmaxJacobian([2, 3, 5])), expected, within(5e-9));
  });

  test("F5: the loss is -ln p = -(zᵢ - ln Σ exp z): 2.169846019556286 for [2, 3, 5] and class 1", () => {
    const { loss } = softmaxCrossEntropy([2, 3, 5], 1);
    expectClose(loss, 2.169846019556286, EXACT);
    expectClose(loss, -Math.log(softmax([2, 3, 5])[1]!), within(4e-16));
    expectClose(loss, -(3 - logSumExp([2, 3, 5])), within(4.5e-16)); // half an ulp of the log-sum-exp
  });

  test("F6: L = -Σ y·ln p with y one-hot at index 1, the second class, leaves -ln p₁: the two forms within 4e-16", () => {
    const oneHot = softmaxCrossEntropy([2, 3, 5], [0, 1, 0]).loss;
    expectClose(oneHot, softmaxCrossEntropy([2, 3, 5], 1).loss, within(4e-16));
    expectClose(oneHot, -sum([0, 1, 0].map((y, c) => y * logSoftmax([2, 3, 5])[c]!)), within(4e-16));
  });

  test("F7: dL/dzᵢ = -Σ y_c (1/p_c) dp_c/dzᵢ = -yᵢ(1-pᵢ) + Σ_{c≠i} y_c pᵢ = pᵢ·Σy - yᵢ, for drawn y within 1e-12", () => {
    fc.assert(
      fc.property(
        fc.tuple(logit(3), logit(3), logit(3)),
        fc.tuple(logit(3), logit(3), logit(3)),
        (logits, raw) => {
          const y = softmax(raw);
          const { gradient } = softmaxCrossEntropy(logits, y);
          const [q, slopes] = [softmax(logits), softmaxJacobian(logits)];
          q.forEach((pi, i) => {
            // Both factors stay inside the sum: 1/p_c and dp_c/dzᵢ depend on c.
            const chained = -sum(y.map((yc, c) => (yc / q[c]!) * slopes[c]![i]!));
            const cases = sum(y.map((yc, c) => (c === i ? -yc * (1 - pi) : yc * pi)));
            expectClose(gradient[i]!, chained, within(1e-12));
            expectClose(gradient[i]!, cases, within(1e-12));
            expectClose(gradient[i]!, pi * sum(y) - y[i]!, within(1e-12));
          });
        },
      ),
      seeded,
    );
    // For y with any sum, by the kernel, which takes the caller's word for its targets.
    const [d, y] = [new Float64Array(3), Float64Array.of(0.5, 2, 0.25)];
    k64.softTargetCrossEntropy(d, Float64Array.from(z), y, new Float64Array(3).fill(1), 0, 1, 1, 3);
    expectClose(
      d,
      p.map((pi, i) => pi * 2.75 - y[i]!),
      within(1e-15),
    );
  });

  test("F8: where Σ y = 1 the gradient is p - y: for one-hot, soft and smoothed targets alike, within 1e-15", () => {
    const soft = [0.2, 0.5, 0.3];
    const smooth = [0.1 / 3, 0.1 / 3, 0.9 + 0.1 / 3];
    expectClose(
      softmaxCrossEntropy(z, 2).gradient,
      p.map((pk, k) => pk - (k === 2 ? 1 : 0)),
      within(1e-15),
    );
    expectClose(
      softmaxCrossEntropy(z, soft).gradient,
      p.map((pk, k) => pk - soft[k]!),
      within(1e-15),
    );
    const { gradient } = softmaxCrossEntropy(z, 2, { labelSmoothing: 0.1 });
    expectClose(
      gradient,
      p.map((pk, k) => pk - smooth[k]!),
      within(1e-15),
    );
  });
});

describe("1.3 the main example: z = [4, -4, 3], true class 2", () => {
  const z = [4, -4, 3];

  test("softmax is [0.7308793357119101, 0.0002451827026375595, 0.2688754815854525]; float32 as in the article within 1e-7", () => {
    expectClose(softmax(z), [0.7308793357119101, 0.0002451827026375595, 0.2688754815854525], EXACT);
    expectClose(softmax32(z), [7.3087937e-1, 2.4518272e-4, 2.6887551e-1], within(1e-7));
  });

  test("the cross-entropy is 1.3135069002830528, its log-sum-exp 4.313506900283053; in float32 the nearest, 1.3135068", () => {
    expectClose(softmaxCrossEntropy(z, 2).loss, 1.3135069002830528, EXACT);
    expectClose(logSumExp(z), 4.313506900283053, EXACT);
    expect(loss32(z, 2).loss).toBe(Math.fround(1.3135069002830528));
    expect(loss32(z, 2).loss).toBe(Math.fround(1.3135068));
  });

  test("the gradient is [0.7308793357119101, 0.0002451827026375595, -0.7311245184145475] and sums to 0 within 2e-16", () => {
    const { gradient } = softmaxCrossEntropy(z, 2);
    expectClose(gradient, [0.7308793357119101, 0.0002451827026375595, -0.7311245184145475], EXACT);
    expect(Math.abs(sum(gradient))).toBeLessThanOrEqual(2e-16);
    expectClose(loss32(z, 2).gradient, [7.3087937e-1, 2.4518272e-4, -7.3112452e-1], within(1e-7));
  });

  test("for the other true classes the losses are 0.313506900283053 and 8.31350690028305", () => {
    const [first, second] = [softmaxCrossEntropy(z, 0), softmaxCrossEntropy(z, 1)];
    // To the last digit (mpmath), where ln Σ exp z - zᵢ in float64 gives …5284, off by half an ulp of ln Σ exp z.
    expectClose(first.loss, 0.31350690028305317, EXACT);
    expectClose(first.loss, 0.31350690028305284, within(4.5e-16));
    expectClose(first.gradient, [-0.2691206642880899, 0.0002451827, 0.2688754816], within(5e-11));
    expectClose(first.gradient[0]!, -0.26912066428809, EXACT); // mpmath; p - 1 in float64 gives …0899
    expectClose(first.gradient[0]!, -0.2691206642880899, within(1.2e-16));
    expectClose(second.loss, 8.313506900283054, EXACT);
    expectClose(second.gradient, [0.7308793357, -0.9997548172973625, 0.2688754816], within(5e-11));
    expectClose(second.gradient[1]!, -0.9997548172973625, EXACT);
  });

  test("one step of rate 1 gives z = [3.26912066, -4.00024518, 3.73112452], loss 0.4888614196272827, and keeps Σz = 3", () => {
    const parameters = Float64Array.from(z);
    const gradient = Float64Array.from(softmaxCrossEntropy(z, 2).gradient);
    k64.sgdUpdate(parameters, gradient, new Float64Array(3), 0, 3, 1, 0, false, 0, 0);
    const next = Array.from(parameters);
    expectClose(next, [3.26912066428809, -4.0002451827026375, 3.7311245184145476], EXACT);
    expectClose(softmax(next), [0.38640653133190811, 0.00026915285, 0.61332431581718272], within(5e-12));
    expectClose(softmaxCrossEntropy(next, 2).loss, 0.4888614196272827, within(2e-16));
    expectClose(sum(next), 3, within(1e-15));
  });

  test("the mistake of a double softmax would give the loss 1.2094608871639407 and a gradient a third as large", () => {
    const p = softmax(z);
    expectClose(softmax(p), [0.47356929, 0.22807262, 0.29835808], within(5e-9));
    const twice = softmaxCrossEntropy(p, 2);
    expectClose(twice.loss, 1.2094608871639407, EXACT);
    const back = softmaxJacobian(z).map((slopes) =>
      sum(slopes.map((slope, j) => slope * twice.gradient[j]!)),
    );
    expectClose(back, [0.23099125, 1.73e-5, -0.23100855], within(1e-8));
  });

  test("the mistake of logits taken for probabilities (divided by their sum, clipped) would give 1e-7, for class 1 16.118", () => {
    const clipped = z.map((value) => Math.min(Math.max(value / sum(z), 1e-7), 1 - 1e-7));
    expectClose(-Math.log(clipped[2]!), 1e-7, digits(2));
    expectClose(-Math.log(clipped[1]!), 16.118, digits(5));
    expectClose(softmaxCrossEntropy(z, 2).loss, 1.3135069002830528, EXACT);
  });

  test.each([
    { C: 2, nats: Math.LN2 },
    { C: 3, nats: 1.0986122886681098 },
    { C: 10, nats: Math.LN10 },
  ])("a network with an untrained head of zeros loses ln $C = $nats", ({ C, nats }) => {
    const { kernels, network, workspace, labels } = exampleOf(shapeOf(4, [[5, relu]], "softmax", C), 8);
    initialise(network, { init: "he_uniform", headInit: "zeros" }, 1);
    forward(kernels, network, workspace, 8);
    const options = lossOptions(kernels, Array(C).fill(1));
    expectClose(headLoss(kernels, network, workspace, labels, options, 8), nats, EXACT);
  });
});

describe("1.4 errors of the article that can be checked", () => {
  test("2 and 3: with both factors inside the sum and one index the expansion is the gradient (F7); outside it is not", () => {
    const z = [2, 3, 5];
    const [y, p, J] = [[0.2, 0.5, 0.3], softmax(z), softmaxJacobian(z)];
    const { gradient } = softmaxCrossEntropy(z, y);
    const inside = z.map((_, i) => -sum(y.map((yc, c) => (yc / p[c]!) * J[c]![i]!)));
    const outside = z.map((_, i) => -sum(y.map((yc, c) => yc / p[c]!)) * J[0]![i]!);
    expectClose(gradient, inside, within(1e-15));
    expect(Math.abs(outside[0]! - gradient[0]!)).toBeGreaterThan(0.1);
  });

  test("4: classes count from 0, so index 1 is the second class and one_hot(2, 3) is [0, 0, 1]", () => {
    expect(softmaxCrossEntropy([4, -4, 3], 2).loss).toBe(softmaxCrossEntropy([4, -4, 3], [0, 0, 1]).loss);
    expect(() => softmaxCrossEntropy([4, -4, 3], 3)).toThrow("expected a class from 0 to 2, got 3");
  });
});

test("1.5 one step at equal rates moves z₁ - z₀ of two softmax nodes twice as far as the logit of one sigmoid node", () => {
  fc.assert(
    fc.property(fc.integer({ min: -640, max: 640 }), fc.constantFrom(0, 1), (gap, y) => {
      const d = gap / 64;
      const [two, one] = [softmaxCrossEntropy([0, d], y), sigmoidBinaryCrossEntropy([d], [y])];
      expectClose(two.loss, one.loss, { rtol: 1e-15, atol: 0 });
      expectClose(two.gradient[1]! - two.gradient[0]!, 2 * one.gradient[0]!, { rtol: 1e-15, atol: 0 });
      expectClose(two.gradient[0]!, -two.gradient[1]!, { rtol: Number.EPSILON, atol: 0 });
    }),
    seeded,
  );
});

describe("2 measured defects of other libraries, which this one must not have", () => {
  test("tfjs-layers 4.22, sparseCategoricalCrossentropy of [4, -4, 3] and class 2: not 0.8619949 with no gradient but 1.3135069", () => {
    const { loss, gradient } = loss32([4, -4, 3], 2);
    expectClose(loss, 1.3135069, digits(7));
    expectClose(gradient, [0.7308793, 0.0002452, -0.7311245], within(1e-7));
  });

  test("tfjs-layers 4.22, categoricalCrossentropy of [14.4, 50.1, 3.5] and class 0: not 16.118 but 35.7, [-1, 1, 5.8e-21]", () => {
    const { loss, gradient } = softmaxCrossEntropy([14.4, 50.1, 3.5], 0);
    expectClose(loss, 35.7, { rtol: 1e-15, atol: 0 });
    expectClose(gradient, [-1, 1, 5.8e-21], digits(2));
    const single = loss32([14.4, 50.1, 3.5], 0);
    expectClose(single.loss, 35.7, { rtol: 1e-6, atol: 0 });
    expectClose(single.gradient, [-1, 1, 5.8e-21], digits(2));
  });

  test("tfjs-layers 4.22, the default loss on raw logits: not 1.19e-7 without a warning but 1.3135069, there is no other mode", () => {
    expectClose(softmaxCrossEntropy([[4, -4, 3]], [2]).loss, 1.3135069, digits(8));
  });

  test("tfjs-layers 4.22, two seeded runs that shuffle: the same first weight and the same order of rows, bit for bit", () => {
    const run = () => {
      const network = createNetwork(k32, shapeOf(4, [[3, relu]], "softmax", 2));
      initialise(network, { init: "glorot_uniform", headInit: "glorot_uniform" }, 5);
      const order = shuffle(
        Int32Array.from({ length: 100 }, (_, i) => i),
        randomStream(5, "shuffle", 1),
      );
      return { parameters: network.parameters, order };
    };
    expect(run()).toEqual(run());
  });

  test("ml-fnn 5.0.0, logits of 710 … 712: not NaN but finite probabilities with the sum 1", () => {
    expectClose(softmax([710, 711, 712]), softmax([0, 1, 2]), within(0));
    expectClose(softmax32([710, 711, 712]), softmax32([0, 1, 2]), within(0));
  });

  test("brain.js 1.6.1, NaN or a missing number: not NaN for every class but an error that names the place", () => {
    expect(() => softmax([Number.NaN, 1])).toThrow("logits[0]: expected a finite number, got NaN");
    expect(() => softmaxCrossEntropy([[1, 2], [1]], [0, 1])).toThrow(
      "logits[1]: expected 2 numbers as in the first row, got 1",
    );
  });
});
