import { describe, expect, test } from 'vitest';
import {
  learnFromScratch,
  type LearningBudget,
  type LearningHost,
  type LearningProgress,
  type LearningResult,
} from '../../src/main/control/learningRun';
import { fixedEngine } from '../../src/main/control/engines';
import { PlannerPool } from '../../src/main/control/plannerPool';
import { loadKernels } from '../../src/main/workers/kernels';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import type { SettingValues } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';

/** Rates measured, no delay, models of this instant: the rig of the literature, for comparison with it only. */
const plain: SettingValues = { 'rig.rates': 'measured', 'rig.delay': 0, 'learning.modelAge': 0 };
/** Enough to swing up a pendulum, and ten times faster than the default. */
const small: SettingValues = { 'planner.population': 128, 'planner.iterations': 3 };

interface Story {
  readonly setup: Setup;
  readonly parts?: Partial<Setup>;
  readonly values?: SettingValues;
  readonly budget?: Partial<LearningBudget>;
  readonly host?: Partial<LearningHost>;
  readonly again?: number;
}
function learn({ setup, parts = {}, values = {}, budget = {}, host = {}, again = 0 }: Story): Promise<LearningResult> {
  const alone = () => {
    throw new Error('One thread is enough here.');
  };
  const pool = new PlannerPool(1, alone, fixedEngine(loadKernels(), usualChoice('portable')));
  const resolved = resolveSetup(withValues({ ...setup, ...parts }, values));
  return learnFromScratch(
    resolved,
    { experienceSeconds: 40, wallSeconds: 600, ...budget },
    { now: () => performance.now(), pool, ...host },
    again,
  );
}
const { light, pendulum } = builtInSetups;
const SEEDS = [1, 2, 3];

describe('a cart-pole that nobody told the equations', () => {
  test.each(SEEDS)('is swung up to last within 8 s of experience, random data included (seed %i)', async (seed) => {
    const { succeeded, experienceSeconds, episodes, fits } = await learn({ setup: light, parts: { seed }, values: plain });
    console.info(`iterative MPC, seed ${seed}: ${experienceSeconds} s of experience, ${fits} fits`);
    expect(succeeded).toBe(true);
    expect(experienceSeconds).toBeLessThanOrEqual(8); // three seeds took 2.7 to 2.95 s
    expect(episodes[0]).toMatchObject({ index: 0, source: 'controller', randomSeconds: 0.5 });
  });
  test.each(SEEDS)('stays down under one-shot learning with more random data (seed %i)', async (seed) => {
    const { succeeded, experienceSeconds, episodes, gaveUp } = await learn({
      setup: light,
      parts: { seed, algorithm: 'oneShot' },
      values: plain,
    });
    console.info(`one-shot, seed ${seed}: cost ${episodes[1].cost.toFixed(0)} in ${episodes[1].seconds} s (iterative MPC pays 76-89)`);
    expect([succeeded, experienceSeconds]).toEqual([false, undefined]);
    expect(gaveUp).toBe('The algorithm "oneShot" ends after 2 episodes.');
    expect(episodes.map(({ source }) => source)).toEqual(['random', 'controller']);
    expect(episodes[1].cost / episodes[1].seconds).toBeGreaterThan(25); // hanging still costs 40 a second; iterative MPC pays about 10
  });
});

describe('the same seed', () => {
  const story = { setup: pendulum, values: { ...plain, ...small } };
  const toldBy = ({ planMs, model, ...rest }: LearningResult) => ({ ...rest, plans: planMs.length, model: model!.save() });

  test('gives the same story, bit for bit, whatever the clock says', async () => {
    const first = toldBy(await learn(story));
    let wild = 0;
    const second = toldBy(await learn({ ...story, host: { now: () => (wild += 17.3) } }));
    expect(second).toEqual(first);
    expect(new Uint8Array(second.model.weights)).toEqual(new Uint8Array(first.model.weights));
    expect(first.succeeded).toBe(true);
  });
  test('on the default rig too, and another seed gives another one', async () => {
    const rest = { setup: pendulum, values: { ...small, 'learning.episode': 3 }, budget: { experienceSeconds: 3 } };
    const first = toldBy(await learn(rest));
    expect(toldBy(await learn(rest))).toEqual(first);
    expect(toldBy(await learn({ ...rest, parts: { seed: 2 } })).episodes).not.toEqual(first.episodes);
  });
});

