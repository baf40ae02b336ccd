/** A slider sends at most so often. */
const SEND_GAP_MS = 50;
/** How long a value may wait for the loop's word before it is taken for lost. */
const CONFIRM_MS = 4000;

type Timer = ReturnType<typeof setTimeout>;

/** When values that were asked for are sent and given up: for each id at most twenty times a second, the last always. */
export class Asking {
  private readonly sends = new Map<string, { at: number; timer: Timer | undefined }>();
  private readonly waits = new Map<string, Timer>();

  constructor(
    private readonly now: () => number,
    /** Sends the newest value of an id. */
    private readonly send: (id: string) => void,
    /** Nobody confirmed it. */
    private readonly giveUp: (id: string) => void,
  ) {}

  ask(id: string): void {
    const entry = this.sends.get(id) ?? { at: -Infinity, timer: undefined };
    this.sends.set(id, entry);
    if (entry.timer !== undefined) return; // the newest value goes out with it
    const go = () => {
      entry.timer = undefined;
      entry.at = this.now();
      clearTimeout(this.waits.get(id));
      this.waits.set(
        id,
        setTimeout(() => this.giveUp(id), CONFIRM_MS),
      );
      this.send(id);
    };
    const wait = entry.at + SEND_GAP_MS - this.now();
    if (wait <= 0) go();
    else entry.timer = setTimeout(go, wait);
  }
  /** The value of this id is settled, one way or the other. */
  settled(id: string): void {
    clearTimeout(this.waits.get(id));
    this.waits.delete(id);
  }
}
