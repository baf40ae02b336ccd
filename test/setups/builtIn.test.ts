import { describe, expect, test } from 'vitest';
import * as plants from '../../src/shared/plants';
import { checkedValue, defaultsOf } from '../../src/shared/settings';
import { builtInSetups, defaultSetup, setupOfPlant } from '../../src/shared/setups/builtIn';
import { rigSettings } from '../../src/shared/setups/rigSettings';
import * as tasks from '../../src/shared/tasks';

describe.each(Object.entries(builtInSetups))('the setup %s', (name, setup) => {
  const plant = plants[setup.plant as keyof typeof plants];

  test('is filed under its own name, with a plant and a task of the house that fit each other', () => {
    expect(setup.name).toBe(name);
    expect(tasks[setup.task as keyof typeof tasks].plants).toContain(setup.plant);
  });

  test('sets only what its plant has, within range, and nothing to its default', () => {
    for (const [id, value] of Object.entries(setup.values)) {
      const [room, key] = id.split('.');
      if (room !== 'plant') continue;
      expect(checkedValue(plant.settings[key], value, id)).toBe(value);
      expect(value).not.toBe(plant.settings[key].default);
    }
  });

  test('uses only priors that hold for its plant', () => {
    expect(setup.priors).toContain('integrates');
    expect(setup.priors.includes('placeFree')).toBe(plant.structure.placeFree.length > 0);
    expect(setup.priors.includes('mirror')).toBe(plant.structure.mirror);
  });
});

test('a plant without a named setup gets the first of its own', () => {
  expect(setupOfPlant('cartPole')).toBe(defaultSetup);
  expect(setupOfPlant('pendulum')?.name).toBe('pendulum');
  expect(setupOfPlant('unicycle')).toBeUndefined();
});

test('the default rig is what a lab has: encoders only, four readings a period, one period late', () => {
  expect(defaultsOf(rigSettings)).toMatchObject({
    rates: 'estimated',
    delay: 0.05,
    angleNoise: 1e-3,
    positionNoise: 1e-3,
    readings: 4,
    angleCounts: 0,
  });
});
