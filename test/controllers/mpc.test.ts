import { describe, expect, test } from 'vitest';
import { mpc } from '../../src/shared/controllers';
import type { Moment } from '../../src/shared/controllers/controller';
import { defaultsOf, type SettingsOf, type SettingsSchema, type SettingValues } from '../../src/shared/settings';

const PERIOD = 0.05;
const controller = (values: SettingValues = {}) => {
  const instance = mpc.create({ limit: 10, period: PERIOD, seed: 1, drivenRate: 1, rateScale: 2 }, {
    ...defaultsOf(mpc.settings),
    ...values,
  } as SettingsOf<SettingsSchema>);
  instance.reset(0);
  return instance;
};
/** A moment with one command under way, moving to the right at 1 m/s. */
const at = (step: number, rest: Partial<Moment> = {}): Moment => ({
  step,
  time: step * PERIOD,
  state: Float64Array.of(0, 1, 0, 0),
  queue: new Float64Array(1),
  plan: undefined,
  hasModel: true,
  explore: false,
  ...rest,
});
/** A plan whose actions tell their place: 1, 2, 3 … */
const planFrom = (actsFrom: number, length = 6) => ({ id: 1, actsFrom, actions: Float64Array.from({ length }, (_, i) => i + 1) });

describe('a plan', () => {
  test('is followed from the step for which it was made, through the commands under way', () => {
    expect(controller().act(at(10, { plan: planFrom(11) }))).toEqual({ action: 1, basis: 'plan', planAge: 0 });
    expect(controller().act(at(10, { plan: planFrom(10), queue: new Float64Array(0) }))).toEqual({ action: 1, basis: 'plan', planAge: 0 });
    expect(controller().act(at(10, { plan: planFrom(13), queue: new Float64Array(3) }))).toEqual({ action: 1, basis: 'plan', planAge: 0 });
  });
  test('that is late is replaced by the one before it, shifted, as long as that is not older than allowed', () => {
    const instance = controller({ oldestPlan: 2 });
    const plan = planFrom(11);
    expect(instance.act(at(11, { plan }))).toEqual({ action: 2, basis: 'olderPlan', planAge: 1 });
    expect(instance.act(at(12, { plan }))).toEqual({ action: 3, basis: 'olderPlan', planAge: 2 });
    expect(instance.act(at(13, { plan })).basis).toBe('damp');
  });
  test('for a later step is not followed yet', () => {
    expect(controller().act(at(10, { plan: planFrom(12) })).basis).toBe('damp');
  });
  test('that has run out is no plan, however old it may be', () => {
    const instance = controller({ oldestPlan: 20 });
    expect(instance.act(at(15, { plan: planFrom(11) }))).toMatchObject({ action: 6, planAge: 5 });
    expect(instance.act(at(16, { plan: planFrom(11) })).basis).toBe('damp');
  });
  test.each([NaN, Infinity, -Infinity])('with %s in this step is no plan for it', (wrong) => {
    const plan = planFrom(11);
    plan.actions[0] = wrong;
    expect(controller().act(at(10, { plan })).basis).toBe('damp');
    expect(controller().act(at(11, { plan }))).toMatchObject({ action: 2, basis: 'olderPlan' });
  });
  test('is asked for in every period, unless one plan is for the whole episode', () => {
    expect([0, 1, 2].map((step) => controller().wantsPlan(at(step)))).toEqual([true, true, true]);
    expect([0, 1, 2].map((step) => controller({ replan: 'once' }).wantsPlan(at(step)))).toEqual([true, false, false]);
  });
  test('made once is followed to its end without feedback', () => {
    const instance = controller({ replan: 'once' });
    const plan = planFrom(1, 160);
    const actions = Array.from(
      { length: 160 },
      (_, step) => instance.act(at(step, { plan, state: Float64Array.of(step, -step, 0, 0) })).action,
    );
    expect(actions).toEqual(Array.from({ length: 160 }, (_, i) => i + 1));
    expect(instance.act(at(160, { plan })).basis).toBe('damp');
  });
});

describe('without a plan', () => {
  test('the motion is damped for a while against its direction, then the action is zero', () => {
    const instance = controller({ dampSeconds: 0.3 });
    const decisions = Array.from({ length: 9 }, (_, step) => instance.act(at(step)));
    expect(decisions.slice(0, 6)).toEqual(new Array(6).fill({ action: -1.5, basis: 'damp', planAge: -1 })); // 0.3 × 10 N × 1 m/s of 2 m/s
    expect(decisions.slice(6)).toEqual(new Array(3).fill({ action: 0, basis: 'zero', planAge: -1 }));
  });
  test('damping never uses more than three tenths of the limit', () => {
    expect(controller().act(at(0, { state: Float64Array.of(0, -50, 0, 0) })).action).toBe(3);
    expect(controller().act(at(0, { state: Float64Array.of(0, 50, 0, 0) })).action).toBe(-3);
  });
  test('one valid plan begins the ladder anew', () => {
    const instance = controller({ dampSeconds: 0.1 });
    const basisAt = (step: number, withPlan: boolean) => instance.act(at(step, withPlan ? { plan: planFrom(step + 1) } : {})).basis;
    expect([
      basisAt(0, false),
      basisAt(1, false),
      basisAt(2, false),
      basisAt(3, true),
      basisAt(4, false),
      basisAt(5, false),
      basisAt(6, false),
    ]).toEqual(['damp', 'damp', 'zero', 'plan', 'damp', 'damp', 'zero']);
  });
  test('with no time for damping the action is zero at once', () => {
    expect(controller({ dampSeconds: 0 }).act(at(0))).toEqual({ action: 0, basis: 'zero', planAge: -1 });
  });
});

describe('exploring', () => {
  test('while there is no model, or data is wanted, the actions are random bang-bang and no plan is asked for', () => {
    for (const rest of [{ hasModel: false }, { explore: true }]) {
      const instance = controller();
      for (let step = 0; step < 40; step++) {
        const moment = at(step, { ...rest, plan: planFrom(step + 1) });
        const { action, basis } = instance.act(moment);
        expect(instance.wantsPlan(moment)).toBe(false);
        expect(basis).toBe('random');
        expect(Math.abs(action)).toBeGreaterThanOrEqual(5);
        expect(Math.abs(action)).toBeLessThanOrEqual(10);
      }
    }
  });
  test('an action is held for 0.1 to 0.35 s and then changes its sign', () => {
    const instance = controller();
    const actions = Array.from({ length: 400 }, (_, step) => instance.act(at(step, { explore: true })).action);
    let held = 1;
    const holds: number[] = [];
    for (let i = 1; i < actions.length; i++) {
      if (actions[i] === actions[i - 1]) held++;
      else {
        expect(Math.sign(actions[i])).toBe(-Math.sign(actions[i - 1]));
        holds.push(held);
        held = 1;
      }
    }
    expect(Math.min(...holds)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...holds)).toBeLessThanOrEqual(7);
  });
  test('another episode explores otherwise', () => {
    const series = (episode: number) => {
      const instance = controller();
      instance.reset(episode);
      return Array.from({ length: 20 }, (_, step) => instance.act(at(step, { explore: true })).action);
    };
    expect(series(0)).toEqual(series(0));
    expect(series(1)).not.toEqual(series(0));
  });
});
