import { describe, expect, test } from 'vitest';
import { Learning } from '../../src/main/workbench/learning';
import type { FittedModel, LearnerProgress } from '../../src/main/workbench/learnerClient';
import type { TransitionBlock } from '../../src/shared/contract/controlMessages';
import { randomStream } from '../../src/shared/math/random';
import { runFit, type FitJob } from '../../src/shared/models/fitJob';
import { FitCancelled, type SavedModel } from '../../src/shared/models/model';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';

/** Fits really, but begins only when the test says so; one at a time, and it can be called off, as the learner process can. */
class LearnerByHand {
  readonly jobs: FitJob[] = [];
  cancels = 0;
  /** It hears no cancel: its answer is under way already. */
  isDeaf = false;
  private waiting: { resolve(fitted: FittedModel): void; reject(error: Error): void; tell(progress: LearnerProgress): void } | undefined;

  fit(job: FitJob, tell: (progress: LearnerProgress) => void = () => {}): Promise<FittedModel> {
    if (this.waiting !== undefined) return Promise.reject(new Error('A fit is under way already.'));
    this.jobs.push(structuredClone(job));
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject, tell }));
  }
  cancel(): void {
    this.cancels++;
    if (!this.isDeaf) this.failWith(new FitCancelled());
  }
  failWith(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
  tell(progress: LearnerProgress): void {
    this.waiting?.tell(progress);
  }
  get isBusy(): boolean {
    return this.waiting !== undefined;
  }
  /** Does the fit under way, and lets its news spread. */
  async work(): Promise<void> {
    const { waiting } = this;
    const model = await runFit(this.jobs.at(-1)!, { onProgress: (progress) => waiting!.tell(progress) });
    if (this.waiting === waiting) this.waiting = undefined;
    waiting!.resolve({ saved: model.save(), seconds: 0.01 });
    await news();
  }
}
const news = () => new Promise<void>((done) => setImmediate(done));

const pendulum: Setup = builtInSetups.pendulum;
function learning(setup: Setup = pendulum) {
  const learner = new LearnerByHand();
  const installed: { model: SavedModel; fit: number; rows: number }[] = [];
  const notices: string[] = [];
  const told = { changes: 0, failures: 0 };
  let now = 0;
  const service = new Learning(resolveSetup(setup), {
    learner,
    install: (model, fit, rows) => void installed.push({ model, fit, rows }),
    failed: () => void told.failures++,
    changed: () => void told.changes++,
    notice: (level, text) => void notices.push(`${level}: ${text}`),
    now: () => (now += 10),
  });
  return { service, learner, installed, notices, told };
}
/** So many transitions of a damped swing, as the control process would send them. */
function swing(count: number, seed = 1): TransitionBlock {
  const random = randomStream(seed);
  const states = new Float64Array(2 * count);
  const nexts = new Float64Array(2 * count);
  const actions = new Float64Array(count);
  let [angle, rate] = [3, 0];
  for (let i = 0; i < count; i++) {
    actions[i] = 4 * random.uniform() - 2;
    states.set([angle, rate], 2 * i);
    rate += 0.05 * (10 * Math.sin(angle) + 5 * actions[i] - 0.5 * rate);
    angle += 0.05 * rate;
    nexts.set([angle, rate], 2 * i);
  }
  return { count, states, actions, nexts };
}
/** Lets `seconds` of the current episode happen, a tenth at a time. */
function live(parts: ReturnType<typeof learning>, episode: number, from: number, to: number): void {
  for (let tenth = Math.round(from * 10) + 1; tenth <= Math.round(to * 10); tenth++)
    parts.service.take(swing(2, tenth), episode, tenth / 10, 3);
}

