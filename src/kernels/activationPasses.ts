/*
 * Activations of a tile in place, and their slopes beside it: passes of their own over memory from `x` to `end`, a multiple
 * of 32 bytes apart.
 */
import { LEAST_EXPONENT, MINUS_LOG2E, MOST_EXPONENT } from '../shared/models/network/kernelLayout';
import { at, clamp, E0, E1, E2, E3, E4, MAGIC, madd, one, tanh } from './lanes';

/**
 * y = x σ(x); its slope is σ + y (1 − σ). In two passes, the first of which leaves 1 + e^−x where the slopes go: in one, the
 * constants and both vectors under way would need more registers than there are.
 */
export function siluWithSlope(x: usize, end: usize, slopes: usize): void {
  onePlusExponentials(x, end, slopes);
  const unit = one();
  for (; x < end; x += 16) {
    const sigma = f32x4.div(unit, v128.load(slopes));
    const y = f32x4.mul(v128.load(x), sigma);
    v128.store(x, y);
    v128.store(slopes, madd(y, f32x4.sub(unit, sigma), sigma));
    slopes += 16;
  }
}
/** The function `exp2` of the lanes, written out for two vectors that do not wait for each other. */
function onePlusExponentials(x: usize, end: usize, into: usize): void {
  const factor = at(MINUS_LOG2E), least = at(LEAST_EXPONENT), most = at(MOST_EXPONENT), magic = at(MAGIC), unit = one();
  const e0 = at(E0), e1 = at(E1), e2 = at(E2), e3 = at(E3), e4 = at(E4);
  for (; x < end; x += 32) {
    const y = clamp(f32x4.mul(v128.load(x), factor), least, most), z = clamp(f32x4.mul(v128.load(x, 16), factor), least, most);
    const t = f32x4.add(y, magic), u = f32x4.add(z, magic);
    const f = f32x4.sub(y, f32x4.sub(t, magic)), g = f32x4.sub(z, f32x4.sub(u, magic));
    const p = madd(madd(madd(madd(madd(f, e0, e1), f, e2), f, e3), f, e4), f, unit);
    const q = madd(madd(madd(madd(madd(g, e0, e1), g, e2), g, e3), g, e4), g, unit);
    v128.store(into, f32x4.add(unit, i32x4.add(p, i32x4.shl(t, 23))));
    v128.store(into, f32x4.add(unit, i32x4.add(q, i32x4.shl(u, 23))), 16);
    into += 32;
  }
}
export function tanhWithSlope(x: usize, end: usize, slopes: usize): void {
  for (; x < end; x += 16) {
    const y = tanh(v128.load(x));
    v128.store(x, y);
    v128.store(slopes, f32x4.sub(one(), f32x4.mul(y, y)));
    slopes += 16;
  }
}
export function reluWithSlope(x: usize, end: usize, slopes: usize): void {
  const zero = f32x4.splat(0);
  for (; x < end; x += 16) {
    const value = v128.load(x);
    v128.store(x, f32x4.max(value, zero));
    v128.store(slopes, v128.and(one(), f32x4.gt(value, zero)));
    slopes += 16;
  }
}
