import { expect, test } from 'vitest';
import { beliefBand, BAND_LEVELS } from '../../src/shared/planners/beliefBand';
import type { DynamicsModel } from '../../src/shared/models/model';
import * as plants from '../../src/shared/plants';

const { pendulum } = plants;
/** A pendulum without forces: the angle moves with the rate; the rate's spread is given. */
function drifting(spread: number): DynamicsModel {
  return {
    kind: 'drifting',
    plant: 'pendulum',
    period: 0.1,
    members: 1,
    predict(states, _actions, count) {
      for (let i = 0; i < count; i++) states[2 * i]! += 0.1 * states[2 * i + 1]!;
    },
    spread(_states, _actions, count, out) {
      for (let i = 0; i < count; i++) {
        out[2 * i] = 0;
        out[2 * i + 1] = spread;
      }
    },
    save: () => {
      throw new Error('not saved in tests');
    },
  };
}
const levels = BAND_LEVELS.length;
const at = (band: Float32Array, points: number, level: number, step: number, channel: number) =>
  band[(level * points + step) * 2 + channel]!;

test('a model that is sure has a band without width', () => {
  const band = beliefBand(drifting(0), pendulum, new Float64Array([3, 1]), new Float64Array(5));
  for (let step = 0; step <= 5; step++)
    for (let level = 0; level < levels; level++) expect(at(band, 6, level, step, 0)).toBeCloseTo(3 + 0.1 * step, 6);
});
test('an opinion is held: the spread of the rate grows with the step, not with its root', () => {
  const band = beliefBand(drifting(0.2), pendulum, new Float64Array(2), new Float64Array(8));
  const width = (step: number) => at(band, 9, 3, step, 1) - at(band, 9, 0, step, 1);
  expect(width(0)).toBe(0);
  expect(width(8) / width(2)).toBeCloseTo(4, 5);
  // 90 % of a normal of standard deviation 8 · 0.2, from twelve quantiles: within 15 %
  expect(width(8)).toBeGreaterThan(0.85 * 2 * 1.645 * 1.6);
  expect(width(8)).toBeLessThan(1.15 * 2 * 1.645 * 1.6);
});
test('the levels are in order and the middle half lies inside', () => {
  const band = beliefBand(drifting(0.2), pendulum, new Float64Array(2), new Float64Array(8));
  for (let step = 1; step <= 8; step++)
    for (let level = 1; level < levels; level++) expect(at(band, 9, level, step, 1)).toBeGreaterThan(at(band, 9, level - 1, step, 1));
});
test('a model that states no uncertainty has no band', () => {
  const { spread: _none, ...silent } = drifting(1);
  expect(beliefBand(silent as DynamicsModel, pendulum, new Float64Array(2), new Float64Array(3))).toHaveLength(0);
});
