/*
 * The product of matrices that training is made of. Each number has one sum, k ascending: every shape of block gives the
 * same bits. Eight sums are held in registers, so that the processor's multiply-adds follow each other without a gap; with
 * more of them Node 20 runs out of registers, because it moves the loads of an unrolled loop to its beginning.
 */
import { madd } from './lanes';

/**
 * C(i, ·) = (initial(i, ·) + Σₖ A(i, k) B(k, ·)) × factors(i, ·)
 *
 * @param aRow, aStep  bytes from A(i, k) to A(i + 1, k) and to A(i, k + 1)
 * @param bStep        bytes of a row of B
 * @param initialRow   bytes of a row of the first values, 0 when they are the same for all
 * @param rows         of C, a multiple of 4; of 2 where `columns` is a multiple of 64
 * @param columns      of C, bytes, a multiple of 16
 * @param factors      as wide as C, or 0 for none
 */
export function product(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, initial: usize, initialRow: usize, c: usize, cRow: usize, rows: i32,
  columns: usize, K: i32, factors: usize,
): void {
  const wide = columns & ~63, even = columns & ~31;
  let j: usize = 0;
  for (; j < wide; j += 64) fourVectors(a, aRow, aStep, b + j, bStep, initial + j, initialRow, c + j, cRow, rows, K, factors, j);
  for (; j < even; j += 32) twoVectors(a, aRow, aStep, b + j, bStep, initial + j, initialRow, c + j, cRow, rows, K, factors, j);
  if (j < columns) oneVector(a, aRow, aStep, b + j, bStep, initial + j, initialRow, c + j, cRow, rows, K, factors, j);
}

/** Two rows by four vectors. */
function fourVectors(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, initial: usize, initialRow: usize, c: usize, cRow: usize, rows: i32, K: i32,
  factors: usize, j: usize,
): void {
  let f = factors + j;
  for (let i = rows; i > 0; i -= 2) {
    let s00 = v128.load(initial), s01 = v128.load(initial, 16), s02 = v128.load(initial, 32), s03 = v128.load(initial, 48);
    const next = initial + initialRow;
    let s10 = v128.load(next), s11 = v128.load(next, 16), s12 = v128.load(next, 32), s13 = v128.load(next, 48);
    let x = a, y = b, k = K;
    do {
      const u = v128.load(y), v = v128.load(y, 16), w = v128.load(y, 32), z = v128.load(y, 48);
      let s = v128.load32_splat(x);
      s00 = madd(s, u, s00);
      s01 = madd(s, v, s01);
      s02 = madd(s, w, s02);
      s03 = madd(s, z, s03);
      s = v128.load32_splat(x + aRow);
      s10 = madd(s, u, s10);
      s11 = madd(s, v, s11);
      s12 = madd(s, w, s12);
      s13 = madd(s, z, s13);
      x += aStep;
      y += bStep;
    } while (--k);
    if (factors) {
      s00 = f32x4.mul(s00, v128.load(f));
      s01 = f32x4.mul(s01, v128.load(f, 16));
      s02 = f32x4.mul(s02, v128.load(f, 32));
      s03 = f32x4.mul(s03, v128.load(f, 48));
      f += cRow;
      s10 = f32x4.mul(s10, v128.load(f));
      s11 = f32x4.mul(s11, v128.load(f, 16));
      s12 = f32x4.mul(s12, v128.load(f, 32));
      s13 = f32x4.mul(s13, v128.load(f, 48));
      f += cRow;
    }
    v128.store(c, s00);
    v128.store(c, s01, 16);
    v128.store(c, s02, 32);
    v128.store(c, s03, 48);
    c += cRow;
    v128.store(c, s10);
    v128.store(c, s11, 16);
    v128.store(c, s12, 32);
    v128.store(c, s13, 48);
    c += cRow;
    a += 2 * aRow;
    initial += 2 * initialRow;
  }
}

