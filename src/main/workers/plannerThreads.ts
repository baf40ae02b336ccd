import { Worker } from 'node:worker_threads';
import { fixedEngine } from '../control/engines';
import { PlanSlot } from '../control/planSlot';
import { PlannerPool } from '../control/plannerPool';
import type { FromPlanner, ToPlanner } from '../control/plannerMessages';
import type { KernelChoice } from '../../shared/rollouts/kernels/source';
import type { TunedShape } from '../../shared/rollouts/kernels/tuner';
import type { Setup } from '../../shared/setups/setup';
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
  /** What it measured so far. */
  readonly tuned: TunedShape[] = [];

  post(message: ToPlanner): void {
    this.worker.postMessage(message);
  }
  configure(setup: Setup, threads: number, horizon: number): void {
    this.post({ kind: 'configure', setup, threads, horizon, searches: 1, slot: new PlanSlot().memory });
  }
  /** The answer to the plan that was asked for. @throws Error when there is none */
  answer(): Promise<Extract<FromPlanner, { kind: 'planned' }>> {
    return new Promise((resolve, reject) => {
      const listen = (message: FromPlanner) => {
        if (message.kind === 'tuned') return void this.tuned.push(message.tuned);
        this.worker.off('error', reject);
        this.worker.off('message', listen);
        if (message.kind === 'planned' && message.found) resolve(message);
        else reject(new Error(message.kind === 'failed' ? message.reason : 'A planner that is measured found no plan.'));
      };
      this.worker.once('error', reject);
      this.worker.on('message', listen);
    });
  }
  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
