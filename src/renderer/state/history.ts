import type { Telemetry } from '../../shared/contract/contract';

/** Something that happened, to be marked in the plots. */
export interface Mark {
  /** On the axis of the history. */
  readonly x: number;
  readonly kind: 'episode' | 'plan' | 'target' | 'push' | 'fault';
  readonly label: string;
}

/** Basis of an action as telemetry numbers it. */
export const BASIS = { plan: 0, olderPlan: 1, random: 2, damp: 3, zero: 4, given: 5 } as const;

/**
 * What happened, as plots and scene read it: rows counted from the oldest, on an axis in seconds. The ring of the live
 * page and a recorded episode both look like this; plots ask for no more than their own `PlotHistory`.
 */
export interface Past {
  /** Grows with every change; a reader that remembers it knows whether there is news. */
  readonly version: number;
  readonly count: number;
  /** Number of state channels. */
  readonly size: number;
  /** Axis value of the newest row. */
  readonly now: number;
  x(row: number): number;
  episode(row: number): number;
  /** Seconds of its episode. */
  time(row: number): number;
  /** Plant units, angles unwrapped. */
  state(row: number, channel: number): number;
  command(row: number): number;
  cost(row: number, term: number): number;
  totalCost(row: number): number;
  /** Sum of the stage costs of the episode up to this row; only where a whole episode is known. */
  costSoFar?(row: number): number;
  planMs(row: number): number;
  lateness(row: number): number;
  /** As `BASIS` numbers it. */
  basis(row: number): number;
  /** Whether a line must be broken before this row. */
  breaksBefore(row: number): boolean;
  /** First row at or after axis value `x`; `count` when there is none. */
  firstAtOrAfter(x: number): number;
  /** The row nearest to axis value `x`; −1 when there is none near. */
  nearest(x: number): number;
  marksBetween(from: number, to: number): readonly { readonly x: number; readonly label: string; readonly kind: string }[];
}
/** The row that holds at axis value `x`: the last one until then, the first before all. */
export const rowAt = (past: Past, x: number): number => Math.max(0, past.firstAtOrAfter(x + 1e-9) - 1);
/** Writes the state of a row to `out` [n]. */
export function readState(past: Past, row: number, out: Float64Array): void {
  for (let c = 0; c < past.size; c++) out[c] = past.state(row, c);
}

/**
 * What happened, in columns, newest last: a ring that plots and scene read on animation frames without asking anybody.
 * Its axis `x` runs through all episodes without a jump back: seconds, with one period between two episodes.
 */
export class History implements Past {
  /** Rows kept, oldest first: row i of 0 … count − 1 lies at `index(i)`. */
  count = 0;
  /** Grows with every row; a reader that remembers it knows whether there is news. */
  version = 0;
  readonly xs: Float64Array;
  readonly times: Float64Array;
  readonly episodes: Int32Array;
  readonly steps: Int32Array;
  /** [capacity × size], plant units, angles unwrapped. */
  readonly states: Float64Array;
  readonly chosen: Float64Array;
  readonly commands: Float64Array;
  readonly applied: Float64Array;
  /** [capacity × terms] */
  readonly costColumns: Float64Array;
  readonly planMsColumn: Float64Array;
  readonly latenessColumn: Float64Array;
  readonly bases: Uint8Array;
  /** Wall time in ms at which the row came in, for smooth motion between rows. */
  readonly arrivals: Float64Array;
  marks: Mark[] = [];
  private next = 0;

  constructor(
    readonly size: number,
    readonly terms: number,
    readonly period: number,
    readonly capacity = 16384,
  ) {
    const column = () => new Float64Array(capacity);
    this.xs = column();
    this.times = column();
    this.episodes = new Int32Array(capacity);
    this.steps = new Int32Array(capacity);
    this.states = new Float64Array(capacity * size);
    this.chosen = column();
    this.commands = column();
    this.applied = column();
    this.costColumns = new Float64Array(capacity * terms);
    this.planMsColumn = column();
    this.latenessColumn = column();
    this.bases = new Uint8Array(capacity);
    this.arrivals = column();
  }

  /** Place in the columns of row i, counted from the oldest. */
  index(i: number): number {
    return (this.next - this.count + i + this.capacity) % this.capacity;
  }
  /** Place in the columns of the newest row; −1 when there is none. */
  get newest(): number {
    return this.count === 0 ? -1 : (this.next - 1 + this.capacity) % this.capacity;
  }
  /** Axis value of the newest row. */
  get now(): number {
    return this.count === 0 ? 0 : this.xs[this.newest];
  }

