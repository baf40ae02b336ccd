/*
 * Posterior means of a Gaussian process for the 8 candidates of a chunk, f(z) = Σ w_i k(z, z_i), with inputs scaled so that
 * k is a power of 2. −½ |z − z_i|² is −½ |z|² − ½ |z_i|² + z · z_i, and z · z_i has an even part (inputs that the mirror
 * leaves alone) and an odd one, so that both mirror terms are 2^(even ± odd).
 *
 * Lanes are candidates, points are broadcast. Two passes, exponents to memory and then powers: in one pass the numbers of
 * a point and the constants of the power do not fit into 16 registers.
 */
import { ROW } from '../shared/rollouts/kernels/layout';
import {
  EXPONENTS, FORM_FACTORED, ROW_FOLDED, ROW_INPUTS, ROW_WEIGHT, SCALED, SUM_BYTES, SUM_EVENS, SUM_FORM, SUM_INPUTS, SUM_PARITY,
  SUM_POINTS, SUM_ROWS, SUM_SCALES, SUM_TABLE,
} from '../shared/rollouts/kernels/gaussianLayout';
import { exponentsFactored, exponentsTwo } from './gaussianExponents';
import { at, E0, E1, E2, E3, E4, exp2, LEAST, madd, MAGIC, nmadd, ONE } from './lanes';

/**
 * @param model    the model's block
 * @param count    outputs
 * @param features rows of the inputs
 * @param results  receives a row for each output, channel units per second
 * @param mild     whether inputs are within their bounds, as the factored form asks for
 */
export function gaussianMeans(model: usize, count: i32, features: usize, results: usize, mild: bool): void {
  const scaled = load<usize>(model, SCALED);
  const exponents = load<usize>(model, EXPONENTS);
  for (let o = 0; o < count; o++) {
    const sum: usize = model + SUM_TABLE + o * SUM_BYTES;
    const inputs = load<i32>(sum, SUM_INPUTS);
    const evens = load<i32>(sum, SUM_EVENS);
    const parity = load<i32>(sum, SUM_PARITY);
    const points = load<i32>(sum, SUM_POINTS);
    const rows = load<usize>(sum, SUM_ROWS);
    const stride: usize = ROW_INPUTS + 4 * inputs;
    const end = rows + points * stride;
    const result: usize = results + o * ROW;
    scale(load<usize>(sum, SUM_SCALES), inputs, features, scaled);
    if (mild && load<i32>(sum, SUM_FORM) == FORM_FACTORED) {
      exponentsFactored(scaled, rows, end, inputs, evens, exponents);
      if (parity < 0) oddFactored(exponents, rows, end, stride, result);
      else evenFactored(exponents, rows, end, stride, result);
      fade(scaled, result);
    } else {
      exponentsTwo(scaled, rows, end, inputs, evens, parity != 0, exponents);
      if (parity < 0) oddTwo(exponents, rows, end, stride, result);
      else if (parity > 0) evenTwo(exponents, rows, end, stride, result);
      else plain(exponents, rows, end, stride, result);
    }
  }
}

/** Inputs over their length scales to rows 1 … of `scaled`, and −½ |z|² to row 0. */
function scale(scales: usize, inputs: i32, features: usize, scaled: usize): void {
  const half = f32x4.splat(-0.5);
  for (let h: usize = 0; h < 32; h += 16) {
    let norm = f32x4.splat(0);
    for (let d = 0; d < inputs; d++) {
      const entry: usize = scales + d * 8;
      const z = f32x4.mul(v128.load(features + load<usize>(entry) + h), v128.load32_splat(entry, 4));
      v128.store(scaled + (d + 1) * ROW + h, z);
      norm = madd(z, z, norm);
    }
    v128.store(scaled + h, f32x4.mul(norm, half));
  }
}
/** Times 2^(−½ |z|²), which the factored form leaves to the end. */
function fade(scaled: usize, result: usize): void {
  const least = at(LEAST);
  for (let h: usize = 0; h < 32; h += 16)
    v128.store(result + h, f32x4.mul(v128.load(result + h), exp2(f32x4.pmax(v128.load(scaled + h), least))));
}

// The powers. Constants stand in locals, because the engine would load them at every use; the data comes first in pmax, so
// that what is not a number passes. Powers below 2^−64 stay there, far from denormal numbers.

