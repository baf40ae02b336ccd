import { describe, expect, test } from 'vitest';
import { sliderScale, STOPS } from '../../src/renderer/controls/sliderScale';
import { compact, displayOf, plainSymbol, settingText, shown, typedNumber, typedVector } from '../../src/renderer/theme/units';
import { plants } from './registries';
import { integer, real, vector, type NumberSetting } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';

describe('numbers on screen', () => {
  test('angles are in degrees and short times in milliseconds, the unit always beside them', () => {
    expect(displayOf('rad')).toEqual({ unit: 'deg', factor: 180 / Math.PI });
    expect(displayOf('rad/s').unit).toBe('deg/s');
    expect(displayOf('s', 0.2)).toEqual({ unit: 'ms', factor: 1000 });
    expect(displayOf('s', 30)).toEqual({ unit: 's', factor: 1 });
    expect(displayOf('N m')).toEqual({ unit: 'N m', factor: 1 });
  });
  test('have a true minus, and minus nothing is nothing', () => {
    expect(shown(-1.25, 2)).toBe('−1.25');
    expect(shown(-0.0001, 2)).toBe('0.00');
    expect(shown(NaN, 1)).toBe('–');
    expect(shown(-Infinity, 1)).toBe('−∞');
  });
  test('show as many digits as their step, more when the value needs them', () => {
    expect(settingText(6, 0.1, 1)).toBe('6.0');
    expect(settingText(0.05, 0.005, 1000)).toBe('50');
    expect(settingText(0.57288, 0.01, 1)).toBe('0.57288');
    expect(settingText(Math.PI / 2, Math.PI / 36, 180 / Math.PI)).toBe('90');
  });
  test('what is typed is read strictly: a comma may be the point, nothing else is guessed', () => {
    for (const [text, value] of [
      ['1.5', 1.5],
      [' −2 ', -2],
      ['0,25', 0.25],
      ['1e-3', 1e-3],
      ['.5', 0.5],
    ] as const)
      expect(typedNumber(text)).toBe(value);
    for (const text of ['', '0x10', '1 000', '1.2.3', 'abc', '1e', '--1', 'Infinity']) expect(typedNumber(text)).toBeNaN();
  });
  test('a vector is refused as a whole', () => {
    const sizes = vector({
      label: 'Sizes',
      meaning: '',
      unit: '',
      default: [64, 64],
      minLength: 1,
      maxLength: 3,
      min: 1,
      max: 512,
      whole: true,
      applies: 'nextEpisode',
    });
    expect(typedVector('64, 32', sizes, 1)).toEqual([64, 32]);
    expect(typedVector('64; x', sizes, 1)).toBeUndefined();
    expect(typedVector('64.5', sizes, 1)).toBeUndefined();
    expect(typedVector('1 2 3 4', sizes, 1)).toBeUndefined();
  });
  test('no symbol needs a combining mark: the mono font breaks them', () => {
    for (const plant of plants)
      for (const channel of plant.channels) expect(plainSymbol(channel).normalize('NFD')).not.toMatch(/[\u0300-\u036f]/);
    expect(plainSymbol({ id: 'rate', label: '', symbol: 'θ̇', unit: 'rad/s' })).toBe('θ rate');
  });
  test('large costs are short', () => {
    expect([0.084, 12.34, 970, 56_789, 2.5e6].map(compact)).toEqual(['0.08', '12.3', '970', '57k', '2.5M']);
  });
});

describe('sliders', () => {
  const settings = Object.values(builtInSetups).flatMap((setup) =>
    Object.values(resolveSetup(setup).schemas).flatMap((schema) => Object.entries(schema)),
  );
  const numbers = settings.filter(([, { kind }]) => kind === 'number' || kind === 'integer') as [string, NumberSetting][];

  test.each(numbers)('%s: the default has a place, every stop is allowed, and more is to the right', (_id, setting) => {
    const scale = sliderScale(setting, setting.default);
    expect(scale.low).toBeLessThan(scale.high);
    expect(scale.toStop(setting.default)).toBeGreaterThanOrEqual(0);
    expect(scale.toStop(setting.default)).toBeLessThanOrEqual(STOPS);
    let last = -Infinity;
    for (let stop = 0; stop <= STOPS; stop += 50) {
      const value = scale.fromStop(stop);
      expect(value).toBeGreaterThanOrEqual(setting.min);
      expect(value).toBeLessThanOrEqual(setting.max);
      if (setting.kind === 'integer') expect(Number.isInteger(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(last);
      last = value;
    }
  });
  test('dragging back to where a value was gives it again, within a step', () => {
    for (const [id, setting] of numbers) {
      const scale = sliderScale(setting, setting.default);
      const back = scale.fromStop(scale.toStop(setting.default));
      const slack = Math.max(setting.step, Math.abs(setting.default) * 0.03, (scale.high - scale.low) / STOPS);
      expect(Math.abs(back - setting.default), id).toBeLessThanOrEqual(slack);
    }
  });
  test('an arrow key always changes the value, and the other one brings it back or nearly so', () => {
    for (const [id, setting] of numbers) {
      const scale = sliderScale(setting, setting.default);
      const up = scale.stepped(setting.default, 1);
      if (setting.default < setting.max) expect(up, id).toBeGreaterThan(setting.default);
      expect(Math.abs(scale.stepped(up, -1) - setting.default), id).toBeLessThanOrEqual(
        Math.max(setting.step, 0.02 * Math.abs(setting.default)),
      );
    }
  });
  test('a value outside of where people work is still on the slider', () => {
    const setting = real({ label: '', meaning: '', unit: '', default: 0.1, min: 0, max: 100, step: 0.05, applies: 'live' });
    expect(sliderScale(setting, 50).high).toBeGreaterThanOrEqual(50);
    const counts = integer({ label: '', meaning: '', unit: '', default: 480, min: 8, max: 4096, step: 16, applies: 'live' });
    expect(sliderScale(counts, 4000).toStop(4000)).toBe(STOPS);
  });
});
