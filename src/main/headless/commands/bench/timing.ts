/** One line of a benchmark. `ratioToOurs` is this contender's time over ours. */
export interface BenchRow {
  readonly work: string;
  readonly contender: string;
  /** What it was done with, where one work has several kinds. */
  readonly model?: string;
  readonly threads: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly minMs: number;
  readonly samples: number;
  readonly ratioToOurs: number;
  /** Share of the machine's measured vector peak; null where none was measured. */
  readonly shareOfPeak: number | null;
}

export function statistics(samples: readonly number[]): Pick<BenchRow, 'medianMs' | 'p99Ms' | 'minMs' | 'samples'> {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { medianMs: at(0.5), p99Ms: at(0.99), minMs: at(0), samples: sorted.length };
}

const rounded = (milliseconds: number): number => Number(milliseconds.toPrecision(4));
