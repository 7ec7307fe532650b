// The losses of the reference kernels, all from logits. The order of operations in a row, shared with every twin:
//   top    first index of the largest logit;  e[k] = exp(z[k] - z[top]) for each k
//   rest   Σ e[k] over k ≠ top, k = 0 … K-1;  total = e[top] + rest
//   p[k] = e[k] / total;  ln Σ exp(z - z[top]) = log1p(rest);  -ln p[k] = (z[top] - z[k]) + log1p(rest)
// Nothing large is ever added and taken away again: logits of any size keep their digits, and so does a tiny loss.
// Letters: B rows, K classes, s label smoothing, y the class of a row.

import * as elementary64 from "../../elementary.ts";
import type { FloatArray, Precision } from "../../matrix.ts";
import * as elementary32 from "./elementary32.ts";
import type { Kernels } from "./kernels.ts";
import { roundingOf } from "./rounding.ts";

/** The kernels of the heads, in one precision. */
export function referenceLosses(
  precision: Precision,
): Pick<
  Kernels,
  "softmax" | "sigmoid" | "softmaxCrossEntropy" | "softTargetCrossEntropy" | "sigmoidBinaryCrossEntropy"
> {
  const round = roundingOf(precision);
  const { exp, log1p, sigmoid } = precision === "float32" ? elementary32 : elementary64;

  /** e[at … at + K) = exp(z - z[top]); returns their sum without e[top]. NaN where a logit is NaN or +Infinity. */
  function exponentials(e: FloatArray, z: FloatArray, at: number, K: number, top: number): number {
    const peak = z[top]!;
    let rest = 0;
    for (let i = at; i < at + K; i++) {
      e[i] = exp(round(z[i]! - peak));
      if (i !== top) rest = round(rest + e[i]!);
    }
    return rest;
  }

  /** -ln p[i] */
  function surprise(z: FloatArray, i: number, top: number, logTotal: number): number {
    return round(round(z[top]! - z[i]!) + logTotal);
  }

  return {
    softmax(p, logits, B, K) {
      for (let at = 0; at < B * K; at += K) {
        const top = indexOfMaximum(logits, at, K);
        const rest = exponentials(p, logits, at, K, top);
        const total = round(p[top]! + rest);
        for (let i = at; i < at + K; i++) p[i] = round(p[i]! / total);
      }
    },

    sigmoid(p, logits, n) {
      for (let i = 0; i < n; i++) p[i] = sigmoid(logits[i]!);
    },

    softmaxCrossEntropy(dLogits, logits, labels, classWeights, smoothing, divisor, B, K) {
      const keep = round(1 - smoothing);
      const share = round(smoothing / K);
      const quotient = round(divisor);
      let weights = 0;
      for (let k = 0; k < K; k++) weights = round(weights + classWeights[k]!);
      const shared = round(share * weights);

      let sum = 0;
      for (let row = 0; row < B; row++) {
        const at = row * K;
        const y = at + labels[row]!;
        const top = indexOfMaximum(logits, at, K);
        const rest = exponentials(dLogits, logits, at, K, top);
        const total = round(dLogits[top]! + rest);
        const logTotal = log1p(rest);

        // (1-s)·w[y]·(-ln p[y]), and its gradient (1-s)·w[y]·(p - onehot). 1 - p[y] of the most probable class
        // is what the others hold: the subtraction would leave nothing of it once the network is sure.
        const own = round(keep * classWeights[labels[row]!]!);
        let loss = own === 0 ? 0 : round(own * surprise(logits, y, top, logTotal));
        const missing = y === top ? round(rest / total) : round(1 - round(dLogits[y]! / total));

        // (s/K)·Σ w[c]·(-ln p[c]), and its gradient (s/K)·(Σw·p - w).
        let spread = 0;
        for (let i = at; i < at + K; i++) {
          const p = round(dLogits[i]! / total);
          let d = i === y ? -round(own * missing) : round(own * p);
          if (smoothing !== 0) {
            const weight = classWeights[i - at]!;
            if (weight !== 0) spread = round(spread + round(weight * surprise(logits, i, top, logTotal)));
            d = round(d + round(round(shared * p) - round(share * weight)));
          }
          dLogits[i] = round(d / quotient);
        }
        if (smoothing !== 0) loss = round(loss + round(share * spread));
        sum += loss;
      }
      return sum / divisor;
    },

    softTargetCrossEntropy(dLogits, logits, targets, classWeights, smoothing, divisor, B, K) {
      const keep = round(1 - smoothing);
      const share = round(smoothing / K);
      const quotient = round(divisor);
      const goal = (i: number) => round(classWeights[i % K]! * round(round(keep * targets[i]!) + share));

      let sum = 0;
      for (let at = 0; at < B * K; at += K) {
        const top = indexOfMaximum(logits, at, K);
        const rest = exponentials(dLogits, logits, at, K, top);
        const total = round(dLogits[top]! + rest);
        const logTotal = log1p(rest);

        // Σ g[c]·(-ln p[c]) with g = w·t′, and its gradient Σg·p - g.
        let others = 0;
        let loss = 0;
        for (let i = at; i < at + K; i++) {
          const g = goal(i);
          if (i !== top) others = round(others + g);
          if (g !== 0) loss = round(loss + round(g * surprise(logits, i, top, logTotal)));
        }
        const all = round(goal(top) + others);
        for (let i = at; i < at + K; i++) {
          // For the most probable class both terms without their common part: g[others] - Σg·(1 - p[top]).
          const d =
            i === top
              ? round(others - round(all * round(rest / total)))
              : round(round(all * round(dLogits[i]! / total)) - goal(i));
          dLogits[i] = round(d / quotient);
        }
        sum += loss;
      }
      return sum / divisor;
    },

    sigmoidBinaryCrossEntropy(dLogits, logits, targets, negative, positive, divisor, B, K) {
      const quotient = round(divisor);
      let sum = 0;
      for (let i = 0; i < B * K; i++) {
        const z = logits[i]!;
        const up = round(positive[i % K]! * targets[i]!);
        const down = round(negative[i % K]! * round(1 - targets[i]!));
        // softplus(z) = max(z, 0) + log1p(exp(-|z|)), and softplus(-z) with the same tail.
        const tail = log1p(exp(-Math.abs(z)));
        sum += round(round(up * round(Math.max(-z, 0) + tail)) + round(down * round(Math.max(z, 0) + tail)));
        dLogits[i] = round(round(round(down * sigmoid(z)) - round(up * sigmoid(-z))) / quotient);
      }
      return sum / divisor;
    },
  };
}

/** The first index i in at … at + K with the largest z[i]; NaN is larger than nothing. */
function indexOfMaximum(z: FloatArray, at: number, K: number): number {
  let top = at;
  for (let i = at + 1; i < at + K; i++) if (z[i]! > z[top]!) top = i;
  return top;
}
