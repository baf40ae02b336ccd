import { kernelTrainer } from '../../shared/models/network/kernelTrainer';
import { setNetworkTrainer, type ChosenTrainer, type NetworkTrainer } from '../../shared/models/network/trainer';
import { loadKernels } from './kernels';
import { chooseTensorBackend, type BackendWish } from './tensors';
import { TrainerThreads } from './trainerThreads';

export type TrainerWish = 'auto' | NetworkTrainer['name'];

/**
 * Chooses what trains networks in this process: the kernels, unless TensorFlow.js or one of its backends is named. Their
 * portable build is taken, so that a model does not depend on the engine that it was fitted on.
 *
 * @param trainer  with `kernels`, `backend` says nothing
 * @param threads  that kernels train on, the calling one included; the networks do not depend on it
 * @param avoid    why the native backend must not be tried again
 * @throws TensorBackendMissing when a certain backend was wished for and does not load
 */
export async function chooseTrainer(
  trainer: TrainerWish,
  backend: BackendWish,
  { threads = 1, avoid }: { readonly threads?: number; readonly avoid?: string } = {},
): Promise<ChosenTrainer> {
  if (trainer === 'tensorflow' || (trainer === 'auto' && backend !== 'auto'))
    return { name: 'tensorflow', backend: await chooseTensorBackend(backend, avoid) };
  let chosen = kernels.get(threads);
  if (chosen === undefined) {
    module ??= loadKernels().module('training', 'portable');
    chosen = kernelTrainer(module, threads > 1 ? new TrainerThreads(threads - 1) : undefined);
    kernels.set(threads, chosen);
  }
  setNetworkTrainer(chosen);
  return { name: 'kernels' };
}
let module: WebAssembly.Module | undefined;
/** By the number of their threads. */
const kernels = new Map<number, NetworkTrainer>();
