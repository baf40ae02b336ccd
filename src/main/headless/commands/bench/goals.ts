import type { Machine } from './machine';
import { median, rounded, strayOf } from './timing';
import type { Ratio, RatioSamples } from './work';

/** What a ratio has to reach: below the floor something was lost, the goal is what is worked for. */
export interface Goal {
  readonly id: string;
  readonly work: string;
  /** The contender whose time stands over ours, or what else is compared. */
  readonly against: string;
  readonly floor: number;
  readonly goal: number;
  /** Most that it may be, where more is no better. */
  readonly ceiling?: number;
  /** Against a library of others: depends on the processor, so it is held to its floor only on such as it was measured on. */
  readonly peer?: true;
}

/** Of the kernels on two threads, unless said. */
export const goals: readonly Goal[] = [
  { id: 'G1', work: 'W1', against: 'peak', floor: 0.58, goal: 0.68 },
  { id: 'G1', work: 'Chromium', against: 'this Node', floor: 0.9, goal: 1 },
  { id: 'G2', work: 'W1', against: 'tfjs-wasm', floor: 13, goal: 16 },
  { id: 'G2', work: 'W1', against: 'plain TypeScript', floor: 45, goal: 55 },
  { id: 'G2', work: 'W1', against: 'tfjs-cpu', floor: 240, goal: 300 },
  { id: 'G2', work: 'W1', against: 'PyTorch', floor: 1.7, goal: 2.2, peer: true },
  { id: 'G2', work: 'W1', against: 'PyTorch as installed, 1 thread', floor: 2.6, goal: 3, peer: true },
  { id: 'G2', work: 'W1', against: 'onnxruntime', floor: 1.7, goal: 2, peer: true },
  { id: 'G2J', work: 'W1', against: 'JAX', floor: 1.6, goal: 2.2, peer: true },
  { id: 'G2J', work: 'W1', against: 'mbrl-lib', floor: 3.5, goal: 8, peer: true },
  { id: 'G2J', work: 'MPPI', against: 'pytorch_mppi', floor: 2.2, goal: 3, peer: true },
  { id: 'G5', work: 'W1wide', against: 'peak', floor: 0.76, goal: 0.88 },
  { id: 'G5', work: 'W1wide', against: 'PyTorch', floor: 0.9, goal: 1.1, peer: true },
  { id: 'G6', work: 'W2', against: 'tfjs-wasm', floor: 16, goal: 21 },
  { id: 'G6', work: 'W2', against: 'PyTorch', floor: 2.3, goal: 2.9, peer: true },
  { id: 'G6', work: 'W2', against: 'onnxruntime', floor: 1.9, goal: 2.3, peer: true },
  { id: 'G7', work: 'W3', against: 'plain TypeScript', floor: 18, goal: 30 },
  { id: 'G7', work: 'W3', against: 'numpy', floor: 14, goal: 23, peer: true },
  { id: 'G8', work: 'W4', against: 'tfjs-wasm', floor: 33, goal: 42 },
  { id: 'G8', work: 'W4', against: 'PyTorch', floor: 2.4, goal: 3, peer: true },
  { id: 'G8', work: 'W4', against: 'JAX', floor: 1.3, goal: 2, peer: true },
  { id: 'G9', work: 'W1', against: 'kernel fused, 1 thread', floor: 1.85, goal: 1.97 },
  { id: 'G9', work: 'W4', against: 'kernel fused, 1 thread', floor: 1.85, goal: 1.97 },
  { id: 'G9', work: 'W1', against: 'kernel mul+add', floor: 1.15, goal: 1.28 },
  { id: 'G11', work: 'scaling', against: 'population', floor: 0.93, goal: 1, ceiling: 1.07 },
  { id: 'G11', work: 'scaling', against: 'horizon', floor: 0.93, goal: 1, ceiling: 1.07 },
  { id: 'G11', work: 'scaling', against: 'members', floor: 0.93, goal: 1, ceiling: 1.07 },
  { id: 'G12', work: 'GP', against: 'plain TypeScript', floor: 22, goal: 35 },
  { id: 'G12', work: 'GP', against: 'plain TypeScript over one thread', floor: 13, goal: 20 },
  { id: 'G12', work: 'GP', against: 'plain TypeScript over mul+add', floor: 15, goal: 28 },
  { id: 'G12', work: 'GP', against: 'all points over compressed', floor: 2, goal: 3 },
  { id: 'G12', work: 'GP', against: 'JAX', floor: 1.8, goal: 2.5, peer: true },
];

/** Where the ratios against other libraries were measured: two cores of x64 with 256-bit vectors or wider. */
export const holdsPeers = ({ cores, vector }: Pick<Machine, 'cores' | 'vector'>): boolean =>
  cores === 2 && (vector === 'avx2' || vector === 'avx512');

/**
 * Judges what was measured. A ratio nobody set a floor for is left out; a floor whose ratio was not measured is absent
 * and never passed. Gated are two threads on a quiet machine, as the floors were measured.
 *
 * @param peersToo  whether ratios against libraries of others are gated as well
 */
export function judge(measured: readonly RatioSamples[], quiet: boolean, wanted: readonly Goal[] = goals, peersToo = true): Ratio[] {
  return wanted.flatMap(({ id, work, against, floor, goal, ceiling = Infinity, peer = false }) => {
    const found = measured.find((ratio) => ratio.work === work && ratio.against === against && ratio.samples.length > 0);
    if (found === undefined) return [];
    const value = median(found.samples);
    const spread = strayOf(found.samples);
    const passed = value + spread >= floor && value - spread <= ceiling;
    const gated = quiet && found.threads === 2 && (peersToo || !peer);
    return [{ id, work, against, value: rounded(value), spread: rounded(spread), floor, goal, gated, passed }];
  });
}

/** One sentence for each ratio that is lost. */
export const lost = (ratios: readonly Ratio[]): string[] =>
  ratios
    .filter(({ gated, passed }) => gated && !passed)
    .map(
      ({ id, work, against, value, spread, floor }) =>
        `${id}: ${work} against ${against} is ${value} ± ${spread}; at least ${floor} is wanted.`,
    );
