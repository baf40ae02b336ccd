/** Draws on animation frames: one loop for the page, asked by plots and scene, silent while nobody is there or the tab is hidden. */
export class Frames {
  private readonly drawers = new Set<(now: number) => void>();
  private handle: number | undefined;
  private last = -Infinity;
  /** Least time between two drawn frames in ms; the quality ladder raises it where the processor draws. */
  leastGapMs = 0;

  /** @returns ends the drawing */
  add(drawer: (now: number) => void): () => void {
    this.drawers.add(drawer);
    this.handle ??= requestAnimationFrame(this.turn);
    return () => {
      this.drawers.delete(drawer);
      if (this.drawers.size > 0 || this.handle === undefined) return;
      cancelAnimationFrame(this.handle);
      this.handle = undefined;
    };
  }

  private readonly turn = (now: number): void => {
    this.handle = requestAnimationFrame(this.turn);
    // a frame counts as due a little early, or 60 Hz beats against 25 Hz
    if (now - this.last < this.leastGapMs - 4) return;
    this.last = now;
    for (const draw of this.drawers) draw(now);
  };
}
