/** A motion under an input, without time of its own. */
export interface Motion {
  /** Writes the time derivative of `state` under `input` to `out`. All [size]. */
  derivative(state: Float64Array, input: number, out: Float64Array): void;
}

/** Substeps in one control period: the coarsest that the house allows for a plant's equations. */
export const SUBSTEPS = 10;

/** The classical Runge–Kutta method of fourth order with fixed steps, in place; allocates nothing after it was made. */
export class RungeKutta {
  private readonly k1: Float64Array;
  private readonly k2: Float64Array;
  private readonly k3: Float64Array;
  private readonly k4: Float64Array;
  private readonly trial: Float64Array;

  constructor(
    private readonly motion: Motion,
    private readonly size: number,
  ) {
    this.k1 = new Float64Array(size);
    this.k2 = new Float64Array(size);
    this.k3 = new Float64Array(size);
    this.k4 = new Float64Array(size);
    this.trial = new Float64Array(size);
  }

  /**
   * Moves `state` on by `seconds` in `substeps` equal steps, the input held.
   * @param state  [size], changed in place
   */
  advance(state: Float64Array, input: number, seconds: number, substeps: number = SUBSTEPS): void {
    const step = seconds / substeps;
    for (let i = 0; i < substeps; i++) this.step(state, step, input, input, input);
  }

  /** One step of `seconds` with the input at its beginning, its middle and its end. */
  step(state: Float64Array, seconds: number, first: number, middle: number, last: number): void {
    const { motion, size, k1, k2, k3, k4, trial } = this;
    const half = seconds / 2;
    motion.derivative(state, first, k1);
    for (let i = 0; i < size; i++) trial[i] = state[i] + half * k1[i];
    motion.derivative(trial, middle, k2);
    for (let i = 0; i < size; i++) trial[i] = state[i] + half * k2[i];
    motion.derivative(trial, middle, k3);
    for (let i = 0; i < size; i++) trial[i] = state[i] + seconds * k3[i];
    motion.derivative(trial, last, k4);
    const sixth = seconds / 6;
    for (let i = 0; i < size; i++) state[i] += sixth * (k1[i] + 2 * (k2[i] + k3[i]) + k4[i]);
  }
}
