/** |angle| ≤ 0.2 rad counts as upright; a swing-up lasts when it is upright from some instant to the end, at least 2 s. */
export const UPRIGHT_RAD = 0.2;
export const LASTING_SECONDS = 2;

/** Follows the angle through an episode and knows since when the pole has been up. */
export class LastingJudge {
  private since: number | undefined;
  private last = 0;

  reset(): void {
    this.since = undefined;
    this.last = 0;
  }
  /**
   * @param time   seconds of the episode
   * @param angle  rad, 0 upright, unwrapped or not
   */
  see(time: number, angle: number): void {
    this.last = time;
    const turn = angle / 6.283185307179586;
    const onCircle = Math.abs(turn - Math.round(turn)) * 6.283185307179586;
    if (!(onCircle <= UPRIGHT_RAD)) this.since = undefined;
    else this.since ??= time;
  }
  /** Seconds for which the pole has been up without a break; undefined when it is not up. */
  get uprightFor(): number | undefined {
    return this.since === undefined ? undefined : this.last - this.since;
  }
  /** Time from which it stayed up to the end, when that is at least 2 s; asked when the episode has ended without breaking a limit. */
  get lastingFrom(): number | undefined {
    return this.since !== undefined && this.last - this.since >= LASTING_SECONDS - 1e-9 ? this.since : undefined;
  }
}
