import { expect, test } from 'vitest';
import { TransitionStore } from '../../src/shared/episodes/transitions';
import { randomStream } from '../../src/shared/math/random';
import { linear } from '../../src/shared/models';
import type { LinearModel } from '../../src/shared/models/linear';
import { requestOf, wander } from './wander';

test('recovers A, B and c exactly from noiseless linear data', async () => {
  const A = [1, 0.05, -0.3, 0.9];
  const B = [0.002, 0.4];
  const c = [0.001, -0.02];
  const random = randomStream(1);
  const store = new TransitionStore(2);
  for (let k = 0; k < 40; k++) {
    // small angles about upright, so that nothing wraps and the middle of the data is near 0
    const [angle, rate, action] = [0.1 * random.normal(), random.normal(), random.normal()];
    const next = Float64Array.of(A[0] * angle + A[1] * rate + B[0] * action + c[0], A[2] * angle + A[3] * rate + B[1] * action + c[1]);
    store.add(Float64Array.of(angle, rate), action, next);
  }
  const model = (await linear.fit({ ...requestOf('pendulum', linear, store), priors: [] })) as LinearModel;
  const found = model.matrices();
  A.forEach((wanted, i) => expect(found.A[i]).toBeCloseTo(wanted, 10));
  B.forEach((wanted, i) => expect(found.B[i]).toBeCloseTo(wanted, 10));
  const state = Float64Array.of(0.2, -1);
  model.predict(state, Float64Array.of(0.5), 1);
  expect(state[0]).toBeCloseTo(A[0] * 0.2 - A[1] + B[0] * 0.5 + c[0], 10);
  expect(state[1]).toBeCloseTo(A[2] * 0.2 - A[3] + B[1] * 0.5 + c[1], 10);
});

test('a pendulum that hangs is linear for it, on both sides of the seam at ±π', async () => {
  const random = randomStream(2);
  const small = new TransitionStore(2);
  const { states, actions, nexts, count } = wander('pendulum', 600, 3);
  for (let row = 0; row < count; row++) {
    if (Math.cos(states[2 * row]) > -0.95) continue;
    const turns = 2 * Math.PI * random.below(3); // the same place, unwrapped differently
    const at = (values: Float64Array) => Float64Array.of(values[2 * row] - turns, values[2 * row + 1]);
    small.add(at(states), actions[row], at(nexts));
  }
  expect(small.count).toBeGreaterThan(30);
  const model = (await linear.fit(requestOf('pendulum', linear, small))) as LinearModel;
  const { A } = model.matrices();
  // θ̈ = −(g / l) φ − b / (m l²) θ̇ + …, about hanging; over 50 ms the pull averages a little less than at its start
  expect(A[2] / 0.05).toBeGreaterThan(-9.81 / 0.5);
  expect(A[2] / 0.05).toBeLessThan((-9.81 / 0.5) * 0.9);
});

test('data without action says nothing about the action, and the model does not invent anything', async () => {
  const random = randomStream(4);
  const store = new TransitionStore(2);
  for (let k = 0; k < 30; k++) {
    const state = Float64Array.of(0.1 * random.normal(), random.normal());
    store.add(state, 0, Float64Array.of(state[0] + 0.05 * state[1], 0.9 * state[1]));
  }
  const model = (await linear.fit(requestOf('pendulum', linear, store))) as LinearModel;
  expect(model.matrices().B[1]).toBe(0);
});
