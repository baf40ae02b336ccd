import { expect, test } from 'vitest';
import { RungeKutta } from '../../src/shared/math/integrate';
import { physics } from '../../src/shared/models';
import { perturbedParameters } from '../../src/shared/models/physics';
import * as plants from '../../src/shared/plants';
import { cartPole, pendulum } from '../../src/shared/plants';
import { defaultsOf, settle } from '../../src/shared/settings';
import { requestOf, wander, type PlantId } from './wander';

const believed = async (plant: PlantId, plantValues = {}, settings = {}) =>
  physics.fit({ ...requestOf(plant, physics, wander(plant, 0, 1), settings), plantValues });

test.each(Object.keys(plants) as PlantId[])('exact equations follow a fine integration over one period: %s', async (plant) => {
  const model = await believed(plant);
  const data = wander(plant, 200, 2); // integrated in ten steps a period
  const states = data.states.slice();
  model.predict(states, data.actions, data.count, -1);
  let worst = 0;
  for (let i = 0; i < data.count * data.size; i++) worst = Math.max(worst, Math.abs(states[i] - data.nexts[i]));
  expect(worst).toBeLessThan(2e-4); // two steps instead of ten; a sensor's noise is 1e-3
});

test('steep dry friction gets finer steps instead of trembling about rest', async () => {
  const plantValues = { cartCoulomb: 8 };
  const model = await believed('cartPole', plantValues);
  const instance = cartPole.create(settle(cartPole.settings, plantValues));
  const state = Float64Array.of(0, 0.3, Math.PI, 0);
  const fine = state.slice();
  const integrator = new RungeKutta(instance, 4);
  for (let k = 0; k < 20; k++) {
    model.predict(state, Float64Array.of(0), 1, -1);
    integrator.advance(fine, 0, 0.05, 1000);
  }
  expect(Math.abs(state[1] - fine[1])).toBeLessThan(0.01);
});

test('parameters are off by the factor 1 + F or 1 / (1 + F), drawn from the seed; nothing else changes', () => {
  const exact = defaultsOf(cartPole.settings) as Record<string, number>;
  expect(perturbedParameters(cartPole, {}, 0, 5)).toEqual(exact);
  const factors = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const off = perturbedParameters(cartPole, {}, 0.3, seed) as Record<string, number>;
    expect(perturbedParameters(cartPole, {}, 0.3, seed)).toEqual(off);
    for (const [id, value] of Object.entries(exact)) {
      if (!cartPole.parameters.includes(id) || value === 0) expect(off[id]).toBe(value);
      else factors.add(Math.round((off[id] / value) * 1e9) / 1e9);
    }
  }
  expect([...factors].sort()).toEqual([Math.round(1e9 / 1.3) / 1e9, 1.3]);
});

test('wrong equations predict wrongly, and stay as wrong after saving and loading', async () => {
  const data = wander('pendulum', 50, 3);
  const error = async (equations: number) => {
    const model = await believed('pendulum', {}, { equations });
    const saved = model.save();
    const again = physics.load(saved, pendulum, pendulum.create(defaultsOf(pendulum.settings)));
    const [a, b] = [data.states.slice(), data.states.slice()];
    model.predict(a, data.actions, data.count, -1);
    again.predict(b, data.actions, data.count, -1);
    expect([...b]).toEqual([...a]);
    return Math.max(...a.map((value, i) => Math.abs(value - data.nexts[i])));
  };
  expect(await error(0)).toBeLessThan(2e-4);
  expect(await error(0.3)).toBeGreaterThan(0.05);
});

test('looks at the settings that it is given, not at the rig it is asked about', async () => {
  const model = await believed('pendulum', { mass: 2, length: 1 });
  const heavy = pendulum.create(settle(pendulum.settings, { mass: 2, length: 1 }));
  const state = Float64Array.of(2, 1);
  const wanted = state.slice();
  model.predict(state, Float64Array.of(1), 1, -1);
  new RungeKutta(heavy, 2).advance(wanted, 1, 0.05);
  expect(state[0]).toBeCloseTo(wanted[0], 5);
  expect(state[1]).toBeCloseTo(wanted[1], 4);
});
