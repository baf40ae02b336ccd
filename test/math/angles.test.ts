import { expect, test } from 'vitest';
import { angleDifference, nearestUpright, wrapAngle } from '../../src/shared/math/angles';

test('an angle is wrapped into (−π, π], its direction kept', () => {
  for (let angle = -40; angle < 40; angle += 0.37) {
    const wrapped = wrapAngle(angle);
    expect(wrapped).toBeGreaterThan(-Math.PI);
    expect(wrapped).toBeLessThanOrEqual(Math.PI);
    expect(Math.sin(wrapped)).toBeCloseTo(Math.sin(angle), 12);
    expect(Math.cos(wrapped)).toBeCloseTo(Math.cos(angle), 12);
  }
  expect(wrapAngle(-Math.PI)).toBe(Math.PI);
  expect(wrapAngle(Math.PI)).toBe(Math.PI);
  expect(wrapAngle(0.3)).toBe(0.3);
  expect(wrapAngle(Infinity)).toBeNaN();
});

test('a difference goes the short way round', () => {
  expect(angleDifference(0.1, 2 * Math.PI - 0.1)).toBeCloseTo(0.2, 12);
  expect(angleDifference(-3, 3)).toBeCloseTo(2 * Math.PI - 6, 12);
});

test('the nearest upright is a whole number of turns away', () => {
  expect(nearestUpright(3)).toBe(0);
  expect(nearestUpright(3.2)).toBe(2 * Math.PI);
  expect(nearestUpright(-7)).toBe(-2 * Math.PI);
});
