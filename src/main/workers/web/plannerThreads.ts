import type { Worker } from 'node:worker_threads';
import { fixedEngine } from '../../control/engines';
import { PlannerPool } from '../../control/plannerPool';
import type { KernelChoice, KernelSource } from '../../../shared/rollouts/kernels/source';
import { scope } from './scope';

/** A planner pool over threads of a browser, this worker leading. `hold` once it has planned: nothing may change after it. */
export interface WebThreads {
  readonly pool: PlannerPool;
  hold(): void;
}

export async function webPlannerThreads(threads: number, kernels: KernelSource, choice: KernelChoice): Promise<WebThreads> {
  const helpers = await Promise.all(Array.from({ length: threads - 1 }, () => helper()));
  let next = 0;
  const spawn = () => {
    const thread = helpers[next++]!;
    const likeNode = {
      postMessage: (message: unknown) => thread.postMessage(message),
      unref() {},
      on() {},
      terminate: () => Promise.resolve(thread.terminate()),
    };
    return likeNode as unknown as Worker;
  };
  return {
    pool: new PlannerPool(threads, spawn, fixedEngine(kernels, choice)),
    hold: () => helpers.forEach((thread) => thread.postMessage({ kind: 'hold' })),
  };
}

function helper() {
  const thread = new scope.Worker('/evaluator.js', { type: 'module' });
  return new Promise<typeof thread>((done) => {
    thread.onmessage = () => done(thread);
  });
}
