// The SIMD kernels against the reference kernels in float32, every bit of every result: each operation of the contract,
// in every small shape, in large ones, and on numbers at the edges of the format. Whole steps are in stepper.test.ts.
// Letters: B rows, D columns, I inputs, O outputs, K classes, n length.

import { describe, expect, test } from "vitest";
import type { FloatArray } from "../../src/matrix.ts";
import type { Kernels } from "../../src/model/kernels/kernels.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { simdKernels } from "../../src/model/kernels/simd.ts";
import type { Activation } from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";
import { ACTIVATIONS } from "./kernels.cases.ts";

const reference = referenceKernels("float32");
const simd = simdKernels()!;

/** One number for each dimension, 1 at least. */
type Shape = readonly number[];

interface Draw {
  /** Numbers to compute with; at the edges, or ordinary ones. */
  readonly numbers: (length: number) => number[];
  /** Numbers from 0 to 1, both included. */
  readonly shares: (length: number) => number[];
  readonly uniform: () => number;
  readonly below: (end: number) => number;
}

/** An operation with its inputs drawn: run by either kernels, it gives what was written and returned. */
type Operation = (draw: Draw, shape: Shape) => (kernels: Kernels) => readonly (FloatArray | number)[];

/** Elements behind a result, which must stay as they are. */
const BEHIND = 5;
const UNTOUCHED = 7.25;

const room = (kernels: Kernels, length: number) => kernels.allocate(length + BEHIND).fill(UNTOUCHED);
const copy = (kernels: Kernels, values: readonly number[]) => {
  const array = room(kernels, values.length);
  array.set(values);
  return array;
};

const operations: Record<string, { readonly dimensions: string; readonly operation: Operation }> = {
  gather: {
    dimensions: "B, D",
    operation(draw, [B, D]) {
      const rows = draw.numbers(9 * D!);
      const order = Int32Array.from({ length: B! + 3 }, () => draw.below(9));
      return (kernels) => {
        const x = room(kernels, B! * D!);
        kernels.gather(x, copy(kernels, rows), order, 3, B!, D!);
        return [x];
      };
    },
  },
  denseForward: {
    dimensions: "B, I, O",
    operation(draw, [B, I, O]) {
      const [x, w, b] = [draw.numbers(B! * I!), draw.numbers(I! * O!), draw.numbers(O!)];
      return (kernels) => {
        const z = room(kernels, B! * O!);
        kernels.denseForward(z, copy(kernels, x), copy(kernels, w), copy(kernels, b), B!, I!, O!);
        return [z];
      };
    },
  },
  denseBackwardInput: {
    dimensions: "B, I, O",
    operation(draw, [B, I, O]) {
      const [dZ, w] = [draw.numbers(B! * O!), draw.numbers(I! * O!)];
      return (kernels) => {
        const dX = room(kernels, B! * I!);
        kernels.denseBackwardInput(dX, copy(kernels, dZ), copy(kernels, w), B!, I!, O!);
        return [dX];
      };
    },
  },
  denseBackwardParameters: {
    dimensions: "B, I, O",
    operation(draw, [B, I, O]) {
      const [x, dZ] = [draw.numbers(B! * I!), draw.numbers(B! * O!)];
      return (kernels) => {
        const [dW, dB] = [room(kernels, I! * O!), room(kernels, O!)];
        kernels.denseBackwardParameters(dW, dB, copy(kernels, x), copy(kernels, dZ), B!, I!, O!);
        return [dW, dB];
      };
    },
  },
  ...Object.fromEntries(ACTIVATIONS.map((activation) => [activation.kind, activationCase(activation)])),
  "leaky_relu, alpha 1.7": activationCase({ kind: "leaky_relu", alpha: 1.7 }),
  "elu, alpha 0.3": activationCase({ kind: "elu", alpha: 0.3 }),
  softmax: {
    dimensions: "B, K",
    operation(draw, [B, K]) {
      const logits = draw.numbers(B! * K!);
      return (kernels) => {
        const [p, over] = [room(kernels, B! * K!), copy(kernels, logits)];
        kernels.softmax(p, copy(kernels, logits), B!, K!);
        kernels.softmax(over, over, B!, K!);
        return [p, over];
      };
    },
  },
  sigmoid: {
    dimensions: "n",
    operation(draw, [n]) {
      const logits = draw.numbers(n!);
      return (kernels) => {
        const [p, over] = [room(kernels, n!), copy(kernels, logits)];
        kernels.sigmoid(p, copy(kernels, logits), n!);
        kernels.sigmoid(over, over, n!);
        return [p, over];
      };
    },
  },
  "softmaxCrossEntropy, hard labels": crossEntropyCase(0),
  "softmaxCrossEntropy, label smoothing": crossEntropyCase(0.1),
  "softTargetCrossEntropy, as they are": softTargetCase(0),
  "softTargetCrossEntropy, label smoothing": softTargetCase(0.3),
  sigmoidBinaryCrossEntropy: {
    dimensions: "B, K",
    operation(draw, [B, K]) {
      const [logits, targets] = [draw.numbers(B! * K!), draw.shares(B! * K!)];
      const [negative, positive, divisor] = [
        classWeights(draw, K!),
        classWeights(draw, K!),
        3 * draw.uniform(),
      ];
      return (kernels) => {
        const d = room(kernels, B! * K!);
        const [t, down, up] = [targets, negative, positive].map((values) => copy(kernels, values));
        const z = copy(kernels, logits);
        return [kernels.sigmoidBinaryCrossEntropy(d, z, t!, down!, up!, divisor, B!, K!), d];
      };
    },
  },
  sumOfSquares: {
    dimensions: "n",
    operation(draw, [n]) {
      const g = draw.numbers(n!);
      return (kernels) => [kernels.sumOfSquares(copy(kernels, g), n!)];
    },
  },
  scale: {
    dimensions: "n",
    operation(draw, [n]) {
      const [values, factor] = [draw.numbers(n!), draw.uniform()];
      return (kernels) => {
        const g = copy(kernels, values);
        kernels.scale(g, factor, n!);
        return [g];
      };
    },
  },
  "sgdUpdate, plain": sgdCase(0, false, 0, 0),
  "sgdUpdate, l2 and decay": sgdCase(0, false, 0.01, 0.02),
  "sgdUpdate, momentum": sgdCase(0.9, false, 0.003, 0),
  "sgdUpdate, nesterov": sgdCase(0.9, true, 0, 0.1),
  "adamUpdate, plain": adamCase(0, 0),
  "adamUpdate, l2": adamCase(0.01, 0),
  "adamUpdate, decay": adamCase(0, 0.05),
};

