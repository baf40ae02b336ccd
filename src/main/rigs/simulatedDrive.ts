import { exp } from '../../shared/math/elementary';
import type { RungeKutta } from '../../shared/math/integrate';

export interface DriveDescription {
  /** Seconds. */
  readonly period: number;
  /** Seconds from t_k until the command of step k acts; any fraction of a period. */
  readonly delay: number;
  /** |action| ≤ limit, action units. */
  readonly limit: number;
  /** Action units. */
  readonly deadBand: number;
  /** Time constant, s; 0 = at once. */
  readonly lag: number;
}

/**
 * From commands to the action that acts: they wait for their delay in a line, are clipped, lose the dead band and are
 * followed with a lag. A command that was handed over after its time acts at once, and the one before holds until then.
 */
export class SimulatedDrive {
  private readonly steps: Float64Array;
  private readonly commands: Float64Array;
  private waiting = 0;
  private newest = -1;
  /** What the drive goes after, and where it is. Action units. */
  private goal = 0;
  private action = 0;
  private reference = 0;
  private excess = 0;
  /** The delay in whole periods and seconds of the next; two moments closer than `instant` are one, so that rounding makes no period of its own. */
  private readonly wholePeriods: number;
  private readonly seconds: number;
  private readonly instant: number;

  constructor(private readonly description: DriveDescription) {
    const { delay, period } = description;
    const places = Math.ceil(delay / period) + 8;
    this.steps = new Float64Array(places);
    this.commands = new Float64Array(places);
    this.instant = 1e-9 * period;
    this.wholePeriods = Math.floor((delay + this.instant) / period);
    const rest = delay - this.wholePeriods * period;
    this.seconds = rest > this.instant ? rest : 0;
  }

  reset(): void {
    this.waiting = 0;
    this.newest = -1;
    this.goal = 0;
    this.action = 0;
  }

  /** Takes the command of a step. One that is older than what was sent already is dropped; the same step again replaces it. */
  send(step: number, command: number): void {
    const { limit } = this.description;
    if (step < this.newest) return;
    if (step === this.newest && this.waiting > 0 && this.steps[this.waiting - 1] === step) this.waiting--;
    if (this.waiting === this.steps.length)
      throw new RangeError(`${this.waiting} commands are waiting, the last for step ${this.newest}: let time pass before more are sent.`);
    this.steps[this.waiting] = step;
    this.commands[this.waiting++] = Math.max(-limit, Math.min(limit, command));
    this.newest = step;
  }

  /** Begins the account of a period. */
  beginPeriod(): void {
    this.reference = this.action;
    this.excess = 0;
  }

  /** Lets commands act whose time has come, `since` seconds after t_step. @returns seconds after t_step at which the next one will, or Infinity */
  switchAt(step: number, since: number): number {
    const { period, deadBand } = this.description;
    while (this.waiting > 0) {
      const due = (this.steps[0] + this.wholePeriods - step) * period + this.seconds;
      if (due > since + this.instant) return due;
      const command = this.commands[0];
      this.goal = Math.sign(command) * Math.max(0, Math.abs(command) - deadBand);
      this.steps.copyWithin(0, 1, this.waiting);
      this.commands.copyWithin(0, 1, this.waiting--);
      if (this.description.lag === 0) this.action = this.goal;
      if (since === 0) this.reference = this.action;
    }
    return Infinity;
  }

  /** Drives `motion` for some seconds, the goal held. */
  drive(motion: RungeKutta, state: Float64Array, seconds: number, longestSubstep: number): void {
    const { lag } = this.description;
    const substeps = Math.max(1, Math.ceil(seconds / longestSubstep - 1e-6)); // a hair more than a whole number is that number
    if (lag === 0) {
      motion.advance(state, this.action, seconds, substeps);
      this.excess += (this.action - this.reference) * seconds;
      return;
    }
    const step = seconds / substeps;
    const half = exp(-step / (2 * lag));
    for (let i = 0; i < substeps; i++) {
      const behind = this.action - this.goal;
      const middle = this.goal + behind * half;
      const last = this.goal + behind * half * half;
      motion.step(state, step, this.action, middle, last);
      this.excess += (this.goal - this.reference) * step + behind * lag * (1 - half * half); // the exact integral of the lag
      this.action = last;
    }
  }

  /** Mean action since the period began: exactly the action where it did not change. */
  get meanAction(): number {
    return this.reference + this.excess / this.description.period;
  }
}
