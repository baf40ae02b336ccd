import type { Worker } from 'node:worker_threads';
import { resolveSetup } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import type { EpisodeSink } from '../../shared/episodes/record';
import type { SavedModel } from '../../shared/models/model';
import type { ChosenTrainer, NetworkTrainer } from '../../shared/models/network/trainer';
import type { TensorBackend } from '../../shared/models/tensorBackend';
import { learnFromScratch, LearningCancelled, type LearningBudget, type LearningProgress, type LearningResult } from './learningRun';
import { usualChoice, type KernelSource } from '../../shared/rollouts/kernels/source';
import { fixedEngine } from './engines';
import { PlannerPool } from './plannerPool';

/** One seed to learn, as data that crosses to a thread. */
export interface LearnJob {
  readonly setup: Setup;
  readonly budget: LearningBudget;
  /** Threads that share one plan, and then the training of networks. */
  readonly threads: number;
  /** What trains networks: the kernels, unless TensorFlow.js or one of its backends is named. */
  readonly trainer: 'auto' | NetworkTrainer['name'];
  readonly backend: 'auto' | TensorBackend['name'];
  /** Further episodes after the first success, still learning. */
  readonly again?: number;
  /** Folder that receives a recording of each episode, and the version that writes it; none when absent. */
  readonly record?: { readonly folder: string; readonly software: string };
}
/** What the thread says: progress, then one ending. */
export type FromLearnThread =
  | ({ readonly kind: 'progress' } & LearningProgress)
  | { readonly kind: 'fit'; readonly phase: string; readonly done: number; readonly total: number; readonly unit: string }
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'done'; readonly result: LearnedSeed }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };
export interface LearnedSeed extends Omit<LearningResult, 'model'> {
  readonly model: SavedModel | undefined;
  /** Undefined for models without networks. */
  readonly trainer: NetworkTrainer['name'] | undefined;
  /** Of TensorFlow.js, when that is the trainer. */
  readonly backend: TensorBackend | undefined;
  readonly wallSeconds: number;
  /** Files, an episode each. */
  readonly recordings: readonly string[];
}
export interface LearnThreadPorts {
  now(): number;
  post(message: FromLearnThread): void;
  spawnEvaluator(): Worker;
  readonly kernels: KernelSource;
  chooseTrainer(trainer: LearnJob['trainer'], backend: LearnJob['backend'], threads: number): Promise<ChosenTrainer>;
  readonly isCancelled: () => boolean;
  /** Takes the episodes in; absent when nothing is to be recorded. */
  readonly recorder?: { readonly sink: EpisodeSink; readonly written: readonly string[]; readonly software: string; wallClock(): string };
  /** Lets messages in. */
  breathe(): Promise<void>;
}
const PROGRESS_MS = 200;
const BREATHE_MS = 100;

/** Learns one seed in the calling thread and posts how it goes. */
export async function runLearnJob(job: LearnJob, ports: LearnThreadPorts): Promise<void> {
  try {
    ports.post({ kind: 'done', result: await learned(job, ports) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    ports.post({ kind: 'failed', name, message });
  }
}
async function learned(job: LearnJob, ports: LearnThreadPorts): Promise<LearnedSeed> {
  const resolved = resolveSetup(job.setup);
  const started = ports.now();
  const trainer = resolved.model.usesTensors ? await ports.chooseTrainer(job.trainer, job.backend, job.threads) : undefined;
  const pool = new PlannerPool(job.threads, ports.spawnEvaluator, fixedEngine(ports.kernels, usualChoice('portable')));
  let toldAt = -Infinity;
  let breathedAt = started;
  const toldLately = () => {
    const now = ports.now();
    if (now - toldAt < PROGRESS_MS) return true;
    toldAt = now;
    return false;
  };
  try {
    const { model, ...result } = await learnFromScratch(
      resolved,
      job.budget,
      {
        now: ports.now,
        pool,
        ...(ports.recorder && { recorder: ports.recorder }),
        onProgress: (progress) => void (toldLately() || ports.post({ kind: 'progress', ...progress })),
        onFit: ({ phase, done, total, unit }) => void (toldLately() || ports.post({ kind: 'fit', phase, done, total, unit })),
        async checkpoint() {
          if (ports.now() - breathedAt > BREATHE_MS) {
            breathedAt = ports.now();
            await ports.breathe();
          }
          if (ports.isCancelled()) throw new LearningCancelled();
        },
      },
      job.again ?? 0,
    );
    return {
      ...result,
      model: model?.save(),
      trainer: trainer?.name,
      backend: trainer?.backend,
      wallSeconds: (ports.now() - started) / 1000,
      recordings: ports.recorder?.written.slice() ?? [],
    };
  } finally {
    await pool.close();
  }
}