function activationCase(activation: Activation) {
  const operation: Operation = (draw, [n]) => {
    const [numbers, gradients] = [draw.numbers(n!), draw.numbers(n!)];
    return (kernels) => {
      const [z, dA] = [copy(kernels, numbers), copy(kernels, gradients)];
      const [a, dZ] = [room(kernels, n!), room(kernels, n!)];
      kernels.activate(activation, a, z, n!);
      kernels.activateBackward(activation, dZ, dA, z, a, n!);
      kernels.activateBackward(activation, dA, dA, z, a, n!);
      return [a, dZ, dA];
    };
  };
  return { dimensions: "n", operation };
}

/** Weights of classes, one in four of them 0. */
function classWeights(draw: Draw, K: number): number[] {
  return Array.from({ length: K }, () => (draw.below(4) === 0 ? 0 : 2 * draw.uniform()));
}

function crossEntropyCase(smoothing: number) {
  const operation: Operation = (draw, [B, K]) => {
    const [logits, weights, divisor] = [draw.numbers(B! * K!), classWeights(draw, K!), 3 * draw.uniform()];
    const labels = Int32Array.from({ length: B! }, () => draw.below(K!));
    return (kernels) => {
      const d = room(kernels, B! * K!);
      const [z, w] = [copy(kernels, logits), copy(kernels, weights)];
      return [kernels.softmaxCrossEntropy(d, z, labels, w, smoothing, divisor, B!, K!), d];
    };
  };
  return { dimensions: "B, K", operation };
}

function softTargetCase(smoothing: number) {
  const operation: Operation = (draw, [B, K]) => {
    const [logits, targets] = [draw.numbers(B! * K!), draw.shares(B! * K!)];
    const [weights, divisor] = [classWeights(draw, K!), 3 * draw.uniform()];
    return (kernels) => {
      const d = room(kernels, B! * K!);
      const [z, t, w] = [copy(kernels, logits), copy(kernels, targets), copy(kernels, weights)];
      return [kernels.softTargetCrossEntropy(d, z, t, w, smoothing, divisor, B!, K!), d];
    };
  };
  return { dimensions: "B, K", operation };
}

function sgdCase(momentum: number, nesterov: boolean, l2: number, decay: number) {
  const operation: Operation = (draw, [n]) => {
    const [parameters, gradients, velocities] = [
      draw.numbers(n! + 9),
      draw.numbers(n! + 9),
      draw.numbers(n! + 9),
    ];
    const [from, rate] = [draw.below(9), draw.uniform()];
    return (kernels) => {
      const [p, g, v] = [copy(kernels, parameters), copy(kernels, gradients), copy(kernels, velocities)];
      kernels.sgdUpdate(p, g, v, from, n!, rate, momentum, nesterov, l2, decay);
      return [p, g, v];
    };
  };
  return { dimensions: "n", operation };
}

