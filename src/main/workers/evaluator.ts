// A helper thread of the planner pool.
import { parentPort } from 'node:worker_threads';
import { serveEvaluations } from '../control/evaluatorThread';

if (parentPort === null) throw new Error('This file is the entry of a planner thread.');
serveEvaluations(parentPort);
