// The elementary functions in float32: their errors, their edges, their bits.
import { describe, expect, test } from "vitest";
import * as elementary64 from "../../src/elementary.ts";
import * as elementary32 from "../../src/model/kernels/elementary32.ts";
import { randomStream } from "../../src/random.ts";

const { exp, expm1, log, log1p, tanh, sigmoid, erf, erfc } = elementary32;
const single = { exp, expm1, log, log1p, tanh, sigmoid, erf, erfc };
const double = {
  exp: elementary64.exp,
  expm1: elementary64.expm1,
  log: elementary64.log,
  log1p: elementary64.log1p,
  tanh: elementary64.tanh,
  sigmoid: elementary64.sigmoid,
  erf: elementary64.erf,
  erfc: elementary64.erfc,
};
type Name = keyof typeof single;

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

function ofBits(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

/** The distance from |x| to the next float32 up. */
function ulp(x: number): number {
  float[0] = Math.abs(x);
  return 2 ** (Math.max((word[0]! >>> 23) - 127, -126) - 23);
}

/** Error against our float64, in ulps of float32; 0 where both are the same number, NaN or infinity. */
function errorAt(name: Name, x: number): number {
  const truth = double[name](x);
  const value = single[name](x);
  return Object.is(Math.fround(truth) + 0, value + 0) ? 0 : Math.abs(value - truth) / ulp(truth);
}

describe("errors, over float32 numbers of every size and both signs", () => {
  test.each<[Name, number]>([
    ["exp", 1],
    ["expm1", 1.2],
    ["log", 0.9],
    ["log1p", 1.5],
    ["tanh", 2.5],
    ["sigmoid", 2.5],
    ["erf", 3.5],
  ])("%s is within %s ulp at 100000 of them, infinities and NaN included", (name, bound) => {
    let worst = 0;
    let where = 0;
    for (let i = 0; i < 100000; i++) {
      const x = ofBits(i * 42949); // every 42949th of the 2^32 patterns
      const error = errorAt(name, x);
      if (!(error <= worst)) [worst, where] = [error, x];
    }
    expect(worst, `at x = ${where}`).toBeLessThan(bound);
  });

  test.each<[Name, number, number, number]>([
    ["exp", -104, 89, 1],
    ["expm1", -18, 89, 1.2],
    ["log", 0, 4, 0.9],
    ["log1p", -1, 4, 1.5],
    ["tanh", -10, 10, 2.5],
    ["sigmoid", -104, 20, 2.5],
    ["erf", -4.5, 4.5, 3.5],
    ["erfc", -4, 1, 4],
  ])("%s is within its bound at 50000 seeded points of %s … %s", (name, low, high, bound) => {
    const random = randomStream(3, "bootstrap");
    let worst = 0;
    let where = 0;
    for (let i = 0; i < 50000; i++) {
      const x = Math.fround(low + (high - low) * random());
      const error = errorAt(name, x);
      if (!(error <= worst)) [worst, where] = [error, x];
    }
    expect(worst, `at x = ${where}`).toBeLessThan(bound);
  });

  test("erfc has a relative error below 1e-5 up to 4, and is below 2e-8 and falls from there", () => {
    for (let x = 0; x <= 4; x += 2 ** -12) {
      expect(Math.abs(erfc(x) / elementary64.erfc(x) - 1), `at x = ${x}`).toBeLessThan(1e-5);
    }
    for (let x = 4; x <= 12; x += 2 ** -6) {
      expect(erfc(x)).toBeLessThan(2e-8);
      expect(erfc(x + 2 ** -6), `at x = ${x}`).toBeLessThanOrEqual(erfc(x));
    }
  });
});

describe("edges", () => {
  const largest = 3.4028234663852886e38;
  const smallest = 1.401298464324817e-45;
  test.each<[Name, number, number]>([
    ["exp", 0, 1],
    ["exp", -0, 1],
    ["exp", Infinity, Infinity],
    ["exp", -Infinity, 0],
    ["exp", Math.fround(88.72284), Infinity],
    ["exp", largest, Infinity],
    ["exp", -largest, 0],
    ["exp", Math.fround(-103.27893), smallest],
    ["exp", -104, 0],
    ["exp", NaN, NaN],
    ["expm1", 0, 0],
    ["expm1", smallest, smallest],
    ["expm1", -smallest, -smallest],
    ["expm1", Infinity, Infinity],
    ["expm1", -Infinity, -1],
    ["expm1", -largest, -1],
    ["expm1", NaN, NaN],
    ["log", 0, -Infinity],
    ["log", -0, -Infinity],
    ["log", 1, 0],
    ["log", Infinity, Infinity],
    ["log", -Infinity, NaN],
    ["log", -smallest, NaN],
    ["log", smallest, Math.fround(-103.27893)],
    ["log", largest, Math.fround(88.72284)],
    ["log", NaN, NaN],
    ["log1p", 0, 0],
    ["log1p", smallest, smallest],
    ["log1p", -1, -Infinity],
    ["log1p", -2, NaN],
    ["log1p", Infinity, Infinity],
    ["log1p", -Infinity, NaN],
    ["log1p", NaN, NaN],
    ["tanh", 0, 0],
    ["tanh", -0, -0],
    ["tanh", smallest, smallest],
    ["tanh", Infinity, 1],
    ["tanh", -Infinity, -1],
    ["tanh", NaN, NaN],
    ["sigmoid", 0, 0.5],
    ["sigmoid", Infinity, 1],
    ["sigmoid", -Infinity, 0],
    ["sigmoid", -largest, 0],
    ["sigmoid", NaN, NaN],
    ["erf", 0, 0],
    ["erf", -0, -0],
    ["erf", largest, 1],
    ["erf", Infinity, 1],
    ["erf", -Infinity, -1],
    ["erf", NaN, NaN],
    ["erfc", 0, 1],
    ["erfc", Infinity, 0],
    ["erfc", -Infinity, 2],
    ["erfc", NaN, NaN],
  ])("%s(%s) is %s", (name, x, value) => {
    expect(single[name](x)).toBe(value);
  });

  test("exp passes through the subnormals, each within 1 ulp of the smallest", () => {
    for (let x = -104; x < -87; x += 2 ** -10) {
      expect(Math.abs(exp(x) - Math.exp(x)), `at x = ${x}`).toBeLessThan(smallest);
    }
  });
});

test("every result is a float32 number, and tanh and erf are odd to the bit", () => {
  const random = randomStream(4, "bootstrap");
  const broken: string[] = [];
  for (let i = 0; i < 20000; i++) {
    const x = ofBits(Math.floor(random() * 2 ** 32));
    for (const name of Object.keys(single) as Name[]) {
      const value = single[name](x);
      if (!Object.is(Math.fround(value), value)) broken.push(`${name}(${x})`);
    }
    if (!Object.is(tanh(-x), -tanh(x)) || !Object.is(erf(-x), -erf(x))) broken.push(`not odd at ${x}`);
  }
  expect(broken).toEqual([]);
});

test("the same bits as ever: a checksum of each function over 20000 patterns of bits", () => {
  const checksums = Object.fromEntries(
    (Object.keys(single) as Name[]).map((name) => {
      let hash = 0x811c9dc5; // FNV-1a over 32-bit words
      for (let i = 0; i < 20000; i++) {
        const value = single[name](ofBits(i * 214748));
        float[0] = value;
        hash = Math.imul(hash ^ (Number.isNaN(value) ? 0x7fc00000 : word[0]!), 0x01000193);
      }
      return [name, (hash >>> 0).toString(16)];
    }),
  );
  expect(checksums).toMatchInlineSnapshot(`
    {
      "erf": "8b33035",
      "erfc": "541dcfc2",
      "exp": "67ee4837",
      "expm1": "d33e9b91",
      "log": "bc4c60bf",
      "log1p": "f427126b",
      "sigmoid": "d3620fa9",
      "tanh": "ecfea9fc",
    }
  `);
});
