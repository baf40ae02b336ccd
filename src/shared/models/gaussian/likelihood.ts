import { factor, invert, solveLower, solveUpper } from '../../math/cholesky';
import { exp, log } from '../../math/elementary';
import type { HyperPrior } from './hyperparameters';

/**
 * Posterior of the hyperparameters of one output, up to a constant:
 *
 *   log p(h | y) = −½ yᵀ K⁻¹ y − Σ log L_ii − ½ Σ ((h − start) / spread)²,   K = k(X, X) + (noise² + jitter) I
 *   k(z, z') = signal² [ exp(−½ |z − z'|²) + sign · exp(−½ |z − M z'|²) ],   distances in length scales
 *
 * with M the mirror and sign that of the output under it (−1: odd functions only), or without the second term.
 * Source: Rasmussen & Williams 2006, eq. 2.30 and 5.9; the mirrored kernel is the sum over the group {1, M}.
 */
export class Likelihood {
  /** Set by `evaluate`: derivative by each hyperparameter. */
  readonly gradient: Float64Array;
  /** Set by `evaluate`: the log marginal likelihood alone, without the priors and without −½ n log 2π. */
  logLikelihood = -Infinity;
  private readonly near: Float64Array;
  private readonly far: Float64Array;
  private readonly direct: Float64Array;
  private readonly mirrored: Float64Array;
  private readonly matrix: Float64Array;
  private readonly inverse: Float64Array;
  private readonly scratch: Float64Array;
  private readonly weights: Float64Array;

  /**
   * @param X       [n × D] inputs
   * @param signs   [D] signs of the inputs under the mirror
   * @param parity  sign of the output under the mirror; 0 without a mirror
   */
  constructor(
    X: Float64Array,
    readonly n: number,
    readonly D: number,
    signs: readonly number[],
    private readonly parity: -1 | 0 | 1,
    private readonly prior: HyperPrior,
    private readonly jitter: number,
  ) {
    const pairs = (n * (n + 1)) / 2;
    this.gradient = new Float64Array(D + 2);
    this.near = new Float64Array(pairs * D);
    this.far = new Float64Array(parity === 0 ? 0 : pairs * D);
    this.direct = new Float64Array(pairs);
    this.mirrored = new Float64Array(pairs);
    this.matrix = new Float64Array(n * n);
    this.inverse = new Float64Array(n * n);
    this.scratch = new Float64Array(n * n);
    this.weights = new Float64Array(n);
    squaredDistances(X, n, D, signs, this.near, this.far);
  }

  /**
   * @param h             [D + 2] logarithms
   * @param y             [n] targets over their root mean square
   * @param wantGradient  also fills `gradient`
   * @returns             the log posterior; −Infinity where K is not positive definite
   */
  evaluate(h: Float64Array, y: Float64Array, wantGradient: boolean): number {
    const { n, D, matrix, weights, prior } = this;
    const noise = exp(2 * h[D + 1]);
    this.buildMatrix(h, noise);
    if (!factor(matrix, n)) return -Infinity;
    for (let i = 0; i < n; i++) weights[i] = y[i];
    solveLower(matrix, n, weights);
    let value = 0;
    for (let i = 0; i < n; i++) value -= 0.5 * weights[i] * weights[i] + log(matrix[i * n + i]);
    this.logLikelihood = value;
    for (let p = 0; p < D + 2; p++) {
      const off = (h[p] - prior.start[p]) / prior.spread[p];
      value -= 0.5 * off * off;
    }
    if (wantGradient) {
      solveUpper(matrix, n, weights);
      invert(matrix, n, this.inverse, this.scratch);
      this.fillGradient(h, noise);
    }
    return value;
  }

  private buildMatrix(h: Float64Array, noise: number): void {
    const { n, D, near, far, direct, mirrored, matrix, parity } = this;
    const precision = new Float64Array(D);
    for (let d = 0; d < D; d++) precision[d] = -0.5 * exp(-2 * h[d]);
    const signal = exp(2 * h[D]);
    for (let i = 0, pair = 0, at = 0; i < n; i++) {
      for (let j = 0; j <= i; j++, pair++) {
        let a = 0;
        let b = 0;
        if (parity === 0) for (let d = 0; d < D; d++, at++) a += precision[d] * near[at];
        else {
          for (let d = 0; d < D; d++, at++) {
            a += precision[d] * near[at];
            b += precision[d] * far[at];
          }
        }
        const k1 = signal * exp(a);
        const k2 = parity === 0 ? 0 : parity * signal * exp(b);
        direct[pair] = k1;
        mirrored[pair] = k2;
        matrix[i * n + j] = k1 + k2;
      }
      matrix[i * n + i] += noise + this.jitter;
    }
  }

  /** ½ tr((α αᵀ − K⁻¹) ∂K/∂h), each pair below the diagonal counted twice. */
  private fillGradient(h: Float64Array, noise: number): void {
    const { n, D, near, far, direct, mirrored, inverse, weights, gradient, prior, parity } = this;
    gradient.fill(0);
    let bySignal = 0;
    let byNoise = 0;
    for (let i = 0, pair = 0, at = 0; i < n; i++) {
      const alpha = weights[i];
      for (let j = 0; j <= i; j++, pair++) {
        let w = alpha * weights[j] - inverse[i * n + j];
        if (i === j) {
          w *= 0.5;
          byNoise += w;
        }
        const a = w * direct[pair];
        const b = w * mirrored[pair];
        bySignal += a + b;
        if (parity === 0) for (let d = 0; d < D; d++, at++) gradient[d] += a * near[at];
        else for (let d = 0; d < D; d++, at++) gradient[d] += a * near[at] + b * far[at];
      }
    }
    for (let d = 0; d < D; d++) gradient[d] *= exp(-2 * h[d]);
    gradient[D] = 2 * bySignal;
    gradient[D + 1] = 2 * noise * byNoise;
    for (let p = 0; p < D + 2; p++) gradient[p] -= (h[p] - prior.start[p]) / (prior.spread[p] * prior.spread[p]);
  }
}

/** Squared differences of each pair (i ≥ j) by input, and those to the mirrored point: [pairs × D]. */
function squaredDistances(X: Float64Array, n: number, D: number, signs: readonly number[], near: Float64Array, far: Float64Array): void {
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      for (let d = 0; d < D; d++, at++) {
        const a = X[i * D + d];
        const b = X[j * D + d];
        near[at] = (a - b) * (a - b);
        if (far.length > 0) far[at] = (a - signs[d] * b) * (a - signs[d] * b);
      }
    }
  }
}
