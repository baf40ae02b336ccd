/*
 * Elementary functions on vectors of four 32-bit numbers. Constants are read from memory: the engine rebuilds a literal
 * vector by three instructions at every use.
 */
import { CONSTANTS } from '../shared/rollouts/kernels/layout';

// places in the table of constants
export const MAGIC: usize = CONSTANTS; // 1.5 · 2^23: adding it rounds to a whole number and leaves that in the lowest bits
export const ONE: usize = CONSTANTS + 4;
const HIGH: usize = CONSTANTS + 8;
const LOW: usize = CONSTANTS + 12;
const LOG2E: usize = CONSTANTS + 16;
export const E0: usize = CONSTANTS + 20; // 2^f on [−½, ½], from the highest power down
export const E1: usize = CONSTANTS + 24;
export const E2: usize = CONSTANTS + 28;
export const E3: usize = CONSTANTS + 32;
export const E4: usize = CONSTANTS + 36;
const INVERSE_PI: usize = CONSTANTS + 40;
const PI_HIGH: usize = CONSTANTS + 44;
const PI_LOW: usize = CONSTANTS + 48;
const S0: usize = CONSTANTS + 52; // sine on [−π/2, π/2], odd powers from the highest down
const S1: usize = CONSTANTS + 56;
const S2: usize = CONSTANTS + 60;
const S3: usize = CONSTANTS + 64;
const HALF_PI: usize = CONSTANTS + 68;
const HALF_PI_REST: usize = CONSTANTS + 72;
const L0: usize = CONSTANTS + 76; // ln(1 + f), from the highest power down
const L1: usize = CONSTANTS + 80;
const L2: usize = CONSTANTS + 84;
const L3: usize = CONSTANTS + 88;
const L4: usize = CONSTANTS + 92;
const L5: usize = CONSTANTS + 96;
const L6: usize = CONSTANTS + 100;
const L7: usize = CONSTANTS + 104;
const LN2: usize = CONSTANTS + 108;
const ROOT_HALF_BITS: usize = CONSTANTS + 112;
const TURN: usize = CONSTANTS + 116;
const INVERSE_TURN: usize = CONSTANTS + 120;
const TURN_LOW: usize = CONSTANTS + 124;
const TWO: usize = CONSTANTS + 128;
export const LEAST: usize = CONSTANTS + 132; // exponent of 2 below which a Gaussian does not fall
export const HALF: usize = CONSTANTS + 136;
export const MIX_A: usize = CONSTANTS + 140; // of the random numbers, see noise.ts
export const MIX_B: usize = CONSTANTS + 144;
export const GOLDEN: usize = CONSTANTS + 148;
export const CANDIDATE_STRIDE: usize = CONSTANTS + 152;
export const TWO_TO_MINUS_23: usize = CONSTANTS + 156;
export const MINUS_TWO: usize = CONSTANTS + 160;
export const WHOLE_TURN: usize = CONSTANTS + 164;
const LEAST_EXPONENT: usize = CONSTANTS + 168;
const MOST_EXPONENT: usize = CONSTANTS + 172;

