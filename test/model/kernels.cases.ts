// What every implementation of the kernels must do, declared for the one it is handed.
// Letters: B rows, I inputs, O outputs, K classes.

import { describe, expect, test } from "vitest";
import * as elementary64 from "../../src/elementary.ts";
import type { FloatArray } from "../../src/matrix.ts";
import * as elementary32 from "../../src/model/kernels/elementary32.ts";
import type { Kernels } from "../../src/model/kernels/kernels.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import type { Activation, ActivationKind } from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";
import { differences } from "./differences.ts";
import {
  expectClose,
  flat,
  lossTolerance,
  type Numbers,
  probabilityTolerance,
  readGolden,
} from "./golden.ts";

interface GoldenLosses {
  softmax_vectors: {
    id: string;
    logits: number[];
    float32_exact: boolean;
    softmax: number[];
    classes: number[];
    cross_entropy: number[];
    gradient: number[][];
  }[];
  non_finite_logits: { logits: number[]; softmax: number[] }[];
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
  bce_elements: Record<"z" | "target" | "pos_weight" | "sigmoid" | "loss" | "gradient", number[]>;
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

interface GoldenActivations {
  activations: {
    activation: ActivationKind;
    parameters: { alpha?: number };
    x: number[];
    value: number[];
    derivative: number[];
  }[];
}

const losses = readGolden<GoldenLosses>("losses");
const { activations } = readGolden<GoldenActivations>("activations");

export const ACTIVATIONS: readonly Activation[] = (
  [
    "identity",
    "relu",
    "leaky_relu",
    "tanh",
    "sigmoid",
    "gelu",
    "gelu_tanh",
    "silu",
    "elu",
    "softplus",
  ] as const
).map((kind) => ({ kind, alpha: kind === "leaky_relu" ? 0.01 : 1 }));

/** Declares the suite; call it inside a describe that names the kernels. */
export function kernelCases(kernels: Kernels): void {
  const { precision } = kernels;
  const single = precision === "float32";
  const round = single ? Math.fround : (x: number) => x;
  const reference = referenceKernels(precision);
  const array = (values: ArrayLike<number>) => {
    const result = kernels.allocate(values.length);
    result.set(values);
    return result;
  };
  const random = randomStream(20, "init", single ? 32 : 64);
  const drawn = (length: number, scale = 1) =>
    array(Array.from({ length }, () => (2 * random() - 1) * scale));
  /** float32_exact cases only, where the kernels are float32. */
  const usable = (logits: readonly number[]) => !single || logits.every((z) => Math.fround(z) === z);

  test("allocate gives zeros in the precision of the kernels", () => {
    const fresh = kernels.allocate(5);
    expect(fresh).toBeInstanceOf(single ? Float32Array : Float64Array);
    expect(Array.from(fresh)).toEqual([0, 0, 0, 0, 0]);
  });

  test("gather copies the rows named by a stretch of the order", () => {
    const x = kernels.allocate(6);
    kernels.gather(x, array([1, 2, 3, 4, 5, 6, 7, 8]), Int32Array.of(0, 3, 1, 2), 1, 2, 2);
    expect(Array.from(x)).toEqual([7, 8, 3, 4, 0, 0]);
  });

  describe("dense layer", () => {
    test("forward equals its definition bit for bit for every B, I, O in 1 … 9", () => {
      everyShape((B, I, O) => {
        const [x, w, b, z] = [drawn(B * I), drawn(I * O), drawn(O), kernels.allocate(B * O + 1)];
        kernels.denseForward(z, x, w, b, B, I, O);
        const expected = table(B, O, (r, o) => sumInOrder(b[o]!, I, (i) => [x[r * I + i]!, w[i * O + o]!]));
        expect(Array.from(z), `${B}, ${I}, ${O}`).toEqual([...expected, 0]);
      });
    });

    test("backward to the input equals its definition bit for bit for every B, I, O in 1 … 9", () => {
      everyShape((B, I, O) => {
        const [dZ, w, dX] = [drawn(B * O), drawn(I * O), drawn(B * I)];
        kernels.denseBackwardInput(dX, dZ, w, B, I, O);
        const expected = table(B, I, (r, i) => sumInOrder(0, O, (o) => [dZ[r * O + o]!, w[i * O + o]!]));
        expect(Array.from(dX), `${B}, ${I}, ${O}`).toEqual(expected);
      });
    });

    test("backward to the parameters equals its definition bit for bit for every B, I, O in 1 … 9", () => {
      everyShape((B, I, O) => {
        const [x, dZ, dW, dB] = [drawn(B * I), drawn(B * O), drawn(I * O), drawn(O)];
        kernels.denseBackwardParameters(dW, dB, x, dZ, B, I, O);
        const weights = table(I, O, (i, o) => sumInOrder(0, B, (r) => [x[r * I + i]!, dZ[r * O + o]!]));
        const biases = table(1, O, (_, o) => sumInOrder(0, B, (r) => [1, dZ[r * O + o]!]));
        expect(Array.from(dW), `${B}, ${I}, ${O}`).toEqual(weights);
        expect(Array.from(dB), `${B}, ${I}, ${O}`).toEqual(biases);
      });
    });

    test.skipIf(single)("both backwards agree with central differences within 1e-9 (float64 only)", () => {
      const [B, I, O] = [3, 5, 4];
      const [x, w, b, dZ] = [drawn(B * I), drawn(I * O), drawn(O), drawn(B * O)];
      const z = kernels.allocate(B * O);
      // dZ is the gradient of this number with respect to z.
      const scalar = () => {
        kernels.denseForward(z, x, w, b, B, I, O);
        return Array.from(z).reduce((sum, value, i) => sum + value * dZ[i]!, 0);
      };
      const [dX, dW, dB] = [kernels.allocate(B * I), kernels.allocate(I * O), kernels.allocate(O)];
      kernels.denseBackwardInput(dX, dZ, w, B, I, O);
      kernels.denseBackwardParameters(dW, dB, x, dZ, B, I, O);
      expectClose(dX, differences(scalar, x), { rtol: 0, atol: 1e-9 });
      expectClose(dW, differences(scalar, w), { rtol: 0, atol: 1e-9 });
      expectClose(dB, differences(scalar, b), { rtol: 0, atol: 1e-9 });
    });
  });

  describe("activations", () => {
    for (const golden of activations) {
      const activation = { kind: golden.activation, alpha: golden.parameters.alpha ?? 1 };
      test(`${golden.activation} and its derivative agree with mpmath at the tolerance of the file`, () => {
        const points = golden.x.map((_, i) => i).filter((i) => usable([golden.x[i]!]));
        const z = array(points.map((i) => golden.x[i]!));
        const [a, dZ, ones] = [kernels.allocate(z.length), kernels.allocate(z.length), array(z.map(() => 1))];
        kernels.activate(activation, a, z, z.length);
        kernels.activateBackward(activation, dZ, ones, z, a, z.length);
        points.forEach((i, at) => {
          const { rtol, atol: unit } = lossTolerance[precision];
          const atol = unit * Math.max(1, Math.min(Math.abs(golden.x[i]!), 40));
          expectClose(a[at]!, golden.value[i]!, { rtol, atol }, `value at ${golden.x[i]}`);
          expectClose(dZ[at]!, golden.derivative[i]!, { rtol, atol }, `derivative at ${golden.x[i]}`);
        });
      });
    }

    test.each(ACTIVATIONS)("$kind backward may write over its input and multiplies by dA", (activation) => {
      const [z, dA] = [drawn(11, 3), drawn(11)];
      const [a, dZ, slope] = [kernels.allocate(11), kernels.allocate(11), kernels.allocate(11)];
      kernels.activate(activation, a, z, 11);
      kernels.activateBackward(activation, slope, array(z.map(() => 1)), z, a, 11);
      kernels.activateBackward(activation, dZ, dA, z, a, 11);
      expect(Array.from(dZ)).toEqual(Array.from(slope, (s, i) => round(dA[i]! * s)));
      kernels.activateBackward(activation, dA, dA, z, a, 11);
      expect(Array.from(dA)).toEqual(Array.from(dZ));
    });
  });

  describe("softmax and its loss", () => {
    const vectors = losses.softmax_vectors.filter(({ float32_exact }) => float32_exact || !single);

    test(`${vectors.length} rows agree with mpmath: probabilities to every digit, losses and gradients of each class`, () => {
      for (const { id, logits, softmax, classes, cross_entropy, gradient } of vectors) {
        const K = logits.length;
        const [z, p, dLogits] = [array(logits), kernels.allocate(K), kernels.allocate(K)];
        kernels.softmax(p, z, 1, K);
        expectClose(p, softmax, probabilityTolerance[precision], id);
        classes.forEach((y, i) => {
          const loss = kernels.softmaxCrossEntropy(dLogits, z, Int32Array.of(y), ones(K), 0, 1, 1, K);
          expectClose(loss, cross_entropy[i]!, lossTolerance[precision], `${id}, class ${y}: loss`);
          expectClose(dLogits, gradient[i]!, lossTolerance[precision], `${id}, class ${y}: gradient`);
        });
      }
    });

    test("batches agree with mpmath: hard and soft targets, class weights, smoothing, mean and sum", () => {
      const batches = losses.cross_entropy_batches.filter(({ logits }) => usable(flat(logits)));
      expect(batches.length).toBeGreaterThan(20);
      for (const batch of batches) {
        const { id, logits, targets, soft_targets, label_smoothing: s, reduction, loss, gradient } = batch;
        const [B, K] = [logits.length, logits[0]!.length];
        const [z, dLogits] = [array(flat(logits)), kernels.allocate(B * K)];
        const weights = batch.class_weights ? array(batch.class_weights) : ones(K);
        const hardDivisor = targets?.reduce((sum, y) => sum + weights[y]!, 0) ?? B;
        const divisor = reduction === "mean" ? hardDivisor : 1;
        const got = targets
          ? kernels.softmaxCrossEntropy(dLogits, z, Int32Array.from(targets), weights, s, divisor, B, K)
          : kernels.softTargetCrossEntropy(dLogits, z, array(flat(soft_targets!)), weights, s, divisor, B, K);
        const total = reduction === "none" ? flat(loss).reduce((sum, one) => sum + one, 0) : loss;
        expectClose(got, total, lossTolerance[precision], `${id}: loss`);
        expectClose(dLogits, gradient, lossTolerance[precision], `${id}: gradient`);
      }
    });

    test("a logit of -Infinity has probability 0; NaN and +Infinity come out as NaN, never as a number", () => {
      for (const { logits, softmax } of losses.non_finite_logits) {
        const p = kernels.allocate(logits.length);
        kernels.softmax(p, array(logits), 1, logits.length);
        expectClose(p, softmax, probabilityTolerance[precision], String(logits));
      }
    });

    test("softmax and sigmoid may write over their input", () => {
      const z = drawn(12, 5);
      const p = kernels.allocate(12);
      kernels.softmax(p, z, 3, 4);
      const over = array(z);
      kernels.softmax(over, over, 3, 4);
      expect(Array.from(over)).toEqual(Array.from(p));
      kernels.sigmoid(p, z, 12);
      kernels.sigmoid(z, z, 12);
      expect(Array.from(z)).toEqual(Array.from(p));
    });

    test("the gradient of a certain, right answer keeps its digits: it is minus what the other classes get", () => {
      const gap = single ? 30 : 50; // 1 - p rounds to 0 in this precision
      const dLogits = kernels.allocate(3);
      const loss = kernels.softmaxCrossEntropy(
        dLogits,
        array([gap, 0, 0]),
        Int32Array.of(0),
        ones(3),
        0,
        1,
        1,
        3,
      );
      const tiny = 2 * Math.exp(-gap);
      expectClose(loss, tiny, { rtol: single ? 1e-6 : 1e-14, atol: 0 });
      expectClose(dLogits, [-tiny, tiny / 2, tiny / 2], { rtol: single ? 1e-6 : 1e-14, atol: 0 });
    });

    test("so does the gradient of a soft target: at the most probable class it is minus what the others get", () => {
      const gap = single ? 30 : 50;
      const dLogits = kernels.allocate(3);
      const targets = array([1, 0, 0]);
      kernels.softTargetCrossEntropy(dLogits, array([gap, 0, 0]), targets, ones(3), 0, 1, 1, 3);
      const tiny = 2 * Math.exp(-gap);
      expectClose(dLogits, [-tiny, tiny / 2, tiny / 2], { rtol: single ? 1e-6 : 1e-14, atol: 0 });
    });

    test("of equal largest logits the first is taken out, and the others are summed in their order, to the bit", () => {
      const { exp } = single ? elementary32 : elementary64;
      let told = 0;
      for (let step = 1; step <= 40; step++) {
        const z = array([5, 5 - step / 8, 4 - step / 16, 5]); // exact, and so are the differences
        const [, e1, e2] = Array.from(z, (value) => exp(value - 5)) as [number, number, number];
        const first = round(1 / round(1 + round(round(e1 + e2) + 1)));
        const last = round(1 / round(1 + round(round(1 + e1) + e2)));
        if (first !== last) told++;
        const p = kernels.allocate(4);
        kernels.softmax(p, z, 1, 4);
        expect(p[0]).toBe(first);
      }
      expect(told, "rows where the order shows").toBeGreaterThan(0);
    });

    test("one-hot soft targets are hard labels, within rounding, with weights and smoothing", () => {
      const [B, K] = [5, 4];
      const [z, labels, weights] = [
        drawn(B * K, 4),
        Int32Array.of(0, 3, 1, 2, 1),
        array([1, 2.5, 0.5, 1.75]),
      ];
      const oneHot = array(
        Array.from({ length: B * K }, (_, i) => (labels[Math.floor(i / K)] === i % K ? 1 : 0)),
      );
      const [hard, soft] = [kernels.allocate(B * K), kernels.allocate(B * K)];
      const a = kernels.softmaxCrossEntropy(hard, z, labels, weights, 0.125, 3, B, K);
      const b = kernels.softTargetCrossEntropy(soft, z, oneHot, weights, 0.125, 3, B, K);
      expectClose(b, a, single ? { rtol: 1e-6, atol: 1e-7 } : { rtol: 1e-14, atol: 0 });
      expectClose(soft, Array.from(hard), single ? { rtol: 1e-5, atol: 1e-7 } : { rtol: 1e-14, atol: 1e-16 });
    });

    test("a class of weight 0 asks for nothing, even at an infinite loss", () => {
      const huge = single ? 3e38 : 1e308;
      const dLogits = kernels.allocate(2);
      const z = array([huge, -huge]);
      expect(kernels.softmaxCrossEntropy(dLogits, z, Int32Array.of(1), array([1, 0]), 0, 1, 1, 2)).toBe(0);
      expectClose(dLogits, [0, 0], { rtol: 0, atol: 0 });
      expect(kernels.softmaxCrossEntropy(dLogits, z, Int32Array.of(0), array([1, 0]), 0.5, 1, 1, 2)).toBe(0);
      expect(kernels.softTargetCrossEntropy(dLogits, z, array([1, 0]), ones(2), 0, 1, 1, 2)).toBe(0);
    });

    test.skipIf(single)("gradients agree with central differences within 1e-8 (float64 only)", () => {
      const [B, K] = [3, 4];
      const [z, dLogits, scratch] = [drawn(B * K, 2), kernels.allocate(B * K), kernels.allocate(B * K)];
      const weights = array([1, 2.5, 0.5, 1.75]);
      const labels = Int32Array.of(1, 3, 1);
      const soft = kernels.allocate(B * K);
      kernels.softmax(soft, drawn(B * K), B, K);
      const hard = (out: FloatArray) => kernels.softmaxCrossEntropy(out, z, labels, weights, 0.1, 2.7, B, K);
      const even = (out: FloatArray) => kernels.softTargetCrossEntropy(out, z, soft, weights, 0.1, 2.7, B, K);
      for (const loss of [hard, even]) {
        loss(dLogits);
        expectClose(
          dLogits,
          differences(() => loss(scratch), z),
          { rtol: 0, atol: 1e-8 },
        );
      }
    });
  });

  describe("sigmoid and its loss", () => {
    const { z: Z, target, pos_weight, sigmoid, loss, gradient } = losses.bce_elements;
    const exact = Z.map((_, i) => i).filter((i) => usable([Z[i]!, target[i]!, pos_weight[i]!]));

    test(`${exact.length} elements agree with mpmath: probability to every digit, loss and gradient`, () => {
      const [p, dLogits, none] = [kernels.allocate(1), kernels.allocate(1), ones(1)];
      for (const i of exact) {
        const z = array([Z[i]!]);
        kernels.sigmoid(p, z, 1);
        expectClose(p, sigmoid[i]!, probabilityTolerance[precision], `sigmoid(${Z[i]})`);
        const [t, w] = [array([target[i]!]), array([pos_weight[i]!])];
        const got = kernels.sigmoidBinaryCrossEntropy(dLogits, z, t, none, w, 1, 1, 1);
        expectClose(got, loss[i]!, lossTolerance[precision], `loss(${Z[i]}, ${target[i]}, ${pos_weight[i]})`);
        expectClose(dLogits, gradient[i]!, lossTolerance[precision], `gradient(${Z[i]}, ${target[i]})`);
      }
    });

    test("batches agree with mpmath: one and more outputs, positive weights, mean and sum", () => {
      for (const { id, logits, targets, pos_weight: w, reduction, ...golden } of losses.bce_batches) {
        if (!usable(flat(logits))) continue;
        const [B, K] = [logits.length, logits[0]!.length];
        const dLogits = kernels.allocate(B * K);
        const divisor = reduction === "mean" ? B * K : 1;
        const got = kernels.sigmoidBinaryCrossEntropy(
          dLogits,
          array(flat(logits)),
          array(flat(targets)),
          ones(K),
          w ? array(w) : ones(K),
          divisor,
          B,
          K,
        );
        expectClose(got, golden.loss, lossTolerance[precision], `${id}: loss`);
        expectClose(dLogits, golden.gradient, lossTolerance[precision], `${id}: gradient`);
      }
    });

    test.skipIf(single)("its gradient agrees with central differences within 1e-8 (float64 only)", () => {
      const [z, t, dLogits, scratch] = [
        drawn(6, 3),
        array([0, 1, 0.25, 1, 0, 0.9]),
        kernels.allocate(6),
        kernels.allocate(6),
      ];
      const loss = (out: FloatArray) =>
        kernels.sigmoidBinaryCrossEntropy(out, z, t, array([0.5, 2]), array([3, 1]), 1.9, 3, 2);
      loss(dLogits);
      expectClose(
        dLogits,
        differences(() => loss(scratch), z),
        { rtol: 0, atol: 1e-8 },
      );
    });
  });

  describe("optimiser", () => {
    test("sumOfSquares adds four interleaved float64 sums, for every length in 0 … 13", () => {
      for (let n = 0; n <= 13; n++) {
        const g = drawn(n + 1, 3);
        const sums = [0, 0, 0, 0];
        for (let i = 0; i < n; i++) sums[i % 4]! += g[i]! * g[i]!;
        expect(kernels.sumOfSquares(g, n)).toBe(sums[0]! + sums[1]! + (sums[2]! + sums[3]!));
      }
    });

    test("scale multiplies the first n by the factor, rounded once", () => {
      const g = drawn(9);
      const expected = Array.from(g, (value, i) => (i < 7 ? round(value * round(0.3)) : value));
      kernels.scale(g, 0.3, 7);
      expect(Array.from(g)).toEqual(expected);
    });

    test.each([
      { momentum: 0, nesterov: false, l2: 0, decay: 0 },
      { momentum: 0.9, nesterov: false, l2: 0.01, decay: 0 },
      { momentum: 0.9, nesterov: true, l2: 0.01, decay: 0.05 },
    ])(
      "sgdUpdate equals its equations bit for bit, in its range only: %o",
      ({ momentum, nesterov, l2, decay }) => {
        const [from, n, rate] = [3, 13, 0.1];
        const [p, g, v] = [drawn(20), drawn(20), drawn(20)];
        const [wantedP, wantedV] = [Array.from(p), Array.from(v)];
        for (let i = from; i < from + n; i++) {
          const d = round(g[i]! + round(round(l2) * p[i]!));
          if (momentum !== 0) wantedV[i] = round(round(round(momentum) * v[i]!) + d);
          const velocity = momentum === 0 ? d : wantedV[i]!;
          const u = nesterov ? round(d + round(round(momentum) * velocity)) : velocity;
          wantedP[i] = round(round(p[i]! * round(1 - rate * decay)) - round(round(rate) * u));
        }
        kernels.sgdUpdate(p, g, v, from, n, rate, momentum, nesterov, l2, decay);
        expect(Array.from(p)).toEqual(wantedP);
        expect(Array.from(v)).toEqual(wantedV);
      },
    );

    test.each([
      { beta2: 0.999, l2: 0, decay: 0 },
      { beta2: 0.999, l2: 0.01, decay: 0.05 },
      { beta2: 0.3, l2: 0.01, decay: 0 },
    ])("adamUpdate equals its equations bit for bit, in its range only: %o", ({ beta2, l2, decay }) => {
      const [from, n, rate, beta1, epsilon, c1, c2] = [2, 11, 0.01, 0.9, 1e-8, 0.19, 0.001999];
      const [p, g, m, s] = [drawn(16), drawn(16), drawn(16), array(drawn(16).map(Math.abs))];
      const wanted = [p, m, s].map((values) => Array.from(values));
      for (let i = from; i < from + n; i++) {
        const d = round(g[i]! + round(round(l2) * p[i]!));
        const mean = round(round(round(beta1) * m[i]!) + round(round(1 - beta1) * d));
        const square = round(round(round(beta2) * s[i]!) + round(round(1 - beta2) * round(d * d)));
        const root = round(round(Math.sqrt(round(square / round(c2)))) + round(epsilon));
        const move = round(round(round(rate) * round(mean / round(c1))) / root);
        wanted[0]![i] = round(round(p[i]! * round(1 - rate * decay)) - move);
        wanted[1]![i] = mean;
        wanted[2]![i] = square;
      }
      kernels.adamUpdate(p, g, m, s, from, n, rate, beta1, beta2, epsilon, c1, c2, l2, decay);
      expect([p, m, s].map((values) => Array.from(values))).toEqual(wanted);
    });
  });

  test("losses, softmax and activations equal the reference bit for bit for every K in 1 … 9", () => {
    for (let K = 1; K <= 9; K++) {
      const B = 7;
      const [z, weights] = [drawn(B * K, 8), array(drawn(K).map(Math.abs))];
      const labels = Int32Array.from({ length: B }, (_, r) => (r * 5) % K);
      const [soft, binary] = [kernels.allocate(B * K), array(drawn(B * K).map(Math.abs))];
      reference.softmax(soft, drawn(B * K), B, K);
      for (const smoothing of [0, 0.1]) {
        for (const run of [
          (k: Kernels, out: FloatArray) =>
            k.softmaxCrossEntropy(out, z, labels, weights, smoothing, 3.3, B, K),
          (k: Kernels, out: FloatArray) =>
            k.softTargetCrossEntropy(out, z, soft, weights, smoothing, 3.3, B, K),
          (k: Kernels, out: FloatArray) =>
            k.sigmoidBinaryCrossEntropy(out, z, binary, ones(K), weights, 3.3, B, K),
          (k: Kernels, out: FloatArray) => k.softmax(out, z, B, K),
          (k: Kernels, out: FloatArray) => k.sigmoid(out, z, B * K),
          ...ACTIVATIONS.map((a) => (k: Kernels, out: FloatArray) => k.activate(a, out, z, B * K)),
        ]) {
          const [ours, theirs] = [kernels.allocate(B * K), reference.allocate(B * K)];
          expect(run(kernels, ours)).toBe(run(reference, theirs));
          expect(Array.from(ours)).toEqual(Array.from(theirs));
        }
      }
    }
  });

  function ones(length: number): FloatArray {
    return array(new Array<number>(length).fill(1));
  }

  /** start + a₀·b₀ + a₁·b₁ + …, from the left, rounded after each operation. */
  function sumInOrder(start: number, n: number, factors: (k: number) => [number, number]): number {
    let sum = start;
    for (let k = 0; k < n; k++) {
      const [a, b] = factors(k);
      sum = round(sum + round(a * b));
    }
    return sum;
  }
}

function everyShape(check: (B: number, I: number, O: number) => void): void {
  for (let B = 1; B <= 9; B++) for (let I = 1; I <= 9; I++) for (let O = 1; O <= 9; O++) check(B, I, O);
}

function table(rows: number, columns: number, value: (r: number, c: number) => number): number[] {
  return Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns));
}
