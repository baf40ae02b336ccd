import { describe, expect, test } from 'vitest';
import { cartPole } from '../../src/shared/plants/cartPole';
import { pendulum } from '../../src/shared/plants/pendulum';
import { defaultsOf, settle } from '../../src/shared/settings';
import { compileCost } from '../../src/shared/tasks/cost';
import { swingUp } from '../../src/shared/tasks/swingUp';
import type { CostTerm, TaskCost } from '../../src/shared/tasks/task';

const cart = cartPole.create(defaultsOf(cartPole.settings));
const bench = pendulum.create(defaultsOf(pendulum.settings));
const zero = Float64Array.of(0);

/** The cost of one state after one action of `before` then `action`, once. */
function stageOf(cost: TaskCost, state: number[], action = 0, before = 0, isFinal = false): number {
  const out = new Float64Array(1);
  compileCost(cost, cartPole, cart).stage(Float64Array.from(state), Float64Array.of(action), Float64Array.of(before), 1, isFinal, out);
  return out[0];
}
const only = (term: CostTerm, finalFactor = 1): TaskCost => ({ terms: [term], finalFactor });

describe('the swing-up cost', () => {
  const cost = swingUp.cost(defaultsOf(swingUp.settings), cartPole, cart);

  test('is the published formula on the cart-pole, at and beyond the edge of the track as well', () => {
    for (const [x, v, angle, rate, force] of [
      [0, 0, Math.PI, 0, 0],
      [0.3, -1, 2, 4, -7],
      [-2.2, 0.5, -0.3, -2, 10],
      [2.9, 3, 9, 12, 1],
      [7, 0, 0, 0, 0],
    ]) {
      const e = Math.max(0, Math.abs(x) - 2);
      const formula =
        1 -
        Math.cos(angle) +
        0.1 * x * x +
        0.01 * v * v +
        0.01 * rate * rate +
        0.002 * (force / 10) ** 2 +
        Math.min(100, 50 * e * e + 5 * e);
      expect(stageOf(cost, [x, v, angle, rate], force)).toBeCloseTo(formula, 12);
    }
  });

  test('has only the terms of a pendulum where there is no cart', () => {
    const cost = swingUp.cost(defaultsOf(swingUp.settings), pendulum, bench);
    const out = new Float64Array(1);
    compileCost(cost, pendulum, bench).stage(Float64Array.of(2, -3), Float64Array.of(1.5), zero, 1, false, out);
    expect(out[0]).toBeCloseTo(1 - Math.cos(2) + 0.01 * 9 + 0.002 * 0.75 ** 2, 13);
  });

  test('costs the same at the end of a short track as at the end of a long one', () => {
    const short = cartPole.create(settle(cartPole.settings, { trackLimit: 0.3 }));
    const edge = swingUp.cost(defaultsOf(swingUp.settings), cartPole, short).terms.find((term) => term.label === 'Track end')!;
    expect(stageOf(only(edge), [0.3, 0, 0, 0])).toBeCloseTo(10, 10);
    expect(stageOf(only(edge), [-0.249, 0, 0, 0])).toBe(0);
  });

  test('follows the cart’s target with its place, not with the track’s end', () => {
    const moved = swingUp.cost(settle(swingUp.settings, { target: 1 }), cartPole, cart);
    expect(stageOf(moved, [1, 0, 0, 0])).toBe(0);
    expect(stageOf(moved, [-2.4, 0, 0, 0])).toBeCloseTo(0.1 * 3.4 ** 2 + 10, 12);
  });
});

