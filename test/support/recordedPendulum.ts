import { fixedEngine } from '../../src/main/control/engines';
import { learnFromScratch } from '../../src/main/control/learningRun';
import { PlannerPool } from '../../src/main/control/plannerPool';
import { loadKernels } from '../../src/main/workers/kernels';
import type { EpisodeSink } from '../../src/shared/episodes/record';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import type { SettingValues } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';

/** Some seconds of learning from scratch with a small search, on a clock of its own, into a sink. */
export async function recordInto(
  sink: EpisodeSink,
  name: 'light' | 'pendulum' = 'pendulum',
  values: SettingValues = {},
  experienceSeconds = 3,
  parts: Partial<Setup> = {},
) {
  const small = { 'planner.population': 64, 'planner.iterations': 2 };
  const resolved = resolveSetup(withValues({ ...builtInSetups[name]!, ...parts }, { ...small, ...values }));
  const alone = () => {
    throw new Error('One thread is enough here.');
  };
  let ms = 0;
  const pool = new PlannerPool(1, alone, fixedEngine(loadKernels(), usualChoice('portable')));
  const recorder = { sink, software: 'test', wallClock: () => '2026-11-27T00:00:00.000Z' };
  const result = await learnFromScratch(resolved, { experienceSeconds, wallSeconds: 600 }, { now: () => (ms += 0.25), pool, recorder });
  return { resolved, result };
}
