import { describe, expect, test } from "vitest";
import type { FloatArray, Precision } from "../../src/matrix.ts";
import { allocateWorkspace, backward, forward, headLoss } from "../../src/model/forward.ts";
import { referenceKernels } from "../../src/model/kernels/reference.ts";
import { type Head, layerSizes, networkFrom } from "../../src/model/network.ts";
import { differences } from "./differences.ts";
import { expectClose, flat, type Numbers, readGolden } from "./golden.ts";
import { ACTIVATIONS } from "./kernels.cases.ts";
import { exampleOf, lossOptions, relu, shapeOf, tanh } from "./networks.ts";

const HEADS: readonly { head: Head; weights: readonly number[] }[] = [
  { head: "softmax", weights: [1, 2.5, 0.5] },
  { head: "sigmoid", weights: [0.5, 3] },
];

describe("whole networks, all parameters, against central differences within 1e-8", () => {
  for (const { head, weights } of HEADS) {
    for (const reduction of ["mean", "sum"] as const) {
      test.each(ACTIVATIONS)(`$kind, ${head} head, class weights, smoothing, ${reduction}`, (activation) => {
        const shape = shapeOf(
          3,
          [
            [4, activation],
            [3, activation],
          ],
          head,
          weights.length,
        );
        const { kernels, network, workspace, labels } = exampleOf(shape, 5);
        const options = lossOptions(kernels, weights, 0.1, reduction);
        const loss = () => {
          forward(kernels, network, workspace, 5);
          return headLoss(kernels, network, workspace, labels, options, 5);
        };
        loss();
        backward(kernels, network, workspace, 5);
        const gradients = Array.from(workspace.gradients.parameters);
        expect(gradients.some((g) => g !== 0)).toBe(true);
        expectClose(gradients, differences(loss, network.parameters), { rtol: 0, atol: 1e-8 });
      });
    }
  }

  test.each([
    { name: "no hidden layer, softmax", hidden: [], head: "softmax", classes: 4 },
    { name: "no hidden layer, sigmoid", hidden: [], head: "sigmoid", classes: 2 },
    {
      name: "three hidden layers",
      hidden: [
        [5, relu],
        [4, tanh],
        [3, relu],
      ],
      head: "softmax",
      classes: 3,
    },
    { name: "one class", hidden: [[2, tanh]], head: "softmax", classes: 1 },
  ] as const)("$name", ({ hidden, head, classes }) => {
    const { kernels, network, workspace, labels } = exampleOf(shapeOf(3, hidden, head, classes), 4);
    const options = lossOptions(kernels, Array(classes).fill(1));
    const loss = () => {
      forward(kernels, network, workspace, 4);
      return headLoss(kernels, network, workspace, labels, options, 4);
    };
    loss();
    backward(kernels, network, workspace, 4);
    const gradients = Array.from(workspace.gradients.parameters);
    expectClose(gradients, differences(loss, network.parameters), { rtol: 0, atol: 1e-8 });
  });
});

describe("a batch of N is N batches of one", () => {
  test.each(HEADS)(
    "$head head: same logits bit for bit, same loss and gradients in sum within 1e-14",
    ({ head, weights }) => {
      const shape = shapeOf(
        3,
        [
          [6, relu],
          [5, tanh],
        ],
        head,
        weights.length,
      );
      const N = 7;
      const { kernels, network, workspace, inputs, labels } = exampleOf(shape, N);
      const options = lossOptions(kernels, weights, 0.1, "sum");
      const logits = Array.from(forward(kernels, network, workspace, N));
      const together = headLoss(kernels, network, workspace, labels, options, N);
      backward(kernels, network, workspace, N);

      const one = allocateWorkspace(kernels, shape, 1);
      const outputs = layerSizes(shape).at(-1)!;
      const sums = new Float64Array(network.parameters.length);
      let loss = 0;
      for (let r = 0; r < N; r++) {
        one.activations[0]!.set(inputs.subarray(3 * r, 3 * r + 3));
        const row = forward(kernels, network, one, 1);
        expect(Array.from(row)).toEqual(logits.slice(r * outputs, (r + 1) * outputs));
        loss += headLoss(kernels, network, one, labels.subarray(r), options, 1);
        backward(kernels, network, one, 1);
        for (let i = 0; i < sums.length; i++) sums[i]! += one.gradients.parameters[i]!;
      }
      expectClose(together, loss, { rtol: 1e-14, atol: 0 });
      expectClose(workspace.gradients.parameters, Array.from(sums), { rtol: 1e-13, atol: 1e-14 });
    },
  );
});