describe('one term', () => {
  const state = [0.5, -1.5, 3 * Math.PI + 0.25, 2];
  const expected: [string, CostTerm, number][] = [
    ['square of a channel', { label: 'v', of: { channel: 'velocity' }, shape: 'square', weight: 3, target: 0.5 }, 3 * 4],
    [
      'square of an angle, the short way round',
      { label: 'θ', of: { angle: 'angle' }, shape: 'square', weight: 2, target: Math.PI },
      2 * 0.25 ** 2,
    ],
    [
      'one minus cosine',
      { label: 'θ', of: { angle: 'angle' }, shape: 'oneMinusCosine', weight: 2, target: 0.1 },
      2 * (1 - Math.cos(Math.PI + 0.15)),
    ],
    [
      'saturating',
      { label: 'v', of: { channel: 'velocity' }, shape: 'saturating', weight: 4, target: 0, width: 1.5 },
      4 * (1 - Math.exp(-0.5)),
    ],
    ['hinge inside its dead zone', { label: 'x', of: { channel: 'position' }, shape: 'hinge', weight: 4, target: 0, beyond: 0.5 }, 0],
    ['hinge', { label: 'v', of: { channel: 'velocity' }, shape: 'hinge', weight: 4, target: 0, beyond: 1, linear: 2 }, 4 * 0.25 + 1],
    [
      'hinge at its cap',
      { label: 'v', of: { channel: 'velocity' }, shape: 'hinge', weight: 4, target: 0, beyond: 1, linear: 2, cap: 1.25 },
      1.25,
    ],
    ['action as a share of its limit', { label: 'u', of: { feature: 'action' }, shape: 'square', weight: 8, target: 0 }, 8 * 0.16],
    ['change of the action', { label: 'Δu', of: { feature: 'actionChange' }, shape: 'square', weight: 2, target: 0 }, 2 * 0.36],
    [
      'distance of the tip',
      { label: 'tip', of: { feature: 'tipDistance' }, shape: 'square', weight: 1, target: 1 },
      (0.5 - Math.sin(Math.PI + 0.25) - 1) ** 2 + (Math.cos(Math.PI + 0.25) - 1) ** 2,
    ],
  ];
  test.each(expected)('%s', (_name, term, value) => {
    expect(stageOf(only(term), state, 4, -2)).toBeCloseTo(value, 12);
  });

  test('of the state counts finalFactor times at the last step, of the action once', () => {
    for (const [, term] of expected) {
      const isAction = 'feature' in term.of && term.of.feature !== 'tipDistance';
      expect(stageOf(only(term, 7), state, 4, -2, true)).toBeCloseTo((isAction ? 1 : 7) * stageOf(only(term, 7), state, 4, -2), 10);
    }
  });

  test('is never a finite number for a state that is not', () => {
    for (const [, term] of expected) {
      if ('feature' in term.of && term.of.feature !== 'tipDistance') continue;
      for (const bad of [NaN, Infinity, -Infinity]) expect(Number.isFinite(stageOf(only(term), [bad, bad, bad, bad]))).toBe(false);
    }
  });

  test('that looks at a channel the plant lacks is refused with what the plant has', () => {
    const term: CostTerm = { label: 'Arm', of: { channel: 'armAngle' }, shape: 'square', weight: 1, target: 0 };
    expect(() => compileCost(only(term), cartPole, cart)).toThrow(
      '"Arm" looks at "armAngle"; the cart-pole has position, velocity, angle, rate.',
    );
  });
});

test('a batch costs what its candidates cost one by one, term by term, added to what was there', () => {
  const cost = swingUp.cost(defaultsOf(swingUp.settings), cartPole, cart);
  const compiled = compileCost(cost, cartPole, cart);
  const count = 150; // more than two blocks of the loop
  const states = Float64Array.from({ length: count * 4 }, (_, i) => Math.sin(i * 1.7) * 3);
  const actions = Float64Array.from({ length: count }, (_, i) => Math.sin(i) * 10);
  const before = Float64Array.from({ length: count }, (_, i) => Math.cos(i) * 10);
  const out = new Float64Array(count).fill(1);
  compiled.stage(states, actions, before, count, false, out);
  const terms = new Float64Array(compiled.labels.length);
  for (let i = 0; i < count; i++) {
    compiled.stageTerms(states.slice(i * 4, i * 4 + 4), actions[i], before[i], terms);
    expect(out[i]).toBeCloseTo(1 + terms.reduce((sum, term) => sum + term, 0), 11);
  }
});
