/** One line of a benchmark. `ratioToOurs` is this contender's time over ours, formed within rounds. */
export interface BenchRow {
  readonly work: string;
  readonly contender: string;
  /** What it was done with, where one work has several kinds. */
  readonly model?: string;
  /** What the contender's name leaves open. */
  readonly note?: string;
  readonly threads: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly minMs: number;
  readonly samples: number;
  readonly ratioToOurs: number;
  /** Million steps of one member and candidate in a second, where the work has such. */
  readonly millionStepsPerSecond?: number;
  /** Share of the machine's measured vector peak that matrix products alone make up; null where there is none to tell. */
  readonly shareOfPeak: number | null;
}

export function statistics(samples: readonly number[]): Pick<BenchRow, 'medianMs' | 'p99Ms' | 'minMs' | 'samples'> {
  const at = (share: number) => rounded(quantile(samples, share));
  return { medianMs: at(0.5), p99Ms: at(0.99), minMs: at(0), samples: samples.length };
}

/** The sample below which so large a share lies; 0 of none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
export const median = (samples: readonly number[]): number => quantile(samples, 0.5);
/** Half the distance of the quartiles: what a figure strays from round to round. */
export const strayOf = (samples: readonly number[]): number => (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2;

/** Four digits: more would be noise. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
