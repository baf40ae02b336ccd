import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FromLearnThread, LearnedSeed, LearnJob } from '../../src/main/control/learnThread';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';

/** Rates measured, no delay, models as fresh as can be: for comparison with the literature only. */
export const plain = { 'rig.rates': 'measured', 'rig.delay': 0, 'learning.modelAge': 0 } as const;
const entry = join(import.meta.dirname, '../../out/main/learnRun.js');

/** Learns each seed in a thread of the built program, as many at a time as there are cores. Results in the order of the seeds. */
export async function learnSeeds(
  name: string,
  seeds: readonly number[],
  changes: Partial<Setup>,
  values: Record<string, unknown> = {},
  again = 0,
): Promise<LearnedSeed[]> {
  if (!existsSync(entry)) throw new Error(`${entry} is missing: build first (npm run test:deep does).`);
  const results = new Array<LearnedSeed>(seeds.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < seeds.length; i = next++) {
      const setup = withValues({ ...builtInSetups[name]!, ...changes, seed: seeds[i]! }, values);
      results[i] = await one({
        setup,
        budget: { experienceSeconds: 40, wallSeconds: 1200 },
        threads: 1,
        trainer: 'auto',
        backend: 'auto',
        again,
      });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}
const one = (job: LearnJob): Promise<LearnedSeed> =>
  new Promise((done, fail) => {
    const worker = new Worker(entry, { workerData: job });
    worker.on('message', (message: FromLearnThread) => {
      if (message.kind === 'done') done(message.result);
      if (message.kind === 'failed') fail(new Error(message.message));
    });
    worker.on('error', fail);
  });

export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Seconds of experience, sorted; Infinity for a seed that failed. */
export const experienceOf = (runs: readonly LearnedSeed[]): number[] =>
  runs.map((run) => run.experienceSeconds ?? Infinity).sort((a, b) => a - b);
export const median = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
export const within = (sorted: readonly number[], seconds: number): number => sorted.filter((value) => value <= seconds).length;
/** One line for the records: figures and wall time. */
export function tell(what: string, runs: readonly LearnedSeed[]): void {
  const sorted = experienceOf(runs);
  const wall = runs.map((run) => run.wallSeconds);
  console.log(
    `${what}: median ${median(sorted).toFixed(2)} s, worst ${sorted.at(-1)!.toFixed(2)} s of experience; by seed ${runs.map((run) => run.experienceSeconds?.toFixed(2) ?? '-').join(' ')}; wall ${Math.min(...wall).toFixed(0)} to ${Math.max(...wall).toFixed(0)} s a seed on one thread`,
  );
}
