// The elementary functions in float64, against mpmath at 60 digits and against the engine's own.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cos, erf, erfc, exp, expm1, log, log1p, sigmoid, tanh } from "../src/elementary.ts";
import { randomStream } from "../src/random.ts";

const elementary = { exp, expm1, log, log1p, tanh, sigmoid, cos, erf, erfc };
type Name = keyof typeof elementary;

interface References {
  readonly x: readonly number[];
  /** The double nearest to the truth, and by how many of its ulps the truth lies beyond it. */
  readonly value: readonly number[];
  readonly beyond: readonly number[];
}

const golden: { readonly functions: Record<Name, References> } = JSON.parse(
  readFileSync(new URL("./golden/elementary.json", import.meta.url), "utf8"),
);

/** The distance from |value| to the next double up. */
function ulp(value: number): number {
  let unit = 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(Math.abs(value)))));
  if (unit > Math.abs(value) && unit > 2 ** -1022) unit /= 2; // log2 rounded up
  return unit * 2 ** -52;
}

/** Largest error of a function over its references, in ulps, and where. */
function worstError(name: Name): { readonly error: number; readonly x: number } {
  const { x, value, beyond } = golden.functions[name];
  let worst = { error: 0, x: 0 };
  for (let i = 0; i < x.length; i++) {
    const error = Math.abs((elementary[name](x[i]!) - value[i]!) / ulp(value[i]!) - beyond[i]!);
    if (!(error <= worst.error)) worst = { error, x: x[i]! };
  }
  return worst;
}

describe("against mpmath at 60 digits (test/golden/elementary.json)", () => {
  test.each<[Name, number, number]>([
    ["exp", 0.8, 490],
    ["expm1", 1, 500],
    ["log", 0.9, 300],
    ["log1p", 0.9, 350],
    ["tanh", 0.8, 330],
    ["sigmoid", 0.8, 380],
    ["cos", 0.9, 270],
    ["erf", 1, 400],
    ["erfc", 5, 340],
  ])("%s is within %s ulp of the truth at %s points and more", (name, bound, count) => {
    const { error, x } = worstError(name);
    expect(error, `at x = ${x}`).toBeLessThan(bound);
    expect(golden.functions[name].x.length).toBeGreaterThanOrEqual(count);
  });
});

