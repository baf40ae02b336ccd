import { exp } from '../../math/elementary';
import type { ModelInput } from '../features';

/**
 * The posterior mean of one output, f(z) = Σ w_i k(z, z_i), in the form that planning evaluates millions of times.
 *
 * −½ |z − z_i|² is written as −½ |z|² − ½ |z_i|² + z · z_i, and z · z_i as an even part (inputs that the mirror leaves
 * alone) and an odd part, so that both mirror terms are 2^(even ± odd) and their norms are computed once. Everything is
 * scaled so that exponents count steps of 1/128 octave: their whole part is an index into a table of powers, the rest
 * goes into a quadratic. That replaces the exponential at a relative error of 8e-10; powers below 2^−48 are 0.
 */
export class KernelSum {
  /** [count × (1 + D + 1)]: −½ |z_i|², scaled inputs with the even ones first, weight. */
  private readonly rows: Float64Array;
  /** [D], in the order of `rows`: which input, and what it is multiplied by. */
  private readonly order: Int32Array;
  private readonly factors: Float64Array;
  private readonly evens: number;
  private readonly z: Float64Array;
  private readonly D: number;

  /**
   * @param X        [count × D] inputs of the points
   * @param h        [D + 2] logarithms of the hyperparameters
   * @param weights  [count], K⁻¹ y
   * @param scale    unit of the output: what a normalised target is multiplied by
   * @param parity   sign of the output under the mirror; 0 without a mirror
   */
  constructor(
    X: Float64Array,
    private readonly count: number,
    inputs: readonly ModelInput[],
    h: Float64Array,
    weights: Float64Array,
    scale: number,
    private readonly parity: -1 | 0 | 1,
  ) {
    const D = (this.D = inputs.length);
    const indices = inputs.map((_, index) => index);
    const isEven = (index: number) => inputs[index].mirrorSign === 1;
    this.order = Int32Array.from([...indices.filter(isEven), ...indices.filter((index) => !isEven(index))]);
    this.evens = indices.filter(isEven).length;
    this.factors = Float64Array.from(this.order, (index) => ROOT * exp(-h[index]));
    this.z = new Float64Array(D);
    this.rows = new Float64Array(count * (D + 2));
    const amplitude = exp(2 * h[D]) * scale;
    for (let i = 0, at = 0; i < count; i++) {
      let norm = 0;
      for (let d = 0; d < D; d++) {
        const z = X[i * D + this.order[d]] * this.factors[d];
        this.rows[at + 1 + d] = z;
        norm += z * z;
      }
      this.rows[at] = -0.5 * norm;
      this.rows[at + 1 + D] = weights[i] * amplitude;
      at += D + 2;
    }
  }

  /** Value at the inputs in[at …]. */
  evaluate(inputs: Float64Array, at: number): number {
    const { z, order, factors, D, rows, count, evens, parity } = this;
    let norm = 0;
    for (let d = 0; d < D; d++) {
      const value = inputs[at + order[d]] * factors[d];
      z[d] = value;
      norm += value * value;
    }
    const base = TOP - 0.5 * norm;
    if (parity === -1 && evens === 1 && D === 5) return oddOneAndFour(rows, count, base, z);
    if (parity === -1 && evens === 1 && D === 4) return oddOneAndThree(rows, count, base, z);
    return general(rows, count, base, z, D, parity === 0 ? D : evens, parity);
  }
}

const STEPS = 128;
const OCTAVES = 48;
const TOP = STEPS * OCTAVES;
/** √(128 log₂ e): squared distances over length scales become steps of 1/128 octave. */
const ROOT = Math.sqrt(STEPS / 0.6931471805599453);
// 2^((f − ½) / 128) for f in 0 … 1, interpolated at the Chebyshev nodes
const C0 = 0.9972960569119865;
const C1 = 0.00540055504147403;
const C2 = 1.466226910580951e-5;
/** 2^((i + ½ − TOP) / 128); the first is 0, so that whatever lies below vanishes. Two more than needed: rounding may step over the top. */
const POWERS = buildPowers();

/** Cart-pole, mirrored: one even input (the cosine) and four odd ones. */
function oddOneAndFour(rows: Float64Array, count: number, base: number, z: Float64Array): number {
  const powers = POWERS;
  const z0 = z[0];
  const z1 = z[1];
  const z2 = z[2];
  const z3 = z[3];
  const z4 = z[4];
  let sum = 0;
  for (let i = 0, at = 0; i < count; i++, at += 7) {
    const even = base + rows[at] + z0 * rows[at + 1];
    const odd = z1 * rows[at + 2] + z2 * rows[at + 3] + z3 * rows[at + 4] + z4 * rows[at + 5];
    let a = even + odd;
    let b = even - odd;
    a = a < 0 ? 0 : a;
    b = b < 0 ? 0 : b;
    const ia = a | 0;
    const ib = b | 0;
    const fa = a - ia;
    const fb = b - ib;
    sum += rows[at + 6] * (powers[ia] * (C0 + fa * (C1 + fa * C2)) - powers[ib] * (C0 + fb * (C1 + fb * C2)));
  }
  return sum;
}

/** Pendulum, mirrored: one even input and three odd ones. */
function oddOneAndThree(rows: Float64Array, count: number, base: number, z: Float64Array): number {
  const powers = POWERS;
  const z0 = z[0];
  const z1 = z[1];
  const z2 = z[2];
  const z3 = z[3];
  let sum = 0;
  for (let i = 0, at = 0; i < count; i++, at += 6) {
    const even = base + rows[at] + z0 * rows[at + 1];
    const odd = z1 * rows[at + 2] + z2 * rows[at + 3] + z3 * rows[at + 4];
    let a = even + odd;
    let b = even - odd;
    a = a < 0 ? 0 : a;
    b = b < 0 ? 0 : b;
    const ia = a | 0;
    const ib = b | 0;
    const fa = a - ia;
    const fb = b - ib;
    sum += rows[at + 5] * (powers[ia] * (C0 + fa * (C1 + fa * C2)) - powers[ib] * (C0 + fb * (C1 + fb * C2)));
  }
  return sum;
}

/** Any numbers of inputs, with a mirror of either parity or none (`evens` is then all of them). */
function general(rows: Float64Array, count: number, base: number, z: Float64Array, D: number, evens: number, parity: number): number {
  const powers = POWERS;
  const stride = D + 2;
  let sum = 0;
  for (let i = 0, at = 0; i < count; i++, at += stride) {
    let even = base + rows[at];
    let odd = 0;
    for (let d = 0; d < evens; d++) even += z[d] * rows[at + 1 + d];
    for (let d = evens; d < D; d++) odd += z[d] * rows[at + 1 + d];
    let a = even + odd;
    a = a < 0 ? 0 : a;
    const ia = a | 0;
    const fa = a - ia;
    let k = powers[ia] * (C0 + fa * (C1 + fa * C2));
    if (parity !== 0) {
      let b = even - odd;
      b = b < 0 ? 0 : b;
      const ib = b | 0;
      const fb = b - ib;
      k += parity * (powers[ib] * (C0 + fb * (C1 + fb * C2)));
    }
    sum += rows[at + stride - 1] * k;
  }
  return sum;
}

function buildPowers(): Float64Array {
  const powers = new Float64Array(TOP + 2);
  for (let i = 1; i < powers.length; i++) powers[i] = exp((i + 0.5 - TOP) * (0.6931471805599453 / STEPS));
  return powers;
}
