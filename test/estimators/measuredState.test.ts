import { expect, test } from 'vitest';
import { measuredState } from '../../src/shared/estimators/measuredState';
import { cartPole } from '../../src/shared/plants';

const create = () => measuredState.create({ plant: cartPole, period: 0.05, noise: [1e-3, 1e-3], readings: 2 }, {});
const measurement = (step: number, values: number[], applied = 0) => ({
  step,
  rigTime: step * 0.05,
  hostTime: 0,
  applied,
  positions: Float64Array.of(99, 99, values[0], values[2]), // two readings: the last one counts
  rates: Float64Array.of(values[1], values[3]),
});

test('the state is what was measured, and each step is a transition at once', () => {
  const estimator = create();
  estimator.update(measurement(0, [0, 0, Math.PI, 0]));
  expect([...estimator.state]).toEqual([0, 0, Math.PI, 0]);
  expect(estimator.finished).toBeUndefined();
  estimator.update(measurement(1, [0.1, 2, 3, -4], 7));
  expect([...estimator.state]).toEqual([0.1, 2, 3, -4]);
  expect(estimator.finished).toMatchObject({ step: 0, action: 7 });
  expect([...estimator.finished!.state]).toEqual([0, 0, Math.PI, 0]);
  expect([...estimator.finished!.next]).toEqual([0.1, 2, 3, -4]);
});

test('a missing step is no transition, nor is the step from one episode to the next', () => {
  const estimator = create();
  estimator.update(measurement(0, [0, 0, 3, 0]));
  estimator.update(measurement(2, [0, 0, 3, 0]));
  expect(estimator.finished).toBeUndefined();
  estimator.reset();
  estimator.update(measurement(3, [0, 0, 3, 0]));
  expect(estimator.finished).toBeUndefined();
});

test('an angle folded by its sensor goes on over the seam', () => {
  const estimator = create();
  estimator.update(measurement(0, [0, 0, 3.1, 2]));
  estimator.update(measurement(1, [0, 0, -3.1, 2]));
  expect(estimator.state[2]).toBeCloseTo(2 * Math.PI - 3.1, 12);
});

test('a rig without rate sensors is refused with the way out', () => {
  expect(() => create().update({ ...measurement(0, [0, 0, 3, 0]), rates: undefined })).toThrow('choose the estimator accelerationSpline');
});