describe("against the engine's own functions, which are within 1 ulp themselves", () => {
  const uniform = (low: number, high: number) => (u: number) => low + (high - low) * u;
  test.each<[Name, (x: number) => number, (u: number) => number]>([
    ["exp", Math.exp, uniform(-744, 709)],
    ["exp", Math.exp, uniform(-2, 2)],
    ["expm1", Math.expm1, uniform(-50, 50)],
    ["expm1", Math.expm1, uniform(-1, 1)],
    ["log", Math.log, (u) => 2 ** (2000 * u - 1000)],
    ["log", Math.log, uniform(0.5, 2)],
    ["log1p", Math.log1p, uniform(-0.999, 5)],
    ["log1p", Math.log1p, (u) => 2 ** (200 * u - 100)],
    ["cos", Math.cos, uniform(-Math.PI, Math.PI)],
  ])("%s is within 2 ulp of Math.%s at 20000 seeded points", (name, theirs, point) => {
    const random = randomStream(7, "bootstrap");
    let worst = 0;
    for (let i = 0; i < 20000; i++) {
      const x = point(random());
      worst = Math.max(worst, Math.abs(elementary[name](x) - theirs(x)) / ulp(theirs(x)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });
});

describe("edges", () => {
  test.each<[Name, readonly (readonly [number, number])[]]>([
    [
      "exp",
      [
        [0, 1],
        [-0, 1],
        [Infinity, Infinity],
        [-Infinity, 0],
        [709.7827128933841, Infinity],
        [1e308, Infinity],
      ],
    ],
    [
      "exp",
      [
        [-745.1332191019412, 0],
        [-745.1332191019411, 5e-324],
        [-1e308, 0],
        [1, Math.E],
        [NaN, NaN],
      ],
    ],
    [
      "expm1",
      [
        [0, 0],
        [-0, -0],
        [5e-324, 5e-324],
        [-1e-320, -1e-320],
        [Infinity, Infinity],
        [-Infinity, -1],
      ],
    ],
    [
      "expm1",
      [
        [-40, -1],
        [-1e308, -1],
        [710, Infinity],
        [NaN, NaN],
      ],
    ],
    [
      "log",
      [
        [0, -Infinity],
        [-0, -Infinity],
        [-1, NaN],
        [-5e-324, NaN],
        [-Infinity, NaN],
        [Infinity, Infinity],
      ],
    ],
    [
      "log",
      [
        [1, 0],
        [Number.MAX_VALUE, 709.782712893384],
        [5e-324, -744.4400719213812],
        [NaN, NaN],
      ],
    ],
    [
      "log1p",
      [
        [0, 0],
        [-0, -0],
        [5e-324, 5e-324],
        [-1, -Infinity],
        [-1.5, NaN],
        [-Infinity, NaN],
      ],
    ],
    [
      "log1p",
      [
        [Infinity, Infinity],
        [Number.MAX_VALUE, 709.782712893384],
        [NaN, NaN],
      ],
    ],
    [
      "tanh",
      [
        [0, 0],
        [-0, -0],
        [5e-324, 5e-324],
        [-1e-310, -1e-310],
        [25, 1],
        [Infinity, 1],
        [-Infinity, -1],
      ],
    ],
    [
      "tanh",
      [
        [-1e308, -1],
        [NaN, NaN],
      ],
    ],
    [
      "sigmoid",
      [
        [0, 0.5],
        [-0, 0.5],
        [5e-324, 0.5],
        [Infinity, 1],
        [-Infinity, 0],
        [-746, 0],
        [NaN, NaN],
      ],
    ],
    [
      "cos",
      [
        [0, 1],
        [-0, 1],
        [Math.PI, -1],
        [-Math.PI, -1],
        [Math.PI / 2, 6.123233995736766e-17],
        [NaN, NaN],
      ],
    ],
    [
      "erf",
      [
        [0, 0],
        [-0, -0],
        [6, 1],
        [-6, -1],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
      ],
    ],
    [
      "erfc",
      [
        [0, 1],
        [-0, 1],
        [28, 0],
        [-7, 2],
        [Infinity, 0],
        [-Infinity, 2],
        [NaN, NaN],
      ],
    ],
  ])("%s is exact at %j", (name, cases) => {
    for (const [x, value] of cases) expect(elementary[name](x), `at x = ${x}`).toBe(value);
  });

  test("cos refuses angles beyond π with NaN, because its reduction is exact only up to there", () => {
    for (const x of [Math.PI + 2 ** -51, -4, 1e10, Infinity]) expect(elementary.cos(x)).toBeNaN();
  });

  test("exp, log and sigmoid never step down between neighbouring doubles around their seams", () => {
    const seams: readonly [Name, readonly number[]][] = [
      [
        "exp",
        [
          -708.3964185322641, -1.0397207708399179, -0.34657359027997264, 0.34657359027997264,
          1.0397207708399179,
        ],
      ],
      ["log", [Math.SQRT1_2, 1, Math.SQRT2, 2]],
      ["sigmoid", [-40, 0, 40]],
      ["tanh", [1e-9, 18]],
      ["erf", [0.5625, 1.1875, 1.8125]],
    ];
    for (const [name, points] of seams) {
      for (const point of points) {
        const step = ulp(point) || 5e-324;
        for (let i = -40; i < 40; i++) {
          const below = elementary[name](point + i * step);
          const above = elementary[name](point + (i + 1) * step);
          expect(above - below, `${name} at ${point}`).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });
});

test("odd functions are odd to the bit, and sigmoid(x) + sigmoid(−x) is 1 within 1 ulp", () => {
  const random = randomStream(8, "bootstrap");
  for (let i = 0; i < 5000; i++) {
    const x = 20 * random() ** 3;
    expect(elementary.tanh(-x)).toBe(-elementary.tanh(x));
    expect(elementary.erf(-x)).toBe(-elementary.erf(x));
    expect(Math.abs(elementary.sigmoid(x) + elementary.sigmoid(-x) - 1)).toBeLessThanOrEqual(2 ** -53);
  }
});

test("the same bits as ever: a checksum of every function at its reference points", () => {
  const word = new DataView(new ArrayBuffer(8));
  const checksums = Object.fromEntries(
    (Object.keys(golden.functions) as Name[]).map((name) => {
      let hash = 0x811c9dc5; // FNV-1a over the 32-bit halves
      for (const x of golden.functions[name].x) {
        word.setFloat64(0, elementary[name](x));
        hash = Math.imul(hash ^ word.getUint32(0), 0x01000193);
        hash = Math.imul(hash ^ word.getUint32(4), 0x01000193);
      }
      return [name, (hash >>> 0).toString(16)];
    }),
  );
  expect(checksums).toMatchInlineSnapshot(`
    {
      "cos": "4963c8f0",
      "erf": "d3598157",
      "erfc": "4e16392b",
      "exp": "d168b1c7",
      "expm1": "f893ef8a",
      "log": "a0b7fddc",
      "log1p": "ef421084",
      "sigmoid": "7aedab3c",
      "tanh": "a6eb9399",
    }
  `);
});
