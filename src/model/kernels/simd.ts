// The SIMD kernels: WebAssembly with four float32 lanes, equal to the reference kernels bit for bit.
// Each kernel copies its matrices in, works on panels, and copies the result out; training takes whole steps instead.
// Letters: B rows, I inputs, O outputs of a layer, K classes, n length.

import { allocateFloats } from "../../matrix.ts";
import { activationKinds } from "../activations.ts";
import type { Kernels } from "./kernels.ts";
import { planLayout, ruleLayout, writeRecord } from "./layout.ts";
import { referenceKernels } from "./reference.ts";
import { allocateMemory, hasSimd, instantiate } from "./simd-module.ts";
import { createStaging, padded } from "./simd-staging.ts";
import { createSimdStepper } from "./simd-stepper.ts";

const fround = Math.fround;

/** The SIMD kernels in float32, or undefined where this engine has no WebAssembly SIMD, or no memory for it. */
export function simdKernels(): Kernels | undefined {
  if (!hasSimd()) return undefined;
  const { gather, sumOfSquares } = referenceKernels("float32");
  const memory = allocateMemory(0, false);
  if (memory === undefined) return undefined;
  const wasm = instantiate(memory, false);

  const { stage, stageLayer, stageLogits } = createStaging(wasm, memory);

  function sumOf(values: Float32Array): number {
    let sum = 0;
    for (const value of values) sum += value;
    return sum;
  }

  const rowLossesOf = (place: number, B: number) => new Float32Array(memory.buffer, place, B);

  return {
    name: "simd",
    precision: "float32",
    createStepper: createSimdStepper,
    allocate: (length) => allocateFloats("float32", length),
    gather,
    sumOfSquares,

    denseForward(z, x, w, b, B, I, O) {
      const layer = stageLayer(B, I, O);
      layer.pack(layer.x, layer.capacity, x, B, I);
      layer.pack(layer.weights, layer.rows, w, I, O);
      layer.fill(layer.biases, (o) => (o < O ? b[o]! : 0), padded(O));
      wasm.forward(layer.record, layer.capacity);
      layer.unpack(z, layer.z, layer.capacity, B, O);
    },

    denseBackwardInput(dX, dZ, w, B, I, O) {
      const layer = stageLayer(B, I, O);
      layer.pack(layer.dz, layer.capacity, dZ, B, O);
      layer.pack(layer.weights, layer.rows, w, I, O);
      wasm.backwardInput(layer.record, layer.x, layer.capacity);
      layer.unpack(dX, layer.x, layer.capacity, B, I);
    },

    denseBackwardParameters(dW, dB, x, dZ, B, I, O) {
      const layer = stageLayer(B, I, O);
      layer.pack(layer.x, layer.capacity, x, B, I);
      layer.pack(layer.dz, layer.capacity, dZ, B, O);
      wasm.backwardParameters(layer.record, layer.capacity, B);
      layer.unpack(dW, layer.dWeights, layer.rows, I, O);
      layer.get(dB, layer.dBiases, O);
    },

    activate({ kind, alpha }, a, z, n) {
      const { places, put, get } = stage(padded(n));
      put(places[0]!, z, n);
      wasm.activate(activationKinds.indexOf(kind), alpha, places[0]!, places[0]!, 4 * padded(n));
      get(a, places[0]!, n);
    },

    activateBackward({ kind, alpha }, dZ, dA, z, a, n) {
      const { places, put, get } = stage(padded(n), padded(n), padded(n));
      const [atD, atZ, atA] = places;
      put(atD, dA, n);
      put(atZ, z, n);
      put(atA, a, n);
      wasm.activateBackward(activationKinds.indexOf(kind), alpha, atD, atD, atZ, atA, 4 * padded(n));
      get(dZ, atD, n);
    },

    softmax(p, logits, B, K) {
      const { panels, scratch, capacity, result } = stageLogits(logits, B, K, 1);
      wasm.softmax(panels, scratch, capacity, K);
      result(p);
    },

    sigmoid(p, logits, n) {
      const { places, put, get } = stage(padded(n));
      put(places[0]!, logits, n);
      wasm.sigmoid(places[0]!, places[0]!, 4 * padded(n));
      get(p, places[0]!, n);
    },

    softmaxCrossEntropy(dLogits, logits, labels, classWeights, smoothing, divisor, B, K) {
      const staged = stageLogits(logits, B, K, 3);
      const { panels, scratch, capacity, rowLosses, weights } = staged;
      const words = staged.word(staged.labels);
      for (let row = 0; row < capacity; row++) words[row] = row < B ? labels[row]! : 0;
      staged.put(weights, classWeights, K);
      let total = 0;
      for (let k = 0; k < K; k++) total = fround(total + classWeights[k]!);
      const share = fround(smoothing / K);
      const shared = fround(share * total);
      wasm.softmaxCrossEntropy(
        panels,
        scratch,
        staged.labels,
        rowLosses,
        weights,
        smoothing,
        1 - smoothing,
        share,
        shared,
        divisor,
        capacity,
        K,
      );
      staged.result(dLogits);
      return sumOf(rowLossesOf(rowLosses, B)) / divisor;
    },

    softTargetCrossEntropy(dLogits, logits, targets, classWeights, smoothing, divisor, B, K) {
      const staged = stageLogits(logits, B, K, 4);
      const { flat, panels, scratch, capacity, rowLosses, weights } = staged;
      staged.put(weights, classWeights, K);
      staged.put(flat, targets, B * K);
      wasm.pack(staged.targets, capacity, flat, B, K);
      wasm.softTargetCrossEntropy(
        panels,
        staged.targets,
        scratch,
        rowLosses,
        weights,
        1 - smoothing,
        smoothing / K,
        divisor,
        capacity,
        K,
      );
      staged.result(dLogits);
      return sumOf(rowLossesOf(rowLosses, B)) / divisor;
    },

    sigmoidBinaryCrossEntropy(dLogits, logits, targets, negative, positive, divisor, B, K) {
      const n = B * K;
      const { places, put, get, fill } = stage(padded(n), padded(n), padded(n), padded(n), padded(n));
      const [z, t, down, up, terms] = places;
      put(z, logits, n);
      put(t, targets, n);
      fill(down, (i) => negative[i % K]!, n);
      fill(up, (i) => positive[i % K]!, n);
      wasm.sigmoidBinaryCrossEntropy(z, z, t, down, up, terms, divisor, 4 * padded(n));
      get(dLogits, z, n);
      return sumOf(rowLossesOf(terms, n)) / divisor;
    },

    scale(g, factor, n) {
      const { places, put, get } = stage(padded(n));
      put(places[0]!, g, n);
      wasm.scale(places[0]!, factor, 4 * padded(n));
      get(g, places[0]!, n);
    },

    sgdUpdate(p, g, v, from, n, rate, momentum, nesterov, l2, decay) {
      const { record, view, places, put, get } = stage(padded(n), padded(n), padded(n));
      const [atP, atG, atV] = places;
      const rule = record + planLayout.bytes;
      writeRecord(view, planLayout, record, { ...noPlan, momentum, nesterov: nesterov ? 1 : 0 });
      writeRecord(view, ruleLayout, rule, {
        rate,
        shrink: 1 - rate * decay,
        l2,
        correction1: 0,
        correction2: 0,
      });
      put(atP, p, n, from);
      put(atG, g, n, from);
      put(atV, v, n, from);
      wasm.sgdUpdate(record, rule, atP, atV, atG, 4 * padded(n));
      get(p, atP, n, from);
      get(v, atV, n, from);
    },

    adamUpdate(p, g, m, s, from, n, rate, beta1, beta2, epsilon, correction1, correction2, l2, decay) {
      const { record, view, places, put, get } = stage(padded(n), padded(n), padded(n), padded(n));
      const [atP, atG, atM, atS] = places;
      const rule = record + planLayout.bytes;
      const constants = { beta1, beta2, take1: 1 - beta1, take2: 1 - beta2, epsilon };
      writeRecord(view, planLayout, record, { ...noPlan, ...constants });
      writeRecord(view, ruleLayout, rule, { rate, shrink: 1 - rate * decay, l2, correction1, correction2 });
      put(atP, p, n, from);
      put(atG, g, n, from);
      put(atM, m, n, from);
      put(atS, s, n, from);
      wasm.adamUpdate(record, rule, atP, atM, atS, atG, 4 * padded(n));
      get(p, atP, n, from);
      get(m, atM, n, from);
      get(s, atS, n, from);
    },
  };
}

/** A plan of which an update reads only its own constants. */
const noPlan = Object.fromEntries(Array.from(planLayout.offsets.keys(), (name) => [name, 0]));
