import { Worker } from 'node:worker_threads';
import { fixedEngine } from '../control/engines';
import { PlannerPool } from '../control/plannerPool';
import type { KernelChoice } from '../../shared/rollouts/kernels/source';
import { entryFile } from './fork';
import { loadKernels } from './kernels';

/**
 * A planner pool with its helper threads, for who measures it outside the control process.
 * @param choice  the kernels to roll out with; the plain reference when absent
 */
export const plannerThreads = (threads: number, choice?: KernelChoice): PlannerPool =>
  new PlannerPool(threads, () => new Worker(entryFile('evaluator')), choice && fixedEngine(loadKernels(), choice));
