// Measures the errors of src/model/kernels/elementary32.ts that docs/arithmetic.md states, over all float32 numbers.
// Run: npm run build && node scripts/measure-elementary32.mjs [stride, default 1: every number] [function …]
// The reference is float64: the engine's own functions, or ours for erf and erfc; both are exact enough by 2²⁸.
import * as elementary64 from "../dist/elementary.js";
import { erf, erfc, exp, expm1, log, log1p, sigmoid, tanh } from "../dist/model/kernels/elementary32.js";

const measured = { exp, expm1, log, log1p, tanh, sigmoid, erf, erfc };

const truth = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: elementary64.sigmoid,
  erf: elementary64.erf,
  erfc: elementary64.erfc,
};

/** erfc promises a relative error only as far as x = 4. */
const furthest = { erfc: 4 };

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);
const INFINITY_BITS = 0x7f800000;

/** The unit in the last place of a float32 of the size of t. */
function ulp(t) {
  float[0] = t;
  return 2 ** (Math.max(((word[0] >>> 23) & 0xff) - 127, -126) - 23);
}

const [stride = "1", ...names] = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(truth)) {
  const approximate = measured[name];
  const exact = truth[name];
  let worst = 0;
  let where = 0;
  let count = 0;
  for (const sign of [0, 0x80000000]) {
    for (let bits = 0; bits <= INFINITY_BITS; bits += Number(stride)) {
      word[0] = sign + bits;
      const x = float[0];
      if (x > (furthest[name] ?? Infinity)) break;
      const t = exact(x);
      const value = approximate(x);
      count++;
      if (Object.is(Math.fround(t), value) || Math.fround(t) === value) continue; // correctly rounded
      const error = Math.abs(value - t) / ulp(t);
      if (!(error <= worst) && !(Number.isNaN(t) && Number.isNaN(value))) {
        worst = error;
        where = x;
      }
    }
  }
  console.log(`${name}: at most ${worst.toFixed(3)} ulp, at ${where}, of ${count} numbers`);
}
