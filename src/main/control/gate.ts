/** Why a command is what it is. */
export const verdicts = ['passed', 'limited', 'slewed', 'notFinite', 'notAllowed', 'stopped'] as const;
export type GateVerdict = (typeof verdicts)[number];

/** The one word that everyone who may stop can set, and the gate reads last. */
export interface StopLatch {
  readonly stopped: boolean;
}
export interface GateSettings {
  /** |command| ≤ limit, action units. */
  readonly limit: number;
  /** Largest change from the command last sent, action units a period; Infinity for none. */
  readonly slew: number;
}

/**
 * The last pure step before a command leaves: finite, leave to move, limit, slew, and the stop latch once more. A missing
 * value is zero, never the last one. Nothing is added after it.
 */
export class CommandGate {
  /** The command last sent, from which the slew limit counts. */
  private last = 0;
  /** What the newest command met here. */
  verdict: GateVerdict = 'passed';

  constructor(
    private settings: GateSettings,
    private readonly latch: StopLatch,
  ) {}

  configure(settings: GateSettings): void {
    this.settings = settings;
  }

  /**
   * @param action   what the controller wants, action units
   * @param allowed  whether the interlock lets anything but zero out
   * @returns        the command to send: finite, within limit and slew, zero when stopped
   */
  pass(action: number, allowed: boolean): number {
    let command = 0;
    // finite first: NaN passes every clamp
    if (!(action - action === 0)) this.verdict = 'notFinite';
    else if (!allowed) this.verdict = 'notAllowed';
    else {
      const { limit, slew } = this.settings;
      command = action;
      this.verdict = 'passed';
      if (command > limit || command < -limit) {
        command = command > 0 ? limit : -limit;
        this.verdict = 'limited';
      }
      const change = command - this.last;
      // zero is exempt from slew: stopping is never ramped
      if (command !== 0 && (change > slew || change < -slew)) {
        command = this.last + (change > 0 ? slew : -slew);
        this.verdict = 'slewed';
      }
    }
    if (this.latch.stopped) {
      command = 0;
      this.verdict = 'stopped';
    }
    this.last = command;
    return command;
  }
}
