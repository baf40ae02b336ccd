import { crossesSeam, SteadyRange, wrapDegrees } from './axis';
import type { PlotHistory } from './plotHistory';
import { originOf, type PlotWindow } from './plotWindow';
import type { Signal } from './signals';

/** Cost terms that are drawn beside their total: those that weigh most. */
const MOST_TERMS = 2;

/** An unwrapped angle's axis shows at least so many degrees. */
const LEAST_DEGREES = 20;

/** Columns as uPlot takes them: x, then one for each line; null breaks a line. */
export type Columns = (number | null)[][];

/** One signal cut out of history and plan: what a plot draws, between which bounds, and which value stands where. */
export class SignalData {
  /** The cost terms that weigh most now, by index. */
  terms: number[] = [];
  private readonly range = new SteadyRange();
  private history: PlotHistory | undefined;
  private window: PlotWindow | undefined;
  /** What the columns of a whole run were made of; and they themselves, taken again while only the cursor moves. */
  private made: readonly unknown[] = [];
  private columns: Columns = [];
  /** The line of the second episode: times and values. */
  other: Columns = [[], []];

  constructor(
    readonly signal: Signal,
    private readonly termCount: number,
  ) {}

  /** Number of columns, x included. */
  get width(): number {
    return this.signal.kind === 'costs' ? 2 + MOST_TERMS : 2;
  }

  /** The rows of a window: seconds from now, or of a whole run seconds of the episode. The columns of before when those would be alike. */
  take(history: PlotHistory, window: PlotWindow): Columns {
    this.history = history;
    this.window = window;
    const { signal } = this;
    const { now, past, span, other } = window;
    if (span === undefined) return (this.columns = this.cut(history, now - past, now + 1e-9));
    const parts = [history, history.version, span.from, span.to, other?.history, other?.history.version, other?.shift, other?.turns];
    if (parts.every((part, i) => part === this.made[i])) return this.columns;
    this.made = parts;
    this.range.reset();
    if (other === undefined) this.other = [[], []];
    else {
      const { shift, turns = 0 } = other;
      const [xs, ...lines] = this.cut(other.history, span.from - shift, span.to - shift, 1);
      const turned = signal.wraps ? 360 * turns : 0;
      this.other = [xs.map((x) => x! + shift), lines[lines.length - 1].map((value) => (value === null ? null : value + turned))];
    }
    return (this.columns = this.cut(history, span.from, span.to, 1));
  }
  /** Rows between two axis values, the one before them, and some after. */
  private cut(history: PlotHistory, low: number, high: number, after = 0): Columns {
    const { signal, width } = this;
    const origin = originOf(this.window!);
    const from = Math.max(0, history.firstAtOrAfter(low) - 1);
    const to = Math.min(history.count, history.firstAtOrAfter(high) + after);
    if (signal.kind === 'costs') this.chooseTerms(history, from, to);
    const columns: Columns = Array.from({ length: width }, () => []);
    let previous = NaN;
    for (let row = from; row < to; row++) {
      const x = history.x(row) - origin;
      const value = this.valueOfRow(history, row);
      const broken = history.breaksBefore(row) || (this.onCircle && crossesSeam(previous, value));
      if (broken && row > from) columns.forEach((column, c) => column.push(c === 0 ? x - 1e-6 : null));
      columns[0].push(x);
      for (let i = 0; i < width - 2; i++) columns[1 + i].push(i < this.terms.length ? finite(history.cost(row, this.terms[i])) : null);
      columns[width - 1].push(finite(value));
      previous = value;
    }
    if (columns[0].length === 0) columns.forEach((column, c) => column.push(c === 0 ? 0 : null));
    return columns;
  }
  /**
   * Bounds of the axis. They follow what was measured and the chosen plan: doubt must not flatten what is known. Of a whole run
   * they follow what was measured alone, or they would move with the cursor.
   */
  bounds(columns: Columns, { plan, now, planAt, ahead, span }: PlotWindow): [number, number] {
    const { signal } = this;
    if (this.onCircle) return [-205, 205];
    if (signal.kind === 'action') return [signal.limits[0] * 1.2, signal.limits[1] * 1.2];
    let [low, high] = [Infinity, -Infinity];
    const see = (value: number) => {
      if (value < low) low = value;
      if (value > high) high = value;
    };
    for (const column of [...columns.slice(1), this.other[1]]) for (const value of column) if (value !== null) see(value);
    if (signal.wraps) return turnBounds(low, high);
    if (span === undefined && plan !== undefined && signal.kind === 'state')
      for (let h = 0; h <= plan.horizon && planAt + h * plan.period <= now + ahead; h++)
        see(plan.states[h * plan.size + signal.channel] * signal.factor);
    const always = signal.kind === 'state' ? signal.limits : signal.kind === 'planMs' ? [0, signal.limits[0] * 1.15] : [0];
    return this.range.next(low, high, always);
  }
  /** Value at a place on the time axis of the plots, screen units; NaN where nothing is known. */
  valueAt(seconds: number): number {
    const { history, window } = this;
    if (history === undefined || window === undefined) return NaN;
    if (window.span !== undefined) return this.valueNear(history, seconds);
    if (seconds > 0) return this.plannedAt(seconds, window);
    return this.valueNear(history, window.now + seconds);
  }
  /** The same of the second episode. */
  otherAt(seconds: number): number {
    const other = this.window?.other;
    if (other === undefined) return NaN;
    return this.valueNear(other.history, seconds - other.shift) + (this.signal.wraps ? 360 * (other.turns ?? 0) : 0);
  }

