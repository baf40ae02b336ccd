/*
 * What this processor can do in 128-bit vectors at most: twelve chains of multiply-adds that never leave the registers. A
 * benchmark holds the kernels against it; nothing else uses it.
 */
import { madd } from './lanes';

/**
 * So many rounds of 12 chains × 4 multiply-adds × 4 lanes. The chains begin apart, or a compiler would see that they are one.
 * @param factor  below 1, so that nothing overflows; handed in, or a compiler would know it
 */
export function chains(rounds: i32, factor: f32, addend: f32): f32 {
  const x = f32x4.splat(factor);
  const y = f32x4.splat(addend);
  let a = f32x4.splat(0.0625), b = f32x4.splat(0.1250), c = f32x4.splat(0.1875);
  let d = f32x4.splat(0.2500), e = f32x4.splat(0.3125), f = f32x4.splat(0.3750);
  let g = f32x4.splat(0.4375), h = f32x4.splat(0.5000), i = f32x4.splat(0.5625);
  let j = f32x4.splat(0.6250), k = f32x4.splat(0.6875), l = f32x4.splat(0.7500);
  for (let round = 0; round < rounds; round++) {
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y); f = madd(f, x, y);
    g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y); f = madd(f, x, y);
    g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y); f = madd(f, x, y);
    g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y); f = madd(f, x, y);
    g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
  }
  const left = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
  const right = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(k, l));
  const sum = f32x4.add(left, right);
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 3);
}
