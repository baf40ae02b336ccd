import type { World } from '../../command';
import type { Goal } from './goals';
import type { QuietWatch } from './machine';
import type { PeakChain } from '../../../workers/peakChain';
import type { PeerPrograms } from './peers/peerFolder';
import type { BenchRow } from './timing';

/** What a work may use. */
export interface BenchContext {
  readonly world: World;
  /** Threads of contenders that can use several. */
  readonly threads: number;
  readonly rounds: number;
  readonly seed: number;
  readonly watch: QuietWatch;
  /** Also what takes tens of seconds and tells little. */
  readonly thorough: boolean;
  /** Undefined where the program was built without kernels. */
  readonly peak: PeakChain | undefined;
  /** What libraries of others run on; undefined when they are not to take part. */
  readonly peers?: PeerPrograms;
}
/** A ratio that is held to a floor. */
export interface Ratio extends Pick<Goal, 'id' | 'work' | 'against' | 'floor' | 'goal'> {
  readonly value: number;
  /** Half the distance of the quartiles over rounds. */
  readonly spread: number;
  /** Whether a value below the floor counts here: on a quiet machine, measured as the floor was. */
  readonly gated: boolean;
  readonly passed: boolean;
}
/** Two ways to the same numbers, and how far apart they came out. */
export interface Parity {
  readonly what: string;
  /** null where it is no number, which is not passed. */
  readonly value: number | null;
  readonly limit: number;
  readonly passed: boolean;
}
/** Costs of kernels and reference are held to 64-bit loops; 32 bits carry them over a horizon within this, relatively. */
export const COSTS_LIMIT = 1e-6;
export const parityOf = (what: string, value: number, limit: number): Parity => ({
  what,
  value: Number.isFinite(value) ? Number(value.toPrecision(3)) : null,
  limit,
  passed: value <= limit,
});

/** A ratio as it was measured, round by round, before anybody judges it. */
export interface RatioSamples {
  readonly work: string;
  readonly against: string;
  readonly threads: number;
  readonly samples: readonly number[];
}
/** What a work found out. */
export interface WorkResult {
  readonly rows: readonly BenchRow[];
  readonly ratios: readonly RatioSamples[];
  readonly parity: readonly Parity[];
  /** Fields of the document beside these. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** What the table of rows does not show. */
  readonly text?: string;
}
