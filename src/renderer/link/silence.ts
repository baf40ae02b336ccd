/** Longest silence of a workbench, which pings several times a second; longer means that the line is dead. */
const SILENCE_MS = 6000;

/** Calls `dead` when nothing was heard for too long. A hidden page's timers sleep, so only time that it was looked at counts. */
export class Silence {
  private heardAt = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly visible = () => this.heard();

  constructor(dead: () => void) {
    document.addEventListener('visibilitychange', this.visible);
    this.timer = setInterval(() => {
      if (document.visibilityState === 'visible' && performance.now() - this.heardAt > SILENCE_MS) dead();
    }, 1000);
  }
  heard(): void {
    this.heardAt = performance.now();
  }
  end(): void {
    clearInterval(this.timer);
    document.removeEventListener('visibilitychange', this.visible);
  }
}