  /** @param arrival  wall time in ms at which the batch came in */
  add(batch: Telemetry, arrival: number): void {
    const n = this.size;
    if (batch.states.length !== batch.count * n) return; // from before a change of setup
    for (let k = 0; k < batch.count; k++) {
      const step = batch.firstStep + k;
      const last = this.newest;
      // a snapshot's history and the stream may overlap
      if (last >= 0 && batch.episode === this.episodes[last] && step <= this.steps[last]) continue;
      if (last >= 0 && batch.episode === this.episodes[last] - 1 && this.holds(batch.episode, step)) continue;
      const at = this.next;
      this.xs[at] = this.axisOf(batch, k, last);
      this.times[at] = batch.times[k];
      this.episodes[at] = batch.episode;
      this.steps[at] = step;
      for (let c = 0; c < n; c++) this.states[at * n + c] = batch.states[k * n + c];
      this.chosen[at] = batch.chosen[k];
      this.commands[at] = batch.commands[k];
      this.applied[at] = batch.applied[k];
      for (let c = 0; c < this.terms; c++) this.costColumns[at * this.terms + c] = batch.costs[k * this.terms + c];
      this.planMsColumn[at] = batch.planMs[k];
      this.latenessColumn[at] = batch.latenessMs[k];
      this.bases[at] = batch.basis[k];
      this.arrivals[at] = arrival;
      this.next = (this.next + 1) % this.capacity;
      this.count = Math.min(this.capacity, this.count + 1);
      this.version++;
      this.noteTurns(at, last);
    }
    const oldest = this.count > 0 ? this.xs[this.index(0)] : 0;
    if (this.marks.length > 0 && this.marks[0].x < oldest) this.marks = this.marks.filter((mark) => mark.x >= oldest);
  }

  /** Whether this row is among the newest. */
  private holds(episode: number, step: number): boolean {
    for (let row = this.count - 1; row >= Math.max(0, this.count - 400); row--) {
      const at = this.index(row);
      if (this.episodes[at] === episode && this.steps[at] === step) return true;
    }
    return false;
  }

  x = (row: number): number => this.xs[this.index(row)];
  episode = (row: number): number => this.episodes[this.index(row)];
  time = (row: number): number => this.times[this.index(row)];
  state = (row: number, channel: number): number => this.states[this.index(row) * this.size + channel];
  command = (row: number): number => this.commands[this.index(row)];
  cost = (row: number, term: number): number => this.costColumns[this.index(row) * this.terms + term];
  planMs = (row: number): number => this.planMsColumn[this.index(row)];
  lateness = (row: number): number => this.latenessColumn[this.index(row)];
  basis = (row: number): number => this.bases[this.index(row)];
  totalCost(row: number): number {
    let sum = 0;
    for (let term = 0; term < this.terms; term++) sum += this.cost(row, term);
    return sum;
  }
  /** The row nearest to axis value `x`; −1 when none is within two periods. */
  nearest(x: number): number {
    const after = this.firstAtOrAfter(x);
    let best = -1;
    let away = 2 * this.period;
    for (const row of [after - 1, after]) {
      if (row < 0 || row >= this.count || Math.abs(this.x(row) - x) > away) continue;
      best = row;
      away = Math.abs(this.x(row) - x);
    }
    return best;
  }
  marksBetween = (from: number, to: number): readonly Mark[] => this.marks.filter(({ x }) => x >= from && x <= to);

  mark(kind: Mark['kind'], label: string): void {
    if (this.count > 0) this.marks.push({ x: this.now, kind, label });
    this.version++;
  }

  /** Whether a line must be broken before row i: a new episode, or rows that this page was not sent. */
  breaksBefore(i: number): boolean {
    if (i === 0) return true;
    const at = this.index(i);
    const before = this.index(i - 1);
    return this.episodes[at] !== this.episodes[before] || this.steps[at] !== this.steps[before] + 1;
  }

  /** First row at or after axis value `x`; `count` when there is none. */
  firstAtOrAfter(x: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.xs[this.index(middle)] < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private axisOf(batch: Telemetry, k: number, last: number): number {
    if (last < 0) return batch.times[k];
    const sameEpisode = batch.episode === this.episodes[last];
    const gap = batch.times[k] - this.times[last];
    if (sameEpisode && gap > 0) return this.xs[last] + gap;
    return this.xs[last] + this.period;
  }
  private noteTurns(at: number, last: number): void {
    const basis = this.bases[at];
    const x = this.xs[at];
    const fresh = last < 0 || this.episodes[at] !== this.episodes[last];
    if (fresh) {
      const what = basis === BASIS.random ? ', random' : '';
      this.marks.push({ x, kind: 'episode', label: `episode ${this.episodes[at] + 1}${what}` });
    } else if (this.bases[last] === BASIS.random && basis <= BASIS.olderPlan) {
      this.marks.push({ x, kind: 'plan', label: 'planned from here' });
    }
  }
}
