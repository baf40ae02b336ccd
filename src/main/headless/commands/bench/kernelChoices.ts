import { usualChoice, type KernelChoice } from '../../../../shared/rollouts/kernels/source';
import { tune } from '../../../../shared/rollouts/kernels/tuner';
import type { RolloutSubject } from '../../../../shared/rollouts/rollouts';
import { loadKernels } from '../../../workers/kernels';

/** A contender that rolls out by kernels. */
export interface KernelContender {
  readonly name: string;
  readonly threads: number;
  readonly kernels: KernelChoice;
  readonly note?: string;
}

/**
 * The kernels that this engine can run, the one that everything is measured against first: the fused ones on all threads
 * where the engine fuses, else those of multiply and add.
 *
 * @param ours  what the first one is, where it is not the usual choice
 */
export function kernelContenders(threads: number, ours: Partial<KernelChoice> = {}, note?: string): KernelContender[] {
  const named = (['fused', 'portable'] as const)
    .slice(loadKernels().fuses ? 0 : 1)
    .map((arithmetic) => ({ name: NAMES[arithmetic], threads, kernels: usualChoice(arithmetic) }));
  const first = { ...named[0]!, kernels: { ...named[0]!.kernels, ...ours }, ...(note === undefined ? {} : { note }) };
  return [first, ...(threads > 1 ? [{ ...first, threads: 1 }] : []), ...named.slice(1)];
}
const NAMES = { fused: 'kernel fused', portable: 'kernel mul+add' } as const;

/** The same for networks, with the register block that the tuner of the planner threads chooses. */
export function tunedContenders(threads: number, subject: RolloutSubject, now: () => number): KernelContender[] {
  const { choice } = tune(subject, loadKernels(), now);
  return kernelContenders(threads, choice, `blocks of ${choice.block} outputs`);
}
