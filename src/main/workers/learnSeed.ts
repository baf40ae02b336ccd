import { Worker } from 'node:worker_threads';
import type { FromLearnThread, LearnedSeed, LearnJob } from '../control/learnThread';
import { entryFile } from './fork';

export type { LearnedSeed, LearnJob };
export type LearnNews = Extract<FromLearnThread, { kind: 'progress' | 'fit' | 'trouble' }>;

/** The thread's run failed; `kind` is the name of the error that ended it. */
export class LearnFailed extends Error {
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(message);
    this.name = 'LearnFailed';
  }
}

/**
 * Learns one seed in a thread of its own.
 * @param signal  aborted: the run is called off at its next checkpoint and LearnFailed comes of it
 * @throws LearnFailed
 */
export function learnSeed(job: LearnJob, tell: (news: LearnNews) => void, signal: AbortSignal): Promise<LearnedSeed> {
  const thread = new Worker(entryFile('learnRun'), { workerData: job });
  const cancel = () => thread.postMessage('cancel');
  return new Promise<LearnedSeed>((done, fail) => {
    thread.on('message', (message: FromLearnThread) => {
      if (message.kind === 'done') done(message.result);
      else if (message.kind === 'failed') fail(new LearnFailed(message.name, message.message));
      else tell(message);
    });
    thread.on('error', (error) => fail(error));
    thread.on('exit', (code) => fail(new Error(`The learning thread ended with code ${code} and no result.`)));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
  }).finally(() => {
    signal.removeEventListener('abort', cancel);
    return thread.terminate();
  });
}
