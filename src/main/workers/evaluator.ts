// A helper thread of the planner pool.
import { parentPort } from 'node:worker_threads';
import { serveEvaluations } from '../control/evaluatorThread';
import type { KernelSource } from '../../shared/rollouts/kernels/source';
import { loadKernels } from './kernels';
import { namePlannerThread } from './priority';

if (parentPort === null) throw new Error('This file is the entry of a planner thread.');
namePlannerThread();
let kernels: KernelSource | undefined;
serveEvaluations(parentPort, () => (kernels ??= loadKernels()));
