import { describe, expect, test } from 'vitest';
import { RungeKutta } from '../../src/shared/math/integrate';
import { randomStream } from '../../src/shared/math/random';
import { cartPole } from '../../src/shared/plants';
import { settle } from '../../src/shared/settings';

describe('the integrator', () => {
  test('agrees with an independently written one to 1e-12 a step, on independently written equations', () => {
    const instance = cartPole.create(settle(cartPole.settings, {}));
    const integrator = new RungeKutta(instance, 4);
    const random = randomStream(5);
    for (let trial = 0; trial < 200; trial++) {
      const start = [2 * random.normal(), 2 * random.normal(), 3 * random.normal(), 6 * random.normal()];
      const action = 20 * random.uniform() - 10;
      const ours = Float64Array.from(start);
      integrator.advance(ours, action, 0.05);
      const theirs = replay(start, action, 0.05, 10);
      for (let c = 0; c < 4; c++) expect(Math.abs(ours[c] - theirs[c]) / Math.max(1, Math.abs(theirs[c]))).toBeLessThan(1e-12);
    }
  });

  test('is of fourth order: half the step, a sixteenth of the error', () => {
    const instance = cartPole.create(settle(cartPole.settings, {}));
    const after = (substeps: number) => {
      const state = Float64Array.of(0, 0, 2, 4);
      new RungeKutta(instance, 4).advance(state, 5, 0.5, substeps);
      return state[2];
    };
    const exact = after(20000);
    expect((after(80) - exact) / (after(160) - exact)).toBeGreaterThan(12);
    expect((after(80) - exact) / (after(160) - exact)).toBeLessThan(20);
  });

  test('follows an input that changes within the step: a ramp is integrated exactly', () => {
    const integrator = new RungeKutta(
      {
        derivative: (state, input, out) => {
          out[0] = state[1];
          out[1] = input;
        },
      },
      2,
    );
    const state = Float64Array.of(0, 0);
    integrator.step(state, 2, 0, 3, 6); // a = 3 t: v = 1.5 t², x = 0.5 t³
    expect(state[1]).toBeCloseTo(6, 14);
    expect(state[0]).toBeCloseTo(4, 14);
  });
});

/** A cart-pole of the bench's figures from Newton's law for each part, and Runge–Kutta by its table; plain arrays, built-in sine. */
function replay(start: readonly number[], force: number, seconds: number, substeps: number): number[] {
  const slope = ([, v, angle, rate]: readonly number[]): number[] => {
    const [M, m, l, g, b, c] = [1, 0.1, 0.5, 9.81, 0.1, 0.001];
    const [s, cosine] = [Math.sin(angle), Math.cos(angle)];
    // α from the pole's balance put into the cart's: 4/3 m l² α = m l (g s + a cos) − c ω
    const perAcceleration = (0.75 * cosine) / l;
    const rest = (0.75 * (m * l * g * s - c * rate)) / (m * l * l);
    const a = (force - b * v - m * l * rate * rate * s + m * l * cosine * rest) / (M + m - m * l * cosine * perAcceleration);
    return [v, a, rate, perAcceleration * a + rest];
  };
  const moved = (state: readonly number[], by: number, along: readonly number[]) => state.map((value, i) => value + by * along[i]);
  const h = seconds / substeps;
  let state = [...start];
  for (let i = 0; i < substeps; i++) {
    const k1 = slope(state);
    const k2 = slope(moved(state, h / 2, k1));
    const k3 = slope(moved(state, h / 2, k2));
    const k4 = slope(moved(state, h, k3));
    state = state.map((value, j) => value + (h / 6) * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]));
  }
  return state;
}
