import { EnsembleModel } from '../../shared/models/network/ensembleModel';
import { usualChoice, type KernelChoice, type KernelSource } from '../../shared/rollouts/kernels/source';
import { tune } from '../../shared/rollouts/kernels/tuner';
import type { PoolEngine } from './subject';

/**
 * The kernels of a live run: the fastest arithmetic that the engine has, because a live run is never repeated bit for bit,
 * and for networks the register block that is fastest for their shape, measured once.
 *
 * @param now  milliseconds, monotonic
 */
export function liveEngine(kernels: KernelSource, now: () => number): PoolEngine {
  const tuned = new Map<string, KernelChoice>();
  return {
    kernels,
    choiceFor(subject) {
      if (!(subject.model instanceof EnsembleModel)) return usualChoice(kernels.fuses ? 'fused' : 'portable');
      const shape = subject.model.shape.layout.layers.map(({ outputs }) => outputs).join();
      const choice = tuned.get(shape) ?? tune(subject, kernels, now).choice;
      tuned.set(shape, choice);
      return choice;
    },
  };
}
/** The same choice for every model: what a stepped run and a benchmark want. */
export const fixedEngine = (kernels: KernelSource, choice: KernelChoice): PoolEngine => ({ kernels, choiceFor: () => choice });
