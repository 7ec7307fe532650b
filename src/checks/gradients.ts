// The gradients of the run's own network on its own rows, against central differences in float64.
// Letters: B rows, D encoded features, O outputs of a layer, L layers, P parameters.

import type { RunConfig } from "../config.ts";
import { featureNames } from "../data/encode.ts";
import {
  allocateWorkspace,
  backward,
  forward,
  type HeadLossOptions,
  headLoss,
  type Workspace,
} from "../model/forward.ts";
import { type Initialisation, initialise } from "../model/init.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import { referenceKernels } from "../model/kernels/reference.ts";
import { createNetwork, type DenseLayer, type Network, parameterCount } from "../model/network.ts";
import type { Prepared } from "../prepare.ts";
import { randomStream, shuffle } from "../random.ts";
import { networkShape, trainOptions } from "../recipe.ts";
import { kernelWeights } from "../train/validation.ts";
import { type Check, small } from "./result.ts";

const MOST_ROWS = 32;
const MOST_PARAMETERS = 300;
const FEWEST_PARAMETERS = 40;
/** Multiplications that the differences may cost. */
const WORK = 1e9;
const LIMIT = 1e-5;
/** A gradient below this share of the largest is held against that share: its own digits are rounding. */
const FLOOR = 1e-3;

/** The run's network in float64, drawn so that no layer starts from zeros: there would be nothing to check. */
export function drawnNetwork(config: RunConfig, data: Prepared, kernels: Kernels): Network {
  const { model, seed } = config;
  const drawn = (kind: Initialisation): Initialisation => (kind === "zeros" ? "glorot_uniform" : kind);
  const network = createNetwork(
    kernels,
    networkShape(model, data.train.features.columns, data.labels.classes.length),
  );
  initialise(network, { init: drawn(model.init), headInit: drawn(model.headInit) }, seed);
  return network;
}

/** Some training rows, drawn with the seed of the run. */
export function drawnRows(config: RunConfig, { train }: Prepared, most: number): Int32Array {
  const order = Int32Array.from(train.labels, (_, row) => row);
  return shuffle(order, randomStream(config.seed, "check")).slice(0, most);
}

/** Fills a workspace with training rows. */
export function fillRows(workspace: Workspace, { train }: Prepared, rows: Int32Array): void {
  const D = train.features.columns;
  for (const [r, row] of rows.entries()) {
    workspace.activations[0]!.set(train.features.values.subarray(row * D, (row + 1) * D), r * D);
    workspace.labels[r] = train.labels[row]!;
  }
}

/**
 * Holds the gradients of the training loss, class weights and label smoothing included, against
 *
 *   (loss(θ + h) - loss(θ - h)) / 2h,  h = 1e-5 max(1, |θ|)
 *
 * of every parameter, or of up to 300 drawn from all layers. A parameter whose step takes a node across the kink of its
 * activation has no slope there and is left out.
 */
export function checkGradients(config: RunConfig, data: Prepared): Check {
  const kernels = referenceKernels("float64");
  const network = drawnNetwork(config, data, kernels);
  const P = parameterCount(network.shape);
  const rows = drawnRows(config, data, P > 20_000 ? MOST_ROWS / 4 : MOST_ROWS);
  const B = rows.length;
  const workspace = allocateWorkspace(kernels, network.shape, B);
  fillRows(workspace, data, rows);
  const { classWeights, labelSmoothing } = trainOptions(config, data);
  const options: HeadLossOptions = {
    classWeights: kernelWeights(kernels, classWeights),
    smoothing: labelSmoothing,
    reduction: "mean",
  };
  const loss = () => {
    forward(kernels, network, workspace, B);
    return headLoss(kernels, network, workspace, workspace.labels, options, B);
  };
  loss();
  backward(kernels, network, workspace, B);
  const gradients = workspace.gradients.layers.map(({ weights, biases }) => [
    weights.slice(),
    biases.slice(),
  ]);
  let largest = 0;
  for (const g of workspace.gradients.parameters) largest = Math.max(largest, Math.abs(g));

  const count = Math.min(MOST_PARAMETERS, Math.max(FEWEST_PARAMETERS, Math.floor(WORK / (2 * B * P))));
  let worst = { error: 0, where: "every one of them" };
  let compared = 0;
  let kinks = 0;
  for (const [l, layer] of network.layers.entries()) {
    const share = Math.ceil(count / network.layers.length);
    for (const [part, values] of [layer.weights, layer.biases].entries()) {
      const ofPart = part === 0 ? share - Math.min(layer.biases.length, share >> 2) : Math.max(1, share >> 2);
      const most = P <= count ? values.length : ofPart;
      for (const i of drawnPlaces(values.length, most, config.seed, l, part)) {
        const value = values[i]!;
        const h = 1e-5 * Math.max(1, Math.abs(value));
        values[i] = value + h;
        const above = loss();
        const signs = kinkSigns(network, workspace, B);
        values[i] = value - h;
        const below = loss();
        const isKink = kinkSigns(network, workspace, B) !== signs;
        values[i] = value;
        if (isKink) {
          kinks++;
          continue;
        }
        compared++;
        const [a, n] = [gradients[l]![part]![i]!, (above - below) / (2 * h)];
        const size = Math.max(Math.abs(a), Math.abs(n), FLOOR * largest);
        const error = size === 0 ? 0 : Math.abs(a - n) / size;
        if (!(error <= worst.error)) worst = { error, where: placeOf(layer, l, part, i, data) };
      }
    }
  }
  const of = compared + kinks < P ? ` of ${P}` : "";
  const skipped = kinks > 0 ? `, ${kinks} at a kink left out` : "";
  return {
    name: "gradients",
    status: worst.error <= LIMIT ? "ok" : "failed",
    found: `${compared}${of} against central differences on ${B} rows${skipped}: worst relative error ${small(worst.error)}, ${worst.where}`,
    figures: {
      compared,
      parameters: P,
      rows: B,
      kinks,
      worst: worst.error,
      where: worst.where,
      limit: LIMIT,
    },
  };
}

function drawnPlaces(length: number, most: number, seed: number, l: number, part: number): Int32Array {
  const random = randomStream(seed, "check", l + 1, part);
  if (length <= 1e5)
    return shuffle(
      Int32Array.from({ length }, (_, i) => i),
      random,
    ).slice(0, most);
  return Int32Array.from({ length: most }, () => Math.floor(random() * length));
}

/** On which side of 0 every node with a kink there stands, as text to compare. */
function kinkSigns({ shape }: Network, { preActivations: z }: Workspace, B: number): string {
  let signs = "";
  for (const [l, { units, activation }] of shape.hidden.entries()) {
    if (!["relu", "leaky_relu", "elu"].includes(activation.kind)) continue;
    for (let i = 0; i < B * units; i++) signs += z[l + 1]![i]! > 0 ? "+" : "-";
  }
  return signs;
}

function placeOf({ outputs: O }: DenseLayer, l: number, part: number, i: number, data: Prepared): string {
  const node = (part === 0 ? i % O : i) + 1;
  if (part === 1) return `bias of node ${node}, layer ${l + 1}`;
  const from = Math.floor(i / O);
  const name = l === 0 ? featureNames(data.encoder)[from]! : `node ${from + 1}`;
  return `weight from ${name} to node ${node}, layer ${l + 1}`;
}