test('what was learnt lasts: two more episodes swing up and stay up, still learning', async () => {
  const { episodes } = await learn({
    setup: light,
    parts: { model: 'physics' },
    values: { ...plain, 'planner.population': 128, 'planner.iterations': 4 },
    again: 2,
  });
  expect(episodes).toHaveLength(3);
  for (const { uprightFrom, ended } of episodes) {
    expect(ended).toBe('time');
    expect(uprightFrom).toBeLessThanOrEqual(6);
  }
});

describe('the account', () => {
  test('counts every second on the rig, and success from the instant at which the pole stays up', async () => {
    const seen: LearningProgress[] = [];
    const { episodes, trainingSeconds, experienceSeconds, succeeded } = await learn({
      setup: pendulum,
      values: { ...plain, ...small },
      host: { onProgress: (progress) => void seen.push(progress) },
    });
    expect(succeeded).toBe(true);
    const before = episodes.slice(0, -1).reduce((sum, { seconds }) => sum + seconds, 0);
    expect(experienceSeconds).toBeCloseTo(before + episodes.at(-1)!.uprightFrom!, 9);
    expect(trainingSeconds).toBeCloseTo(before + episodes.at(-1)!.seconds, 9);
    expect(seen.map(({ experience }) => experience)).toEqual(seen.map((_, i) => Math.round((i + 1) * 0.05 * 1e9) / 1e9));
    expect(seen.at(-1)!.cost).toBe(episodes.at(-1)!.cost);
  });
  test('an episode ends at the end of the track, with a sentence, and its seconds count', async () => {
    const { episodes, trainingSeconds } = await learn({ setup: light, parts: { algorithm: 'oneShot' }, values: plain });
    expect(episodes[0].ended).toMatch(/^Cart position -?2\.4\d+ m is beyond its limit of -?2\.4 m\.$/);
    expect(episodes[0].uprightFrom).toBeUndefined();
    expect(episodes[0].seconds).toBeLessThan(4);
    expect(trainingSeconds).toBeCloseTo(episodes[0].seconds + episodes[1].seconds, 9);
  });
  test('a model is as old as it would be on a bench: the newest rows are not in it', async () => {
    const rowsOf = async (modelAge: number) => {
      const { model } = await learn({
        setup: pendulum,
        values: { ...plain, ...small, 'learning.modelAge': modelAge, 'learning.episode': 2 },
        budget: { experienceSeconds: 2 },
      });
      return model!.save().header.rows;
    };
    expect(await rowsOf(0)).toBe(35); // the last fit of 40 periods begins after 35
    expect(await rowsOf(0.5)).toBe(25);
  });
  test('a perfect model needs no data: there is one fit, before the first step', async () => {
    const { fits, planMs } = await learn({
      setup: pendulum,
      parts: { model: 'physics' },
      values: { ...plain, ...small, 'learning.random': 0, 'learning.episode': 2 },
      budget: { experienceSeconds: 2 },
    });
    expect(fits).toBe(1);
    expect(planMs).toHaveLength(40);
  });
});

describe('an end without success', () => {
  const brief = { setup: pendulum, values: { ...plain, ...small, 'learning.episode': 1 } };

  test('comes when the experience is spent, in words', async () => {
    const { gaveUp, trainingSeconds, succeeded } = await learn({ ...brief, budget: { experienceSeconds: 2 } });
    expect([succeeded, gaveUp, trainingSeconds]).toEqual([false, '2 s of experience were not enough.', 2]);
  });
  test('comes when the computing time is spent', async () => {
    let ms = 0;
    const { gaveUp, episodes } = await learn({ ...brief, budget: { wallSeconds: 3 }, host: { now: () => (ms += 50) } });
    expect(gaveUp).toBe('3 s of computing were not enough.');
    expect(episodes.length).toBeGreaterThan(0);
  });
  test('comes at once when it is called off', async () => {
    let periods = 0;
    const checkpoint = async () => {
      if (++periods > 15) throw new Error('called off');
    };
    await expect(learn({ ...brief, host: { checkpoint } })).rejects.toThrow('called off');
  });
});