describe('a live run learns', () => {
  test('with a first fit after half a second of data, and the next every quarter of a second', async () => {
    const parts = learning();
    const next = await parts.service.nextEpisode();
    expect(next).toEqual({ index: 0, plan: { randomSeconds: 0.5, replan: 'everyPeriod', seconds: 8, fitFirst: false } });
    live(parts, 0, 0, 0.4);
    expect(parts.learner.jobs).toHaveLength(0);
    live(parts, 0, 0.4, 0.5);
    expect(parts.learner.jobs).toHaveLength(1);
    expect(parts.learner.jobs[0]).toMatchObject({
      plant: 'pendulum',
      model: 'gaussianProcess',
      period: 0.05,
      seed: 1,
      priors: ['integrates', 'mirror'],
    });
    expect(parts.learner.jobs[0].data.count).toBe(10);
    await parts.learner.work();
    expect(parts.installed.map(({ fit, rows }) => [fit, rows])).toEqual([[1, 10]]);
    live(parts, 0, 0.5, 0.7);
    expect(parts.learner.jobs).toHaveLength(1);
    live(parts, 0, 0.7, 0.8);
    expect(parts.learner.jobs).toHaveLength(2);
    expect(parts.learner.jobs[1].previous).toEqual(parts.installed[0].model); // a warm start
    await parts.learner.work();
    expect(parts.service.state).toMatchObject({ fits: 2, rows: 16, lastFitAtSeconds: 0.8, experienceSeconds: 0.8, fit: null, fault: '' });
    expect(parts.service.state.losses.at.length).toBe(2);
    expect(parts.service.model).toEqual(parts.installed[1].model);
  });
  test('one fit at a time: what takes long costs age, and the next one has all that came meanwhile', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 3);
    expect(parts.learner.jobs).toHaveLength(1);
    await parts.learner.work();
    live(parts, 0, 3, 3.1);
    expect(parts.learner.jobs.map(({ data }) => data.count)).toEqual([10, 62]);
  });
  test('says how far a fit is and how long it will take', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 0.5);
    parts.learner.tell({ phase: 'train', done: 25, total: 100, unit: 'steps', loss: 0.5, lossName: 'squared error' });
    const { fit, lossName } = parts.service.state;
    expect(fit).toMatchObject({ phase: 'train', done: 25, total: 100, unit: 'steps', loss: 0.5 });
    expect(fit!.secondsLeft).toBeCloseTo(0.03, 9); // a quarter took 10 ms
    expect(lossName).toBe('squared error');
  });
  test('a model that needs no data is fitted once, at the beginning', async () => {
    const parts = learning({ ...pendulum, model: 'physics' });
    const begun = parts.service.begin();
    await parts.learner.work();
    await begun;
    expect(parts.installed.map(({ fit, rows }) => [fit, rows])).toEqual([[1, 0]]);
    await parts.service.nextEpisode();
    live(parts, 0, 0, 3);
    expect(parts.learner.jobs).toHaveLength(1);
  });
});

describe('the account', () => {
  test('adds up the seconds of episodes, and names the first swing-up that lasts', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 2);
    parts.service.ended({ episode: 0, seconds: 2, cost: 60, how: 'Angle is beyond its limit.', uprightFrom: undefined });
    await parts.service.nextEpisode();
    live(parts, 1, 0, 8);
    parts.service.ended({ episode: 1, seconds: 8, cost: 90, how: 'time', uprightFrom: 2.5 });
    await parts.service.nextEpisode();
    parts.service.ended({ episode: 2, seconds: 8, cost: 40, how: 'time', uprightFrom: 1 });
    const { experienceSeconds, swungUpAfterSeconds, episodes } = parts.service.state;
    expect([experienceSeconds, swungUpAfterSeconds]).toEqual([18, 4.5]);
    expect(episodes).toEqual([
      { index: 0, fromExperience: 0, seconds: 2, cost: 60, ended: 'Angle is beyond its limit.', lasting: false },
      { index: 1, fromExperience: 2, seconds: 8, cost: 90, ended: 'time', lasting: true },
      { index: 2, fromExperience: 10, seconds: 8, cost: 40, ended: 'time', lasting: true },
    ]);
  });
  test('shows the episode under way after those that are over', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 1);
    parts.service.seeUpright(0.3);
    expect(parts.service.state).toMatchObject({ experienceSeconds: 1, uprightForSeconds: 0.3, episode: 0, episodeSeconds: 8 });
    expect(parts.service.state.episodes).toEqual([{ index: 0, fromExperience: 0, seconds: 1, cost: 30, ended: '', lasting: false }]);
  });
  test('keeps the rows of the last words of an episode that is over, but neither their seconds nor their cost', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 2);
    await parts.service.nextEpisode(); // begun anew from a pose
    parts.service.take(swing(2), 0, 2.1, 3);
    parts.service.ended({ episode: 0, seconds: 2.1, cost: 63, how: 'x', uprightFrom: undefined });
    expect(parts.service.state).toMatchObject({ experienceSeconds: 2, rows: 42, episode: 1 });
    expect(parts.service.state.episodes.map(({ ended }) => ended)).toEqual(['a new episode was begun', '']);
  });
});

