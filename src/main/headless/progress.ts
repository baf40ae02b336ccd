/** How a piece of work stands. */
export interface Report {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Null where the rule of three would mislead: the total is a bound that is seldom reached. */
  readonly secondsLeft?: null;
  /** Shown after the count: `held-out 0.0031`. Keys are camelCase. */
  readonly figures?: Readonly<Record<string, number>>;
}
export interface Progress {
  report(report: Report): void;
  /** A sentence between reports. */
  say(text: string): void;
  /** Ends a line that is being rewritten. */
  end(): void;
}
export type ProgressMode = 'auto' | 'plain' | 'json' | 'none';
/** Where progress goes: stderr, or a list in a test. */
export interface ProgressSink {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** A line at each phase, and at most one every so many ms. */
const PLAIN_MS = 2000;
const REWRITE_MS = 100;

export function progressTo(sink: ProgressSink, asked: ProgressMode): Progress {
  const mode = asked === 'auto' ? (sink.isTerminal ? 'line' : 'plain') : asked;
  if (mode === 'none') return { report: () => {}, say: () => {}, end: () => {} };
  let phase = '';
  let phaseBegan = 0;
  let lastShown = -Infinity;
  let open = false;
  const end = () => {
    if (open) sink.write('\n');
    open = false;
  };
  return {
    report(report) {
      const now = sink.now();
      const isNew = report.phase !== phase;
      if (isNew) [phase, phaseBegan] = [report.phase, now];
      const finished = report.total > 0 && report.done >= report.total;
      if (!isNew && !finished && now - lastShown < (mode === 'line' ? REWRITE_MS : PLAIN_MS)) return;
      lastShown = now;
      const secondsLeft = report.secondsLeft === null ? null : timeLeft(report, (now - phaseBegan) / 1000);
      if (mode === 'json')
        sink.write(
          `${JSON.stringify({ phase: report.phase, done: report.done, total: report.total, unit: report.unit, secondsLeft, ...finite(report.figures) })}\n`,
        );
      else if (mode === 'plain') sink.write(`${lineOf(report, secondsLeft)}\n`);
      else {
        if (isNew) end();
        sink.write(`\r\u001b[2K${lineOf(report, secondsLeft).slice(0, Math.max(20, sink.columns - 1))}`);
        open = true;
      }
    },
    say(text) {
      end();
      sink.write(mode === 'json' ? `${JSON.stringify({ phase, text })}\n` : `${text}\n`);
    },
    end,
  };
}

/** `fit  epoch 40/200  held-out 0.0031  12 s left` */
export function lineOf({ phase, unit, done, total, figures = {} }: Report, secondsLeft: number | null): string {
  const parts = [phase, `${unit} ${brief(done)}/${brief(total)}`.trim()];
  for (const [name, value] of Object.entries(figures)) if (Number.isFinite(value)) parts.push(`${worded(name)} ${brief(value)}`);
  if (secondsLeft !== null && done < total) parts.push(`${secondsLeft < 10 ? secondsLeft.toFixed(1) : Math.round(secondsLeft)} s left`);
  return parts.filter((part) => part !== '').join('  ');
}

/** By rule of three; null while too little is done to tell. */
function timeLeft({ done, total }: Report, spent: number): number | null {
  return spent >= 1 && done > 0 && total > 0 && done <= total ? Math.round(((spent * (total - done)) / done) * 10) / 10 : null;
}
const finite = (figures: Readonly<Record<string, number>> = {}) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]));
const worded = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const brief = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3))));
