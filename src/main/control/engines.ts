import { EnsembleModel } from '../../shared/models/network/ensembleModel';
import { usualChoice, type KernelChoice, type KernelSource } from '../../shared/rollouts/kernels/source';
import { shapeOf, tune, type TunedShape } from '../../shared/rollouts/kernels/tuner';
import type { PoolEngine } from './subject';

/** A pool's engine that learns which kernels are fast here. */
export interface LiveEngine extends PoolEngine {
  /** What was found in earlier runs on this machine. */
  adopt(tuned: readonly TunedShape[]): void;
}

/**
 * The kernels of a live run: the fastest arithmetic that the engine has, because a live run is never repeated bit for bit,
 * and for networks the register block that is fastest for their shape, measured once.
 *
 * @param now    milliseconds, monotonic
 * @param found  told what was measured
 */
export function liveEngine(kernels: KernelSource, now: () => number, found: (tuned: TunedShape) => void): LiveEngine {
  const arithmetic = kernels.fuses ? 'fused' : 'portable';
  const tuned = new Map<string, KernelChoice>();
  return {
    kernels,
    adopt(known) {
      for (const { shape, choice } of known) if (choice.arithmetic === arithmetic && !tuned.has(shape)) tuned.set(shape, choice);
    },
    choiceFor(subject) {
      if (!(subject.model instanceof EnsembleModel)) return usualChoice(arithmetic);
      const shape = shapeOf(subject.model);
      const known = tuned.get(shape);
      if (known !== undefined) return known;
      const { choice } = tune(subject, kernels, now);
      tuned.set(shape, choice);
      found({ shape, choice });
      return choice;
    },
  };
}
/** The same choice for every model: what a stepped run and a benchmark want. */
export const fixedEngine = (kernels: KernelSource, choice: KernelChoice): PoolEngine => ({ kernels, choiceFor: () => choice });
