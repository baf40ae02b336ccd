import { describe, expect, test } from 'vitest';
import { CommandGate } from '../../src/main/control/gate';
import * as controllers from '../../src/shared/controllers';
import type { Controller, ControllerContext, Decision, Moment } from '../../src/shared/controllers/controller';
import { randomStream } from '../../src/shared/math/random';
import { defaultsOf, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';

const LIMIT = 10;
const context: ControllerContext = { limit: LIMIT, period: 0.05, seed: 5, drivenRate: 1, rateScale: 2 };
const bases = ['plan', 'olderPlan', 'random', 'damp', 'zero'];
const make = (controller: Controller, seed = context.seed) =>
  controller.create({ ...context, seed }, defaultsOf(controller.settings) as SettingsOf<SettingsSchema>);

/** An episode as a rough life would have it: plans that come, stay away, are old, wild or no numbers at all. */
function roughMoments(seed: number, count = 400): Moment[] {
  const random = randomStream(seed);
  const wild = () => (random.uniform() < 0.1 ? [NaN, Infinity, -Infinity, 1e308][random.below(4)] : 20 * random.normal());
  return Array.from({ length: count }, (_, step) => ({
    step,
    time: step * context.period,
    state: Float64Array.from({ length: 4 }, () => (random.uniform() < 0.02 ? NaN : 10 * random.normal())),
    queue: new Float64Array(random.below(3)),
    plan:
      random.uniform() < 0.3
        ? undefined
        : { id: step, actsFrom: step + random.below(8) - 4, actions: Float64Array.from({ length: random.below(12) }, wild) },
    hasModel: random.uniform() < 0.9,
    explore: random.uniform() < 0.1,
  }));
}

describe.each(Object.entries(controllers))('controller %s', (_id, controller) => {
  const drive = (moments: readonly Moment[], seed?: number): Decision[] => {
    const instance = make(controller, seed);
    instance.reset(0);
    return moments.map((moment) => {
      instance.wantsPlan(moment);
      return { ...instance.act(moment) };
    });
  };

  test('whatever comes, what passes the gate is a number within the limit, and its basis has a name', () => {
    const gate = new CommandGate({ limit: LIMIT, slew: Infinity }, { stopped: false });
    for (let seed = 0; seed < 20; seed++) {
      for (const { action, basis, planAge } of drive(roughMoments(seed))) {
        expect(Math.abs(gate.pass(action, true))).toBeLessThanOrEqual(LIMIT);
        expect(bases).toContain(basis);
        expect(Number.isInteger(planAge) && planAge >= -1).toBe(true);
        if (basis === 'plan' || basis === 'olderPlan') expect(planAge).toBeGreaterThanOrEqual(0);
      }
    }
  });
  test('while state and plan are numbers, so is what it chooses itself', () => {
    const moments = roughMoments(3).map((moment) => ({
      ...moment,
      state: moment.state.map((value) => (Number.isFinite(value) ? value : 0)),
    }));
    for (const { action } of drive(moments)) expect(Number.isFinite(action)).toBe(true);
  });
  test('after a reset the same history gives the same actions; a new one gives them too', () => {
    const moments = roughMoments(7);
    const first = drive(moments);
    const instance = make(controller);
    instance.reset(0);
    for (const moment of moments.slice(0, 100)) instance.act(moment);
    instance.reset(0);
    expect(moments.map((moment) => ({ ...instance.act(moment) }))).toEqual(first);
    expect(drive(moments)).toEqual(first);
  });
  test('does not change what it is shown', () => {
    const moments = roughMoments(9, 50);
    const before = structuredClone(moments);
    drive(moments);
    expect(moments).toEqual(before);
  });
  test('asks for a plan only when there is a model to plan through', () => {
    const instance = make(controller);
    for (const moment of roughMoments(11)) expect(instance.wantsPlan({ ...moment, hasModel: false })).toBe(false);
  });
  test('names its source and explains every setting', () => {
    expect(controller.label.length).toBeGreaterThan(2);
    expect(controller.source.length).toBeGreaterThan(8);
    for (const setting of Object.values(controller.settings)) expect(setting.meaning).toMatch(/\.$/);
  });
});
