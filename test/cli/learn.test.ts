import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { learnCommand, type LearnRunner } from '../../src/main/headless/commands/learn';
import { LearnFailed, type LearnedSeed, type LearnJob } from '../../src/main/workers/learnSeed';
import { call } from './calling';

/** A run that never happened: seeds divisible by three fail. */
const story = (seed: number): LearnedSeed => {
  const succeeded = seed % 3 !== 0;
  const experienceSeconds = succeeded ? 2 + seed / 10 : undefined;
  return {
    succeeded,
    experienceSeconds,
    trainingSeconds: 8,
    fits: 30,
    gaveUp: succeeded ? '' : '40 s of experience were not enough.',
    wallSeconds: 4.5,
    planMs: Array.from({ length: 100 }, (_, i) => i + 1),
    trainer: undefined,
    backend: undefined,
    model: undefined,
    recordings: [],
    episodes: [
      { index: 0, source: 'controller', randomSeconds: 0.5, seconds: 8, cost: 96.2, uprightFrom: experienceSeconds, ended: 'time' },
    ],
  };
};
function told(tell: LearnRunner = (job) => Promise.resolve(story(job.setup.seed))) {
  const jobs: LearnJob[] = [];
  return { jobs, commands: [learnCommand((job, ...rest) => (jobs.push(job), tell(job, ...rest)))] };
}