/** Writes the constants; once for each memory. */
export function prepareLanes(): void {
  store<f32>(MAGIC, 12582912.0);
  store<f32>(ONE, 1.0);
  store<f32>(TWO, 2.0);
  store<f32>(LEAST, -64.0);
  store<f32>(HIGH, 87.0);
  store<f32>(LOW, -87.0);
  store<f32>(LOG2E, 1.4426950408889634);
  store<f32>(E0, 0.0013264722656458616);
  store<f32>(E1, 0.009671512991189957);
  store<f32>(E2, 0.05550733581185341);
  store<f32>(E3, 0.24022242426872253);
  store<f32>(E4, 0.6931470036506653);
  store<f32>(INVERSE_PI, 0.3183098861837907);
  store<f32>(PI_HIGH, 3.140625);
  store<f32>(PI_LOW, 9.67653589793e-4);
  store<f32>(S0, 2.60578213e-6);
  store<f32>(S1, -1.98096037e-4);
  store<f32>(S2, 8.33306648e-3);
  store<f32>(S3, -0.166666597);
  store<f32>(HALF_PI, 1.5707963705062866);
  store<f32>(HALF_PI_REST, -4.371139000186243e-8);
  store<f32>(L0, 0.0873485729);
  store<f32>(L1, -0.143075421);
  store<f32>(L2, 0.149179786);
  store<f32>(L3, -0.16570507);
  store<f32>(L4, 0.199620709);
  store<f32>(L5, -0.250017554);
  store<f32>(L6, 0.333339512);
  store<f32>(L7, -0.499999911);
  store<f32>(LN2, 0.6931471805599453);
  store<i32>(ROOT_HALF_BITS, 0x3f3504f3);
  store<f32>(TURN, 6.28125); // n times it is exact for n below 2^15
  store<f32>(TURN_LOW, 1.9353071795864769e-3);
  store<f32>(INVERSE_TURN, 0.15915494309189535);
  store<f32>(HALF, 0.5);
  store<i32>(MIX_A, 0x85ebca6b);
  store<i32>(MIX_B, 0xc2b2ae35);
  store<i32>(GOLDEN, 0x9e3779b9);
  store<i32>(CANDIDATE_STRIDE, 0x85ebca77);
  store<f32>(TWO_TO_MINUS_23, 1.1920928955078125e-7);
  store<f32>(MINUS_TWO, -2);
  store<f32>(WHOLE_TURN, 6.283185307179586);
  store<f32>(LEAST_EXPONENT, -126);
  store<f32>(MOST_EXPONENT, 126);
}

@inline export function at(address: usize): v128 {
  return v128.load32_splat(address);
}
/** a · b + c: one rounding where the engine fuses, two in the portable build. */
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  else return f32x4.add(f32x4.mul(a, b), c);
}
/** c − a · b */
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  else return f32x4.sub(c, f32x4.mul(a, b));
}
/** The data first, so that what is not a number passes through instead of becoming a bound. */
@inline export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low);
}
/** 2^y for |y| ≤ 126, relative error 2e-7; nothing is clamped here. */
@inline export function exp2(y: v128): v128 {
  const magic = at(MAGIC);
  const t = f32x4.add(y, magic);
  const f = f32x4.sub(y, f32x4.sub(t, magic));
  let p = madd(f, at(E0), at(E1));
  p = madd(p, f, at(E2));
  p = madd(p, f, at(E3));
  p = madd(p, f, at(E4));
  p = madd(p, f, at(ONE));
  return i32x4.add(p, i32x4.shl(t, 23));
}
/** e^x, held within e^±87. */
@inline export function exp(x: v128): v128 {
  return exp2(f32x4.mul(clamp(x, at(LOW), at(HIGH)), at(LOG2E)));
}
/** Sine of |r| ≤ π/2. */
@inline function sineNear(r: v128): v128 {
  const q = f32x4.mul(r, r);
  let p = madd(q, at(S0), at(S1));
  p = madd(p, q, at(S2));
  p = madd(p, q, at(S3));
  return madd(f32x4.mul(p, q), r, r);
}
/** x in half turns, rounded to n: n stands in the lowest bits. For |x| up to some thousand. */
@inline export function halfTurns(x: v128): v128 {
  return madd(x, at(INVERSE_PI), at(MAGIC));
}
/** x minus its half turns, in [−π/2, π/2]: π in two parts. */
@inline export function beyondHalfTurns(x: v128, turns: v128): v128 {
  const n = f32x4.sub(turns, at(MAGIC));
  return nmadd(n, at(PI_LOW), nmadd(n, at(PI_HIGH), x));
}
/** Sine of the angle that is so many half turns and `rest`. */
@inline export function sineOf(rest: v128, turns: v128): v128 {
  return v128.xor(sineNear(rest), i32x4.shl(turns, 31));
}
@inline export function cosineOf(rest: v128, turns: v128): v128 {
  const off = f32x4.add(f32x4.sub(at(HALF_PI), f32x4.abs(rest)), at(HALF_PI_REST));
  return v128.xor(sineNear(off), i32x4.shl(turns, 31));
}
/**
 * Sine of |r| ≤ π/2 as `sineNear`, with one operation more and a third of its waiting less: for chains in which everything
 * waits for it.
 */