interface Problem {
  id: string;
  layers: number[];
  hidden_activations: (typeof ACTIVATIONS)[number]["kind"][];
  head: Head;
  loss: {
    kind: "softmax_ce" | "softmax_ce_soft" | "bce";
    reduction: "mean" | "sum";
    class_weights?: number[] | null;
    label_smoothing?: number;
    pos_weight?: number | null;
  };
  initial: { weights: number[][][]; biases: number[][] };
  x: number[][];
  targets: Numbers[];
  batches: number[][];
  step1_gradients: { loss: number; gradient_norm: number; weights: number[][][]; biases: number[][] };
}

describe("first gradients of test/golden/trajectories.json (torch 1.13)", () => {
  const { problems } = readGolden<{ problems: Problem[] }>("trajectories");
  const tolerances: Record<Precision, { rtol: number; atol: number }> = {
    float64: { rtol: 1e-12, atol: 1e-15 },
    float32: { rtol: 1e-5, atol: 2e-6 },
  };

  for (const precision of ["float64", "float32"] as const) {
    test.each(problems)(
      `$id in ${precision}: loss, norm and every gradient at the tolerance of the file`,
      (problem) => {
        const { layers, loss: spec, initial, step1_gradients: golden } = problem;
        const tolerance = tolerances[precision];
        const kernels = referenceKernels(precision);
        const classes = Math.max(2, layers.at(-1)!);
        const hidden = problem.hidden_activations.map(
          (kind, l) => [layers[l + 1]!, { kind, alpha: kind === "leaky_relu" ? 0.01 : 1 }] as const,
        );
        const shape = shapeOf(layers[0]!, hidden, problem.head, classes);
        const network = networkFrom(kernels, shape, parametersOf(initial.weights, initial.biases));
        const rows = problem.batches[0]!;
        const B = rows.length;
        const workspace = allocateWorkspace(kernels, shape, B);
        workspace.activations[0]!.set(rows.flatMap((row) => problem.x[row]!));
        forward(kernels, network, workspace, B);

        const targets = rows.map((row) => problem.targets[row]!);
        const { dLogits, logits } = workspace;
        const weights = spec.class_weights ?? Array(classes).fill(1);
        const options = lossOptions(kernels, weights, spec.label_smoothing ?? 0, spec.reduction);
        const array = (values: readonly number[]) => {
          const copy: FloatArray = kernels.allocate(values.length);
          copy.set(values);
          return copy;
        };
        // The file's means over soft targets and over weighted sigmoid rows divide by the number of rows.
        const byRows = spec.reduction === "mean" ? B : 1;
        const loss =
          spec.kind === "softmax_ce_soft"
            ? kernels.softTargetCrossEntropy(
                dLogits,
                logits,
                array(flat(targets)),
                options.classWeights,
                options.smoothing,
                byRows,
                B,
                classes,
              )
            : spec.pos_weight
              ? kernels.sigmoidBinaryCrossEntropy(
                  dLogits,
                  logits,
                  array(flat(targets)),
                  array([1]),
                  array([spec.pos_weight]),
                  byRows,
                  B,
                  1,
                )
              : headLoss(kernels, network, workspace, Int32Array.from(flat(targets)), options, B);
        backward(kernels, network, workspace, B);

        const gradients = workspace.gradients.parameters;
        expectClose(loss, golden.loss, tolerance, "loss");
        const norm = Math.sqrt(kernels.sumOfSquares(gradients, gradients.length));
        expectClose(norm, golden.gradient_norm, tolerance, "norm");
        expectClose(gradients, parametersOf(golden.weights, golden.biases), tolerance, "gradients");
      },
    );
  }
});

/** Weights [layer][output][input] and biases, as our one block: weights (I, O) then biases, layer by layer. */
function parametersOf(weights: readonly number[][][], biases: readonly number[][]): number[] {
  return weights.flatMap((rows, l) => [
    ...rows[0]!.flatMap((_, i) => rows.map((row) => row[i]!)),
    ...biases[l]!,
  ]);
}
