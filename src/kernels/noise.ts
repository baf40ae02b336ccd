/*
 * Gaussian noise of the outputs, as the model states it. Counter-based: a number depends on the search, the particle, the
 * candidate, the step and the output, never on the thread or the chunk. The same integers as shared/math/random.ts.
 */
import { NOISE_KEY, OUTPUT_BYTES, OUTPUT_ROWS, OUTPUT_TABLE, OUTPUTS, ROW, SPREAD_ROWS } from '../shared/rollouts/kernels/layout';
import {
  at, CANDIDATE_STRIDE, exp, HALF, ln, madd, MINUS_TWO, MIX_A, MIX_B, sineCosine, TWO_TO_MINUS_23, WHOLE_TURN,
} from './lanes';

// Scratch: a row each, for the angles of a pair.
const SINES: usize = 5056;
const COSINES: usize = 5088;

/** The finaliser of shared/math/random.ts. */
@inline export function mix(h: v128): v128 {
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), at(MIX_A));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), at(MIX_B));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
/** Uniform in (0, 1) with 24 bits, exact in 32-bit floats. */
@inline function uniform(word: v128): v128 {
  return f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(word, 9)), at(HALF)), at(TWO_TO_MINUS_23));
}
/**
 * OUTPUT_ROWS += unit · e^(½ SPREAD_ROWS) · normal; two outputs share two uniforms. Each number ends a long chain in which
 * everything waits, so the two halves of a row, which know nothing of each other, go side by side.
 */
export function addNoise(step: i32, candidate: i32): void {
  const outputs = load<i32>(OUTPUTS);
  const pairs = (outputs + 1) >> 1;
  const key = keyOf(candidate), farKey = keyOf(candidate + 4);
  for (let pair = 0; pair < pairs; pair++) {
    const index = 2 * (step * pairs + pair);
    const first = i32x4.splat((index + 1) * 0x9e3779b9), second = i32x4.splat((index + 2) * 0x9e3779b9);
    const u = uniform(mix(i32x4.add(key, first))), farU = uniform(mix(i32x4.add(farKey, first)));
    const v = uniform(mix(i32x4.add(key, second))), farV = uniform(mix(i32x4.add(farKey, second)));
    sineCosine(f32x4.mul(v, at(WHOLE_TURN)), SINES, COSINES);
    sineCosine(f32x4.mul(farV, at(WHOLE_TURN)), SINES + 16, COSINES + 16);
    const radius = f32x4.sqrt(f32x4.mul(ln(u), at(MINUS_TWO))), farRadius = f32x4.sqrt(f32x4.mul(ln(farU), at(MINUS_TWO)));
    add(2 * pair, f32x4.mul(radius, v128.load(COSINES)), f32x4.mul(farRadius, v128.load(COSINES, 16)));
    if (2 * pair + 1 < outputs) add(2 * pair + 1, f32x4.mul(radius, v128.load(SINES)), f32x4.mul(farRadius, v128.load(SINES, 16)));
  }
}
@inline function keyOf(candidate: i32): v128 {
  const lanes = i32x4.add(i32x4.splat(candidate), i32x4(0, 1, 2, 3));
  return mix(i32x4.add(at(NOISE_KEY), i32x4.mul(lanes, at(CANDIDATE_STRIDE))));
}
@inline function add(output: i32, normal: v128, farNormal: v128): void {
  const row: usize = output * ROW;
  const unit = at(OUTPUT_TABLE + output * OUTPUT_BYTES + 12);
  const deviation = f32x4.mul(exp(f32x4.mul(v128.load(SPREAD_ROWS + row), at(HALF))), unit);
  const farDeviation = f32x4.mul(exp(f32x4.mul(v128.load(SPREAD_ROWS + row, 16), at(HALF))), unit);
  v128.store(OUTPUT_ROWS + row, madd(deviation, normal, v128.load(OUTPUT_ROWS + row)));
  v128.store(OUTPUT_ROWS + row, madd(farDeviation, farNormal, v128.load(OUTPUT_ROWS + row, 16)), 16);
}
