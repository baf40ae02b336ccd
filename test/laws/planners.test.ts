import { describe, expect, test } from 'vitest';
import * as planners from '../../src/shared/planners';
import type { Planner, PlannerInstance } from '../../src/shared/planners/planner';
import { reference } from '../../src/shared/rollouts';
import { defaultsOf, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';
import { scalarWorld } from '../support/scalarModel';

const HORIZON = 10;
const LIMIT = 2;

function imagine(start: number, spoil?: (cost: number, index: number) => number) {
  const { plant, instance, model, cost } = scalarWorld(1, LIMIT);
  const rollouts = reference.create({ plant, instance, model, cost });
  const seen: number[] = [];
  return {
    seen,
    imagination: {
      evaluate(actions: Float64Array, count: number, costs: Float64Array) {
        rollouts.evaluate({ state: new Float64Array([start]), previousAction: 0, actions, horizon: HORIZON, from: 0, to: count, costs });
        if (spoil !== undefined) for (let i = 0; i < count; i++) costs[i] = spoil(costs[i]!, i);
        seen.push(...actions.subarray(0, count * HORIZON));
      },
    },
  };
}
const make = (planner: Planner, world: ReturnType<typeof imagine>, seed = 1): PlannerInstance =>
  planner.create(
    { horizon: HORIZON, limit: LIMIT, period: 0.05, seed, imagination: world.imagination },
    defaultsOf(planner.settings) as SettingsOf<SettingsSchema>,
  );

describe.each(Object.entries(planners))('planner %s', (_id, planner) => {
  test('the same seed gives the same plan, another seed another one', () => {
    const first = make(planner, imagine(5)).plan(1, 0);
    expect(make(planner, imagine(5)).plan(1, 0)).toEqual(first);
    expect(make(planner, imagine(5), 2).plan(1, 0).actions).not.toEqual(first.actions);
  });
  test('tries and returns nothing beyond the limit', () => {
    const world = imagine(50);
    const { actions } = make(planner, world).plan(1, 0);
    for (const action of [...world.seen, ...actions!]) expect(Math.abs(action)).toBeLessThanOrEqual(LIMIT);
  });
  test('is better than doing nothing', () => {
    const nothing = HORIZON * 25;
    expect(make(planner, imagine(5)).plan(1, 0).cost).toBeLessThan(nothing / 2);
  });
  test('a diverged future is never the plan, however many there are', () => {
    // two of three futures diverge; what is returned must be one of the others
    const diverges = (index: number) => index % 3 !== 0;
    const finite = new Set<string>();
    const world = imagine(5, (cost, index) => (diverges(index) ? Infinity : cost));
    const evaluate = world.imagination.evaluate.bind(world.imagination);
    world.imagination.evaluate = (actions, count, costs) => {
      evaluate(actions, count, costs);
      for (let i = 0; i < count; i++) if (!diverges(i)) finite.add(actions.slice(i * HORIZON, (i + 1) * HORIZON).join());
    };
    const { actions, cost } = make(planner, world).plan(1, 0);
    expect(Number.isFinite(cost)).toBe(true);
    expect(finite.has(actions!.join())).toBe(true);
  });
  test('when every future diverges there is no plan and a reason, and the next search begins afresh', () => {
    let broken = true;
    const instance = make(
      planner,
      imagine(5, (cost) => (broken ? Infinity : cost)),
    );
    const nothing = instance.plan(1, 0);
    expect(nothing.actions).toBeUndefined();
    expect(nothing.reason).toMatch(/diverged/);
    broken = false;
    const { actions } = instance.plan(2, 1);
    expect(actions!.every(Number.isFinite)).toBe(true);
  });
  test('after reset the same plan number gives the same plan', () => {
    const instance = make(planner, imagine(5));
    const first = instance.plan(1, 0);
    instance.plan(2, 1);
    instance.reset();
    expect(instance.plan(1, 0)).toEqual(first);
  });
  test('names its source and explains every setting', () => {
    expect(planner.source.length).toBeGreaterThan(10);
    for (const setting of Object.values(planner.settings)) expect(setting.meaning).toMatch(/\.$/);
  });
});
