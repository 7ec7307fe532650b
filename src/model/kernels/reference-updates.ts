// The optimiser steps of the reference kernels, element by element, as the equations say.
// Constants of a step are combined in float64 and rounded once; every operation on an element is rounded.

import type { Precision } from "../../matrix.ts";
import type { Kernels } from "./kernels.ts";
import { roundingOf } from "./rounding.ts";

/** The kernels of the optimiser, in one precision. */
export function referenceUpdates(
  precision: Precision,
): Pick<Kernels, "sumOfSquares" | "scale" | "sgdUpdate" | "adamUpdate"> {
  const round = roundingOf(precision);
  return {
    sumOfSquares(g, n) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let i = 0;
      for (; i + 4 <= n; i += 4) {
        s0 += g[i]! * g[i]!;
        s1 += g[i + 1]! * g[i + 1]!;
        s2 += g[i + 2]! * g[i + 2]!;
        s3 += g[i + 3]! * g[i + 3]!;
      }
      if (i < n) s0 += g[i]! * g[i]!;
      if (i + 1 < n) s1 += g[i + 1]! * g[i + 1]!;
      if (i + 2 < n) s2 += g[i + 2]! * g[i + 2]!;
      return s0 + s1 + (s2 + s3);
    },

    scale(g, factor, n) {
      const f = round(factor);
      for (let i = 0; i < n; i++) g[i] = round(g[i]! * f);
    },

    sgdUpdate(p, g, v, from, n, rate, momentum, nesterov, l2, decay) {
      const eta = round(rate);
      const mu = round(momentum);
      const lambda = round(l2);
      const shrink = round(1 - rate * decay);
      for (let i = from; i < from + n; i++) {
        const d = lambda === 0 ? g[i]! : round(g[i]! + round(lambda * p[i]!));
        let u = d;
        if (mu !== 0) {
          const velocity = round(round(mu * v[i]!) + d);
          u = nesterov ? round(d + round(mu * velocity)) : velocity;
          v[i] = velocity;
        }
        p[i] = round(round(p[i]! * shrink) - round(eta * u));
      }
    },

    adamUpdate(p, g, m, s, from, n, rate, beta1, beta2, epsilon, correction1, correction2, l2, decay) {
      const eta = round(rate);
      const lambda = round(l2);
      const shrink = round(1 - rate * decay);
      const keep1 = round(beta1);
      const keep2 = round(beta2);
      const take1 = round(1 - beta1);
      const take2 = round(1 - beta2);
      const eps = round(epsilon);
      const c1 = round(correction1);
      const c2 = round(correction2);
      for (let i = from; i < from + n; i++) {
        const d = lambda === 0 ? g[i]! : round(g[i]! + round(lambda * p[i]!));
        const mean = round(round(keep1 * m[i]!) + round(take1 * d));
        const square = round(round(keep2 * s[i]!) + round(take2 * round(d * d)));
        const root = round(round(Math.sqrt(round(square / c2))) + eps);
        m[i] = mean;
        s[i] = square;
        p[i] = round(round(p[i]! * shrink) - round(round(eta * round(mean / c1)) / root));
      }
    },
  };
}
