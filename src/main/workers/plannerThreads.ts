import { Worker } from 'node:worker_threads';
import { fixedEngine } from '../control/engines';
import { PlannerPool } from '../control/plannerPool';
import type { FromPlanner, ToPlanner } from '../control/plannerMessages';
import type { KernelChoice } from '../../shared/rollouts/kernels/source';
import { entryFile } from './fork';
import { loadKernels } from './kernels';

/**
 * A planner pool with its helper threads, for who measures it outside the control process.
 * @param choice  the kernels to roll out with; the plain reference when absent
 */
export const plannerThreads = (threads: number, choice?: KernelChoice): PlannerPool =>
  new PlannerPool(threads, () => new Worker(entryFile('evaluator')), choice && fixedEngine(loadKernels(), choice));

/** The planner threads of a live run, leader and all, for who measures them outside the control process. */
export class LivePlanner {
  private readonly worker = new Worker(entryFile('planner'));

  post(message: ToPlanner): void {
    this.worker.postMessage(message);
  }
  /** The answer to the plan that was asked for. @throws Error when there is none */
  answer(): Promise<Extract<FromPlanner, { kind: 'planned' }>> {
    return new Promise((resolve, reject) => {
      this.worker.once('error', reject);
      this.worker.once('message', (message: FromPlanner) => {
        this.worker.off('error', reject);
        if (message.kind === 'planned' && message.found) resolve(message);
        else reject(new Error(message.kind === 'failed' ? message.reason : 'A planner that is measured found no plan.'));
      });
    });
  }
  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
