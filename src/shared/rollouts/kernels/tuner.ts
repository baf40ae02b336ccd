import type { EnsembleModel } from '../../models/network/ensembleModel';
import type { RolloutSubject } from '../rollouts';
import { kernelEngine } from './engine';
import { LANES } from './layout';
import type { KernelChoice, KernelSource } from './source';

/** Which kernel is fastest for networks of one shape, on the machine that measured it. */
export interface TunedShape {
  /** As `shapeOf` names it. */
  readonly shape: string;
  readonly choice: KernelChoice;
}
/** Inputs and the outputs of each layer. */
export const shapeOf = ({ shape: { layout } }: EnsembleModel): string =>
  [layout.layers[0].inputs, ...layout.layers.map(({ outputs }) => outputs)].join(' ');

/** What the tuner found. */
export interface Tuned {
  readonly choice: KernelChoice;
  /** Least milliseconds of a trial for each choice, in the order in which they were tried. */
  readonly trials: readonly { readonly choice: KernelChoice; readonly milliseconds: number }[];
}

/** Steps of a trial, which is one chunk through one member: 30 µs for two layers of 64. */
const STEPS = 16;
const LEAST_ROUNDS = 6;
/** So long it takes until the engine has compiled the hot code of all blocks for good. */
const LEAST_MS = 30;
/** A block so much slower than the fastest is probably not compiled for good yet: it is waited for, but not longer. */
const SUSPECT = 2;
const MOST_MS = 100;

/**
 * Measures which register block is fastest for these networks on this engine and processor; all give the same bits, so the
 * choice changes the time alone. The blocks are tried in turn, while the engine still compiles them, and judged by their
 * least time, which neither that nor foreign load disturbs much. Some 40 ms; never on a thread with a deadline.
 *
 * @param now  milliseconds, monotonic
 */
export function tune(subject: RolloutSubject, kernels: KernelSource, now: () => number): Tuned {
  const arithmetic = kernels.fuses ? 'fused' : 'portable';
  const from = now();
  const contenders = ([6, 5, 4] as const).map((block) => {
    const choice: KernelChoice = { arithmetic, block };
    return { choice, rollouts: kernelEngine(kernels, choice).create(subject), milliseconds: Infinity };
  });
  const job = {
    state: subject.plant.hanging(),
    previousAction: 0,
    actions: new Float64Array(LANES * STEPS),
    horizon: STEPS,
    from: 0,
    to: LANES,
    particle: 0,
    costs: new Float64Array(LANES),
  };
  for (let round = 0, at = from; round < LEAST_ROUNDS || at - from < (allAlike(contenders) ? LEAST_MS : MOST_MS); round++) {
    at = now();
    for (const contender of contenders) {
      contender.rollouts.evaluate(job);
      const done = now();
      contender.milliseconds = Math.min(contender.milliseconds, done - at);
      at = done;
    }
  }
  const fastest = contenders.reduce((best, contender) => (contender.milliseconds < best.milliseconds ? contender : best));
  return { choice: fastest.choice, trials: contenders.map(({ choice, milliseconds }) => ({ choice, milliseconds })) };
}

function allAlike(contenders: readonly { readonly milliseconds: number }[]): boolean {
  const times = contenders.map(({ milliseconds }) => milliseconds);
  return Math.max(...times) <= SUSPECT * Math.min(...times);
}
