import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/shared/math/random';
import * as plants from '../../src/shared/plants';
import { settle, type SettingValues } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { mujocoOracle } from './mujocoPlant';

/** Each plant as each built-in setup has it, and once with everything far from its default. */
const cases: [string, keyof typeof plants, SettingValues][] = [
  ...Object.values(builtInSetups).map(({ name, plant, values }): [string, keyof typeof plants, SettingValues] => [
    name,
    plant as keyof typeof plants,
    Object.fromEntries(
      Object.entries(values)
        .filter(([id]) => id.startsWith('plant.'))
        .map(([id, value]) => [id.slice(6), value]),
    ),
  ]),
  ['an odd pendulum', 'pendulum', { mass: 3, length: 0.13, jointViscous: 0.7, gravity: 1.62 }],
  ['an odd cart-pole', 'cartPole', { cartMass: 0.2, poleMass: 1.7, poleLength: 2.2, cartViscous: 3, jointViscous: 0.4, gravity: 24.8 }],
];

describe.each(cases)('%s', (_name, id, values) => {
  const plant = plants[id];
  const settings = settle(plant.settings, values);
  const instance = plant.create(settings);

  test('moves as MuJoCo says, at 200 random states and actions', async () => {
    const oracle = await mujocoOracle(id, settings);
    const random = randomStream(11);
    const derivative = new Float64Array(instance.size);
    let largest = 0;
    for (let i = 0; i < 200; i++) {
      const state = Float64Array.from(plant.channels, ({ scale }) => 1.5 * scale * random.normal());
      const action = instance.actionLimit * (2 * random.uniform() - 1);
      instance.derivative(state, action, derivative);
      const expected = oracle(state, action);
      for (let c = 0; c < instance.size; c++) {
        // 1e-9 a derivative; relative where the derivative itself is above 1
        const error = Math.abs(derivative[c] - expected[c]) / Math.max(1, Math.abs(expected[c]));
        largest = Math.max(largest, error);
      }
    }
    expect(largest).toBeLessThan(1e-9);
  });
});

test('the comparison can fail: a rod about its end taken for one about its middle is found', async () => {
  const oracle = await mujocoOracle('cartPole', settle(plants.cartPole.settings, {}));
  const wrong = plants.cartPole.create(settle(plants.cartPole.settings, { poleLength: 1.001 }));
  const state = Float64Array.of(0, 0, 1, 2);
  const derivative = new Float64Array(4);
  wrong.derivative(state, 3, derivative);
  expect(Math.abs(derivative[3] - oracle(state, 3)[3])).toBeGreaterThan(1e-4);
});
