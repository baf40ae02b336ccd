/** The thread that learns one seed for the command line. */
import { expect, test } from 'vitest';
import { runLearnJob, type FromLearnThread } from '../../src/main/control/learnThread';
import { loadKernels } from '../../src/main/workers/kernels';
import { builtInSetups } from '../../src/shared/setups/builtIn';

test('a backend that is not there is told by its name, as any other failure', async () => {
  const told: FromLearnThread[] = [];
  const missing = Object.assign(new Error('The backend "native" cannot be used here.'), { name: 'TensorBackendMissing' });
  const job = {
    setup: { ...builtInSetups.pendulum!, model: 'ensemble' },
    budget: { experienceSeconds: 1, wallSeconds: 1 },
    threads: 1,
    trainer: 'auto' as const,
    backend: 'native' as const,
  };
  await runLearnJob(job, {
    now: () => 0,
    post: (message) => void told.push(message),
    spawnEvaluator: () => {
      throw new Error('one thread');
    },
    kernels: loadKernels(),
    chooseTrainer: () => Promise.reject(missing),
    isCancelled: () => false,
    breathe: () => Promise.resolve(),
  });
  expect(told).toEqual([{ kind: 'failed', name: 'TensorBackendMissing', message: 'The backend "native" cannot be used here.' }]);
});
