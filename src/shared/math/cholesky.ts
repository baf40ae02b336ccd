/**
 * Dense symmetric positive definite matrices in place, row-major, lower triangle: A = L Lᵀ. Loops run along rows, and
 * dot products keep four partial sums so that one addition need not wait for the other.
 */

/**
 * Overwrites the lower triangle of A [n × n] by its Cholesky factor L; what is above the diagonal is neither read nor
 * changed. Returns false when A is not positive definite to working precision; A is then half overwritten.
 */
export function factor(A: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      A[rowI + j] = (A[rowI + j] - dot(A, rowI, rowJ, j)) / A[rowJ + j];
    }
    const rest = A[rowI + i] - dot(A, rowI, rowI, i);
    if (!(rest > 1e-12)) return false;
    A[rowI + i] = Math.sqrt(rest);
  }
  return true;
}

/** Solves L x = b in place of b [n]. */
export function solveLower(L: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0, row = 0; i < n; i++, row += n) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= L[row + k] * b[k];
    b[i] = sum / L[row + i];
  }
}
/** Solves Lᵀ x = b in place of b [n]. */
export function solveUpper(L: Float64Array, n: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    const value = b[i] / L[row + i];
    b[i] = value;
    for (let k = 0; k < i; k++) b[k] -= L[row + k] * value;
  }
}

/**
 * The lower triangle of A⁻¹ from L.
 * @param inverse  [n × n], its lower triangle is written
 * @param scratch  [n × n]
 */
export function invert(L: Float64Array, n: number, inverse: Float64Array, scratch: Float64Array): void {
  // scratch: L⁻¹ by rows, each a combination of the rows above it
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) scratch[row + j] = 0;
    for (let k = 0; k < i; k++) {
      const weight = L[row + k];
      const from = k * n;
      for (let j = 0; j <= k; j++) scratch[row + j] -= weight * scratch[from + j];
    }
    const diagonal = 1 / L[row + i];
    for (let j = 0; j < i; j++) scratch[row + j] *= diagonal;
    scratch[row + i] = diagonal;
  }
  for (let i = 0; i < n; i++) inverse.fill(0, i * n, i * n + i + 1);
  for (let k = 0; k < n; k++) {
    const from = k * n;
    for (let i = 0; i <= k; i++) {
      const weight = scratch[from + i];
      const row = i * n;
      for (let j = 0; j <= i; j++) inverse[row + j] += weight * scratch[from + j];
    }
  }
}

function dot(A: Float64Array, a: number, b: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += A[a + k] * A[b + k];
    s1 += A[a + k + 1] * A[b + k + 1];
    s2 += A[a + k + 2] * A[b + k + 2];
    s3 += A[a + k + 3] * A[b + k + 3];
  }
  for (; k < length; k++) s0 += A[a + k] * A[b + k];
  return s0 + s1 + (s2 + s3);
}
