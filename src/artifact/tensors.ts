// The numbers of a classifier as named tensors, and back.
// Letters: D encoded features, I inputs, O outputs of a layer.

import type { Classifier } from "../classifier.ts";
import { type Encoder, encodedWidth, type Feature } from "../data/encoder.ts";
import { PulloneError, quote } from "../errors.ts";
import { allocateFloats, type FloatArray } from "../matrix.ts";
import { referenceKernels } from "../model/kernels/reference.ts";
import { layerSizes, type Network, networkFrom, parameterCount } from "../model/network.ts";
import { type FloatTensor, readFloats, type StoredTensor } from "./safetensors.ts";
import type { Spec } from "./spec.ts";

export type Described = Pick<StoredTensor, "dtype" | "shape">;
type NamedTensor = readonly [name: string, tensor: Described];

/** The tensors that a spec asks for, in the order of the file: those of float64 first, so that all are aligned. */
export function impliedTensors(spec: Spec): ReadonlyMap<string, Described> {
  const dtype = spec.precision === "float32" ? "F32" : "F64";
  const numeric = spec.encoder.features.filter((feature) => feature.kind === "numeric");
  const knots = numeric.reduce((sum, feature) => sum + feature.knots, 0);
  const tensors = new Map<string, Described>();
  if (numeric.length > 0) {
    for (const name of ["numeric.fill", "numeric.center", "numeric.scale"]) {
      tensors.set(name, { dtype: "F64", shape: [numeric.length] });
    }
  }
  if (knots > 0) tensors.set("numeric.knots", { dtype: "F64", shape: [knots] });
  const sizes = layerSizes(spec.network);
  for (let l = 1; l < sizes.length; l++) {
    tensors.set(`layer.${l}.weights`, { dtype, shape: [sizes[l - 1]!, sizes[l]!] });
    tensors.set(`layer.${l}.biases`, { dtype, shape: [sizes[l]!] });
  }
  tensors.set("golden.inputs", { dtype, shape: [spec.golden.rows, spec.network.inputs] });
  tensors.set("golden.logits", { dtype, shape: [spec.golden.rows, sizes.at(-1)!] });
  return tensors;
}

/** The tensors of a classifier; `spec` is its own. */
export function tensorsOf(classifier: Classifier, spec: Spec): ReadonlyMap<string, FloatTensor> {
  const { encoder, network, golden } = classifier;
  const numeric = encoder.features.filter((feature) => feature.kind === "numeric");
  const values = new Map<string, FloatArray>([
    ["numeric.fill", Float64Array.from(numeric, (feature) => feature.fill)],
    ["numeric.center", Float64Array.from(numeric, (feature) => feature.center)],
    ["numeric.scale", Float64Array.from(numeric, (feature) => feature.scale)],
    ["numeric.knots", Float64Array.from(numeric.flatMap((feature) => feature.knots))],
    ["golden.inputs", golden.inputs],
    ["golden.logits", golden.logits],
  ]);
  for (const [index, layer] of network.layers.entries()) {
    values.set(`layer.${index + 1}.weights`, layer.weights);
    values.set(`layer.${index + 1}.biases`, layer.biases);
  }
  return new Map(
    Array.from(impliedTensors(spec), ([name, { shape }]) => [name, { shape, values: values.get(name)! }]),
  );
}

/**
 * The values of every tensor, once their names, order, dtypes and shapes have been found to be those that are implied.
 *
 * @throws {PulloneError} model_invalid, also if a value is not finite
 */
export function readTensors(
  implied: ReadonlyMap<string, Described>,
  stored: ReadonlyMap<string, StoredTensor>,
  source: string,
): ReadonlyMap<string, FloatArray> {
  const expected = [...implied];
  const found = [...stored];
  for (let i = 0; i < Math.max(expected.length, found.length); i++) {
    if (!isSame(expected[i], found[i])) {
      const place = `${source}: tensor ${i + 1}`;
      throw invalid(place, describe(expected[i]), describe(found[i]));
    }
  }
  return new Map(
    found.map(([name, tensor]) => [name, readFloats(tensor, `${source}: tensor ${quote(name)}`)]),
  );
}

/**
 * The encoder: its texts from the spec, its numbers from the tensors.
 *
 * @throws {PulloneError} model_invalid if a scale is not above 0, knots descend, or the network has another width
 */
export function encoderFrom(spec: Spec, tensors: ReadonlyMap<string, FloatArray>, source: string): Encoder {
  const numbers = (key: string) => tensors.get(`numeric.${key}`) ?? new Float64Array(0);
  const [fills, centers, scales, knots] = [
    numbers("fill"),
    numbers("center"),
    numbers("scale"),
    numbers("knots"),
  ];
  let place = 0;
  let knotsRead = 0;
  const features = spec.encoder.features.map((feature): Feature => {
    if (feature.kind === "categorical") return feature;
    const where = `${source}: column ${quote(feature.column)}`;
    const own = Array.from(knots.subarray(knotsRead, knotsRead + feature.knots));
    const [fill, center, scale] = [fills[place]!, centers[place]!, scales[place]!];
    if (scale <= 0) throw invalid(where, "a scale above 0", String(scale));
    if (own.some((knot, i) => i > 0 && knot < own[i - 1]!)) throw invalid(where, "ascending knots", "others");
    place++;
    knotsRead += own.length;
    return { ...feature, fill, center, scale, knots: own };
  });
  const encoder = { missingValues: spec.encoder.missingValues, features };
  const D = encodedWidth(encoder);
  if (spec.network.inputs !== D) {
    throw invalid(
      `${source}: spec.network.inputs`,
      `${D}, the numbers of an encoded row`,
      `${spec.network.inputs}`,
    );
  }
  return encoder;
}

/** The network, on the reference kernels. */
export function networkOf(spec: Spec, tensors: ReadonlyMap<string, FloatArray>): Network {
  const layers = [...tensors].filter(([name]) => name.startsWith("layer.")).map(([, values]) => values);
  const parameters = allocateFloats(spec.precision, parameterCount(spec.network));
  let at = 0;
  for (const values of layers) {
    parameters.set(values, at);
    at += values.length;
  }
  return networkFrom(referenceKernels(spec.precision), spec.network, parameters);
}

function isSame(a: NamedTensor | undefined, b: NamedTensor | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const [shape, other] = [a[1].shape, b[1].shape];
  const hasShape = shape.length === other.length && shape.every((length, i) => length === other[i]);
  return hasShape && a[0] === b[0] && a[1].dtype === b[1].dtype;
}

function describe(tensor: NamedTensor | undefined): string {
  if (tensor === undefined) return "no more tensors";
  const [name, { dtype, shape }] = tensor;
  return `${quote(name)} ${dtype} [${shape.join(", ")}]`;
}

function invalid(where: string, expected: string, got: string): PulloneError {
  return new PulloneError("model_invalid", `${where}: expected ${expected}, got ${got}`);
}
