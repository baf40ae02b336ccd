/** Quantiles of the newest values: for the status strip and the benchmark. Adding allocates nothing. */
export class TimingWindow {
  private readonly values: Float64Array;
  private count = 0;
  private at = 0;
  private largest = 0;

  constructor(size: number) {
    this.values = new Float64Array(size);
  }
  add(value: number): void {
    this.values[this.at] = value;
    this.at = (this.at + 1) % this.values.length;
    this.count = Math.min(this.count + 1, this.values.length);
    if (value > this.largest) this.largest = value;
  }
  clear(): void {
    this.count = 0;
    this.at = 0;
    this.largest = 0;
  }
  /** Undefined while empty. `max` counts everything since the last clearing. */
  get figures():
    | {
        readonly last: number;
        readonly p50: number;
        readonly p99: number;
        readonly p999: number;
        readonly max: number;
        readonly count: number;
      }
    | undefined {
    const { count, values } = this;
    if (count === 0) return undefined;
    const sorted = values.slice(0, count).sort();
    const quantile = (q: number) => sorted[Math.min(count - 1, Math.floor(q * count))]!;
    return {
      last: values[(this.at + values.length - 1) % values.length]!,
      p50: quantile(0.5),
      p99: quantile(0.99),
      p999: quantile(0.999),
      max: this.largest,
      count,
    };
  }
}
