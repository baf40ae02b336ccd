/** A clock that only tests move; timers fire in the order of their due times. */
export class ManualClock {
  private time = 0;
  private nextId = 0;
  private readonly timers = new Map<number, { due: number; callback: () => void }>();

  readonly now = (): number => this.time;
  readonly setTimer = (callback: () => void, ms: number): (() => void) => {
    const id = this.nextId++;
    this.timers.set(id, { due: this.time + ms, callback });
    return () => void this.timers.delete(id);
  };
  get pendingTimers(): number {
    return this.timers.size;
  }
  /** Lets `ms` pass; fires what becomes due, in order. */
  pass(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      let next: [number, { due: number; callback: () => void }] | undefined;
      for (const entry of this.timers) if (entry[1].due <= until && (next === undefined || entry[1].due < next[1].due)) next = entry;
      if (next === undefined) break;
      this.timers.delete(next[0]);
      this.time = Math.max(this.time, next[1].due);
      next[1].callback();
    }
    this.time = until;
  }
}
