import { exp } from '../../math/elementary';
import type { GaussianProcessModel } from '../../models/gaussian/posterior';
import type { RolloutSubject } from '../rollouts';
import * as at from './gaussianLayout';
import { ROW } from './layout';
import type { KernelMemory } from './memory';
import { writeFeatures } from './problem';

/** Largest ½ |z|² (in powers of 2) and largest even exponent of the factored form: nothing overflows, and one polynomial gives half of it. */
const MOST_NORM = 60;
const MOST_EVEN = 1;

export interface PackedSum {
  /** Points that the kernel goes through, and how far its mean may be from the model's, channel units per second. */
  readonly points: number;
  readonly bound: number;
  readonly form: 'two powers' | 'factored';
}
export interface GaussianPacking {
  /** Bound of the mean as a share of the fit's noise; 0: through all points. */
  readonly shareOfNoise?: number;
  /** Two powers even where the factored form does. */
  readonly twoPowers?: boolean;
}

/**
 * Packs a Gaussian process for its kernel: for each output the fewest points that do, inputs scaled so that covariances are
 * powers of 2, and the form of the sum that its length scales and the plant's bounds allow.
 *
 * @returns address of the model's block, and how each output was packed
 */
export function packGaussian(
  memory: KernelMemory,
  subject: Pick<RolloutSubject, 'plant' | 'instance'>,
  model: GaussianProcessModel,
  { shareOfNoise, twoPowers = false }: GaussianPacking = {},
): { address: number; sums: readonly PackedSum[] } {
  const { features, hyper } = model;
  const D = features.inputs.length;
  const outputs = features.outputs.length;
  writeFeatures(memory, features, new Float64Array(outputs).fill(1));
  const address = memory.take(at.SUM_TABLE + at.SUM_BYTES * outputs);
  memory.setInt(address + at.SCALED, memory.take((1 + D) * ROW));
  const limits = limitsOf(subject, model);
  let most = 0;
  const sums = hyper.map((_, o): PackedSum => {
    const mean = shareOfNoise === 0 ? allPoints(model, o) : model.fewestPoints(o, shareOfNoise);
    const sum = scaledSum(model, o, mean.points, mean.weights);
    const factored = sum.parity !== 0 && !twoPowers && isMild(sum, limits, D);
    writeSum(memory, address + at.SUM_TABLE + at.SUM_BYTES * o, sum, D, factored);
    most = Math.max(most, mean.points.length);
    return { points: mean.points.length, bound: mean.bound * model.scales[o], form: factored ? 'factored' : 'two powers' };
  });
  memory.setInt(address + at.EXPONENTS, memory.take(most * 2 * ROW));
  return { address, sums };
}

const allPoints = ({ n, weights }: GaussianProcessModel, o: number) => ({
  points: Int32Array.from({ length: n }, (_, i) => i),
  weights: weights[o],
  bound: 0,
});

interface ScaledSum {
  readonly parity: -1 | 0 | 1;
  readonly evens: number;
  /** [D] inputs with the even ones first, and what each is multiplied by. */
  readonly order: readonly number[];
  readonly factors: readonly number[];
  /** [points × D] in that order; [points], in channel units per second. */
  readonly z: Float64Array;
  readonly weights: Float64Array;
}
function scaledSum(model: GaussianProcessModel, o: number, points: Int32Array, weights: Float64Array): ScaledSum {
  const { features, X, hyper, scales } = model;
  const D = features.inputs.length;
  const h = hyper[o];
  const parity = model.parityOf(o);
  const indices = features.inputs.map((_, index) => index);
  const isEven = (index: number) => parity === 0 || features.inputs[index].mirrorSign === 1;
  const order = [...indices.filter(isEven), ...indices.filter((index) => !isEven(index))];
  const factors = order.map((index) => Math.fround(ROOT * exp(-h[index])));
  const z = new Float64Array(points.length * D);
  // rounded before their norms are formed, so that −½ |z|² − ½ |z_i|² + z · z_i is the square of a distance still
  points.forEach((point, i) => order.forEach((index, d) => (z[i * D + d] = Math.fround(X[point * D + index] * factors[d]))));
  const amplitude = exp(2 * h[D]) * scales[o];
  return { parity, evens: indices.filter(isEven).length, order, factors, z, weights: weights.map((weight) => weight * amplitude) };
}
const LN2 = 0.6931471805599453;
/** √(log₂ e): covariances become powers of 2. */
const ROOT = Math.sqrt(1 / LN2);

/** Largest size of each feature while states are within their bounds and actions within their limit. */
function limitsOf({ plant, instance }: Pick<RolloutSubject, 'plant' | 'instance'>, { features }: GaussianProcessModel): readonly number[] {
  return features.inputs.map(({ channel, form, scale }) =>
    form !== 'value' ? 1 : (channel < 0 ? instance.actionLimit : plant.channels[channel].bound) / scale,
  );
}
/** Whether the factored form is right everywhere within the bounds. */
function isMild({ order, factors, z, evens }: ScaledSum, limits: readonly number[], D: number): boolean {
  const reach = order.map((index, d) => limits[index] * factors[d]);
  if (0.5 * reach.reduce((sum, value) => sum + value * value, 0) > MOST_NORM) return false;
  for (let i = 0; i < z.length; i += D) {
    let norm = 0;
    let even = 0;
    for (let d = 0; d < D; d++) {
      norm += 0.5 * z[i + d] * z[i + d];
      if (d < evens) even += reach[d] * Math.abs(z[i + d]);
    }
    if (norm > MOST_NORM || even > MOST_EVEN) return false;
  }
  return true;
}

function writeSum(memory: KernelMemory, entry: number, sum: ScaledSum, D: number, factored: boolean): void {
  const { parity, evens, order, factors, z, weights } = sum;
  const points = weights.length;
  const scales = memory.take(D * 8);
  const rows = memory.take(points * (at.ROW_INPUTS + 4 * D));
  memory.setInt(entry + at.SUM_POINTS, points);
  memory.setInt(entry + at.SUM_INPUTS, D);
  memory.setInt(entry + at.SUM_EVENS, evens);
  memory.setInt(entry + at.SUM_PARITY, parity);
  memory.setInt(entry + at.SUM_FORM, factored ? at.FORM_FACTORED : at.FORM_TWO);
  memory.setInt(entry + at.SUM_SCALES, scales);
  memory.setInt(entry + at.SUM_ROWS, rows);
  order.forEach((index, d) => {
    memory.setInt(scales + 8 * d, index * ROW);
    memory.setFloat(scales + 8 * d + 4, factors[d]);
  });
  const { floats } = memory;
  for (let i = 0, to = rows >> 2; i < points; i++, to += at.ROW_INPUTS / 4 + D) {
    let norm = 0;
    for (let d = 0; d < D; d++) {
      const value = z[i * D + d];
      floats[to + at.ROW_INPUTS / 4 + d] = value;
      norm += value * value;
    }
    floats[to] = -0.5 * norm;
    floats[to + at.ROW_WEIGHT / 4] = weights[i];
    floats[to + at.ROW_FOLDED / 4] = factored ? weights[i] * exp(-0.5 * norm * LN2) : 0;
  }
}
