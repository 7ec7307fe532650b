// The loss on the run's own rows: what has to hold for any network, and where the two-step formula gives up.
// Letters: B rows, K classes, Z logits a row.

import type { RunConfig } from "../config.ts";
import { exp, log } from "../elementary.ts";
import {
  allocateWorkspace,
  forward,
  type HeadLossOptions,
  headLoss,
  probabilities,
} from "../model/forward.ts";
import { chooseKernels } from "../model/kernels/choose.ts";
import type { Kernels } from "../model/kernels/kernels.ts";
import { referenceKernels } from "../model/kernels/reference.ts";
import type { Network } from "../model/network.ts";
import type { Prepared } from "../prepare.ts";
import { logLossFromLogits } from "../train/scores.ts";
import { drawnNetwork, drawnRows, fillRows } from "./gradients.ts";
import { type Check, finite, small } from "./result.ts";

const MOST_ROWS = 1000;

const plain = (kernels: Kernels, K: number, reduction: "mean" | "sum"): HeadLossOptions => {
  const classWeights = kernels.allocate(K);
  classWeights.fill(1);
  return { classWeights, smoothing: 0, reduction };
};

/** A pass over some training rows with the workspace it filled. */
function pass(config: RunConfig, data: Prepared, kernels: Kernels, network: Network) {
  const rows = drawnRows(config, data, MOST_ROWS);
  const workspace = allocateWorkspace(kernels, network.shape, rows.length);
  fillRows(workspace, data, rows);
  forward(kernels, network, workspace, rows.length);
  return { workspace, B: rows.length };
}

const ROUNDING = { float64: 1e-12, float32: 1e-5 };

/** p - y of every row sums to zero: what is pushed down is pulled up. In float64 and in the precision of the run. */
export function checkPushAndPull(config: RunConfig, data: Prepared): Check {
  const K = data.labels.classes.length;
  const sums = { float64: 0, float32: 0 };
  const precisions = new Set(["float64", config.train.precision] as const);
  let rows = 0;
  for (const precision of precisions) {
    const kernels = precision === "float64" ? referenceKernels(precision) : chooseKernels(precision);
    const network = drawnNetwork(config, data, kernels);
    const { workspace, B } = pass(config, data, kernels, network);
    rows = B;
    probabilities(kernels, network, workspace.probabilities, workspace.logits, B);
    headLoss(kernels, network, workspace, workspace.labels, plain(kernels, K, "sum"), B);
    for (let r = 0; r < B; r++) {
      let sum = 0;
      for (let k = 0; k < K; k++) {
        sum +=
          network.shape.head === "softmax"
            ? workspace.dLogits[r * K + k]!
            : workspace.probabilities[r * K + k]! - (workspace.labels[r] === k ? 1 : 0);
      }
      if (!(Math.abs(sum) <= sums[precision])) sums[precision] = Math.abs(sum);
    }
  }
  const told = [...precisions].map((precision) => `${small(sums[precision])} in ${precision}`).join(", ");
  const isFine = [...precisions].every((precision) => sums[precision] <= ROUNDING[precision]);
  return {
    name: "p − y sums to zero",
    status: isFine ? "ok" : "failed",
    found: `largest sum of a row, over ${rows} rows: ${told}`,
    figures: {
      rows,
      ...Object.fromEntries([...precisions].map((precision) => [precision, sums[precision]])),
    },
  };
}

/** A head of zeros knows nothing: its loss is ln K, whatever the rows. */
export function checkUntrained(config: RunConfig, data: Prepared): Check {
  const K = data.labels.classes.length;
  const kernels = referenceKernels("float64");
  const network = drawnNetwork(config, data, kernels);
  const head = network.layers.at(-1)!;
  head.weights.fill(0);
  head.biases.fill(0);
  const { workspace, B } = pass(config, data, kernels, network);
  const loss = headLoss(kernels, network, workspace, workspace.labels, plain(kernels, K, "mean"), B);
  const expected = log(K);
  return {
    name: "knowing nothing is ln K",
    status: Math.abs(loss - expected) <= 1e-12 ? "ok" : "failed",
    found: `loss with a head of zeros ${loss.toFixed(12)}, ln ${K} = ${expected.toFixed(12)}`,
    figures: { loss: finite(loss), expected, rows: B },
  };
}

/** Gaps between the largest and the smallest logit of a row. */
const GAPS = [1, 10, 100, 1000, 10_000];

/**
 * The loss that training uses, from the logits in one step, against -ln(softmax(z)[y]) in two, with the logits of the
 * run's rows stretched until they part. They have to agree where both can be computed; the first has to be finite always.
 */
export function checkTwoSteps(config: RunConfig, data: Prepared): Check {
  const kernels = referenceKernels("float64");
  const network = drawnNetwork(config, data, kernels);
  const { workspace, B } = pass(config, data, kernels, network);
  const Z = network.layers.at(-1)!.outputs;
  const logits = workspace.logits.slice(0, B * Z);
  const labels = workspace.labels.slice(0, B);
  const widest = widestGap(logits, Z);
  let agreement = 0;
  let parting: { gap: number; one: number; two: number } | null = null;
  let alwaysFinite = true;
  for (const gap of GAPS) {
    const stretched = logits.map((z) => (widest === 0 ? 0 : (z * gap) / widest));
    const one = logLossFromLogits(stretched, labels, Z);
    const two = twoSteps(stretched, labels, Z);
    const error = Math.abs(one - two) / Math.max(Math.abs(one), 1e-300);
    alwaysFinite &&= Number.isFinite(one);
    if (gap <= 10) agreement = Math.max(agreement, error);
    if (parting === null && !(error <= 1e-6)) parting = { gap, one, two };
  }
  const parted = parting
    ? `they part at a gap of ${parting.gap}: ${parting.one.toPrecision(6)} in one step, ${parting.two} in two`
    : "they do not part";
  return {
    name: "one step against two",
    status: alwaysFinite && agreement <= 1e-9 ? "ok" : "failed",
    found: `the same within ${small(agreement)} up to a gap of 10 between logits; ${parted}`,
    figures: {
      agreement: finite(agreement),
      gap: parting?.gap ?? null,
      fused: parting ? finite(parting.one) : null,
      twoSteps: parting ? String(parting.two) : null,
    },
  };
}

function widestGap(logits: ArrayLike<number>, Z: number): number {
  let widest = 0;
  for (let r = 0; r * Z < logits.length; r++) {
    let [low, high] = Z === 1 ? [0, 0] : [Infinity, -Infinity];
    for (let k = 0; k < Z; k++) {
      low = Math.min(low, logits[r * Z + k]!);
      high = Math.max(high, logits[r * Z + k]!);
    }
    widest = Math.max(widest, high - low);
  }
  return widest;
}

/** mean of -ln(exp(z[y]) / Σ exp(z)), as one would first write it down. */
function twoSteps(logits: ArrayLike<number>, labels: ArrayLike<number>, Z: number): number {
  let sum = 0;
  for (let r = 0; r < labels.length; r++) {
    if (Z === 1) {
      const p = 1 / (1 + exp(-logits[r]!));
      sum -= log(labels[r] === 1 ? p : 1 - p);
      continue;
    }
    let total = 0;
    for (let k = 0; k < Z; k++) total += exp(logits[r * Z + k]!);
    sum -= log(exp(logits[r * Z + labels[r]!]!) / total);
  }
  return sum / labels.length;
}
