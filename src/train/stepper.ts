// The steps of training, kernel by kernel: what every faster way must equal bit for bit.
// Letters: N rows, D encoded features, B rows of a minibatch.

import { allocateWorkspace, backward, forward, type HeadLossOptions, headLoss } from "../model/forward.ts";
import type { Kernels, StepPlan, Stepper } from "../model/kernels/kernels.ts";
import { allocateOptimizer, optimizerStep } from "./optimizer.ts";
import { kernelWeights } from "./validation.ts";

/** A stepper that calls one kernel after the other. */
export function createStepper(kernels: Kernels, plan: StepPlan): Stepper {
  const { network, features, labels, batchSize } = plan;
  const D = network.shape.inputs;
  const workspace = allocateWorkspace(kernels, network.shape, Math.min(batchSize, labels.length));
  const optimizer = allocateOptimizer(kernels, network, plan.optimizer);
  const lossOptions: HeadLossOptions = {
    classWeights: kernelWeights(kernels, plan.classWeights),
    smoothing: plan.labelSmoothing,
    reduction: "mean",
  };
  return {
    run(order, steps, losses, first = 0) {
      for (let step = 0; step < losses.length; step++) {
        const from = (first + step) * batchSize;
        const B = Math.min(batchSize, order.length - from);
        kernels.gather(workspace.activations[0]!, features.values, order, from, B, D);
        for (let r = 0; r < B; r++) workspace.labels[r] = labels[order[from + r]!]!;
        forward(kernels, network, workspace, B);
        const loss = headLoss(kernels, network, workspace, workspace.labels, lossOptions, B);
        losses[step] = loss;
        if (!Number.isFinite(loss)) return step;
        backward(kernels, network, workspace, B);
        optimizerStep(kernels, optimizer, network.parameters, workspace.gradients.parameters, {
          rate: steps[3 * step]!,
          correction1: steps[3 * step + 1]!,
          correction2: steps[3 * step + 2]!,
        });
      }
      return losses.length;
    },
    readMoments: () => optimizer.moments.map((values) => values.slice()),
    writeMoments(moments) {
      for (const [i, values] of optimizer.moments.entries()) values.set(moments[i]!);
    },
  };
}
