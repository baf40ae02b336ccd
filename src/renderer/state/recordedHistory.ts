import type { Telemetry } from '../../shared/contract/contract';
import type { RecordedMoment } from '../../shared/episodes/library';
import type { Past } from './history';

/**
 * The rows of one recorded episode, as plots and scene read any past. Its axis is the time of the episode, seconds: 0 is where
 * it began. `put` replaces the rows that it shows, as when somebody looks closer at a part of it.
 */
export class RecordedHistory implements Past {
  version = 0;
  /** Steps from one row to the next: 1, or more where only every k-th was taken. */
  every = 1;
  private rows: Telemetry | undefined;
  /** [count] sum of the stage costs of the episode up to each row. */
  private costs: Float64Array = new Float64Array(0);
  /** Times and costs so far of the rows that began earliest: where a later part begins, this much was spent. */
  private whole: { readonly times: Float64Array; readonly costs: Float64Array } | undefined;
  private readonly marks: readonly { readonly x: number; readonly kind: string; readonly label: string }[];

  constructor(
    readonly size: number,
    readonly terms: number,
    readonly period: number,
    marks: readonly RecordedMoment[] = [],
  ) {
    this.marks = marks.map(({ time, kind, label }) => ({ x: time, kind, label })).sort((a, b) => a.x - b.x);
  }

  /** Shows these rows and no others. @throws RangeError when they are of another plant or task */
  put(every: number, rows: Telemetry): void {
    const { size, terms } = this;
    if (rows.states.length !== rows.count * size || rows.costs.length !== rows.count * terms)
      throw new RangeError(
        `These rows have ${rows.states.length} state values and ${rows.costs.length} costs; ${rows.count} rows of this episode have ${rows.count * size} and ${rows.count * terms}.`,
      );
    this.rows = rows;
    this.every = Math.max(1, every);
    this.costs = this.costsSoFar(rows);
    if (rows.count > 0 && !(this.whole !== undefined && this.whole.times[0] < rows.times[0]))
      this.whole = { times: rows.times, costs: this.costs };
    this.version++;
  }

  get count(): number {
    return this.rows?.count ?? 0;
  }
  get now(): number {
    return this.count === 0 ? 0 : this.x(this.count - 1);
  }
  x = (row: number): number => this.rows!.times[row];
  time = this.x;
  episode = (_row: number): number => this.rows!.episode;
  state = (row: number, channel: number): number => this.rows!.states[row * this.size + channel];
  command = (row: number): number => this.rows!.commands[row];
  cost = (row: number, term: number): number => this.rows!.costs[row * this.terms + term];
  totalCost(row: number): number {
    return totalOf(this.rows!, row, this.terms);
  }
  /** Sum of the stage costs of the episode up to this row; where rows were left out, the one before stands for them. */
  costSoFar = (row: number): number => this.costs[row];
  planMs = (row: number): number => this.rows!.planMs[row];
  lateness = (row: number): number => this.rows!.latenessMs[row];
  basis = (row: number): number => this.rows!.basis[row];

  /** Whether rows are missing before this one that were not left out on purpose: seen by the time that passed. */
  breaksBefore(row: number): boolean {
    return row === 0 || this.x(row) - this.x(row - 1) > this.pace + 0.5 * this.period;
  }
  firstAtOrAfter(x: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x(middle) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  nearest(x: number): number {
    const after = this.firstAtOrAfter(x);
    let best = -1;
    let away = this.pace + this.period;
    for (const row of [after - 1, after]) {
      if (row < 0 || row >= this.count || Math.abs(this.x(row) - x) > away) continue;
      best = row;
      away = Math.abs(this.x(row) - x);
    }
    return best;
  }
  marksBetween(from: number, to: number): readonly { readonly x: number; readonly kind: string; readonly label: string }[] {
    return this.marks.filter(({ x }) => x >= from && x <= to);
  }
  /** Writes the pose at axis value `x` to `out` [n], evenly between two rows, and standing where rows are missing. */
  poseAt(x: number, out: Float64Array): void {
    if (this.count === 0) return;
    const after = Math.min(this.count - 1, this.firstAtOrAfter(x));
    const before = Math.max(0, after - 1);
    const apart = this.x(after) - this.x(before);
    const share = apart > 0 ? Math.max(0, Math.min(1, (x - this.x(before)) / apart)) : 1;
    const shown = this.breaksBefore(after) && share < 1 ? 0 : share;
    for (let c = 0; c < this.size; c++) out[c] = this.state(before, c) + shown * (this.state(after, c) - this.state(before, c));
  }

  /** Seconds from one row to the next. */
  private get pace(): number {
    return this.every * this.period;
  }
  private costsSoFar(rows: Telemetry): Float64Array {
    const sums = new Float64Array(rows.count);
    for (let row = 0; row < rows.count; row++) {
      const total = totalOf(rows, row, this.terms);
      sums[row] = row === 0 ? (this.knownAt(rows.times[0]) ?? total) : sums[row - 1] + this.every * total;
    }
    return sums;
  }
  /** What the episode had cost at this time, as rows said that began earlier. */
  private knownAt(time: number): number | undefined {
    const { whole } = this;
    if (whole === undefined || !(whole.times[0] < time)) return undefined;
    const { times, costs } = whole;
    const after = times.findIndex((known) => known >= time);
    if (after < 0) return costs[costs.length - 1];
    const share = (time - times[after - 1]) / (times[after] - times[after - 1]);
    return costs[after - 1] + share * (costs[after] - costs[after - 1]);
  }
}
function totalOf({ costs }: Telemetry, row: number, terms: number): number {
  let sum = 0;
  for (let term = 0; term < terms; term++) sum += costs[row * terms + term];
  return sum;
}
