import { crossesSeam, SteadyRange, wrapDegrees } from './axis';
import type { PlotHistory } from './plotHistory';
import type { PlotWindow } from './plotWindow';
import type { Signal } from './signals';

/** Cost terms that are drawn beside their total: those that weigh most. */
const MOST_TERMS = 2;

/** Columns as uPlot takes them: x, then one for each line; null breaks a line. */
export type Columns = (number | null)[][];

/** One signal cut out of history and plan: what a plot draws, between which bounds, and which value stands where. */
export class SignalData {
  /** The cost terms that weigh most now, by index. */
  terms: number[] = [];
  private readonly range = new SteadyRange();
  private history: PlotHistory | undefined;
  private window: PlotWindow | undefined;

  constructor(
    readonly signal: Signal,
    private readonly termCount: number,
  ) {}

  /** Number of columns, x included. */
  get width(): number {
    return this.signal.kind === 'costs' ? 2 + MOST_TERMS : 2;
  }

  /** The rows of a window, seconds from now. */
  take(history: PlotHistory, window: PlotWindow): Columns {
    this.history = history;
    this.window = window;
    const { signal, width } = this;
    const { now, past } = window;
    const from = Math.max(0, history.firstAtOrAfter(now - past) - 1);
    const to = history.firstAtOrAfter(now + 1e-9);
    if (signal.kind === 'costs') this.chooseTerms(history, from, to);
    const columns: Columns = Array.from({ length: width }, () => []);
    let previous = NaN;
    for (let row = from; row < to; row++) {
      const x = history.x(row) - now;
      const value = this.valueOfRow(history, row);
      const broken = history.breaksBefore(row) || (signal.wraps && crossesSeam(previous, value));
      if (broken && row > from) columns.forEach((column, c) => column.push(c === 0 ? x - 1e-6 : null));
      columns[0].push(x);
      for (let i = 0; i < width - 2; i++) columns[1 + i].push(i < this.terms.length ? finite(history.cost(row, this.terms[i])) : null);
      columns[width - 1].push(finite(value));
      previous = value;
    }
    if (columns[0].length === 0) columns.forEach((column, c) => column.push(c === 0 ? 0 : null));
    return columns;
  }
  /** Bounds of the axis. They follow what was measured and the chosen plan: doubt must not flatten what is known. */
  bounds(columns: Columns, { plan, now, planAt, ahead }: PlotWindow): [number, number] {
    const { signal } = this;
    if (signal.wraps) return [-205, 205];
    if (signal.kind === 'action') return [signal.limits[0] * 1.2, signal.limits[1] * 1.2];
    let [low, high] = [Infinity, -Infinity];
    const see = (value: number) => {
      if (value < low) low = value;
      if (value > high) high = value;
    };
    for (const column of columns.slice(1)) for (const value of column) if (value !== null) see(value);
    if (plan !== undefined && signal.kind === 'state')
      for (let h = 0; h <= plan.horizon && planAt + h * plan.period <= now + ahead; h++)
        see(plan.states[h * plan.size + signal.channel] * signal.factor);
    const always = signal.kind === 'state' ? signal.limits : signal.kind === 'planMs' ? [0, signal.limits[0] * 1.15] : [0];
    return this.range.next(low, high, always);
  }
  /** Value at some seconds from now, screen units; NaN where nothing is known. */
  valueAt(seconds: number): number {
    const { history, window } = this;
    if (history === undefined || window === undefined) return NaN;
    if (seconds > 0) return this.plannedAt(seconds, window);
    const row = history.nearest(window.now + seconds);
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
    return this.signal.wraps ? wrapDegrees(value * this.signal.factor) : value * this.signal.factor;
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

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
