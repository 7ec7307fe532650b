import { describe, expect, test } from "vitest";
import { allocateFloats, type FloatArray } from "../../src/matrix.ts";
import {
  allocateForward,
  allocatePrediction,
  backward,
  forward,
  headLoss,
  predictRows,
  probabilities,
} from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { networkFrom } from "../../src/model/network.ts";
import { expectClose } from "./golden.ts";
import { exampleOf, lossOptions, relu, shapeOf, tanh } from "./networks.ts";

const softmaxShape = shapeOf(
  3,
  [
    [6, relu],
    [5, tanh],
  ],
  "softmax",
  4,
);
const sigmoidShape = shapeOf(
  3,
  [
    [6, relu],
    [5, tanh],
  ],
  "sigmoid",
  2,
);

describe("forward", () => {
  test("is x·w + b, activation, h·w + b, by hand", () => {
    const kernels = referenceKernels("float64");
    // hidden: relu(x·[1 -1; 2 1] + [0.5 -3]); output: h·[1 0; 0 2] + [0 1]
    const parameters = [1, -1, 2, 1, 0.5, -3, 1, 0, 0, 2, 0, 1];
    const network = networkFrom(kernels, shapeOf(2, [[2, relu]], "softmax", 2), parameters);
    const logits = predictRows(kernels, network, {
      rows: 2,
      columns: 2,
      values: Float64Array.of(1, 1, -1, 3),
    }).logits;
    expect(Array.from(logits)).toEqual([3.5, 1, 5.5, 3]);
  });

  test("returns the same logits array every time, and writes only the first B rows", () => {
    const { kernels, network, workspace } = exampleOf(softmaxShape, 5);
    workspace.logits.fill(77);
    expect(forward(kernels, network, workspace, 2)).toBe(workspace.logits);
    expect(workspace.logits.subarray(0, 8).every((z) => z !== 77)).toBe(true);
    expect(workspace.logits.subarray(8).every((z) => z === 77)).toBe(true);
  });
});

describe("a step", () => {
  test("allocates no array: the kernels are asked for none and every buffer stays itself", () => {
    for (const shape of [softmaxShape, sigmoidShape]) {
      const { kernels, network, workspace, labels } = exampleOf(shape, 6);
      const options = lossOptions(kernels, Array(shape.classes).fill(1));
      const frozen = { ...kernels, allocate: (): FloatArray => expect.fail("a step allocated") };
      const buffers = [
        ...workspace.activations,
        ...workspace.dPreActivations,
        workspace.gradients.parameters,
      ];
      for (const B of [6, 6, 1]) {
        forward(frozen, network, workspace, B);
        headLoss(frozen, network, workspace, labels, options, B);
        backward(frozen, network, workspace, B);
      }
      const after = [...workspace.activations, ...workspace.dPreActivations, workspace.gradients.parameters];
      for (const [i, buffer] of after.entries()) expect(buffer).toBe(buffers[i]);
      expect(workspace.logits).toBe(workspace.activations.at(-1));
      expect(workspace.dLogits).toBe(workspace.dPreActivations.at(-1));
    }
  });

  test("overwrites the gradients: nothing of a former batch remains", () => {
    const { kernels, network, workspace, labels } = exampleOf(softmaxShape, 6);
    const options = lossOptions(kernels, [1, 1, 1, 1]);
    const step = (B: number) => {
      forward(kernels, network, workspace, B);
      headLoss(kernels, network, workspace, labels, options, B);
      backward(kernels, network, workspace, B);
      return Array.from(workspace.gradients.parameters);
    };
    const small = step(2);
    expect(step(6)).not.toEqual(small);
    expect(step(2)).toEqual(small);
  });
});

