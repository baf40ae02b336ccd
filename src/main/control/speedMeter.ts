/** Marks older than this are forgotten, ms. */
const SPAN_MS = 2000;
/** s; over less the speed is only what was wanted. */
const LEAST_SPAN = 0.2;

/** How fast simulated time really goes, over the last two seconds. */
export class SpeedMeter {
  /** Seconds that were simulated since the beginning. */
  simulated = 0;
  private readonly marks: { wall: number; simulated: number }[] = [];

  /** Looked at anew from here on: the speed that is wanted changed, or time stood still. */
  restart(): void {
    this.marks.length = 0;
  }
  /**
   * @param now     ms, monotonic
   * @param wanted  what counts before anything was measured
   * @returns       simulated seconds per second
   */
  read(now: number, wanted: number): number {
    const { marks, simulated } = this;
    marks.push({ wall: now, simulated });
    while (marks.length > 2 && now - marks[0]!.wall > SPAN_MS) marks.shift();
    const seconds = (now - marks[0]!.wall) / 1000;
    return seconds > LEAST_SPAN ? (simulated - marks[0]!.simulated) / seconds : wanted;
  }
}
