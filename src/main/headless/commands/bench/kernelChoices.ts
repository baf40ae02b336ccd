import { usualChoice, type KernelChoice } from '../../../../shared/rollouts/kernels/source';
import { loadKernels } from '../../../workers/kernels';

/** A contender that rolls out by kernels. */
export interface KernelContender {
  readonly name: string;
  readonly threads: number;
  readonly kernels: KernelChoice;
}

/**
 * The kernels that this engine can run, the one that everything is measured against first: the fused ones on all threads
 * where the engine fuses, else those of multiply and add.
 */
export function kernelContenders(threads: number): KernelContender[] {
  const portable = { name: 'kernel mul+add', kernels: usualChoice('portable') };
  const named = loadKernels().fuses ? [{ name: 'kernel fused', kernels: usualChoice('fused') }, portable] : [portable];
  const [ours, ...others] = named.map((kernel) => ({ ...kernel, threads }));
  return threads > 1 ? [ours!, { ...ours!, threads: 1 }, ...others] : [ours!, ...others];
}