@inline function sineNearSoon(r: v128): v128 {
  const q = f32x4.mul(r, r);
  const p = madd(madd(q, at(S0), at(S1)), f32x4.mul(q, q), madd(q, at(S2), at(S3)));
  return madd(p, f32x4.mul(r, q), r);
}
@inline export function sineSoon(rest: v128, turns: v128): v128 {
  return v128.xor(sineNearSoon(rest), i32x4.shl(turns, 31));
}
@inline export function cosineSoon(rest: v128, turns: v128): v128 {
  const off = f32x4.add(f32x4.sub(at(HALF_PI), f32x4.abs(rest)), at(HALF_PI_REST));
  return v128.xor(sineNearSoon(off), i32x4.shl(turns, 31));
}
/** Writes the sine and the cosine of x. */
@inline export function sineCosine(x: v128, sine: usize, cosine: usize): void {
  const turns = halfTurns(x);
  const rest = beyondHalfTurns(x, turns);
  v128.store(sine, sineOf(rest, turns));
  v128.store(cosine, cosineOf(rest, turns));
}
/** x minus whole turns, in [−π, π]. */
@inline export function wrap(x: v128): v128 {
  const magic = at(MAGIC);
  const n = f32x4.sub(madd(x, at(INVERSE_TURN), magic), magic);
  return nmadd(n, at(TURN_LOW), nmadd(n, at(TURN), x));
}
/** ln x for 0 < x ≤ 1: the exponent brings x to [1/√2, √2), a polynomial does the rest. */
@inline export function ln(x: v128): v128 {
  const e = i32x4.shr_s(i32x4.sub(x, at(ROOT_HALF_BITS)), 23);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(e, 23)), at(ONE));
  let p = madd(f, at(L0), at(L1));
  p = madd(p, f, at(L2));
  p = madd(p, f, at(L3));
  p = madd(p, f, at(L4));
  p = madd(p, f, at(L5));
  p = madd(p, f, at(L6));
  p = madd(p, f, at(L7));
  p = madd(f32x4.mul(f, f), p, f);
  return madd(f32x4.convert_i32x4_s(e), at(LN2), p);
}
@inline export function one(): v128 {
  return at(ONE);
}
/** tanh x = 1 − 2 / (1 + e^2x). */
@inline export function tanh(x: v128): v128 {
  const twice = clamp(f32x4.add(x, x), at(LOW), at(HIGH));
  const e = exp2(f32x4.mul(twice, at(LOG2E)));
  // 0 · x keeps what is not a number so
  return f32x4.sub(at(ONE), f32x4.div(at(TWO), f32x4.add(at(ONE), e)));
}

/**
 * y / (1 + 2^−y) over memory from `from` to `to` (a multiple of 32 bytes apart), two vectors at a time: SiLU in units of ln 2,
 * which the weights before and after it take in. Multiply-adds and the division share two of a processor's pipes, so what can
 * be an addition is one.
 */
export function siluPass(from: usize, to: usize): void {
  const high = at(MOST_EXPONENT), low = at(LEAST_EXPONENT), magic = at(MAGIC), unit = at(ONE);
  const e0 = at(E0), e1 = at(E1), e2 = at(E2), e3 = at(E3), e4 = at(E4);
  for (; from < to; from += 32) {
    const x = v128.load(from), y = v128.load(from, 16);
    const a = clamp(x, low, high), b = clamp(y, low, high);
    const t = f32x4.sub(magic, a), u = f32x4.sub(magic, b);
    const f = f32x4.sub(f32x4.sub(magic, t), a), g = f32x4.sub(f32x4.sub(magic, u), b);
    const p = madd(madd(madd(madd(madd(f, e0, e1), f, e2), f, e3), f, e4), f, unit);
    const q = madd(madd(madd(madd(madd(g, e0, e1), g, e2), g, e3), g, e4), g, unit);
    v128.store(from, f32x4.div(x, f32x4.add(unit, i32x4.add(p, i32x4.shl(t, 23)))));
    v128.store(from, f32x4.div(y, f32x4.add(unit, i32x4.add(q, i32x4.shl(u, 23)))), 16);
  }
}
export function tanhPass(from: usize, to: usize): void {
  for (; from < to; from += 16) v128.store(from, tanh(v128.load(from)));
}
export function reluPass(from: usize, to: usize): void {
  const zero = f32x4.splat(0);
  for (; from < to; from += 16) v128.store(from, f32x4.max(v128.load(from), zero));
}