describe("headLoss", () => {
  test("a mean divides by the class weights of its rows, so a weight common to all classes changes no bit", () => {
    for (const shape of [softmaxShape, sigmoidShape]) {
      const { kernels, network, workspace, labels } = exampleOf(shape, 6);
      forward(kernels, network, workspace, 6);
      const ones = Array<number>(shape.classes).fill(1);
      const plain = headLoss(kernels, network, workspace, labels, lossOptions(kernels, ones), 6);
      const fours = lossOptions(
        kernels,
        ones.map(() => 4),
      );
      expect(headLoss(kernels, network, workspace, labels, fours, 6)).toBe(plain);
    }
  });

  test.each([
    { weights: [1, 1], smoothing: 0 },
    { weights: [0.5, 3], smoothing: 0 },
    { weights: [0.5, 3], smoothing: 0.2 },
  ])(
    "sigmoid and softmax head of one function have one loss and one body gradient within 1e-14: %o",
    (given) => {
      const B = 6;
      const { kernels, network: one, workspace, labels } = exampleOf(sigmoidShape, B);
      const two = exampleOf({ ...sigmoidShape, head: "softmax" }, B);
      const body = one.parameters.length - 6;
      two.network.parameters.set(one.parameters.subarray(0, body));
      const [head, twin] = [one.layers[2]!, two.network.layers[2]!];
      for (let i = 0; i < 5; i++) twin.weights[2 * i] = twin.weights[2 * i + 1]! - head.weights[i]!;
      twin.biases[0] = twin.biases[1]! - head.biases[0]!;
      two.inputs.set(workspace.activations[0]!);

      const options = lossOptions(kernels, given.weights, given.smoothing);
      forward(kernels, one, workspace, B);
      forward(kernels, two.network, two.workspace, B);
      const a = headLoss(kernels, one, workspace, labels, options, B);
      const b = headLoss(kernels, two.network, two.workspace, labels, options, B);
      backward(kernels, one, workspace, B);
      backward(kernels, two.network, two.workspace, B);
      expectClose(b, a, { rtol: 1e-14, atol: 0 });
      const bodyOf = (gradients: FloatArray) => Array.from(gradients.subarray(0, body));
      const [dOne, dTwo] = [workspace.gradients.parameters, two.workspace.gradients.parameters];
      expectClose(bodyOf(dTwo), bodyOf(dOne), { rtol: 1e-12, atol: 1e-15 });
    },
  );

  test("a batch whose rows all have weight 0 has loss 0 and gradient 0, not NaN", () => {
    for (const shape of [softmaxShape, sigmoidShape]) {
      const { kernels, network, workspace } = exampleOf(shape, 3);
      forward(kernels, network, workspace, 3);
      const weights = Array.from({ length: shape.classes }, (_, k) => (k === 1 ? 0 : 1));
      const options = lossOptions(kernels, weights);
      expect(headLoss(kernels, network, workspace, Int32Array.of(1, 1, 1), options, 3)).toBe(0);
      expectClose(workspace.dLogits, Array(workspace.dLogits.length).fill(0), { rtol: 0, atol: 0 });
    }
  });
});

describe("predictions", () => {
  test("a row's logits and probabilities have the same bits alone, in a small block and in a large one", () => {
    for (const shape of [softmaxShape, sigmoidShape]) {
      const { kernels, network, inputs } = exampleOf(shape, 600, "float32");
      const features = { rows: 600, columns: 3, values: inputs };
      const outputs = network.layers.at(-1)!.outputs;
      const logits = predictRows(kernels, network, features).logits;
      const p = predictRows(kernels, network, features).probabilities;
      const small = allocateForward(kernels, shape, 7);
      expect(predictRows(kernels, network, features, small).logits).toEqual(logits);
      expect(predictRows(kernels, network, features, small).probabilities).toEqual(p);
      const row = { rows: 1, columns: 3, values: inputs.subarray(3 * 599) };
      expect(predictRows(kernels, network, row).logits).toEqual(logits.subarray(599 * outputs));
      expect(predictRows(kernels, network, row).probabilities).toEqual(p.subarray(599 * shape.classes));
    }
  });

  test("with a workspace of one's own the kernels are asked for no memory, and no rows give no numbers", () => {
    const { kernels, network, inputs } = exampleOf(softmaxShape, 300);
    const workspace = allocatePrediction(kernels, softmaxShape);
    const frozen = { ...kernels, allocate: (): FloatArray => expect.fail("a prediction allocated") };
    const features = { rows: 300, columns: 3, values: inputs };
    expect(predictRows(frozen, network, features, workspace).probabilities).toHaveLength(1200);
    const none = { rows: 0, columns: 3, values: allocateFloats("float64", 0) };
    expect(predictRows(frozen, network, none, workspace).logits).toHaveLength(0);
  });

  test("both probabilities of a sigmoid head keep their digits: at z = -50 and 50 the small one is exp(-50)", () => {
    const { kernels, network } = exampleOf(sigmoidShape, 1);
    const p = kernels.allocate(4);
    probabilities(kernels, network, p, Float64Array.of(-50, 50), 2);
    const tiny = Math.exp(-50);
    expectClose(p, [1, tiny, tiny, 1], { rtol: 1e-15, atol: 0 });
  });

  test("float64 rows may be handed to float32 kernels: they are rounded once", () => {
    const { kernels, network } = exampleOf(softmaxShape, 1, "float32");
    const values = Float64Array.of(0.1, 0.2, 0.3);
    const rounded = { rows: 1, columns: 3, values: Float32Array.from(values) };
    const logits = predictRows(kernels, network, { rows: 1, columns: 3, values }).logits;
    expect(logits).toEqual(predictRows(kernels, network, rounded).logits);
  });
});
