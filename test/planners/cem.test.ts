import { expect, test } from 'vitest';
import { cem } from '../../src/shared/planners';
import { elitesOf, rankByCost } from '../../src/shared/planners/elites';
import { colouredNoiseBank } from '../../src/shared/planners/colouredNoise';
import { randomStream } from '../../src/shared/math/random';
import { reference } from '../../src/shared/rollouts';
import { settle, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';
import { scalarWorld } from '../support/scalarModel';

function plannerOf(start: number, settings: Record<string, unknown>, seed = 1, horizon = 12) {
  const world = scalarWorld(1, 10);
  const rollouts = reference.create(world);
  let evaluations = 0;
  const state = new Float64Array([start]);
  const planner = cem.create(
    {
      horizon,
      limit: 10,
      period: 1,
      seed,
      imagination: {
        evaluate(actions, count, costs) {
          evaluations += count;
          rollouts.evaluate({ state, previousAction: 0, actions, horizon, from: 0, to: count, costs });
        },
      },
    },
    settle(cem.settings, settings) as SettingsOf<SettingsSchema>,
  );
  return { planner, state, evaluations: () => evaluations };
}

test('finds the gain of the scalar integrator: the first action is −0.618 of the state', () => {
  // cost counted after the step: s'² + a² has the same gain as the classic s² + a², (1 − √5)/2
  for (const seed of [1, 2, 3]) {
    const { planner } = plannerOf(
      1,
      { population: 400, iterations: 30, execute: 'mean', spread: 0.1, leastSpread: 0, noiseColour: 0 },
      seed,
    );
    expect(planner.plan(1, 0).actions![0]).toBeCloseTo(-0.618, 2); // strays by 0.003 over these seeds
  }
});
test('a warm start spends less than a cold one: from the shifted plan one iteration suffices', () => {
  const { planner, state } = plannerOf(4, { population: 100, iterations: 8 });
  const first = planner.plan(1, 0).actions!;
  state[0] = 4 + first[0]!;
  const warm = plannerOf(state[0], { population: 100, iterations: 1 });
  warm.planner.carry!(planner.warmStart!.map((_, t, all) => all[Math.min(all.length - 1, t + 1)]!));
  const cold = plannerOf(state[0], { population: 100, iterations: 1 });
  expect(warm.planner.plan(2, 0).cost).toBeLessThan(cold.planner.plan(2, 0).cost);
});
test('answers at the deadline with the best so far', () => {
  const { planner, evaluations } = plannerOf(5, { population: 64, iterations: 20 });
  let asked = 0;
  const { actions } = planner.plan(1, 0, () => ++asked === 3);
  expect(evaluations()).toBe(3 * 64);
  expect(actions).toBeDefined();
});
test('ranks the cheapest first, as a full sort would, and leaves diverged futures behind', () => {
  const random = randomStream(42);
  for (let round = 0; round < 200; round++) {
    const costs = Float64Array.from({ length: 50 }, () => (random.uniform() < 0.3 ? Infinity : Math.floor(random.uniform() * 20)));
    const order = new Int32Array(50);
    rankByCost(costs, order, 10);
    const sorted = Array.from(costs.keys()).sort((a, b) => costs[a]! - costs[b]! || a - b);
    expect(Array.from(order.subarray(0, 10))).toEqual(sorted.slice(0, 10));
    expect(elitesOf(costs, order, 10)).toBe(Math.min(10, costs.filter((c) => c !== Infinity).length));
  }
});
test('coloured noise has unit variance and the colour it says: red noise holds, white noise does not', () => {
  const length = 24;
  for (const [exponent, neighbour] of [
    [0, 0],
    [2, 0.85],
  ] as const) {
    const bank = colouredNoiseBank(2000, length, exponent, 3);
    let squares = 0;
    let products = 0;
    for (let j = 0; j < 2000; j++)
      for (let t = 0; t < length; t++) {
        squares += bank[j * length + t]! ** 2;
        if (t > 0) products += bank[j * length + t]! * bank[j * length + t - 1]!;
      }
    expect(squares / (2000 * length)).toBeCloseTo(1, 1);
    expect(Math.abs(products / squares - neighbour)).toBeLessThan(0.1);
  }
});