function adamCase(l2: number, decay: number) {
  const operation: Operation = (draw, [n]) => {
    const [parameters, gradients, means] = [draw.numbers(n! + 9), draw.numbers(n! + 9), draw.numbers(n! + 9)];
    const squares = draw.numbers(n! + 9).map(Math.abs);
    const [from, rate, c1, c2] = [draw.below(9), draw.uniform(), draw.uniform(), draw.uniform()];
    return (kernels) => {
      const [p, g] = [copy(kernels, parameters), copy(kernels, gradients)];
      const [m, s] = [copy(kernels, means), copy(kernels, squares)];
      kernels.adamUpdate(p, g, m, s, from, n!, rate, 0.9, 0.999, 1e-8, c1, c2, l2, decay);
      return [p, g, m, s];
    };
  };
  return { dimensions: "n", operation };
}

/** Where float32 has its edges, and where the elementary functions have theirs. */
const edges = [
  ...[0, 1e-45, 1e-40, 1.17549421e-38, 1.17549435e-38, 1e-30, 5.9604645e-8, 1e-3, 0.5, 1, 1.0000001, 2, 3],
  ...[9.02, 17.4, 88.72, 88.73, 104, 1e4, 16777216, 1e19, 1.8e19, 1e30, 3.4028235e38],
].flatMap((x) => [Math.fround(x), -Math.fround(x)]);
const notFinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

function drawOf(seed: number, special: readonly number[] = []): Draw {
  const uniform = randomStream(seed, "init");
  const below = (end: number) => Math.floor(uniform() * end);
  const ordinary = () => 8 * uniform() - 4;
  const number = () => (special.length > 0 && below(3) > 0 ? special[below(special.length)]! : ordinary());
  const share = () => [0, 1, uniform(), uniform()][below(4)]!;
  return {
    numbers: (length) => Array.from({ length }, number),
    shares: (length) => Array.from({ length }, share),
    uniform,
    below,
  };
}

/** `Object.is` tells every bit of a number from every other, but not one NaN from another. */
function firstDifference(expected: FloatArray | number, got: FloatArray | number): string | undefined {
  const [a, b] = [expected, got].map((result) => (typeof result === "number" ? [result] : result));
  for (let i = 0; i < a!.length; i++)
    if (!Object.is(a![i], b![i])) return `${told(a![i]!)} at ${i}, got ${told(b![i]!)}`;
  return undefined;
}

const told = (x: number) => (Object.is(x, -0) ? "-0" : String(x));

function expectSameBits(operation: Operation, draw: Draw, shape: Shape): void {
  const run = operation(draw, shape);
  const got = run(simd);
  run(reference).forEach((expected, result) => {
    const difference = firstDifference(expected, got[result]!);
    if (difference !== undefined) expect.fail(`shape ${shape}, result ${result}: expected ${difference}`);
  });
}

/** Each dimension from 1 to 40, the others as in one of a few shapes around the width of a panel. */
function smallShapes(dimensions: number): Shape[] {
  const bases = [
    [1, 1, 1],
    [3, 5, 7],
    [8, 16, 24],
    [17, 9, 33],
  ];
  return bases.flatMap((base) =>
    Array.from({ length: dimensions }, (_, changed) =>
      Array.from({ length: 40 }, (_, i) =>
        base.slice(0, dimensions).map((size, d) => (d === changed ? i + 1 : size)),
      ),
    ).flat(),
  );
}

describe.each(Object.entries(operations))("%s", (_, { dimensions, operation }) => {
  const count = dimensions.split(",").length;

  test(`${dimensions} from 1 to 40 each`, () => {
    const draw = drawOf(1);
    for (const shape of smallShapes(count)) expectSameBits(operation, draw, shape);
  });

  test(`15 larger shapes, drawn at random`, () => {
    const draw = drawOf(2);
    const most = [3_000, 300, 120][count - 1]!;
    for (let i = 0; i < 15; i++) {
      expectSameBits(
        operation,
        draw,
        Array.from({ length: count }, () => 1 + draw.below(most)),
      );
    }
  });

  test("zeros of both signs, subnormal and huge numbers", () => {
    const draw = drawOf(3, edges);
    for (const shape of smallShapes(count)) expectSameBits(operation, draw, shape);
  });

  test("infinities and NaN among them", () => {
    const draw = drawOf(4, [...edges, ...notFinite]);
    for (const shape of smallShapes(count)) expectSameBits(operation, draw, shape);
  });
});
