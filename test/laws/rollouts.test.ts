import { describe, expect, test } from 'vitest';
import * as engines from '../../src/shared/rollouts';
import * as plants from '../../src/shared/plants';
import { physics } from '../../src/shared/models';
import { randomStream } from '../../src/shared/math/random';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { compileCost } from '../../src/shared/tasks/cost';
import { TransitionStore } from '../../src/shared/episodes/transitions';
import { defaultsOf } from '../../src/shared/settings';
import type { RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { scalarWorld } from '../support/scalarModel';

async function subjectOf(name: string): Promise<RolloutSubject> {
  const resolved = resolveSetup(builtInSetups[name]!);
  const { plant, instance, period, cost, setup } = resolved;
  const data = new TransitionStore(instance.size).head(0);
  const model = await physics.fit({
    plant,
    plantId: setup.plant,
    plantValues: resolved.settings.plant,
    instance,
    period,
    data,
    settings: defaultsOf(physics.settings),
    priors: [],
    seed: 1,
  });
  return { plant, instance, model, cost };
}
const HORIZON = 20;
const COUNT = 70; // not a multiple of any block

describe.each(Object.entries(engines))('rollout engine %s', (_id, engine) => {
  describe.each(Object.keys(builtInSetups))('on %s', (name) => {
    test('a candidate costs what rolling it out by hand costs, to the last bit', async () => {
      const subject = await subjectOf(name);
      const { plant, instance, model, cost } = subject;
      const random = randomStream(5);
      const actions = Float64Array.from({ length: COUNT * HORIZON }, () => instance.actionLimit * (2 * random.uniform() - 1));
      const costs = new Float64Array(COUNT);
      const tips = new Float32Array(COUNT * (HORIZON + 1) * 2);
      const state = plant.hanging();
      engine.create(subject).evaluate({ state, previousAction: 1, actions, horizon: HORIZON, from: 0, to: COUNT, costs, tips });
      const compiled = compileCost(cost, plant, instance);
      const one = new Float64Array(1);
      for (const k of [0, 1, 31, 32, COUNT - 1]) {
        const s = state.slice();
        const total = new Float64Array(1);
        let before = 1;
        for (let t = 0; t < HORIZON; t++) {
          one[0] = actions[k * HORIZON + t]!;
          model.predict(s, one, 1, 0);
          compiled.stage(s, one, new Float64Array([before]), 1, t === HORIZON - 1, total);
          before = one[0];
        }
        expect(costs[k]).toBe(total[0]);
        const tip = new Float32Array(2);
        instance.tip(s, 0, tip, 0);
        expect(tips.slice((k * (HORIZON + 1) + HORIZON) * 2).subarray(0, 2)).toEqual(tip);
      }
    });
    test('slices give what the whole gives', async () => {
      const subject = await subjectOf(name);
      const random = randomStream(6);
      const actions = Float64Array.from({ length: COUNT * HORIZON }, () => subject.instance.actionLimit * (2 * random.uniform() - 1));
      const job = { state: subject.plant.hanging(), previousAction: 0, actions, horizon: HORIZON };
      const whole = new Float64Array(COUNT);
      engine.create(subject).evaluate({ ...job, from: 0, to: COUNT, costs: whole });
      const sliced = new Float64Array(COUNT);
      const rollouts = engine.create(subject);
      for (const [from, to] of [
        [40, COUNT],
        [0, 7],
        [7, 40],
      ] as const)
        rollouts.evaluate({ ...job, from, to, costs: sliced });
      expect(sliced).toEqual(whole);
    });
  });
  test('a diverged future costs Infinity, never NaN, and spoils no neighbour', () => {
    const world = scalarWorld(1);
    const broken = {
      ...world.model,
      predict(states: Float64Array, actions: Float64Array, count: number) {
        for (let i = 0; i < count; i++) states[i] = actions[i]! > 0 ? NaN : states[i]! + actions[i]!;
      },
    };
    const costs = new Float64Array(3);
    engine.create({ ...world, model: broken }).evaluate({
      state: new Float64Array([1]),
      previousAction: 0,
      actions: new Float64Array([-1, 1, 0]),
      horizon: 1,
      from: 0,
      to: 3,
      costs,
    });
    expect(Array.from(costs)).toEqual([1, Infinity, 1]);
  });
  test('an ensemble costs the mean over its members', () => {
    const world = scalarWorld(1);
    const two = {
      ...world.model,
      members: 2,
      predict(states: Float64Array, actions: Float64Array, count: number, member: number) {
        for (let i = 0; i < count; i++) states[i] = (member === 0 ? 1 : 3) * states[i]! + actions[i]!;
      },
    };
    const costs = new Float64Array(1);
    engine
      .create({ ...world, model: two })
      .evaluate({ state: new Float64Array([1]), previousAction: 0, actions: new Float64Array([0]), horizon: 1, from: 0, to: 1, costs });
    expect(costs[0]).toBe((1 + 9) / 2);
  });
});
test('every plant has a setup, so that the laws above see all of them', () => {
  expect(new Set(Object.values(builtInSetups).map((setup) => setup.plant))).toEqual(new Set(Object.keys(plants)));
});
