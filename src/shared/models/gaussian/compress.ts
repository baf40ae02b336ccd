import { exp } from '../../math/elementary';

/**
 * How far the mean may move anywhere where planning takes fewer points, as a share of the standard deviation of the noise
 * that the fit found. A bound for the worst input: seen on fits, means move by a fiftieth of it.
 */
export const SHARE_OF_NOISE = 0.4;
/** Share of the largest variance below which a point brings nothing but rounding. */
const SPENT = 1e-11;

/** The mean of one output on fewer points. */
export interface CompressedMean {
  /** Which points are kept. */
  readonly points: Int32Array;
  /** [points], in the place of K⁻¹ y. */
  readonly weights: Float64Array;
  /** No input anywhere has means that differ by more, over the root mean square of the targets. */
  readonly bound: number;
}

/**
 * Projects a posterior mean f = Σ w_i k(·, z_i) onto as few of its points as keep it within `tolerance` everywhere. Points
 * are taken one at a time, each the one that those before say least about, which keeps the weights small enough for 32 bits
 * (taking the ones that serve f best needs a tenth fewer points, at weights five times as large). Columns of the pivoted
 * Cholesky factor are Newton's basis, in which a projection grows by one coefficient and the others stay. For what is left,
 * |f(z) − f'(z)| ≤ ‖f − f'‖ √k(z, z) holds at every input.
 *
 * All points come back, and a bound of 0, when fewer do not suffice. The same bits on every engine.
 *
 * @param X          [n × D] inputs of the points
 * @param signs      [D] signs of the inputs under the mirror
 * @param h          [D + 2] logarithms of the hyperparameters
 * @param weights    [n], K⁻¹ y
 * @param parity     sign of the output under the mirror; 0 without a mirror
 * @param tolerance  over the root mean square of the targets
 * Source: Newton basis and pivots of Müller & Schaback 2009 ("P-greedy"); the projection of a mean with noise is ours.
 */
export function compressedMean(
  X: Float64Array,
  signs: readonly (-1 | 1)[],
  h: Float64Array,
  weights: Float64Array,
  parity: -1 | 0 | 1,
  tolerance: number,
): CompressedMean {
  const n = weights.length;
  const D = signs.length;
  const K = covariance(X, signs, h, n, parity);
  const largest = exp(2 * h[D]) * (parity === 1 ? 2 : 1); // of k(z, z); an odd kernel is below its signal
  const residual = times(K, weights, n); // f at the points, then f − f' as f' grows
  const left = Float64Array.from({ length: n }, (_, i) => K[i * n + i]); // variance of the points given the chosen ones
  let norm = 0; // ‖f − f'‖²
  for (let i = 0; i < n; i++) norm += residual[i] * weights[i];

  const chosen: number[] = [];
  const columns: Float64Array[] = [];
  const coefficients: number[] = [];
  while (norm * largest > tolerance * tolerance && chosen.length < n) {
    const p = leastKnown(left);
    if (!(left[p] > SPENT * largest)) break;
    const column = newColumn(K, columns, p, left[p], n);
    const coefficient = residual[p] / Math.sqrt(left[p]);
    for (let i = 0; i < n; i++) {
      residual[i] -= coefficient * column[i];
      left[i] -= column[i] * column[i];
    }
    left[p] = 0;
    norm -= coefficient * coefficient;
    chosen.push(p);
    columns.push(column);
    coefficients.push(coefficient);
  }
  const found = backSubstituted(columns, chosen, coefficients);
  const bound = Math.sqrt(largest * distance(K, weights, chosen, found, n));
  if (chosen.length === n || !(bound <= tolerance * 1.001))
    return { points: Int32Array.from({ length: n }, (_, i) => i), weights: weights.slice(), bound: 0 };
  return { points: Int32Array.from(chosen), weights: found, bound };
}

/** The point that the chosen ones say least about. */
function leastKnown(left: Float64Array): number {
  let best = 0;
  for (let i = 1; i < left.length; i++) if (left[i] > left[best]) best = i;
  return best;
}
/** Column of the Cholesky factor for the pivot p. */
function newColumn(K: Float64Array, columns: readonly Float64Array[], p: number, variance: number, n: number): Float64Array {
  const column = K.slice(p * n, (p + 1) * n);
  for (const earlier of columns) {
    const factor = earlier[p];
    for (let i = 0; i < n; i++) column[i] -= factor * earlier[i];
  }
  const scale = 1 / Math.sqrt(variance);
  for (let i = 0; i < n; i++) column[i] *= scale;
  return column;
}
/** Weights of the chosen points from coefficients in Newton's basis. */
function backSubstituted(columns: readonly Float64Array[], chosen: readonly number[], coefficients: readonly number[]): Float64Array {
  const weights = Float64Array.from(coefficients);
  for (let i = chosen.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < chosen.length; k++) weights[i] -= columns[i][chosen[k]] * weights[k];
    weights[i] /= columns[i][chosen[i]];
  }
  return weights;
}
/** ‖f − f'‖² from the weights as they came out, so that their rounding counts too. */
function distance(K: Float64Array, weights: Float64Array, chosen: readonly number[], found: Float64Array, n: number): number {
  const difference = weights.slice();
  chosen.forEach((p, i) => (difference[p] -= found[i]));
  const values = times(K, difference, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += difference[i] * values[i];
  return sum > 0 ? sum : 0;
}
function times(K: Float64Array, vector: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += K[i * n + j] * vector[j];
    product[i] = sum;
  }
  return product;
}
/** [n × n] covariances of the points without noise. */
function covariance(X: Float64Array, signs: readonly (-1 | 1)[], h: Float64Array, n: number, parity: number): Float64Array {
  const D = signs.length;
  const evenPrecision = signs.map((sign, d) => (parity === 0 || sign === 1 ? exp(-2 * h[d]) : 0));
  const oddPrecision = signs.map((_, d) => exp(-2 * h[d]) - evenPrecision[d]);
  const signal = exp(2 * h[D]);
  const K = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let even = 0;
      let near = 0;
      let far = 0;
      for (let d = 0; d < D; d++) {
        const p = X[i * D + d];
        const q = X[j * D + d];
        even += evenPrecision[d] * (p - q) * (p - q);
        near += oddPrecision[d] * (p - q) * (p - q);
        far += oddPrecision[d] * (p + q) * (p + q);
      }
      let value = exp(-0.5 * (even + near));
      if (parity !== 0) value += parity * exp(-0.5 * (even + far));
      K[i * n + j] = K[j * n + i] = signal * value;
    }
  }
  return K;
}
