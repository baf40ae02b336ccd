/** Where a replay stands in time, and how fast it goes. Time is seconds of recording A. */
export class Player {
  time = $state(0);
  playing = $state(false);
  /** Recorded seconds per second, 0.1 … 10. */
  speed = $state(1);
  loops = $state(false);
  /** What there is to play. */
  from = $state(0);
  to = $state(0);
  /** Seconds from one recorded period to the next. */
  step = 0.05;
  private tickedAt: number | undefined;

  /** Another recording: stands at its beginning, or where it was asked to. */
  load(from: number, to: number, step: number): void {
    this.from = from;
    this.to = Math.max(from, to);
    this.step = step;
    this.seek(Math.max(from, Math.min(this.to, this.time)));
  }
  seek(time: number): void {
    this.time = Math.max(this.from, Math.min(this.to, time));
  }
  /** Periods forward or back; stands still afterwards. The recorded rows lie on multiples of the period. */
  stepBy(periods: number): void {
    this.playing = false;
    this.seek((Math.round((this.time - this.from) / this.step) + periods) * this.step + this.from);
  }
  /** From the beginning when it stands at the end. */
  togglePlay(): void {
    this.playing = !this.playing;
    this.tickedAt = undefined;
    if (this.playing && this.time >= this.to - 1e-9) this.time = this.from;
  }
  setSpeed(speed: number): void {
    this.speed = Math.max(0.1, Math.min(10, speed));
  }
  /** @param now  ms of the clock of animation frames */
  tick(now: number): void {
    const before = this.tickedAt;
    this.tickedAt = now;
    if (!this.playing || before === undefined) return;
    const next = this.time + ((now - before) / 1000) * this.speed;
    if (next < this.to) this.time = next;
    else if (this.loops && this.to > this.from) this.time = this.from + ((next - this.from) % (this.to - this.from));
    else {
      this.time = this.to;
      this.playing = false;
    }
  }
}
