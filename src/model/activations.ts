// The activations and their derivatives, number by number, as the reference kernels apply them.
// Letters: z the input (pre-activation), a = value(z); Φ, φ the standard normal distribution and its density.

import * as elementary64 from "../elementary.ts";
import { assertNever } from "../errors.ts";
import type { Precision } from "../matrix.ts";
import * as elementary32 from "./kernels/elementary32.ts";
import { roundingOf } from "./kernels/rounding.ts";
import type { Activation, ActivationKind } from "./network.ts";

/** Both take float32 numbers, and round each operation to float32, in that precision. */
export interface ActivationFunctions {
  value(z: number): number;
  /** `a` is value(z); where the derivative is a function of a, the exponential is not computed again. */
  derivative(z: number, a: number): number;
}

/** Every kind, in the order of the documentation. */
export const activationKinds = [
  "identity",
  "relu",
  "leaky_relu",
  "tanh",
  "sigmoid",
  "gelu",
  "gelu_tanh",
  "silu",
  "elu",
  "softplus",
] as const satisfies readonly ActivationKind[];

/** The alpha of an activation that does not name its own: leaky_relu 0.01, elu 1, 0 for the kinds without one. */
export function defaultAlpha(kind: ActivationKind): number {
  if (kind === "leaky_relu") return 0.01;
  return kind === "elu" ? 1 : 0;
}

/**
 * The activation and its derivative in one precision. At a kink the derivative is that from the left: relu 0,
 * leaky_relu and elu alpha. For finite z; the value of NaN is NaN.
 *
 * Sources: Hendrycks and Gimpel, Gaussian error linear units (2016), for gelu, gelu_tanh and silu; Clevert,
 * Unterthiner and Hochreiter, Exponential linear units (2016), for elu.
 */
export function activationFunctions(activation: Activation, precision: Precision): ActivationFunctions {
  const { exp, expm1, log1p, tanh, sigmoid, erfc } = precision === "float32" ? elementary32 : elementary64;
  const f = roundingOf(precision);
  const alpha = f(activation.alpha);
  const { kind } = activation;

  switch (kind) {
    case "identity":
      return { value: (z) => z, derivative: () => 1 };

    case "relu":
      return { value: (z) => Math.max(z, 0), derivative: (z) => (z > 0 ? 1 : 0) };

    case "leaky_relu":
      return {
        value: (z) => (z > 0 ? z : f(alpha * z)),
        derivative: (z) => (z > 0 ? 1 : alpha),
      };

    case "tanh": // 1 − a²; as a product it keeps its digits where a is near 1
      return { value: tanh, derivative: (_, a) => f(f(1 - a) * f(1 + a)) };

    case "sigmoid":
      return { value: sigmoid, derivative: (_, a) => f(a * f(1 - a)) };

    case "gelu": {
      // z Φ(z), Φ(z) = ½ erfc(−z/√2), φ(z) = exp(−z²/2) / √(2π)
      const rootHalf = f(Math.sqrt(0.5));
      const peak = f(1 / Math.sqrt(2 * Math.PI));
      const distribution = (z: number) => f(0.5 * erfc(f(-z * rootHalf)));
      const density = (z: number) => f(peak * exp(f(f(-0.5 * z) * z)));
      return {
        value: (z) => f(z * distribution(z)),
        derivative: (z) => f(distribution(z) + f(z * density(z))),
      };
    }

    case "gelu_tanh": {
      // z ½(1 + tanh u) = z sigmoid(2u), 2u = 2√(2/π) (z + 0.044715 z³) = z (linear + cubic z²)
      const linear = f(2 * Math.sqrt(2 / Math.PI));
      const cubic = f(0.044715 * 2 * Math.sqrt(2 / Math.PI));
      // The gate is 0 or 1 from |z| = 10 on; the bound keeps Infinity · 0 out of the derivative.
      const square = (z: number) => Math.min(f(z * z), 1e4);
      const gate = (z: number) => sigmoid(f(z * f(linear + f(cubic * square(z)))));
      return {
        value: (z) => f(z * gate(z)),
        derivative: (z) => {
          const s = gate(z);
          const slope = f(linear + f(f(3 * cubic) * square(z))); // of 2u
          return f(s + f(z * f(f(slope * s) * f(1 - s))));
        },
      };
    }

    case "silu":
      return {
        value: (z) => f(z * sigmoid(z)),
        derivative: (z) => {
          const s = sigmoid(z);
          return f(s * f(1 + f(z * f(1 - s))));
        },
      };

    case "elu": // below 0 the derivative alpha·eᶻ is a + alpha
      return {
        value: (z) => (z > 0 ? z : f(alpha * expm1(z))),
        derivative: (z, a) => (z > 0 ? 1 : f(a + alpha)),
      };

    case "softplus": // ln(1 + eᶻ), where neither sign of a large z overflows or cancels
      return {
        value: (z) => f(Math.max(z, 0) + log1p(exp(-Math.abs(z)))),
        derivative: (z) => sigmoid(z),
      };

    default:
      return assertNever(kind, "activation");
  }
}
