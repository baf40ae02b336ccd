// A thread that learns one seed on a stepped clock, for the command line.
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { runLearnJob, type LearnJob, type LearnThreadPorts } from '../control/learnThread';
import { wordOf } from '../../shared/setups/setup';
import { EpisodeFiles } from '../storage/episodeFiles';
import { entryFile } from './fork';
import { loadKernels } from './kernels';
import { chooseTrainer } from './trainers';

if (parentPort === null) throw new Error('This file is the entry of a learning thread.');
const port = parentPort;
let cancelled = false;
port.on('message', () => (cancelled = true)); // the only thing that is ever said to it
const job = workerData as LearnJob;
await runLearnJob(job, {
  now: () => performance.now(),
  post: (message) => port.postMessage(message),
  spawnEvaluator: () => new Worker(entryFile('evaluator')),
  kernels: loadKernels(),
  chooseTrainer: (trainer, backend, threads) => chooseTrainer(trainer, backend, { threads }),
  isCancelled: () => cancelled,
  breathe: () => new Promise((done) => setImmediate(done)),
  ...(job.record && { recorder: recorderOf(job, job.record) }),
});
port.close();

function recorderOf({ setup }: LearnJob, { folder, software }: NonNullable<LearnJob['record']>): LearnThreadPorts['recorder'] {
  const files = new EpisodeFiles(
    folder,
    ({ episode }) => `${wordOf(setup)}-seed-${setup.seed}-episode-${episode + 1}`,
    (text) => port.postMessage({ kind: 'trouble', text }),
  );
  return { sink: files, written: files.written, software, wallClock: () => new Date().toISOString() };
}
