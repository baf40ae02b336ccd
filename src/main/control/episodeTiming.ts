import { timingEdges, type RecordedTiming } from '../../shared/episodes/timingRecord';

/** Counts how punctual an episode is. Counting allocates nothing. */
export class EpisodeTiming {
  private periods = 0;
  private latePlans = 0;
  private readonly lateness = new Uint32Array(timingEdges.length + 1);
  private readonly planning = new Uint32Array(timingEdges.length + 1);

  /** A period that was decided; times in ms, NaN where there is none. */
  add(latenessMs: number, planMs: number, planIsLate: boolean): void {
    this.periods++;
    if (planIsLate) this.latePlans++;
    count(this.lateness, latenessMs);
    count(this.planning, planMs);
  }
  figures(step: number, dropped: number): RecordedTiming {
    const { periods, latePlans, lateness, planning } = this;
    return { step, periods, lateness: Array.from(lateness), planning: Array.from(planning), latePlans, dropped };
  }
}
function count(bins: Uint32Array, ms: number): void {
  if (Number.isNaN(ms)) return;
  let bin = 0;
  while (bin < timingEdges.length && ms > timingEdges[bin]!) bin++;
  bins[bin]!++;
}