/** Four rows by two vectors. */
function twoVectors(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, initial: usize, initialRow: usize, c: usize, cRow: usize, rows: i32, K: i32,
  factors: usize, j: usize,
): void {
  const a2 = 2 * aRow, a3 = 3 * aRow, c2 = 2 * cRow, c3 = 3 * cRow, i2 = 2 * initialRow, i3 = 3 * initialRow;
  let f = factors + j;
  for (let i = rows; i > 0; i -= 4) {
    let s00 = v128.load(initial), s01 = v128.load(initial, 16);
    let s10 = v128.load(initial + initialRow), s11 = v128.load(initial + initialRow, 16);
    let s20 = v128.load(initial + i2), s21 = v128.load(initial + i2, 16);
    let s30 = v128.load(initial + i3), s31 = v128.load(initial + i3, 16);
    let x = a, y = b, k = K;
    do {
      const u = v128.load(y), v = v128.load(y, 16);
      let s = v128.load32_splat(x);
      s00 = madd(s, u, s00);
      s01 = madd(s, v, s01);
      s = v128.load32_splat(x + aRow);
      s10 = madd(s, u, s10);
      s11 = madd(s, v, s11);
      s = v128.load32_splat(x + a2);
      s20 = madd(s, u, s20);
      s21 = madd(s, v, s21);
      s = v128.load32_splat(x + a3);
      s30 = madd(s, u, s30);
      s31 = madd(s, v, s31);
      x += aStep;
      y += bStep;
    } while (--k);
    if (factors) {
      s00 = f32x4.mul(s00, v128.load(f));
      s01 = f32x4.mul(s01, v128.load(f, 16));
      s10 = f32x4.mul(s10, v128.load(f + cRow));
      s11 = f32x4.mul(s11, v128.load(f + cRow, 16));
      s20 = f32x4.mul(s20, v128.load(f + c2));
      s21 = f32x4.mul(s21, v128.load(f + c2, 16));
      s30 = f32x4.mul(s30, v128.load(f + c3));
      s31 = f32x4.mul(s31, v128.load(f + c3, 16));
      f += 4 * cRow;
    }
    v128.store(c, s00);
    v128.store(c, s01, 16);
    v128.store(c + cRow, s10);
    v128.store(c + cRow, s11, 16);
    v128.store(c + c2, s20);
    v128.store(c + c2, s21, 16);
    v128.store(c + c3, s30);
    v128.store(c + c3, s31, 16);
    a += 4 * aRow;
    c += 4 * cRow;
    initial += 4 * initialRow;
  }
}

/** Four rows by one vector. */
function oneVector(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, initial: usize, initialRow: usize, c: usize, cRow: usize, rows: i32, K: i32,
  factors: usize, j: usize,
): void {
  const a2 = 2 * aRow, a3 = 3 * aRow, c2 = 2 * cRow, c3 = 3 * cRow, i2 = 2 * initialRow, i3 = 3 * initialRow;
  let f = factors + j;
  for (let i = rows; i > 0; i -= 4) {
    let s0 = v128.load(initial), s1 = v128.load(initial + initialRow), s2 = v128.load(initial + i2), s3 = v128.load(initial + i3);
    let x = a, y = b, k = K;
    do {
      const u = v128.load(y);
      s0 = madd(v128.load32_splat(x), u, s0);
      s1 = madd(v128.load32_splat(x + aRow), u, s1);
      s2 = madd(v128.load32_splat(x + a2), u, s2);
      s3 = madd(v128.load32_splat(x + a3), u, s3);
      x += aStep;
      y += bStep;
    } while (--k);
    if (factors) {
      s0 = f32x4.mul(s0, v128.load(f));
      s1 = f32x4.mul(s1, v128.load(f + cRow));
      s2 = f32x4.mul(s2, v128.load(f + c2));
      s3 = f32x4.mul(s3, v128.load(f + c3));
      f += 4 * cRow;
    }
    v128.store(c, s0);
    v128.store(c + cRow, s1);
    v128.store(c + c2, s2);
    v128.store(c + c3, s3);
    a += 4 * aRow;
    c += 4 * cRow;
    initial += 4 * initialRow;
  }
}
