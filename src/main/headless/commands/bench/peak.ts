import type { PeakChain } from '../../../workers/peakChain';
import { ratiosWithin, type Contender, type Measured } from './rounds';
import { median, rounded } from './timing';
import type { World } from '../../command';

/** The chain of multiply-adds as a contender, so that a busy moment slows it as it slows what it is held against. */
export interface PeakContender extends Contender {
  readonly operations: number;
}

export const peakContenders = (chain: PeakChain | undefined, threads: number): PeakContender[] =>
  chain === undefined
    ? []
    : [...new Set([1, threads])].map((count) => ({
        name: 'peak',
        threads: count,
        operations: chain.operations(count),
        once: () => chain.run(count),
      }));

/**
 * Which share of the peak on as many threads the matrix products alone make up, round by round; empty where no peak was
 * measured. Whatever else a contender does counts against it.
 * @param operations  of the matrix products
 */
export function sharesOfPeak(one: Measured, all: readonly Measured[], operations: number): number[] {
  const peak = all.find(({ contender }) => contender.name === 'peak' && contender.threads === one.contender.threads);
  if (peak === undefined) return [];
  return ratiosWithin(peak, one).map((ratio) => (ratio * operations) / (peak.contender as PeakContender).operations);
}
export const withoutPeak = (measured: readonly Measured[]): Measured[] => measured.filter(({ contender }) => contender.name !== 'peak');

/** What the document says of the peak, in GFLOP/s. */
export function peakFigures(chain: PeakChain | undefined, threads: number, world: World): Readonly<Record<string, unknown>> | null {
  if (chain === undefined) return null;
  const figures = peakContenders(chain, threads).map(({ threads: count, operations, once }) => {
    const samples = Array.from({ length: 20 }, () => {
      const from = world.now();
      void once(0);
      return world.now() - from;
    });
    return [`threads${count}`, rounded(operations / median(samples.slice(3)) / 1e6)] as const;
  });
  return { unit: 'GFLOP/s', [chain.kind]: Object.fromEntries(figures) };
}
