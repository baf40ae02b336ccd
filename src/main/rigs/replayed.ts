import type { RecordedPeriod } from '../../shared/episodes/record';
import type { Measurement } from '../../shared/estimators/estimator';
import type { Rig } from './rig';

/** A recorded rig as a rig: it says again what was measured, whatever is sent to it. */
export class ReplayedRig implements Rig {
  private index = 0;

  /**
   * @param periods           of one episode, in order, at least one
   * @param commandsUnderWay  as of the rig that was recorded
   */
  constructor(
    private readonly periods: readonly RecordedPeriod[],
    readonly commandsUnderWay: number,
  ) {}

  start(): Measurement {
    this.index = 0;
    return this.measurement();
  }
  send(): void {
    // what was sent then has acted already
  }
  /** @throws RangeError beyond the last period */
  advance(): Measurement {
    if (this.index + 1 >= this.periods.length) throw new RangeError(`The recording ends with step ${this.periods.length - 1}.`);
    this.index++;
    return this.measurement();
  }
  push(): void {
    // a recorded pendulum cannot be pushed
  }
  get truth(): Float64Array | undefined {
    const { truth } = this.periods[this.index]!;
    return truth && Float64Array.from(truth);
  }
  private measurement(): Measurement {
    const { step, rigTime, hostTime, positions, rates, applied } = this.periods[this.index]!;
    return { step, rigTime, hostTime, positions: Float64Array.from(positions), ...(rates && { rates: Float64Array.from(rates) }), applied };
  }
}
