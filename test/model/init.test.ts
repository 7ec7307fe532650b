import { describe, expect, test } from "vitest";
import { forward, headLoss } from "../../src/model/forward.ts";
import { type Initialisation, initialise } from "../../src/model/init.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { createNetwork, type NetworkShape } from "../../src/model/network.ts";
import { exampleOf, lossOptions, relu, shapeOf } from "./networks.ts";

const shape = shapeOf(
  100,
  [
    [120, relu],
    [90, relu],
  ],
  "softmax",
  80,
);

function initialised(from: NetworkShape, init: Initialisation, headInit: Initialisation, seed = 1) {
  const network = createNetwork(referenceKernels("float32"), from);
  network.parameters.fill(9);
  initialise(network, { init, headInit }, seed);
  return network;
}

describe("weights", () => {
  test.each([
    { init: "he_uniform", bound: (I: number) => Math.sqrt(6 / I) },
    { init: "glorot_uniform", bound: (I: number, O: number) => Math.sqrt(6 / (I + O)) },
  ] as const)(
    "$init fills U(-b, b): within the bound, mean 0 and variance b²/3 within 5 %",
    ({ init, bound }) => {
      for (const layer of initialised(shape, init, init).layers) {
        const { biases, inputs, outputs } = layer;
        const weights = Array.from(layer.weights);
        const b = bound(inputs, outputs);
        const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
        const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
        expect(weights.every((w) => Math.abs(w) <= b)).toBe(true);
        expect(Math.abs(mean)).toBeLessThan(0.05 * b);
        expect(Math.abs(variance / (b * b) - 1 / 3)).toBeLessThan(0.05 / 3);
        expect(biases.every((value) => value === 0)).toBe(true);
      }
    },
  );

  test("one seed gives the same bits, another seed different ones", () => {
    const first = initialised(shape, "he_uniform", "he_uniform").parameters;
    expect(initialised(shape, "he_uniform", "he_uniform").parameters).toEqual(first);
    expect(initialised(shape, "he_uniform", "he_uniform", 2).parameters).not.toEqual(first);
  });

  test("the draws are pinned: changing them would change every model", () => {
    const network = initialised(shapeOf(2, [[2, relu]], "softmax", 2), "he_uniform", "he_uniform", 42);
    expect(Array.from(network.layers[0]!.weights)).toMatchInlineSnapshot(`
      [
        -1.6579384803771973,
        0.5980189442634583,
        -0.3039957582950592,
        0.29641807079315186,
      ]
    `);
  });

  test("a wider hidden layer leaves the draws of the layer before it alone", () => {
    const narrow = initialised(shape, "he_uniform", "he_uniform");
    const wider = shapeOf(
      100,
      [
        [120, relu],
        [95, relu],
      ],
      "softmax",
      80,
    );
    const wide = initialised(wider, "he_uniform", "he_uniform");
    expect(wide.layers[0]!.weights).toEqual(narrow.layers[0]!.weights);
  });

  test("the output layer has an initialisation of its own", () => {
    const network = initialised(shape, "he_uniform", "zeros");
    expect(network.layers[1]!.weights.some((w) => w !== 0)).toBe(true);
    expect(network.layers[2]!.weights.every((w) => w === 0)).toBe(true);
  });
});

test.each([2, 3, 10])("a head of zeros starts from the loss ln %i, to the last digit", (classes) => {
  const { kernels, network, workspace, labels } = exampleOf(shapeOf(5, [[4, relu]], "softmax", classes), 6);
  initialise(network, { init: "he_uniform", headInit: "zeros" }, 3);
  forward(kernels, network, workspace, 6);
  const loss = headLoss(kernels, network, workspace, labels, lossOptions(kernels, Array(classes).fill(1)), 6);
  expect(loss).toBeCloseTo(Math.log(classes), 14);
});
