import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Prior } from '../../../../shared/models/model';
import { resolveSetup, type ResolvedSetup } from '../../../../shared/setups/resolve';
import type { Setup } from '../../../../shared/setups/setup';
import { makeFolder } from '../../../storage/makeFolder';
import type { LearnJob } from '../../../workers/learnSeed';
import type { Call } from '../../command';
import { LackingError, UsageError } from '../../refusals';
import { setupNamed, withAssignments } from '../../setupOfCall';
import { checkTrainer } from '../trainerFlags';
import type { learnFlags } from './flags';

export type LearnCall = Call<typeof learnFlags>;
export interface PreparedLearning {
  /** For a seed and a share of the threads. */
  jobOf(seed: number, threads: number): LearnJob;
  readonly resolved: ResolvedSetup;
  /** By how much the given equations are off; null where the model is given none. */
  readonly equationsOff: number | null;
}

/**
 * What a call of `learn` asks for, checked before anything runs.
 * @throws UsageError, SettingError and FileRefused in words
 */
export async function prepareLearning(call: LearnCall): Promise<PreparedLearning> {
  const { flags, given } = call;
  let setup = await setupNamed(flags.setup, flags.plant, call.world.home);
  const parts = { task: flags.task, algorithm: flags.algorithm, model: flags.model, planner: flags.planner, estimator: flags.estimator };
  for (const [part, id] of Object.entries(parts)) if (id !== undefined) setup = { ...setup, [part]: id };
  const values: Record<string, number> = {};
  if (flags.period !== undefined) values['loop.period'] = flags.period;
  if (flags.episode !== undefined) values['learning.episode'] = flags.episode;
  if (flags.random !== undefined) values['learning.random'] = flags.random;
  const givenEquations = setup.model === 'physics';
  if (givenEquations && !flags.set.some((text) => text.startsWith('model.equations='))) values['model.equations'] = flags.equations;
  else if (given.has('equations')) {
    throw new UsageError(
      'value',
      givenEquations
        ? '--equations and --set model.equations say the same.'
        : `--equations is for the model physics; "${setup.model}" is given none.`,
      'Leave one out.',
    );
  }
  setup = withAssignments({ ...setup, values: { ...setup.values, ...values }, priors: priorsOf(call, setup) }, flags.set);
  const resolved = resolveSetup(setup);
  if (!resolved.model.usesTensors) {
    for (const flag of ['backend', 'trainer']) {
      if (given.has(flag))
        throw new UsageError(
          'value',
          `--${flag} is for networks; "${setup.model}" uses no tensors.`,
          `Leave --${flag} out, or choose --model ensemble.`,
        );
    }
  }
  checkTrainer(flags.trainer, flags.backend);
  const folder = flags.record === undefined ? undefined : await folderFor(flags.record);
  return {
    resolved,
    equationsOff: givenEquations ? (resolved.settings.model.equations as number) : null,
    jobOf: (seed, threads) => ({
      setup: { ...setup, seed },
      budget: { experienceSeconds: flags.experience, wallSeconds: flags.wall },
      threads,
      trainer: flags.trainer,
      backend: flags.backend,
      ...(folder === undefined ? {} : { record: { folder, software: call.world.version } }),
    }),
  };
}

function priorsOf({ flags: { prior } }: LearnCall, setup: Setup): readonly Prior[] {
  if (prior === undefined) return setup.priors;
  if (!prior.includes('none')) return prior as Prior[];
  if (prior.length > 1) throw new UsageError('value', '--prior names "none" beside others.', 'Name priors, or none.');
  return [];
}

/** @throws LackingError when the folder cannot be made */
async function folderFor(given: string): Promise<string> {
  const folder = resolve(given);
  try {
    await makeFolder(folder);
    if ((await stat(folder)).isDirectory()) return folder;
  } catch (error) {
    throw new LackingError('folder', `The folder ${folder} cannot be made: ${(error as Error).message}.`, 'Name another with --record.');
  }
  throw new LackingError('folder', `${folder} is a file, and a folder is wanted.`, 'Name another with --record.');
}
