import type { RolloutSubject } from '../rollouts';
import { kernelEngine } from './engine';
import type { KernelChoice, KernelSource } from './source';

/** What the tuner found. */
export interface Tuned {
  readonly choice: KernelChoice;
  /** Least milliseconds of the trial for each choice, in the order in which they were tried. */
  readonly trials: readonly { readonly choice: KernelChoice; readonly milliseconds: number }[];
}

/** Candidates and steps of a trial: a millisecond or two for two layers of 64. */
const CANDIDATES = 32;
const STEPS = 16;
const WARM_UP = 2;
const ROUNDS = 4;

/**
 * Measures which register block is fastest for these networks on this engine and processor; all give the same bits, so the
 * choice changes the time alone. The blocks are tried in turn and judged by their least time, which foreign load disturbs
 * least. Some 30 ms for a usual ensemble; never on a thread with a deadline.
 *
 * @param now  milliseconds, monotonic
 */
export function tune(subject: RolloutSubject, kernels: KernelSource, now: () => number): Tuned {
  const arithmetic = kernels.fuses ? 'fused' : 'portable';
  const contenders = ([6, 5, 4] as const).map((block) => {
    const choice: KernelChoice = { arithmetic, block };
    return { choice, rollouts: kernelEngine(kernels, choice).create(subject), milliseconds: Infinity };
  });
  const job = {
    state: subject.plant.hanging(),
    previousAction: 0,
    actions: new Float64Array(CANDIDATES * STEPS),
    horizon: STEPS,
    from: 0,
    to: CANDIDATES,
    costs: new Float64Array(CANDIDATES),
  };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const from = now();
      contender.rollouts.evaluate(job);
      if (round >= 0) contender.milliseconds = Math.min(contender.milliseconds, now() - from);
    }
  }
  const fastest = contenders.reduce((best, contender) => (contender.milliseconds < best.milliseconds ? contender : best));
  return { choice: fastest.choice, trials: contenders.map(({ choice, milliseconds }) => ({ choice, milliseconds })) };
}
