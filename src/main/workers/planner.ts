// The leader of the planner threads of a live run.
import { parentPort, Worker } from 'node:worker_threads';
import { PlannerThread } from '../control/plannerThread';
import type { ToPlanner } from '../control/plannerMessages';
import { sharedClock } from './clock';
import { entryFile } from './fork';
import { loadKernels } from './kernels';
import { namePlannerThread } from './priority';

if (parentPort === null) throw new Error('This file is the entry of a planner thread.');
namePlannerThread();
const port = parentPort;
const planner = new PlannerThread({
  post: (message, transfer) => port.postMessage(message, transfer),
  spawnEvaluator: () => new Worker(entryFile('evaluator')),
  kernels: () => loadKernels(),
  now: sharedClock(),
});
port.on('message', (message: ToPlanner) => planner.receive(message));
