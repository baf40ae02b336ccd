import { kernelTrainer } from '../../shared/models/network/kernelTrainer';
import { setNetworkTrainer, type ChosenTrainer, type NetworkTrainer } from '../../shared/models/network/trainer';
import { loadKernels } from './kernels';
import { chooseTensorBackend, type BackendWish } from './tensors';

export type TrainerWish = 'auto' | NetworkTrainer['name'];

/**
 * Chooses what trains networks in this process: the kernels, unless TensorFlow.js or one of its backends is named. Their
 * portable build is taken, so that a model does not depend on the engine that it was fitted on.
 *
 * @param trainer  with `kernels`, `backend` says nothing
 * @param avoid    why the native backend must not be tried again
 * @throws TensorBackendMissing when a certain backend was wished for and does not load
 */
export async function chooseTrainer(trainer: TrainerWish, backend: BackendWish, avoid?: string): Promise<ChosenTrainer> {
  if (trainer === 'tensorflow' || (trainer === 'auto' && backend !== 'auto'))
    return { name: 'tensorflow', backend: await chooseTensorBackend(backend, avoid) };
  kernels ??= kernelTrainer(loadKernels().module('training', 'portable'));
  setNetworkTrainer(kernels);
  return { name: 'kernels' };
}
let kernels: NetworkTrainer | undefined;