  /** Whether angles are shown within (−180, 180]; those of a whole run go on through their turns. */
  private get onCircle(): boolean {
    return this.signal.wraps && this.window?.span === undefined;
  }
  private valueNear(history: PlotHistory, x: number): number {
    const row = history.nearest(x);
    return row < 0 ? NaN : this.valueOfRow(history, row);
  }

  private valueOfRow(history: PlotHistory, row: number): number {
    const { signal } = this;
    switch (signal.kind) {
      case 'state':
        return this.onScreen(history.state(row, signal.channel));
      case 'action':
        return history.command(row) * signal.factor;
      case 'costs':
        return history.totalCost(row);
      case 'costSoFar':
        return history.costSoFar?.(row) ?? NaN;
      case 'planMs':
        return history.planMs(row);
      default:
        return history.lateness(row);
    }
  }
  private plannedAt(seconds: number, { plan, planAt, now }: PlotWindow): number {
    const { signal } = this;
    if (plan === undefined) return NaN;
    const step = Math.round((now + seconds - planAt) / plan.period);
    if (step < 0 || step > plan.horizon) return NaN;
    if (signal.kind === 'action') return plan.actions[Math.min(step, plan.horizon - 1)] * signal.factor;
    return signal.kind === 'state' ? this.onScreen(plan.states[step * plan.size + signal.channel]) : NaN;
  }
  private onScreen(value: number): number {
    return this.onCircle ? wrapDegrees(value * this.signal.factor) : value * this.signal.factor;
  }
  private chooseTerms(history: PlotHistory, from: number, to: number): void {
    const sums = Array.from({ length: this.termCount }, (_, term) => {
      let sum = 0;
      for (let row = from; row < to; row += 4) sum += Math.abs(history.cost(row, term));
      return { term, sum };
    });
    const best = sums
      .slice()
      .sort((a, b) => b.sum - a.sum)
      .slice(0, MOST_TERMS);
    const complete = this.terms.length === Math.min(MOST_TERMS, sums.length);
    // change only for a term that clearly weighs more: names that jump cannot be read
    const least = Math.min(...this.terms.map((term) => sums[term]?.sum ?? 0));
    if (!complete || best.some(({ term, sum }) => !this.terms.includes(term) && sum > 1.6 * least))
      this.terms = best.map(({ term }) => term).sort((a, b) => a - b);
  }
}

/** Around an unwrapped angle, degrees: with air, and never so narrow that noise fills the plot. */
function turnBounds(low: number, high: number): [number, number] {
  if (!(high >= low)) return [-205, 205];
  const air = Math.max(0.08 * (high - low), (LEAST_DEGREES - (high - low)) / 2);
  return [low - air, high + 2 * air]; // words stand at the top
}
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
