import { Worker } from 'node:worker_threads';
import { PlannerPool } from '../control/plannerPool';
import { entryFile } from './fork';

/** A planner pool with its helper threads, for who measures it outside the control process. */
export const plannerThreads = (threads: number): PlannerPool => new PlannerPool(threads, () => new Worker(entryFile('evaluator')));
