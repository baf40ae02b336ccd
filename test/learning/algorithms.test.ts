import { describe, expect, test } from 'vitest';
import * as algorithms from '../../src/shared/learning';
import type { LearningAlgorithm } from '../../src/shared/learning/algorithm';
import { defaultsOf, settle, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';

const create = (algorithm: LearningAlgorithm, values = {}) =>
  algorithm.create(settle(algorithm.settings, values) as SettingsOf<SettingsSchema>);

describe.each(Object.entries(algorithms))('algorithm %s', (_id, algorithm) => {
  test('names its source and explains every setting', () => {
    expect(algorithm.source.length).toBeGreaterThan(20);
    for (const setting of Object.values(algorithm.settings)) expect(setting.meaning).toMatch(/\.$/);
  });
  test('begins with random data, and its first episode needs no model', () => {
    const first = create(algorithm).nextEpisode(0, 0)!;
    expect(first.randomSeconds).toBeGreaterThan(0);
    expect(first.fitFirst).toBe(false);
    expect(first.seconds).toBeGreaterThan(0);
  });
  test('decides by what it is told and nothing else', () => {
    const moments = [0, 0.3, 0.5, 0.75, 4].map((experience) => ({ experience, sinceFit: experience, rows: 20 * experience }));
    const story = () => {
      const instance = create(algorithm);
      return [moments.map((moment) => instance.wantsFit(moment)), [0, 1, 2, 3].map((index) => instance.nextEpisode(index, 8 * index))];
    };
    expect(story()).toEqual(story());
  });
  test('has the settings that every algorithm has', () => {
    expect(Object.keys(algorithm.settings)).toEqual(expect.arrayContaining(['episode', 'random', 'modelAge']));
    expect(defaultsOf(algorithm.settings)).toMatchObject({ episode: 8, modelAge: 0.25 });
  });
});

describe('iterative MPC', () => {
  const { iterativeMpc } = algorithms;

  test('takes over from half a second of random data without a reset, and plans in every period', () => {
    expect(create(iterativeMpc).nextEpisode(0, 0)).toEqual({ randomSeconds: 0.5, replan: 'everyPeriod', seconds: 8, fitFirst: false });
    expect(create(iterativeMpc).nextEpisode(1, 8)).toEqual({ randomSeconds: 0, replan: 'everyPeriod', seconds: 8, fitFirst: false });
    expect(create(iterativeMpc).nextEpisode(99, 800)).toBeDefined();
  });
  test('leaves to the next episode what is left of the random data when one was cut short', () => {
    expect(create(iterativeMpc).nextEpisode(1, 0.1)!.randomSeconds).toBeCloseTo(0.4, 9);
    expect(create(iterativeMpc).nextEpisode(1, 0.5)!.randomSeconds).toBe(0);
  });
  test('wants its first fit at 0.5 s and another every 0.25 s, through the end of one episode and into the next', () => {
    const instance = create(iterativeMpc);
    const fits: number[] = [];
    let fittedAt = -Infinity;
    for (let k = 0; k <= 320; k++) {
      const experience = Math.round(k * 0.05 * 1e9) / 1e9;
      if (!instance.wantsFit({ experience, sinceFit: experience - fittedAt, rows: k - 4 })) continue;
      fits.push(experience);
      fittedAt = experience;
    }
    expect(fits).toEqual(Array.from({ length: 63 }, (_, i) => 0.5 + 0.25 * i));
  });
  test('waits for three rows, however much time has passed', () => {
    const instance = create(iterativeMpc);
    expect(instance.wantsFit({ experience: 5, sinceFit: Infinity, rows: 2 })).toBe(false);
    expect(instance.wantsFit({ experience: 5, sinceFit: Infinity, rows: 3 })).toBe(true);
  });
  test('follows its settings', () => {
    const instance = create(iterativeMpc, { random: 1, refit: 2, episode: 5 });
    expect(instance.nextEpisode(0, 0)).toMatchObject({ randomSeconds: 1, seconds: 5 });
    expect(instance.wantsFit({ experience: 0.95, sinceFit: Infinity, rows: 15 })).toBe(false);
    expect(instance.wantsFit({ experience: 3, sinceFit: 1.95, rows: 60 })).toBe(false);
    expect(instance.wantsFit({ experience: 3, sinceFit: 2, rows: 60 })).toBe(true);
  });
});

describe('one-shot', () => {
  const instance = create(algorithms.oneShot);

  test('is random data, one fit, one episode on one plan, and the end', () => {
    expect(instance.nextEpisode(0, 0)).toEqual({ randomSeconds: Infinity, replan: 'once', seconds: 4, fitFirst: false });
    expect(instance.nextEpisode(1, 4)).toEqual({ randomSeconds: 0, replan: 'once', seconds: 8, fitFirst: true });
    expect(instance.nextEpisode(2, 12)).toBeUndefined();
  });
  test('never fits while an episode runs', () => {
    expect(instance.wantsFit({ experience: 100, sinceFit: Infinity, rows: 2000 })).toBe(false);
  });
});

describe('iterative', () => {
  const instance = create(algorithms.iterative);

  test('is random data, and then fits and plans before every episode for as long as it may', () => {
    expect(instance.nextEpisode(0, 0)).toMatchObject({ randomSeconds: Infinity, fitFirst: false });
    for (const index of [1, 2, 50])
      expect(instance.nextEpisode(index, 8 * index)).toEqual({ randomSeconds: 0, replan: 'once', seconds: 8, fitFirst: true });
  });
  test('never fits while an episode runs', () => {
    expect(instance.wantsFit({ experience: 100, sinceFit: Infinity, rows: 2000 })).toBe(false);
  });
});
