/*
 * Exponents of a Gaussian process's points for a chunk, two rows a point as vectors a, a', b, b' (a and b of the first four
 * candidates, then of the others):
 *   two powers   even + odd and even − odd, norms included
 *   factored     half the even part and the odd part, norms left to weights and to the end
 *   no mirror    one row: the exponent
 * Inputs come even ones first. One even input with three or four odd ones (pendulum, cart-pole) is written out, so that the
 * inputs stay in registers; the loops take the rest, and sum in the same order.
 */
import { ROW } from '../shared/rollouts/kernels/layout';
import { ROW_INPUTS } from '../shared/rollouts/kernels/gaussianLayout';
import { madd } from './lanes';

export function exponentsTwo(z: usize, rows: usize, end: usize, inputs: i32, evens: i32, mirror: bool, to: usize): void {
  if (!mirror) without(z, rows, end, inputs, to);
  else if (evens == 1 && inputs == 5) twoOneAndFour(z, rows, end, to);
  else if (evens == 1 && inputs == 4) twoOneAndThree(z, rows, end, to);
  else general(z, rows, end, inputs, evens, false, to);
}
export function exponentsFactored(z: usize, rows: usize, end: usize, inputs: i32, evens: i32, to: usize): void {
  if (evens == 1 && inputs == 5) factoredOneAndFour(z, rows, end, to);
  else if (evens == 1 && inputs == 4) factoredOneAndThree(z, rows, end, to);
  else general(z, rows, end, inputs, evens, true, to);
}

function twoOneAndFour(z: usize, rows: usize, end: usize, to: usize): void {
  writtenOut(z, rows, end, to, true, false);
}
function twoOneAndThree(z: usize, rows: usize, end: usize, to: usize): void {
  writtenOut(z, rows, end, to, false, false);
}
function factoredOneAndFour(z: usize, rows: usize, end: usize, to: usize): void {
  writtenOut(z, rows, end, to, true, true);
}
function factoredOneAndThree(z: usize, rows: usize, end: usize, to: usize): void {
  writtenOut(z, rows, end, to, false, true);
}
/** One even input and three or four odd ones; the flags are constants where this is used. */
@inline function writtenOut(z: usize, rows: usize, end: usize, to: usize, four: bool, factored: bool): void {
  const half = f32x4.splat(0.5);
  const n = v128.load(z), m = v128.load(z, 16);
  let e = v128.load(z, ROW), g = v128.load(z, ROW + 16);
  if (factored) {
    e = f32x4.mul(e, half);
    g = f32x4.mul(g, half);
  }
  const a1 = v128.load(z, 2 * ROW), b1 = v128.load(z, 2 * ROW + 16);
  const a2 = v128.load(z, 3 * ROW), b2 = v128.load(z, 3 * ROW + 16);
  const a3 = v128.load(z, 4 * ROW), b3 = v128.load(z, 4 * ROW + 16);
  const a4 = four ? v128.load(z, 5 * ROW) : half, b4 = four ? v128.load(z, 5 * ROW + 16) : half;
  for (; rows < end; rows += ROW_INPUTS + (four ? 20 : 16), to += 64) {
    let w = v128.load32_splat(rows, ROW_INPUTS + 4);
    let a = f32x4.mul(a1, w), b = f32x4.mul(b1, w);
    w = v128.load32_splat(rows, ROW_INPUTS + 8);
    a = madd(a2, w, a);
    b = madd(b2, w, b);
    w = v128.load32_splat(rows, ROW_INPUTS + 12);
    a = madd(a3, w, a);
    b = madd(b3, w, b);
    if (four) {
      w = v128.load32_splat(rows, ROW_INPUTS + 16);
      a = madd(a4, w, a);
      b = madd(b4, w, b);
    }
    w = v128.load32_splat(rows, ROW_INPUTS);
    if (factored) {
      v128.store(to, f32x4.mul(e, w));
      v128.store(to, a, 16);
      v128.store(to, f32x4.mul(g, w), 32);
      v128.store(to, b, 48);
    } else {
      const norm = v128.load32_splat(rows);
      const even = madd(e, w, f32x4.add(n, norm)), other = madd(g, w, f32x4.add(m, norm));
      v128.store(to, f32x4.add(even, a));
      v128.store(to, f32x4.sub(even, a), 16);
      v128.store(to, f32x4.add(other, b), 32);
      v128.store(to, f32x4.sub(other, b), 48);
    }
  }
}

/** Any number of inputs and of even ones among them. */
function general(z: usize, rows: usize, end: usize, inputs: i32, evens: i32, factored: bool, to: usize): void {
  const half = f32x4.splat(0.5);
  const stride: usize = ROW_INPUTS + 4 * inputs;
  for (; rows < end; rows += stride, to += 64) {
    let even = f32x4.splat(0), other = even, a = even, b = even;
    if (!factored) {
      const norm = v128.load32_splat(rows);
      even = f32x4.add(v128.load(z), norm);
      other = f32x4.add(v128.load(z, 16), norm);
    }
    let row = z + ROW;
    let point = rows + ROW_INPUTS;
    for (const last = point + 4 * evens; point < last; point += 4, row += ROW) {
      const w = v128.load32_splat(point);
      even = madd(v128.load(row), w, even);
      other = madd(v128.load(row, 16), w, other);
    }
    for (const last = rows + stride; point < last; point += 4, row += ROW) {
      const w = v128.load32_splat(point);
      a = madd(v128.load(row), w, a);
      b = madd(v128.load(row, 16), w, b);
    }
    if (factored) {
      v128.store(to, f32x4.mul(even, half));
      v128.store(to, a, 16);
      v128.store(to, f32x4.mul(other, half), 32);
      v128.store(to, b, 48);
    } else {
      v128.store(to, f32x4.add(even, a));
      v128.store(to, f32x4.sub(even, a), 16);
      v128.store(to, f32x4.add(other, b), 32);
      v128.store(to, f32x4.sub(other, b), 48);
    }
  }
}
/** Without a mirror: one exponent a point. */
function without(z: usize, rows: usize, end: usize, inputs: i32, to: usize): void {
  const stride: usize = ROW_INPUTS + 4 * inputs;
  for (; rows < end; rows += stride, to += ROW) {
    const norm = v128.load32_splat(rows);
    let a = f32x4.add(v128.load(z), norm), b = f32x4.add(v128.load(z, 16), norm);
    let row = z + ROW;
    for (let point = rows + ROW_INPUTS, last = rows + stride; point < last; point += 4, row += ROW) {
      const w = v128.load32_splat(point);
      a = madd(v128.load(row), w, a);
      b = madd(v128.load(row, 16), w, b);
    }
    v128.store(to, a);
    v128.store(to, b, 16);
  }
}
