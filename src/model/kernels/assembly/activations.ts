// The activations of ../../activations.ts, four numbers at a time. Kinds are numbered as `activationKinds` there.

import { erfc, exp, expm1, log1p, sigmoid, tanh } from "./elementary";
import { Layer } from "./plan";

const RELU = 1;
const LEAKY_RELU = 2;
const TANH = 3;
const SIGMOID = 4;
const GELU = 5;
const GELU_TANH = 6;
const SILU = 7;
const ELU = 8;
const SOFTPLUS = 9;

// @ts-ignore: decorator
@inline
function all(x: f32): v128 {
  return f32x4.splat(x);
}

/** 0 in the lanes where the mask is 0. */
// @ts-ignore: decorator
@inline
function where(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

// gelu: z * distribution(z), Phi(z) = erfc(-z / sqrt 2) / 2
// @ts-ignore: decorator
@inline
function distribution(z: v128): v128 {
  return f32x4.mul(all(0.5), erfc(f32x4.mul(f32x4.neg(z), all(<f32>0.7071067811865476))));
}
// @ts-ignore: decorator
@inline
function density(z: v128): v128 {
  return f32x4.mul(all(<f32>0.3989422804014327), exp(f32x4.mul(f32x4.mul(all(-0.5), z), z)));
}

// gelu_tanh: z * gate(z)
// @ts-ignore: decorator
@inline
function boundedSquare(z: v128): v128 {
  return f32x4.min(f32x4.mul(z, z), all(10000));
}
// @ts-ignore: decorator
@inline
function gate(z: v128): v128 {
  return sigmoid(f32x4.mul(z, f32x4.add(all(LINEAR), f32x4.mul(all(CUBIC), boundedSquare(z)))));
}
const LINEAR: f32 = 1.5957691216057308;
const CUBIC: f32 = 0.07135481282804125;
const CUBIC_3: f32 = <f32>3 * CUBIC;

/** activation(z) of one kind. */
// @ts-ignore: decorator
@inline
function value(kind: i32, alpha: f32, z: v128): v128 {
  const zero = all(0);
  switch (kind) {
    case RELU:
      // NaN stays NaN and -0 becomes 0, in two instructions where f32x4.max takes eight.
      return v128.andnot(z, f32x4.le(z, zero));
    case LEAKY_RELU:
      return where(f32x4.gt(z, zero), z, f32x4.mul(all(alpha), z));
    case TANH:
      return tanh(z);
    case SIGMOID:
      return sigmoid(z);
    case GELU:
      return f32x4.mul(z, distribution(z));
    case GELU_TANH:
      return f32x4.mul(z, gate(z));
    case SILU:
      return f32x4.mul(z, sigmoid(z));
    case ELU:
      return where(f32x4.gt(z, zero), z, f32x4.mul(all(alpha), expm1(z)));
    case SOFTPLUS:
      return f32x4.add(f32x4.max(z, zero), log1p(exp(f32x4.neg(f32x4.abs(z)))));
    default:
      return z;
  }
}

/** activation'(z), with a = activation(z). */
// @ts-ignore: decorator
@inline
function derivative(kind: i32, alpha: f32, z: v128, a: v128): v128 {
  const zero = all(0);
  const one = all(1);
  switch (kind) {
    case RELU:
      return v128.and(f32x4.gt(z, zero), one);
    case LEAKY_RELU:
      return where(f32x4.gt(z, zero), one, all(alpha));
    case TANH:
      return f32x4.mul(f32x4.sub(one, a), f32x4.add(one, a));
    case SIGMOID:
      return f32x4.mul(a, f32x4.sub(one, a));
    case GELU:
      return f32x4.add(distribution(z), f32x4.mul(z, density(z)));
    case GELU_TANH: {
      const s = gate(z);
      const slope = f32x4.add(all(LINEAR), f32x4.mul(all(CUBIC_3), boundedSquare(z)));
      return f32x4.add(s, f32x4.mul(z, f32x4.mul(f32x4.mul(slope, s), f32x4.sub(one, s))));
    }
    case SILU: {
      const s = sigmoid(z);
      return f32x4.mul(s, f32x4.add(one, f32x4.mul(z, f32x4.sub(one, s))));
    }
    case ELU:
      return where(f32x4.gt(z, zero), one, f32x4.add(a, all(alpha)));
    case SOFTPLUS:
      return sigmoid(z);
    default:
      return one;
  }
}

// One loop for each kind: the switch stands outside. Both work on n numbers, a multiple of 4.

// @ts-ignore: decorator
@inline
function activateAs(kind: i32, alpha: f32, a: usize, z: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(a + i, value(kind, alpha, v128.load(z + i)));
}

// @ts-ignore: decorator
@inline
function activateBackwardAs(kind: i32, alpha: f32, dz: usize, da: usize, z: usize, a: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const slope = derivative(kind, alpha, v128.load(z + i), v128.load(a + i));
    v128.store(dz + i, f32x4.mul(v128.load(da + i), slope));
  }
}

export function activate(kind: i32, alpha: f32, a: usize, z: usize, bytes: usize): void {
  switch (kind) {
    case RELU: return activateAs(RELU, alpha, a, z, bytes);
    case LEAKY_RELU: return activateAs(LEAKY_RELU, alpha, a, z, bytes);
    case TANH: return activateAs(TANH, alpha, a, z, bytes);
    case SIGMOID: return activateAs(SIGMOID, alpha, a, z, bytes);
    case GELU: return activateAs(GELU, alpha, a, z, bytes);
    case GELU_TANH: return activateAs(GELU_TANH, alpha, a, z, bytes);
    case SILU: return activateAs(SILU, alpha, a, z, bytes);
    case ELU: return activateAs(ELU, alpha, a, z, bytes);
    case SOFTPLUS: return activateAs(SOFTPLUS, alpha, a, z, bytes);
    default: memory.copy(a, z, bytes);
  }
}

export function activateBackward(
  kind: i32, alpha: f32, dz: usize, da: usize, z: usize, a: usize, bytes: usize,
): void {
  switch (kind) {
    case RELU: return activateBackwardAs(RELU, alpha, dz, da, z, a, bytes);
    case LEAKY_RELU: return activateBackwardAs(LEAKY_RELU, alpha, dz, da, z, a, bytes);
    case TANH: return activateBackwardAs(TANH, alpha, dz, da, z, a, bytes);
    case SIGMOID: return activateBackwardAs(SIGMOID, alpha, dz, da, z, a, bytes);
    case GELU: return activateBackwardAs(GELU, alpha, dz, da, z, a, bytes);
    case GELU_TANH: return activateBackwardAs(GELU_TANH, alpha, dz, da, z, a, bytes);
    case SILU: return activateBackwardAs(SILU, alpha, dz, da, z, a, bytes);
    case ELU: return activateBackwardAs(ELU, alpha, dz, da, z, a, bytes);
    case SOFTPLUS: return activateBackwardAs(SOFTPLUS, alpha, dz, da, z, a, bytes);
    default: if (dz != da) memory.copy(dz, da, bytes);
  }
}
