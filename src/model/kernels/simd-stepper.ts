// Training steps by the SIMD kernels: the network, its moments and the training rows live in one WebAssembly memory, in
// the layout of assembly/plan.ts, and an epoch, or a slice of a long one, is one call.
// Letters: N training rows, D encoded features, K classes.

import { activationKinds } from "../activations.ts";
import { layerSizes } from "../network.ts";
import { createArena } from "./arena.ts";
import type { StepPlan, Stepper } from "./kernels.ts";
import { layerLayout, planLayout, writeRecord } from "./layout.ts";
import { stepOperations } from "./operations.ts";
import { homeOf } from "./rows.ts";
import { allocateMemory, growMemory, instantiate } from "./simd-module.ts";
import { type Kept, type LayerPlaces, placeLayer, readPanels, writePanels } from "./simd-panels.ts";
import { padded } from "./simd-staging.ts";
import { CONTROL_BYTES, gatherTeam, loneTeam, spinsOf } from "./threads.ts";

const fround = Math.fround;

/**
 * A step with fewer multiplications and additions than this is done sooner by one thread: two barriers and the slower
 * of two threads cost more than half the work saves. Measured: docs/performance.md.
 */
const OPERATIONS_FOR_THREADS = 4e6;

function threadsFor({ threads, network, batchSize }: StepPlan): number {
  if (!threads) return 1;
  if (threads.wanted !== "auto") return Math.min(threads.wanted, threads.host.most);
  return stepOperations(network, batchSize) < OPERATIONS_FOR_THREADS ? 1 : threads.host.parallelism;
}

