import { expect, test } from 'vitest';
import { describeSettings, describeSetup } from '../../src/main/workbench/describe';
import { differencesOf } from '../../src/renderer/state/setupDifferences';
import { valueText } from '../../src/renderer/theme/units';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';

function described(setup: Setup) {
  const resolved = resolveSetup(setup);
  return { setup: describeSetup(resolved), settings: describeSettings(resolved, resolved, {}) };
}
const { light, pendulum } = builtInSetups as { light: Setup; pendulum: Setup };

test('equal setups differ in nothing', () => {
  expect(differencesOf(described(light), described(light), valueText)).toEqual([]);
});
test('settings, seed, priors and parts stand as people read them, in the order of the form', () => {
  const other: Setup = { ...withValues(light, { 'plant.poleMass': 0.2, 'planner.population': 256 }), seed: 9, priors: [], model: 'linear' };
  const found = differencesOf(described(light), described(other), valueText);
  const by = Object.fromEntries(found.map(({ label, a, b }) => [label, [a, b]]));
  expect(by['seed']).toEqual([String(light.seed), '9']);
  expect(by['told to the model beforehand']![1]).toBe('none');
  expect(by['model']![0]).not.toBe(by['model']![1]);
  expect(Object.values(by)).toContainEqual(['0.10 kg', '0.20 kg']);
  expect(found.every(({ a, b }) => a !== b)).toBe(true);
});
test('of two plants the settings are compared that both have', () => {
  const found = differencesOf(described(light), described(pendulum), valueText);
  expect(found[0]!.label).toBe('plant');
  const labels = described(pendulum).settings.flatMap(({ settings }) => settings.map(({ setting }) => setting.label));
  expect(found.slice(7).every(({ label }) => labels.includes(label))).toBe(true);
});
