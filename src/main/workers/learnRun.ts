// A thread that learns one seed on a stepped clock, for the command line.
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { runLearnJob, type LearnJob } from '../control/learnThread';
import { entryFile } from './fork';
import { loadKernels } from './kernels';
import { chooseTrainer } from './trainers';

if (parentPort === null) throw new Error('This file is the entry of a learning thread.');
const port = parentPort;
let cancelled = false;
port.on('message', () => (cancelled = true)); // the only thing that is ever said to it
await runLearnJob(workerData as LearnJob, {
  now: () => performance.now(),
  post: (message) => port.postMessage(message),
  spawnEvaluator: () => new Worker(entryFile('evaluator')),
  kernels: loadKernels(),
  chooseTrainer: (trainer, backend, threads) => chooseTrainer(trainer, backend, { threads }),
  isCancelled: () => cancelled,
  breathe: () => new Promise((done) => setImmediate(done)),
});
port.close();
