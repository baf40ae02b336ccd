export interface SplineDescription {
  /** Seconds of one period. */
  readonly period: number;
  /** Readings in one period. */
  readonly readings: number;
  /** Most periods of a path. */
  readonly window: number;
  /** Periods between the smoothed transition's end and the path's end. */
  readonly lag: number;
  /** Standard deviations: of a reading, of an acceleration, of the rate at the start of an episode. Units of the coordinate. */
  readonly noise: number;
  readonly accelerations: number;
  readonly startRate: number;
}

/** Standard deviation of a rate about which nothing is known, coordinate units per second. */
const UNKNOWN_RATE = 100;
/** A reading is never trusted more than this, or the equations could no longer be solved in double precision. */
const LEAST_NOISE = 1e-6;
/** Numbers that an update wants to know: position and rate at the end, before and after the smoothed transition. */
const OUTPUTS = 6;

/**
 * What each reading contributes to the states of a piecewise quadratic path with the least sum of
 * (reading − path)² / noise² + acceleration² / accelerations² + (first rate)² / spread².
 * Unknowns: first position, first rate and one acceleration a period. Worked out once for each length of the path.
 */
export class SplineGains {
  private readonly fromRest: (Float64Array | undefined)[] = [];
  private readonly free: (Float64Array | undefined)[] = [];

  constructor(private readonly description: SplineDescription) {
    for (let length = 1; length <= description.window; length++)
      this.fromRest[length] = gainsOf(description, length, description.startRate);
    this.free[description.window] = gainsOf(description, description.window, UNKNOWN_RATE);
  }

  /**
   * Fits a path of `length` periods.
   *
   * @param readings  [length · readings a period + 1 at least], the first one at the path's start, unwrapped
   * @param out       [6], receives position and rate at the path's end, then at the start and at the end of the smoothed
   *                  transition; these four are the path's own ends while it is shorter than the lag
   */
  apply(readings: Float64Array, length: number, fromRest: boolean, out: Float64Array): void {
    const all = fromRest ? this.fromRest : this.free;
    const gains = (all[length] ??= gainsOf(this.description, length, UNKNOWN_RATE)); // shorter free paths are rare: after a gap
    const count = length * this.description.readings + 1;
    const origin = readings[count - 1]; // sums of small differences: full precision however far the coordinate has travelled
    for (let output = 0, at = 0; output < OUTPUTS; output++) {
      let sum = 0;
      for (let i = 0; i < count; i++, at++) sum += gains[at] * (readings[i] - origin);
      out[output] = output % 2 === 0 ? origin + sum : sum;
    }
  }
}

/** [6 × count] contribution of each of the path's readings to each output. */
function gainsOf(description: SplineDescription, length: number, rateSpread: number): Float64Array {
  const { period, readings, lag, accelerations } = description;
  const count = length * readings + 1;
  const n = length + 2;
  const weight = 1 / Math.max(description.noise, LEAST_NOISE) ** 2;

  const design = new Float64Array(count * n); // reading = design · unknowns
  for (let i = 0; i < count; i++) {
    const time = (i * period) / readings;
    design[i * n] = 1;
    design[i * n + 1] = time;
    for (let j = 0; j < length; j++) {
      const since = Math.max(0, time - j * period);
      const pushed = Math.min(since, period);
      design[i * n + 2 + j] = 0.5 * pushed * pushed + (since - pushed) * pushed;
    }
  }
  const normal = new Float64Array(n * n);
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      for (let i = 0; i < count; i++) normal[r * n + c] += weight * design[i * n + r] * design[i * n + c];
    }
  }
  normal[n + 1] += 1 / rateSpread ** 2;
  for (let j = 2; j < n; j++) normal[j * n + j] += 1 / accelerations ** 2;
  factorise(normal, n);

  const gains = new Float64Array(OUTPUTS * count);
  const unknowns = new Float64Array(n);
  const knots = [length, Math.max(0, length - lag - 1), Math.max(0, length - lag)];
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < n; r++) unknowns[r] = weight * design[i * n + r];
    solve(normal, n, unknowns);
    let position = unknowns[0];
    let rate = unknowns[1];
    for (let j = 0; j <= length; j++) {
      for (const [k, knot] of knots.entries()) {
        if (knot !== j) continue;
        gains[2 * k * count + i] = position;
        gains[(2 * k + 1) * count + i] = rate;
      }
      if (j === length) break;
      position += period * rate + 0.5 * period * period * unknowns[2 + j];
      rate += period * unknowns[2 + j];
    }
  }
  return gains;
}

/** Cholesky factor of a symmetric positive definite matrix, in place, lower triangle. [n × n] */
function factorise(matrix: Float64Array, n: number): void {
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      let sum = matrix[r * n + c];
      for (let k = 0; k < c; k++) sum -= matrix[r * n + k] * matrix[c * n + k];
      matrix[r * n + c] = r === c ? Math.sqrt(sum) : sum / matrix[c * n + c];
    }
  }
}
/** Solves with the factor, in place. [n] */
function solve(factor: Float64Array, n: number, vector: Float64Array): void {
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < r; k++) vector[r] -= factor[r * n + k] * vector[k];
    vector[r] /= factor[r * n + r];
  }
  for (let r = n - 1; r >= 0; r--) {
    for (let k = r + 1; k < n; k++) vector[r] -= factor[k * n + r] * vector[k];
    vector[r] /= factor[r * n + r];
  }
}
