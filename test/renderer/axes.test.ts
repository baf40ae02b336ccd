import { describe, expect, test } from 'vitest';
import { crossesSeam, labelledTicks, roundTicks, SteadyRange, tickText, wrapDegrees } from '../../src/renderer/plots/axis';

describe('angles on screen', () => {
  test('lie in (−180, 180], and −180 itself is called 180', () => {
    for (const [angle, shown] of [
      [0, 0],
      [180, 180],
      [-180, 180],
      [181, -179],
      [540, 180],
      [-541, 179],
      [3600.5, 0.5],
    ])
      expect(wrapDegrees(angle)).toBeCloseTo(shown, 9);
  });
  test('a line is broken where the next point lies across the seam', () => {
    expect(crossesSeam(179, -179)).toBe(true);
    expect(crossesSeam(-20, 120)).toBe(false);
    expect(crossesSeam(NaN, 0)).toBe(false);
  });
});

describe('ticks', () => {
  test('are round numbers inside the range', () => {
    expect(roundTicks(-3, 1.2, 5)).toEqual([-3, -2, -1, 0, 1]);
    for (const [low, high] of [
      [0, 1],
      [-0.013, 0.0021],
      [950, 1049],
      [-2.6, 2.6],
      [0, 86_400],
    ]) {
      const ticks = roundTicks(low, high, 5);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(11);
      for (const tick of ticks) expect(tick >= low - 1e-9 && tick <= high + 1e-9).toBe(true);
    }
  });
  test('have labels that tell neighbours apart, also where one round step more was needed', () => {
    for (const [low, high] of [
      [0.0083, 0.0148],
      [0.0112, 0.0189],
      [0, 3],
      [-0.02, 0.05],
    ]) {
      const texts = labelledTicks(low, high, 3).map(({ text }) => text);
      expect(texts.length).toBeGreaterThanOrEqual(2);
      expect(new Set(texts).size).toBe(texts.length);
    }
    expect(labelledTicks(0.0112, 0.0189, 3).map(({ text }) => text)).toEqual(['0.012', '0.014', '0.016', '0.018']);
  });
  test('are written with a true minus and no false digits', () => {
    expect(tickText(-2, 1)).toBe('−2');
    expect(tickText(0.30000000000000004, 0.1)).toBe('0.3');
    expect(tickText(-1e-17, 0.5)).toBe('0.0');
    expect(tickText(1.25, 0.25)).toBe('1.3'); // one digit for a step above a tenth
  });
});

describe('a steady range', () => {
  test('always holds what is to be seen, and what is fixed', () => {
    const range = new SteadyRange();
    for (const [low, high] of [
      [-1, 1],
      [-1, 4],
      [-0.5, 0.5],
      [3, 3],
    ]) {
      const [a, b] = range.next(low, high, [-2.4, 2.4]);
      expect(a).toBeLessThanOrEqual(Math.min(low, -2.4));
      expect(b).toBeGreaterThanOrEqual(Math.max(high, 2.4));
    }
  });
  test('stays while the data moves inside it, and shrinks only when most of it is empty', () => {
    const range = new SteadyRange();
    const first = range.next(0, 100);
    expect(range.next(0, 90)).toEqual(first);
    expect(range.next(0, 20)[1]).toBeLessThan(40);
  });
  test('exists even when nothing is known', () => {
    const [low, high] = new SteadyRange().next(Infinity, -Infinity);
    expect(high).toBeGreaterThan(low);
  });
});