/** A stepper over memory of its own, if there is any, shared with other threads where the plan has some and they pay. */
export function createSimdStepper(plan: StepPlan): Stepper | undefined {
  const { network, features, labels, batchSize, optimizer } = plan;
  const sizes = layerSizes(network.shape);
  const N = labels.length;
  const D = network.shape.inputs;
  const K = network.shape.classes;
  const capacity = padded(Math.min(batchSize, N));
  const stepsAnEpoch = Math.ceil(N / batchSize);
  const keepsGradients = optimizer.clipNorm !== null;
  const threads = threadsFor(plan);
  const spins = plan.threads ? spinsOf(threads, plan.threads.host) : 0;
  const home = homeOf(features.values);
  const shared = threads > 1 || home !== undefined;

  const arena = createArena(home?.buffer.byteLength);
  const planAt = arena.take(planLayout.bytes);
  const layersAt = arena.take(layerLayout.bytes * network.layers.length);
  const featuresAt = home ? features.values.byteOffset : arena.take(features.values.length * 4);
  const labelsAt = arena.take(N * 4);
  const orderAt = arena.take(N * 4);
  const stepsAt = arena.take(stepsAnEpoch * 24);
  const lossesAt = arena.take(stepsAnEpoch * 8);
  const rowLossesAt = arena.take(capacity * 4);
  const batchLabelsAt = arena.take(capacity * 4);
  const classWeightsAt = arena.take(K * 4);
  const barrierAt = arena.take(128);
  const controlAt = arena.take(CONTROL_BYTES);
  const scratchBytes = 512 + 2 * padded(sizes.at(-1)!) * 32 + 64;
  const scratchAt = arena.take(scratchBytes * threads);
  const flatAt = arena.take(4 * Math.max(...network.layers.map(({ weights }) => weights.length)));
  const firstX = arena.take(padded(D) * capacity * 4);
  const places: LayerPlaces[] = [];
  for (const { inputs, outputs } of network.layers) {
    places.push(
      placeLayer(arena, inputs, outputs, capacity, places.at(-1)?.a ?? firstX, {
        isLast: places.length === network.layers.length - 1,
        keepsGradients,
        hasSecond: optimizer.kind !== "sgd",
      }),
    );
  }

  const memory = home ?? allocateMemory(arena.used(), shared);
  if (memory === undefined) return undefined;
  if (home) growMemory(home, arena.used());
  const kernels = instantiate(memory, shared);
  const floats = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  const doubles = new Float64Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const { classWeights, labelSmoothing: smoothing } = plan;
  if (!home) floats.set(features.values, featuresAt / 4);
  words.set(labels, labelsAt / 4);
  floats.set(classWeights, classWeightsAt / 4);
  const weightSum = classWeights.reduce((sum, weight) => fround(sum + fround(weight)), 0);
  const share = fround(smoothing / K);
  writeRecord(view, planLayout, planAt, {
    layers: layersAt,
    count: network.layers.length,
    capacity,
    N,
    batchSize: Math.min(batchSize, N),
    D,
    K,
    features: featuresAt,
    labels: labelsAt,
    order: orderAt,
    rowLosses: rowLossesAt,
    batchLabels: batchLabelsAt,
    scratch: scratchAt,
    scratchBytes,
    barrier: barrierAt,
    spins,
    sigmoidHead: network.shape.head === "sigmoid" ? 1 : 0,
    weighted: classWeights.every((weight) => weight === 1) ? 0 : 1,
    classWeights: classWeightsAt,
    smoothing,
    keep: 1 - smoothing,
    share,
    shared: fround(share * weightSum),
    adam: optimizer.kind === "sgd" ? 0 : 1,
    momentum: optimizer.momentum,
    nesterov: optimizer.nesterov ? 1 : 0,
    beta1: optimizer.beta1,
    beta2: optimizer.beta2,
    take1: 1 - optimizer.beta1,
    take2: 1 - optimizer.beta2,
    epsilon: optimizer.epsilon,
    clips: keepsGradients ? 1 : 0,
    factor: 1,
    clipNorm: optimizer.clipNorm ?? 0,
    clipEpsilon: optimizer.clipEpsilon,
    smoothing64: smoothing,
  });
  network.layers.forEach((layer, l) => {
    const isLast = l === network.layers.length - 1;
    const activation = network.shape.hidden[l]?.activation ?? { kind: "identity" as const, alpha: 0 };
    const decayFactor = isLast ? optimizer.headL2Factor : 1;
    const ofBiases = optimizer.decayBiases ? decayFactor : 0;
    writeRecord(view, layerLayout, layersAt + l * layerLayout.bytes, {
      ...places[l]!,
      I: layer.inputs,
      O: layer.outputs,
      kind: activationKinds.indexOf(activation.kind),
      alpha: activation.alpha,
      padding: 0,
      rateFactor: isLast ? optimizer.headLearningRateFactor : 1,
      l2: optimizer.l2 * decayFactor,
      decay: optimizer.weightDecay * decayFactor,
      l2OfBiases: optimizer.l2 * ofBiases,
      decayOfBiases: optimizer.weightDecay * ofBiases,
    });
  });
  const panels = { layers: network.layers, places, flat: flatAt, kernels, floats };
  writePanels(panels, "weights", network.parameters);
  const moments: readonly Kept[] = optimizer.kind === "sgd" ? ["first"] : ["first", "second"];
  const task = { memory, plan: planAt, steps: stepsAt, losses: lossesAt, control: controlAt, spins, threads };
  const team = threads > 1 && plan.threads ? gatherTeam(plan.threads.host, task) : loneTeam;

  return {
    run(order, steps, losses, first = 0) {
      const count = losses.length;
      words.set(order, orderAt / 4);
      doubles.set(steps, stepsAt / 8);
      team.begin(first, count);
      const done = kernels.run(planAt, first, count, stepsAt, lossesAt, 0, team.threads);
      losses.set(doubles.subarray(lossesAt / 8, lossesAt / 8 + Math.min(done + 1, count)));
      readPanels(panels, "weights", network.parameters);
      return done;
    },
    readMoments: () =>
      moments.map((kept) => readPanels(panels, kept, new Float32Array(network.parameters.length))),
    writeMoments(values) {
      for (const [i, kept] of moments.entries()) writePanels(panels, kept, values[i]!);
    },
    finish: team.dismiss,
  };
}
