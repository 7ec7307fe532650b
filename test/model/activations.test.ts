// The activations in both precisions: golden values, central differences, conventions at kinks, sizes at the limits.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type ActivationFunctions,
  activationFunctions,
  activationKinds,
  defaultAlpha,
} from "../../src/model/activations.ts";
import type { ActivationKind } from "../../src/model/network.ts";
import { randomStream } from "../../src/random.ts";

interface Case {
  readonly activation: ActivationKind;
  readonly parameters: { readonly alpha?: number };
  readonly x: readonly number[];
  readonly value: readonly number[];
  readonly derivative: readonly number[];
}

const golden: {
  readonly meta: {
    readonly tolerance: Record<"float64" | "float32", { readonly rtol: number; readonly atol: number }>;
  };
  readonly activations: readonly Case[];
} = JSON.parse(readFileSync(new URL("../golden/activations.json", import.meta.url), "utf8"));

const float64 = (kind: ActivationKind): ActivationFunctions =>
  activationFunctions({ kind, alpha: defaultAlpha(kind) }, "float64");
const float32 = (kind: ActivationKind): ActivationFunctions =>
  activationFunctions({ kind, alpha: defaultAlpha(kind) }, "float32");

describe.each(["float64", "float32"] as const)(
  "mpmath at 60 digits (test/golden/activations.json), %s",
  (precision) => {
    const { rtol, atol } = golden.meta.tolerance[precision];
    const usable = (x: number) => precision === "float64" || Math.fround(x) === x;

    test.each(golden.activations)(
      `$activation and its derivative are within ${rtol} of it, relative`,
      ({ activation, parameters, x, value, derivative }) => {
        const own = activationFunctions({ kind: activation, alpha: parameters.alpha ?? 0 }, precision);
        const outside = x.flatMap((z, i) => {
          if (!usable(z)) return [];
          const allowed = (reference: number) =>
            atol * Math.max(1, Math.min(Math.abs(z), 40)) + rtol * Math.abs(reference);
          const a = own.value(z);
          const slope = own.derivative(z, a);
          const near = Math.abs(a - value[i]!) <= allowed(value[i]!);
          const nearSlope = Math.abs(slope - derivative[i]!) <= allowed(derivative[i]!);
          return near && nearSlope ? [] : [`z ${z}: ${a}, ${slope}; expected ${value[i]}, ${derivative[i]}`];
        });
        expect(outside).toEqual([]);
        expect(x.filter(usable).length).toBeGreaterThanOrEqual(precision === "float64" ? 101 : 80);
      },
    );

    test("every kind is in the golden file, and every kind of the file is known", () => {
      expect(golden.activations.map(({ activation }) => activation).sort()).toEqual(
        [...activationKinds].sort(),
      );
    });
  },
);

test.each(activationKinds)(
  "%s: the derivative is the central difference of the value within 1e-9",
  (kind) => {
    const random = randomStream(5, "bootstrap");
    const { value, derivative } = float64(kind);
    const step = 2 ** -17; // the difference errs by step²/6 · f‴ and 2⁻⁵³/step · f, both near 1e-11
    let worst = 0;
    for (let i = 0; i < 500; i++) {
      const z = 16 * random() - 8;
      if (Math.abs(z) < 2 * step) continue; // the kinks
      const difference = (value(z + step) - value(z - step)) / (2 * step);
      worst = Math.max(worst, Math.abs(difference - derivative(z, value(z))));
    }
    expect(worst).toBeLessThan(1e-9);
  },
);

test.each(activationKinds)(
  "%s: float32 is float64 within 3e-6, value and derivative, and is float32",
  (kind) => {
    const random = randomStream(6, "bootstrap");
    const one = float32(kind);
    const two = float64(kind);
    let worst = 0;
    for (let i = 0; i < 2000; i++) {
      const z = Math.fround(20 * random() - 10);
      const a = one.value(z);
      const slope = one.derivative(z, a);
      expect(Math.fround(a) === a && Math.fround(slope) === slope).toBe(true);
      const scale = Math.max(1, Math.abs(z));
      worst = Math.max(worst, Math.abs(a - two.value(z)) / scale);
      worst = Math.max(worst, Math.abs(slope - two.derivative(z, two.value(z))) / scale);
    }
    expect(worst).toBeLessThan(3e-6);
  },
);

describe("conventions", () => {
  test.each<[ActivationKind, number]>([
    ["relu", 0],
    ["leaky_relu", Math.fround(0.01)],
    ["elu", 1],
  ])("the derivative of %s at 0 and at −0 is %s", (kind, slope) => {
    for (const z of [0, -0]) {
      expect(float32(kind).derivative(z, float32(kind).value(z))).toBe(slope);
      expect(Math.fround(float64(kind).derivative(z, float64(kind).value(z)))).toBe(slope);
    }
  });

  test("alpha is the slope of leaky_relu below 0 and the depth of elu", () => {
    expect(activationFunctions({ kind: "leaky_relu", alpha: 0.25 }, "float64").value(-8)).toBe(-2);
    expect(activationFunctions({ kind: "elu", alpha: 0.25 }, "float64").value(-100)).toBe(-0.25);
  });

  test("the default alpha is 0.01 for leaky_relu, 1 for elu and 0 for the others", () => {
    const withAlpha = activationKinds.filter((kind) => defaultAlpha(kind) !== 0);
    expect(withAlpha.map((kind) => [kind, defaultAlpha(kind)])).toEqual([
      ["leaky_relu", 0.01],
      ["elu", 1],
    ]);
  });
});

test.each(activationKinds)(
  "%s: finite at the largest numbers of either precision, and NaN of NaN",
  (kind) => {
    for (const [own, sizes] of [
      [float64(kind), [Number.MAX_VALUE, 2 ** 512, 2 ** 342, 100]],
      [float32(kind), [3.4028234663852886e38, 2 ** 64, 2 ** 43, 100]],
    ] as const) {
      for (const size of sizes) {
        for (const z of [size, -size]) {
          const a = own.value(z);
          expect(Number.isFinite(a), `value at ${z}`).toBe(true);
          expect(Number.isFinite(own.derivative(z, a)), `derivative at ${z}`).toBe(true);
        }
      }
      expect(own.value(NaN)).toBeNaN();
    }
  },
);
