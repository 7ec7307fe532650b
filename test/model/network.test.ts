import { describe, expect, test } from "vitest";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { createNetwork, layerSizes, networkFrom, parameterCount } from "../../src/model/network.ts";
import { relu, shapeOf, tanh } from "./networks.ts";

const kernels = referenceKernels("float32");
const shape = shapeOf(
  4,
  [
    [3, relu],
    [5, tanh],
  ],
  "softmax",
  2,
);

describe("shape", () => {
  test("the softmax head has K outputs, the sigmoid head one", () => {
    expect(layerSizes(shape)).toEqual([4, 3, 5, 2]);
    expect(layerSizes({ ...shape, head: "sigmoid" })).toEqual([4, 3, 5, 1]);
    expect(layerSizes(shapeOf(4, [], "softmax", 3))).toEqual([4, 3]);
  });

  test("parameters are (I + 1)·O for each layer", () => {
    expect(parameterCount(shape)).toBe(5 * 3 + 4 * 5 + 6 * 2);
    expect(parameterCount(shapeOf(30, [], "sigmoid", 2))).toBe(31);
  });

  test("a sigmoid head for three classes is refused", () => {
    expect(() => createNetwork(kernels, shapeOf(4, [], "sigmoid", 3))).toThrow(
      "sigmoid head: expected 2 classes, got 3",
    );
  });
});

describe("parameters", () => {
  test("lie in one block, weights then biases, layer by layer, without a gap", () => {
    const network = createNetwork(kernels, shape);
    network.parameters.set(Array.from(network.parameters.keys()));
    const seen = network.layers.flatMap(({ weights, biases }) => [...weights, ...biases]);
    expect(seen).toEqual(Array.from({ length: parameterCount(shape) }, (_, i) => i));
    for (const { weights, biases } of network.layers) {
      expect(weights.buffer).toBe(network.parameters.buffer);
      expect(biases.buffer).toBe(network.parameters.buffer);
    }
  });

  test("a new network is all zeros, in the precision of its kernels", () => {
    const network = createNetwork(referenceKernels("float64"), shape);
    expect(network.precision).toBe("float64");
    expect(network.parameters).toEqual(new Float64Array(parameterCount(shape)));
  });

  test("networkFrom copies what it is given and refuses another length", () => {
    const given = Float64Array.from({ length: parameterCount(shape) }, (_, i) => i / 3);
    const network = networkFrom(kernels, shape, given);
    expect(network.parameters).toEqual(Float32Array.from(given));
    given[0] = 99;
    expect(network.parameters[0]).toBe(0);
    expect(() => networkFrom(kernels, shape, given.subarray(1))).toThrow(
      "parameters: expected 47 numbers, got 46",
    );
  });
});
