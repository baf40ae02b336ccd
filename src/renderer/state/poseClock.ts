import type { History } from './history';

/** Longest time in ms over which a step is drawn out; a slower loop is shown as it comes. */
const LONGEST_BLEND_MS = 400;

/**
 * The pose to draw between two rows: the loop runs at 20 Hz and slower, the screen at 60. The picture follows one row
 * behind and moves evenly towards the newest; it never runs ahead of what was measured.
 */
export class PoseClock {
  private from = new Float64Array(0);
  private to = new Float64Array(0);
  private since = 0;
  private duration = 1;
  private lastArrival = -Infinity;

  /** Takes the newest row as the pose to move to. */
  follow(history: History): void {
    const at = history.newest;
    if (at < 0) return;
    const arrival = history.arrivals[at];
    const state = history.states.subarray(at * history.size, (at + 1) * history.size);
    const continues = this.to.length === history.size && history.count > 1 && !history.breaksBefore(history.count - 1);
    if (!continues) return this.jump(history);
    this.at(arrival, this.from);
    this.to = state.slice();
    const gap = arrival - this.lastArrival;
    if (gap > 0) this.duration = Math.min(LONGEST_BLEND_MS, 0.7 * this.duration + 0.3 * Math.min(gap, 2 * LONGEST_BLEND_MS));
    this.lastArrival = arrival;
    this.since = arrival;
  }
  /** Shows the newest row at once: after a reset, or when the page has just joined. */
  jump(history: History): void {
    const at = history.newest;
    if (at < 0) return;
    this.to = history.states.slice(at * history.size, (at + 1) * history.size);
    this.from = this.to.slice();
    this.duration = 1;
    this.since = this.lastArrival = history.arrivals[at];
  }
  /** Writes the pose at wall time `now` (ms) to `out`. @returns whether it still moves */
  at(now: number, out: Float64Array): boolean {
    const share = Math.max(0, Math.min(1, (now - this.since) / this.duration));
    for (let c = 0; c < this.to.length; c++) out[c] = this.from[c] + share * (this.to[c] - this.from[c]);
    return share < 1;
  }
}