describe('a fit that goes wrong', () => {
  test('costs the fit and nothing else: the model before it stays, the run goes on, the next fit clears the fault', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 0.5);
    await parts.learner.work();
    live(parts, 0, 0.5, 0.8);
    parts.learner.failWith(new Error('The kernel matrix is not positive definite.'));
    await news();
    expect(parts.notices).toEqual(['warning: A fit failed: The kernel matrix is not positive definite. The model before it stays in use.']);
    expect(parts.told.failures).toBe(1);
    expect(parts.service.state).toMatchObject({ fits: 1, fit: null, fault: 'The kernel matrix is not positive definite.' });
    expect(parts.service.model).toEqual(parts.installed[0].model);
    live(parts, 0, 0.8, 1.1);
    await parts.learner.work();
    expect(parts.service.state).toMatchObject({ fits: 2, fault: '' });
  });
  test('may be called off, which is no fault', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 0.5);
    parts.service.cancelFit();
    await news();
    expect(parts.notices).toEqual(['note: The fit was called off. The model before it stays in use.']);
    expect(parts.service.state).toMatchObject({ fits: 0, fit: null, fault: '' });
    expect(parts.installed).toEqual([]);
    live(parts, 0, 0.5, 0.8);
    await parts.learner.work();
    expect(parts.service.state.fits).toBe(1);
  });
  test('with nothing to call off, calling off does nothing', () => {
    const parts = learning();
    parts.service.cancelFit();
    expect([parts.learner.cancels, parts.notices]).toEqual([0, []]);
  });
});

describe('what belongs to another age', () => {
  test('is thrown away: an answer that comes after everything was called off installs nothing and says nothing', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 0.5);
    parts.learner.isDeaf = true;
    parts.service.abandon();
    await parts.learner.work();
    expect(parts.learner.cancels).toBe(1);
    expect([parts.installed, parts.notices]).toEqual([[], []]);
    expect(parts.service.state).toMatchObject({ fits: 0, losses: { at: new Float64Array() } });
  });
  test('nor does an episode begin whose fit was called off', async () => {
    const parts = learning({ ...pendulum, algorithm: 'iterative' });
    await parts.service.nextEpisode();
    live(parts, 0, 0, 2);
    parts.service.ended({ episode: 0, seconds: 2, cost: 60, how: 'time', uprightFrom: undefined });
    const next = parts.service.nextEpisode();
    expect(parts.learner.isBusy).toBe(true);
    parts.service.abandon();
    expect(await next).toBeUndefined();
    expect(parts.service.state.episodes).toHaveLength(1);
  });
});

describe('algorithms', () => {
  test('iterative learning waits for its fit before each episode after the first', async () => {
    const parts = learning({ ...pendulum, algorithm: 'iterative' });
    await parts.service.nextEpisode();
    live(parts, 0, 0, 2);
    parts.service.ended({ episode: 0, seconds: 2, cost: 60, how: 'time', uprightFrom: undefined });
    expect(parts.learner.jobs).toHaveLength(0);
    const next = parts.service.nextEpisode();
    await parts.learner.work();
    expect(await next).toMatchObject({ index: 1, plan: { replan: 'once', randomSeconds: 0 } });
    expect(parts.installed.map(({ rows }) => rows)).toEqual([40]);
  });
  test('one-shot learning is done after two episodes', async () => {
    const parts = learning({ ...pendulum, algorithm: 'oneShot' });
    for (const episode of [0, 1]) {
      const next = parts.service.nextEpisode();
      if (episode === 1) await parts.learner.work();
      await next;
      live(parts, episode, 0, 2);
      parts.service.ended({ episode, seconds: 2, cost: 60, how: 'time', uprightFrom: undefined });
    }
    expect(await parts.service.nextEpisode()).toBeUndefined();
  });
  test('settings that changed are read from the next decision on; data and model stay', async () => {
    const parts = learning();
    await parts.service.nextEpisode();
    live(parts, 0, 0, 0.5);
    await parts.learner.work();
    parts.service.adopt(resolveSetup({ ...pendulum, values: { ...pendulum.values, 'learning.refit': 2 } }));
    live(parts, 0, 0.5, 2.4);
    expect(parts.learner.jobs).toHaveLength(1);
    live(parts, 0, 2.4, 2.5);
    expect(parts.learner.jobs).toHaveLength(2);
    expect(parts.service.state).toMatchObject({ fits: 1, rows: 50 });
  });
});