describe('learn', () => {
  test('the document of a success', async () => {
    const { code, document } = await call(['learn', '--json', '--seed', '1', '--progress', 'none'], told());
    expect(code).toBe(0);
    expect(document).toMatchObject({
      command: 'learn',
      seed: 1,
      succeeded: true,
      experienceSeconds: 2.1,
      backend: null,
      trainer: null,
      plant: 'pendulum',
      setup: 'pendulum',
      task: 'swingUp',
      algorithm: 'iterativeMpc',
      model: 'gaussianProcess',
      planner: 'icem',
      priors: ['integrates', 'mirror'],
      periodSeconds: 0.05,
      trainingSeconds: 8,
      planMs: { p50: 51, p99: 100 },
      equationsOff: null,
      rates: 'estimated',
      modelAgeSeconds: 0.25,
      savedModel: null,
      recordings: [],
      episodes: [{ index: 0, source: 'controller', randomSeconds: 0.5, seconds: 8, cost: 96.2, uprightFromSeconds: 2.1 }],
    });
  });

  test('without success: exit 1 and no seconds', async () => {
    const { code, document } = await call(['learn', '--json', '--seed', '3', '--progress', 'none'], told());
    expect([code, document.succeeded, document.experienceSeconds]).toEqual([1, false, null]);
    expect((await call(['learn', '--seed', '3', '--progress', 'none'], told())).stdout).toBe(
      'seed 3: swingUp not learned. 40 s of experience were not enough. (4.5 s of computing, 1 episode, 30 fits; a plan took 51 ms (99 %: 100))\n',
    );
  });

  test('flags become the job', async () => {
    const run = told();
    const argv = [
      'learn',
      '--plant',
      'cartPole',
      '--setup',
      'pilco',
      '--model',
      'ensemble',
      '--algorithm',
      'iterative',
      '--prior',
      'mirror',
      '--experience',
      '12',
      '--wall',
      '34',
      '--episode',
      '6',
      '--random',
      '1',
      '--period',
      '0.04',
      '--backend',
      'cpu',
      '--threads',
      '3',
      '--seed',
      '8',
      '--set',
      'planner.population=400',
    ];
    await call([...argv, '--progress', 'none'], run);
    expect(run.jobs).toEqual([
      {
        setup: expect.objectContaining({
          name: 'pilco',
          plant: 'cartPole',
          model: 'ensemble',
          algorithm: 'iterative',
          priors: ['mirror'],
          seed: 8,
        }),
        budget: { experienceSeconds: 12, wallSeconds: 34 },
        threads: 3,
        trainer: 'auto',
        backend: 'cpu',
      },
    ]);
    expect(run.jobs[0]!.setup.values).toMatchObject({
      'learning.episode': 6,
      'learning.random': 1,
      'loop.period': 0.04,
      'planner.population': 400,
      'plant.poleMass': 0.5,
    });
  });

  test('equations are off by 0.3 for the model that is given them, unless said', async () => {
    const physics = async (...more: string[]) => {
      const run = told();
      const { document } = await call(['learn', '--model', 'physics', '--json', '--progress', 'none', ...more], run);
      return [document.equationsOff, run.jobs[0]!.setup.values['model.equations']];
    };
    expect(await physics()).toEqual([0.3, 0.3]);
    expect(await physics('--equations', '0')).toEqual([0, 0]);
    expect(await physics('--set', 'model.equations=0.1')).toEqual([0.1, 0.1]);
  });

  test('many seeds: runs in order, how many succeeded, the median, and exit 0 when enough did', async () => {
    const run = told();
    const { code, document } = await call(
      ['learn', '--seeds', '1-5', '--jobs', '2', '--threads', '4', '--json', '--progress', 'none'],
      run,
    );
    expect([code, document.succeededRuns, document.medianExperienceSeconds]).toEqual([1, 4, 2.4]);
    expect(
      (document.runs as { seed: number; experienceSeconds: number | null }[]).map(({ seed, experienceSeconds }) => [
        seed,
        experienceSeconds,
      ]),
    ).toEqual([
      [1, 2.1],
      [2, 2.2],
      [3, null],
      [4, 2.4],
      [5, 2.5],
    ]);
    expect(run.jobs.every(({ threads }) => threads === 2)).toBe(true);
    expect((await call(['learn', '--seeds', '1-5', '--at-least', '4', '--progress', 'none'], told())).code).toBe(0);
    expect((await call(['learn', '--seeds', '2-3', '--json', '--progress', 'none'], told())).document.medianExperienceSeconds).toBeNull();
  });

  test('no more than so many seeds at a time', async () => {
    let [running, most] = [0, 0];
    const run = told(async (job) => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 5));
      running--;
      return story(job.setup.seed);
    });
    await call(['learn', '--seeds', '1-7', '--jobs', '3', '--progress', 'none'], run);
    expect([most, run.jobs.length]).toEqual([3, 7]);
  });

  test('cancelled: 130, with the runs that were finished', async () => {
    const controller = new AbortController();
    const run = told((job) => {
      if (job.setup.seed < 3) return Promise.resolve(story(job.setup.seed));
      controller.abort('SIGINT');
      return Promise.reject(new LearnFailed('LearningCancelled', 'Learning was cancelled.'));
    });
    const { code, document } = await call(['learn', '--seeds', '1-5', '--json', '--progress', 'none'], {
      ...run,
      signal: controller.signal,
    });
    expect([code, document.cancelled, (document.runs as unknown[]).length]).toEqual([130, true, 2]);
  });

  test('an absent backend is 4, a fault of the thread is 5', async () => {
    const failing = (kind: string) => told(() => Promise.reject(new LearnFailed(kind, 'It failed.')));
    expect(
      (await call(['learn', '--model', 'ensemble', '--backend', 'native', '--progress', 'none'], failing('TensorBackendMissing'))).code,
    ).toBe(4);
    const home = mkdtempSync(join(tmpdir(), 'upright-learn-'));
    expect((await call(['learn', '--progress', 'none', '--home', home], failing('TypeError'))).code).toBe(5);
    await rm(home, { recursive: true });
  });

  test('progress tells experience, episode, cost and fits', async () => {
    const run = told((job, tell) => {
      tell({ kind: 'progress', experience: 6.3, episode: 0, time: 6.3, cost: 74.5, fits: 24, uprightFor: 3.8 });
      return Promise.resolve(story(job.setup.seed));
    });
    expect((await call(['learn'], run)).stderr).toBe('learn  second 6.3/40  episode 0  cost 74.5  fits 24  upright-for 3.8\n');
  });

  test('the final model is kept under a name', async () => {
    const home = mkdtempSync(join(tmpdir(), 'upright-learn-'));
    const header = {
      format: 'upright model',
      version: 1,
      kind: 'linear',
      plant: 'pendulum',
      channels: ['angle', 'rate'],
      period: 0.05,
      priors: [],
      settings: {},
      seed: 1,
      rows: 3,
      structure: {},
    } as const;
    const saving = () => told(() => Promise.resolve({ ...story(1), model: { header, weights: Float64Array.of(1, 2).buffer } }));
    const { document } = await call(['learn', '--save', 'mine', '--home', home, '--json', '--progress', 'none'], saving());
    expect(document.savedModel).toBe('mine');
    expect(readFileSync(join(home, 'models', 'mine.model')).subarray(-16)).toEqual(Buffer.from(Float64Array.of(1, 2).buffer));
    expect((await call(['learn', '--save', 'mine', '--home', home, '--progress', 'none'], saving())).code).toBe(2);
    await rm(home, { recursive: true });
  });
});
