import { factor, solveLower, solveUpper } from '../../math/cholesky';
import { exp, log } from '../../math/elementary';
import type { Features } from '../features';
import type { DynamicsModel, ModelHeader, SavedModel } from '../model';
import { compressedMean, SHARE_OF_NOISE, type CompressedMean } from './compress';
import { KernelSum } from './kernelSum';

/** A fitted Gaussian process: its points, hyperparameters and weights, ready to predict. */
export class GaussianProcessModel implements DynamicsModel {
  readonly kind = 'gaussianProcess';
  readonly plant: string;
  readonly period: number;
  readonly members = 1;
  private readonly sums: readonly KernelSum[];
  private readonly inputs: Float64Array;
  private readonly values: Float64Array;
  /** Cholesky factors for the variance; made when first asked for, from what is saved, so that a loaded model has the same bits. */
  private factors: readonly Float64Array[] | undefined;

  /**
   * @param X        [n × D] inputs of the points
   * @param hyper    for each output [D + 2], logarithms
   * @param weights  for each output [n], K⁻¹ y
   * @param scales   [outputs], root mean square of the targets
   * @param searchedRows  transitions there were when the hyperparameters were last searched
   * @param fewest  for each output, its mean on fewer points where the fit has left it
   */
  constructor(
    private readonly header: ModelHeader,
    readonly features: Features,
    readonly X: Float64Array,
    readonly n: number,
    readonly hyper: readonly Float64Array[],
    readonly weights: readonly Float64Array[],
    readonly scales: Float64Array,
    readonly searchedRows: number,
    private readonly jitter: number,
    private readonly fewest?: readonly CompressedMean[],
  ) {
    this.plant = header.plant;
    this.period = header.period;
    this.inputs = new Float64Array(features.inputs.length);
    this.values = new Float64Array(features.outputs.length);
    this.sums = hyper.map((h, o) => new KernelSum(X, n, features.inputs, h, weights[o], scales[o], parityOf(features, o)));
  }

  /** Sign of an output under the mirror; 0 without one. */
  parityOf(output: number): -1 | 0 | 1 {
    return parityOf(this.features, output);
  }

  /**
   * The mean of one output on the fewest points that do for planning, as the fit left it; made here for a model saved
   * without it or another share of the noise.
   */
  fewestPoints(output: number, shareOfNoise = SHARE_OF_NOISE): CompressedMean {
    const { features, X, hyper, weights } = this;
    if (this.fewest !== undefined && shareOfNoise === SHARE_OF_NOISE) return this.fewest[output];
    return GaussianProcessModel.compress(features, output, X, hyper[output], weights[output], shareOfNoise);
  }
  static compress(
    features: Features,
    output: number,
    X: Float64Array,
    h: Float64Array,
    weights: Float64Array,
    shareOfNoise = SHARE_OF_NOISE,
  ): CompressedMean {
    const signs = features.inputs.map(({ mirrorSign }) => mirrorSign);
    return compressedMean(X, signs, h, weights, parityOf(features, output), shareOfNoise * exp(h[h.length - 1]));
  }

  /**
   * Weights of one output under the first hyperparameters whose matrix can be factored.
   * @param candidates  in the order of preference
   * @throws Error when none can; a larger jitter helps
   */
  static solve(
    features: Features,
    output: number,
    X: Float64Array,
    n: number,
    candidates: readonly Float64Array[],
    y: Float64Array,
    jitter: number,
  ) {
    for (const h of candidates) {
      const L = factored(features, output, X, n, h, jitter);
      if (L === undefined) continue;
      const weights = y.slice();
      solveLower(L, n, weights);
      let logLikelihood = 0;
      for (let i = 0; i < n; i++) logLikelihood -= 0.5 * weights[i] * weights[i] + log(L[i * n + i]);
      solveUpper(L, n, weights);
      return { h, weights, logLikelihood };
    }
    throw new Error(`The covariance of ${n} transitions is not positive definite. Raise model.jitter or model.noise.`);
  }

  predict(states: Float64Array, actions: Float64Array, count: number): void {
    const { features, inputs, values, sums } = this;
    const size = features.size;
    for (let row = 0, at = 0; row < count; row++, at += size) {
      features.encode(states, at, actions[row], inputs, 0);
      for (let o = 0; o < sums.length; o++) values[o] = sums[o].evaluate(inputs, 0);
      features.advance(states, at, values, 0);
    }
  }

  /** Posterior standard deviation of the function, noise excluded. */
  spread(states: Float64Array, actions: Float64Array, count: number, out: Float64Array): void {
    const { features, inputs, values, n, X, hyper, scales } = this;
    this.factors ??= hyper.map((h, o) => factored(features, o, X, n, h, this.jitter) ?? new Float64Array(0));
    const D = features.inputs.length;
    const column = new Float64Array(n);
    for (let row = 0, at = 0; row < count; row++, at += features.size) {
      features.encode(states, at, actions[row], inputs, 0);
      for (let o = 0; o < hyper.length; o++) {
        const kernel = kernelOf(features, o, hyper[o]);
        for (let i = 0; i < n; i++) column[i] = kernel(inputs, 0, X, i * D);
        solveLower(this.factors[o], n, column);
        let variance = kernel(inputs, 0, inputs, 0);
        for (let i = 0; i < n; i++) variance -= column[i] * column[i];
        values[o] = scales[o] * Math.sqrt(variance > 0 ? variance : 0);
      }
      features.spreadOfState(values, out, at);
    }
  }

  save(): SavedModel {
    const D = this.features.inputs.length;
    const block = new Float64Array(this.n * (D + this.hyper.length));
    block.set(this.X);
    this.weights.forEach((column, o) => block.set(column, this.n * (D + o)));
    return { header: this.header, weights: block.buffer };
  }
}

function parityOf(features: Features, output: number): -1 | 0 | 1 {
  return features.mirror ? features.outputs[output].mirrorSign : 0;
}

/** Cholesky factor of the covariance of the points, noise included; undefined when it has none. */
function factored(
  features: Features,
  output: number,
  X: Float64Array,
  n: number,
  h: Float64Array,
  jitter: number,
): Float64Array | undefined {
  const D = features.inputs.length;
  const kernel = kernelOf(features, output, h);
  const diagonal = exp(2 * h[D + 1]) + jitter;
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) L[i * n + j] = kernel(X, i * D, X, j * D);
    L[i * n + i] += diagonal;
  }
  return factor(L, n) ? L : undefined;
}

/** The covariance of two inputs a[i …] and b[j …], over the square of the output's unit. */
function kernelOf(features: Features, output: number, h: Float64Array) {
  const D = features.inputs.length;
  const parity = parityOf(features, output);
  const signs = features.inputs.map((input) => input.mirrorSign);
  const precision = Float64Array.from(signs, (_, d) => -0.5 * exp(-2 * h[d]));
  const signal = exp(2 * h[D]);
  return (a: Float64Array, i: number, b: Float64Array, j: number): number => {
    let near = 0;
    let far = 0;
    for (let d = 0; d < D; d++) {
      const p = a[i + d];
      const q = b[j + d];
      near += precision[d] * (p - q) * (p - q);
      far += precision[d] * (p - signs[d] * q) * (p - signs[d] * q);
    }
    return parity === 0 ? signal * exp(near) : signal * (exp(near) + parity * exp(far));
  };
}
