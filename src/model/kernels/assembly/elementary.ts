// The functions of ../elementary32.ts, four numbers at a time, operation for operation. Methods, sources and errors stand
// there; every change there is a change here.

// @ts-ignore: decorator
@inline
function add(x: v128, y: v128): v128 {
  return f32x4.add(x, y);
}
// @ts-ignore: decorator
@inline
function sub(x: v128, y: v128): v128 {
  return f32x4.sub(x, y);
}
// @ts-ignore: decorator
@inline
function mul(x: v128, y: v128): v128 {
  return f32x4.mul(x, y);
}
// @ts-ignore: decorator
@inline
function all(x: f32): v128 {
  return f32x4.splat(x);
}

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const y = f32x4.min(f32x4.max(x, all(-104)), all(89));
  const k = nearestExponent(y);
  const r = remainder(y, k);
  return scale(add(add(mul(mul(r, r), curve(r)), r), all(1)), i32x4.trunc_sat_f32x4_s(k));
}

// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const y = f32x4.min(f32x4.max(x, all(-18)), all(89));
  const k = nearestExponent(y);
  const r = remainder(y, k);
  const whole = i32x4.trunc_sat_f32x4_s(k);
  const offset = sub(all(1), powerOfTwo(i32x4.neg(whole)));
  const head = add(offset, r);
  const lost = sub(r, sub(head, offset));
  return scale(add(head, add(lost, mul(mul(r, r), curve(r)))), whole);
}

// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  return f32x4.div(v128.bitselect(e, all(1), f32x4.lt(x, all(0))), add(all(1), e));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const t = expm1(mul(all(2), f32x4.min(f32x4.abs(x), all(10))));
  return withSign(f32x4.div(t, add(t, all(2))), x);
}

// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, all(1.17549435e-38));
  const scaled = v128.bitselect(mul(x, all(8388608)), x, subnormal);
  const above = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const k = i32x4.sub(i32x4.shr_s(above, 23), v128.and(subnormal, i32x4.splat(23)));
  const m = sub(i32x4.add(v128.and(above, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3)), all(1));
  let p = add(mul(all(7.0376836292e-2), m), all(-1.151461031e-1));
  p = add(mul(p, m), all(1.167699874e-1));
  p = add(mul(p, m), all(-1.2420140846e-1));
  p = add(mul(p, m), all(1.4249322787e-1));
  p = add(mul(p, m), all(-1.6668057665e-1));
  p = add(mul(p, m), all(2.0000714765e-1));
  p = add(mul(p, m), all(-2.4999993993e-1));
  p = add(mul(p, m), all(3.3333331174e-1));
  const square = mul(m, m);
  const kf = f32x4.convert_i32x4_s(k);
  p = add(mul(mul(p, m), square), mul(kf, all(-2.1219444e-4)));
  p = sub(p, mul(all(0.5), square));
  const value = add(add(m, p), mul(kf, all(0.693359375)));
  const negative = v128.bitselect(all(-Infinity), all(NaN), f32x4.eq(x, all(0)));
  const checked = v128.bitselect(value, negative, f32x4.gt(x, all(0)));
  return v128.bitselect(all(Infinity), checked, f32x4.eq(x, all(Infinity)));
}

// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const u = add(all(1), x);
  const kept = sub(u, all(1));
  const lost = f32x4.div(sub(x, kept), u);
  return add(log(u), v128.andnot(lost, f32x4.eq(kept, x)));
}

// @ts-ignore: decorator
@inline
export function erfc(x: v128): v128 {
  const tail = exp(f32x4.neg(minusLogErfc(f32x4.abs(x))));
  return v128.bitselect(sub(all(2), tail), tail, f32x4.lt(x, all(0)));
}

// @ts-ignore: decorator
@inline
function minusLogErfc(x: v128): v128 {
  let p = add(mul(all(6.788249790121638e-7), x), all(-1.4159564259174398e-5));
  p = add(mul(p, x), all(0.0001267022427901241));
  p = add(mul(p, x), all(-0.0006197428676436281));
  p = add(mul(p, x), all(0.0015974201308445253));
  p = add(mul(p, x), all(-6.291743710784041e-5));
  p = add(mul(p, x), all(-0.01921372449685231));
  p = add(mul(p, x), all(0.10279438264546521));
  p = add(mul(p, x), all(0.6366178038021235));
  return mul(add(mul(p, x), all(1.1283791944826058)), x);
}

// @ts-ignore: decorator
@inline
function nearestExponent(x: v128): v128 {
  return sub(add(mul(x, all(1.4426950408889634)), all(12582912)), all(12582912));
}

// @ts-ignore: decorator
@inline
function remainder(x: v128, k: v128): v128 {
  return sub(sub(x, mul(k, all(0.693359375))), mul(k, all(-2.1219444e-4)));
}

// @ts-ignore: decorator
@inline
function curve(r: v128): v128 {
  let p = add(mul(all(1.98756915e-4), r), all(1.3981999507e-3));
  p = add(mul(p, r), all(8.3334519073e-3));
  p = add(mul(p, r), all(4.1665795894e-2));
  p = add(mul(p, r), all(1.6666665459e-1));
  return add(mul(p, r), all(5.0000001201e-1));
}

// @ts-ignore: decorator
@inline
function scale(x: v128, k: v128): v128 {
  const half = i32x4.shr_s(k, 1);
  return mul(mul(x, powerOfTwo(half)), powerOfTwo(i32x4.sub(k, half)));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(k: v128): v128 {
  return i32x4.shl(i32x4.max_s(i32x4.add(k, i32x4.splat(127)), i32x4.splat(0)), 23);
}

// @ts-ignore: decorator
@inline
function withSign(magnitude: v128, x: v128): v128 {
  return v128.bitselect(x, magnitude, i32x4.splat(i32.MIN_VALUE));
}