/** 2^y with the constants of the caller. */
@inline function power(y: v128, magic: v128, least: v128, e0: v128, e1: v128, e2: v128, e3: v128, e4: v128, one: v128): v128 {
  const held = f32x4.pmax(y, least);
  const t = f32x4.add(held, magic);
  const f = f32x4.sub(held, f32x4.sub(t, magic));
  const p = madd(madd(madd(madd(madd(e0, f, e1), f, e2), f, e3), f, e4), f, one);
  return i32x4.add(p, i32x4.shl(t, 23));
}
@inline function twoPowers(y: usize, rows: usize, end: usize, stride: usize, result: usize, odd: bool): void {
  const magic = at(MAGIC), least = at(LEAST), one = at(ONE), e0 = at(E0), e1 = at(E1), e2 = at(E2), e3 = at(E3), e4 = at(E4);
  let a = f32x4.splat(0), b = f32x4.splat(0);
  for (; rows < end; rows += stride, y += 64) {
    const w = v128.load32_splat(rows, ROW_WEIGHT);
    let p = power(v128.load(y), magic, least, e0, e1, e2, e3, e4, one);
    let q = power(v128.load(y, 16), magic, least, e0, e1, e2, e3, e4, one);
    a = madd(odd ? f32x4.sub(p, q) : f32x4.add(p, q), w, a);
    p = power(v128.load(y, 32), magic, least, e0, e1, e2, e3, e4, one);
    q = power(v128.load(y, 48), magic, least, e0, e1, e2, e3, e4, one);
    b = madd(odd ? f32x4.sub(p, q) : f32x4.add(p, q), w, b);
  }
  v128.store(result, a);
  v128.store(result, b, 16);
}
function oddTwo(y: usize, rows: usize, end: usize, stride: usize, result: usize): void {
  twoPowers(y, rows, end, stride, result, true);
}
function evenTwo(y: usize, rows: usize, end: usize, stride: usize, result: usize): void {
  twoPowers(y, rows, end, stride, result, false);
}
/** Without a mirror: one power a point, exponents in a row each. */
function plain(y: usize, rows: usize, end: usize, stride: usize, result: usize): void {
  const magic = at(MAGIC), least = at(LEAST), one = at(ONE), e0 = at(E0), e1 = at(E1), e2 = at(E2), e3 = at(E3), e4 = at(E4);
  let a = f32x4.splat(0), b = f32x4.splat(0);
  for (; rows < end; rows += stride, y += ROW) {
    const w = v128.load32_splat(rows, ROW_WEIGHT);
    a = madd(power(v128.load(y), magic, least, e0, e1, e2, e3, e4, one), w, a);
    b = madd(power(v128.load(y, 16), magic, least, e0, e1, e2, e3, e4, one), w, b);
  }
  v128.store(result, a);
  v128.store(result, b, 16);
}

/**
 * Weight · 2^even · (2^odd ∓ 2^−odd) of one vector: half the even exponent is so small that the polynomial alone gives its
 * power, which is then squared; 2^odd and 2^−odd share the even and the odd powers of the rest f.
 */
@inline function addFactored(y: usize, w: v128, sum: v128, odd: bool, magic: v128, e0: v128, e1: v128, e2: v128, e3: v128, e4: v128, one: v128): v128 {
  const half = v128.load(y);
  const x = v128.load(y, 16);
  let g = madd(madd(madd(madd(madd(e0, half, e1), half, e2), half, e3), half, e4), half, one);
  g = f32x4.mul(f32x4.mul(g, g), w);
  let t = f32x4.add(x, magic);
  const f = f32x4.sub(x, f32x4.sub(t, magic));
  const square = f32x4.mul(f, f);
  const evenPowers = madd(madd(e1, square, e3), square, one);
  const oddPowers = madd(madd(e0, square, e2), square, e4);
  t = i32x4.shl(t, 23);
  const up = i32x4.add(madd(oddPowers, f, evenPowers), t);
  const down = i32x4.sub(nmadd(oddPowers, f, evenPowers), t);
  return madd(odd ? f32x4.sub(up, down) : f32x4.add(up, down), g, sum);
}
@inline function factored(y: usize, rows: usize, end: usize, stride: usize, result: usize, odd: bool): void {
  const magic = at(MAGIC), one = at(ONE), e0 = at(E0), e1 = at(E1), e2 = at(E2), e3 = at(E3), e4 = at(E4);
  let a = f32x4.splat(0), b = f32x4.splat(0);
  for (; rows < end; rows += stride, y += 64) {
    const w = v128.load32_splat(rows, ROW_FOLDED);
    a = addFactored(y, w, a, odd, magic, e0, e1, e2, e3, e4, one);
    b = addFactored(y + 32, w, b, odd, magic, e0, e1, e2, e3, e4, one);
  }
  v128.store(result, a);
  v128.store(result, b, 16);
}
function oddFactored(y: usize, rows: usize, end: usize, stride: usize, result: usize): void {
  factored(y, rows, end, stride, result, true);
}
function evenFactored(y: usize, rows: usize, end: usize, stride: usize, result: usize): void {
  factored(y, rows, end, stride, result, false);
}
