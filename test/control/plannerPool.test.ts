import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedEngine } from '../../src/main/control/engines';
import { PlannerPool } from '../../src/main/control/plannerPool';
import type { PoolEngine, SubjectMessage } from '../../src/main/control/subject';
import { loadKernels } from '../../src/main/workers/kernels';
import { TransitionStore } from '../../src/shared/episodes/transitions';
import { randomStream } from '../../src/shared/math/random';
import { physics } from '../../src/shared/models';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import { defaultsOf } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { buildEntry } from '../support/buildEntry';
import { someDrawing } from '../support/drawings';
import { networkMessage } from '../support/networkSubject';

let entry = '';
beforeAll(async () => {
  entry = await buildEntry('evaluator', 'src/main/workers/evaluator.ts');
}, 60_000);
afterAll(() => rmSync(dirname(entry), { recursive: true, force: true }));

const spawned: Worker[] = [];
const poolOf = (threads: number, engine?: PoolEngine) =>
  new PlannerPool(
    threads,
    () => {
      const worker = new Worker(entry);
      spawned.push(worker);
      return worker;
    },
    engine,
  );
async function subjectOf(name: string): Promise<SubjectMessage> {
  const { plant, instance, period, cost, setup, settings } = resolveSetup(builtInSetups[name]!);
  const data = new TransitionStore(instance.size).head(0);
  const model = await physics.fit({
    plant,
    plantId: setup.plant,
    plantValues: settings.plant,
    instance,
    period,
    data,
    settings: defaultsOf(physics.settings),
    priors: [],
    seed: 1,
  });
  return { plant: setup.plant, plantSettings: settings.plant, model: model.save(), cost };
}
function jobOf(size: number, count: number, horizon: number, seed: number) {
  const random = randomStream(seed);
  const state = new Float64Array(size);
  state[size - 2] = Math.PI;
  return {
    state,
    previousAction: 0,
    actions: Float64Array.from({ length: count * horizon }, () => 4 * random.uniform() - 2),
    horizon,
    count,
    costs: new Float64Array(count),
    tips: new Float32Array(count * (horizon + 1) * 2),
  };
}

describe('a pool of planner threads', () => {
  test('gives the same bits with one, two and three threads, over changing jobs and subjects', async () => {
    const pools = [1, 2, 3].map((threads) => poolOf(threads));
    for (const name of ['light', 'pendulum', 'light']) {
      const subject = await subjectOf(name);
      for (const pool of pools) pool.setSubject(subject);
      const size = name === 'pendulum' ? 2 : 4;
      // the last two need more room than the pool begins with
      for (const [count, horizon] of [
        [480, 24],
        [33, 7],
        [1, 1],
        [700, 40],
        [64, 120],
      ] as const) {
        const [alone, ...others] = pools.map((pool) => {
          const job = jobOf(size, count, horizon, count + horizon);
          pool.evaluate(job);
          return job;
        });
        for (const job of others) {
          expect(job.costs).toEqual(alone!.costs);
          expect(job.tips).toEqual(alone!.tips);
        }
      }
    }
    for (const pool of pools) expect(pool.fault).toBe('');
    await Promise.all(pools.map((pool) => pool.close()));
  });
  test('takes the newest model of many that nobody planned with, also while its memory grows', async () => {
    const engine = fixedEngine(loadKernels(), usualChoice('portable'));
    const [one, two] = [1, 2].map((threads) => poolOf(threads, engine));
    const light = await subjectOf('light');
    const heavy = { ...light, plantSettings: { ...light.plantSettings, actionLimit: 20 } };
    const networks = networkMessage();
    for (let round = 0; round < 40; round++) {
      const subjects = round % 2 === 0 ? [networks, heavy, light] : [light, networks];
      const job = () => jobOf(4, 40 + 16 * round, 10 + round, round);
      const [alone, shared] = [one!, two!].map((pool) => {
        for (const subject of subjects) pool.setSubject(subject);
        const asked = job();
        pool.evaluate(asked);
        return asked;
      });
      expect(shared!.costs).toEqual(alone!.costs);
      expect(shared!.tips).toEqual(alone!.tips);
    }
    expect(two!.fault).toBe('');
    expect(two!.threads).toBe(2);
    await Promise.all([one!.close(), two!.close()]);
  });
  test('gives the same bits with one and two threads on kernels, with noise and members drawn at each step', async () => {
    const subject = { ...networkMessage(), propagation: { members: 'eachStep', particles: 3, noise: true } } as const;
    const engine = fixedEngine(loadKernels(), usualChoice('portable'));
    const [one, two] = [1, 2].map((threads) => poolOf(threads, engine));
    const jobs = [one!, two!].map((pool) => {
      pool.setSubject(subject);
      expect(pool.label).toMatch(/^Kernel/);
      const job = { ...jobOf(4, 203, 24, 3), stream: 77 };
      pool.evaluate(job);
      return job;
    });
    expect(jobs[1]!.costs).toEqual(jobs[0]!.costs);
    expect(jobs[1]!.tips).toEqual(jobs[0]!.tips);
    one!.evaluate({ ...jobs[0]!, stream: 78 });
    expect(jobs[1]!.costs).not.toEqual(jobs[0]!.costs);
    expect(two!.fault).toBe('');
    await Promise.all([one!.close(), two!.close()]);
  });
  test('draws the same candidates on one thread and on three, from one noise bank after the other', async () => {
    const engine = fixedEngine(loadKernels(), usualChoice('portable'));
    const [one, three, plain] = [poolOf(1, engine), poolOf(3, engine), poolOf(3)];
    for (const name of ['light', 'pendulum']) {
      const subject = await subjectOf(name);
      for (const pool of [one, three, plain]) pool.setSubject(subject);
      for (const [count, horizon, seed] of [
        [200, 24, 1],
        [203, 24, 1],
        [203, 24, 2],
        [640, 50, 3],
        [16, 9, 4],
      ] as const) {
        const drawing = someDrawing(2, horizon, [1, count - 5], seed);
        const [alone, together, slowly] = [one, three, plain].map((pool) => {
          const job = { ...jobOf(name === 'pendulum' ? 2 : 4, count, horizon, seed), drawing };
          job.actions.fill(NaN, horizon, (count - 5) * horizon);
          pool.evaluate(job);
          return job;
        });
        expect(alone!.costs.every(Number.isFinite)).toBe(true);
        expect(together!.costs).toEqual(alone!.costs);
        expect(together!.tips).toEqual(alone!.tips);
        slowly!.costs.forEach((cost, j) => expect(Math.abs(cost / alone!.costs[j]! - 1)).toBeLessThan(1e-3));
      }
    }
    expect(three.fault + plain.fault).toBe('');
    await Promise.all([one, three, plain].map((pool) => pool.close()));
  });
  test('goes on alone when a thread dies, says so, and the result is the same', async () => {
    const subject = await subjectOf('light');
    const alone = poolOf(1);
    alone.setSubject(subject);
    const wanted = jobOf(4, 200, 24, 9);
    alone.evaluate(wanted);
    const pool = poolOf(2);
    pool.setSubject(subject);
    pool.evaluate(jobOf(4, 200, 24, 8));
    await spawned.at(-1)!.terminate();
    const got = jobOf(4, 200, 24, 9);
    pool.evaluate(got);
    expect(got.costs).toEqual(wanted.costs);
    expect(pool.fault).toMatch(/one thread/);
    expect(pool.threads).toBe(1);
    await pool.close();
  }, 20_000);
});
