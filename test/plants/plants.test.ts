import { describe, expect, test } from 'vitest';
import { RungeKutta } from '../../src/shared/math/integrate';
import { cartPole, pendulum } from '../../src/shared/plants';
import type { Plant } from '../../src/shared/plants/plant';
import { settle, type SettingValues } from '../../src/shared/settings';

const create = (plant: Plant, values: SettingValues = {}) => plant.create(settle(plant.settings, values));
function derivativeOf(plant: Plant, values: SettingValues, state: number[], action: number): Float64Array {
  const out = new Float64Array(state.length);
  create(plant, values).derivative(Float64Array.from(state), action, out);
  return out;
}

describe('signs', () => {
  test('a cart pushed right from upright makes the angle grow', () => {
    const [velocity, acceleration, rate, angular] = derivativeOf(cartPole, {}, [0, 0, 0, 0], 1);
    expect([velocity, rate]).toEqual([0, 0]);
    expect(acceleration).toBeGreaterThan(0);
    expect(angular).toBeGreaterThan(0);
  });

  test('counter-clockwise is positive: a small positive angle puts the tip on the left, and gravity pulls it on', () => {
    for (const plant of [cartPole, pendulum]) {
      const instance = create(plant);
      const state = new Float64Array(instance.size);
      state[instance.size - 2] = 0.1;
      const tip = new Float64Array(2);
      instance.tip(state, 0, tip, 0);
      expect(tip[0]).toBeLessThan(0);
      expect(tip[1]).toBeGreaterThan(0);
      expect(derivativeOf(plant, {}, [...state], 0)[instance.size - 1]).toBeGreaterThan(0);
    }
  });

  test('a positive torque turns the pendulum counter-clockwise', () => {
    expect(derivativeOf(pendulum, {}, [Math.PI, 0], 1)[1]).toBeGreaterThan(0);
  });
});

describe('published figures', () => {
  test('the pendulum is RealAIGym’s: m g l = 2.81 N m against a torque of 2 N m', () => {
    const instance = create(pendulum);
    expect(instance.actionLimit).toBe(2);
    expect(derivativeOf(pendulum, {}, [-Math.PI / 2, 0], 0)[1] * 0.57288 * 0.25).toBeCloseTo(-2.81, 2);
    expect(instance.energy(Float64Array.of(0, 0)) - instance.energy(Float64Array.of(Math.PI, 0))).toBeCloseTo(2 * 2.81, 2);
  });

  test('pilco’s cart-pole obeys the published equations of motion', () => {
    const values = { cartMass: 0.5, poleMass: 0.5, poleLength: 0.6, jointViscous: 0 };
    const [M, m, l, b, g] = [0.5, 0.5, 0.6, 0.1, 9.81];
    for (const [x, v, angle, rate, u] of [
      [0, 0, 2, 3, 5],
      [1, -2, -0.4, 9, -10],
      [0.2, 1, 3.1, -7, 2],
    ]) {
      // Deisenroth 2010, appendix C.2: θ there is measured from hanging, so θ_there = θ + π
      const [s, c] = [Math.sin(angle + Math.PI), Math.cos(angle + Math.PI)];
      const acceleration = (2 * m * l * rate ** 2 * s + 3 * m * g * s * c + 4 * u - 4 * b * v) / (4 * (M + m) - 3 * m * c ** 2);
      const angular = (-3 * m * l * rate ** 2 * s * c - 6 * (M + m) * g * s - 6 * (u - b * v) * c) / (4 * l * (M + m) - 3 * m * l * c ** 2);
      const ours = derivativeOf(cartPole, values, [x, v, angle, rate], u);
      expect(ours[1]).toBeCloseTo(acceleration, 11);
      expect(ours[3]).toBeCloseTo(angular, 11);
    }
  });

  test('the defaults of the cart-pole are the bench rig', () => {
    const instance = create(cartPole);
    expect(instance.actionLimit).toBe(10);
    expect(instance.stateLimits[0]).toEqual([-2.4, 2.4]);
    expect([...cartPole.hanging()]).toEqual([0, 0, Math.PI, 0]);
  });
});

describe('dry friction', () => {
  test('has the closed form of the smoothed law', () => {
    const still = derivativeOf(pendulum, { gravity: 0, jointViscous: 0 }, [0, 0.03], 0)[1];
    const rubbing = derivativeOf(pendulum, { gravity: 0, jointViscous: 0, jointCoulomb: 0.093 }, [0, 0.03], 0)[1];
    expect((rubbing - still) * 0.57288 * 0.25).toBeCloseTo(-0.093 * Math.tanh(0.03 / 0.02), 13);

    const values = { cartViscous: 0, jointViscous: 0, gravity: 0 };
    const at = [0, -0.007, Math.PI / 2, 0.03];
    const free = derivativeOf(cartPole, values, at, 0);
    const held = derivativeOf(cartPole, { ...values, cartCoulomb: 0.8, jointCoulomb: 0.05 }, at, 0);
    // at a right angle cart and pole do not feel each other: (M + m) a and J α are the forces
    expect((held[1] - free[1]) * 1.1).toBeCloseTo(0.8 * Math.tanh(0.7), 13);
    expect((held[3] - free[3]) * ((4 / 3) * 0.1 * 0.25)).toBeCloseTo(-0.05 * Math.tanh(1.5), 13);
  });

  test('is full at speed, nothing at rest, and exactly odd', () => {
    const torque = (rate: number) =>
      derivativeOf(pendulum, { gravity: 0, jointViscous: 0, jointCoulomb: 0.1, mass: 1, length: 1 }, [0, rate], 0)[1];
    expect(torque(0)).toBe(0);
    expect(torque(30)).toBe(-0.1);
    for (const rate of [1e-6, 0.013, 0.4, 12]) expect(torque(-rate)).toBe(-torque(rate));
  });
});

test('a pendulum swings through small angles with the period of its equation', () => {
  const instance = create(pendulum, { jointViscous: 0 });
  const state = Float64Array.of(Math.PI + 1e-4, 0);
  const frequency = Math.sqrt(9.81 / 0.5);
  new RungeKutta(instance, 2).advance(state, 0, 3, 3000);
  expect((state[0] - Math.PI) / 1e-4).toBeCloseTo(Math.cos(3 * frequency), 6);
});

test('power put in by the action is what the energy grows by', () => {
  const instance = create(cartPole, { cartViscous: 0, jointViscous: 0 });
  const state = Float64Array.of(0, 0.5, 2, -3);
  const integrator = new RungeKutta(instance, 4);
  const [before, start] = [instance.energy(state), state[0]];
  integrator.advance(state, 4, 0.5, 500);
  expect(instance.energy(state) - before).toBeCloseTo(4 * (state[0] - start), 9); // a constant force works force times way
});

test('what a torque on the pole does to the cart, the same force on the cart does to the pole', () => {
  const instance = create(cartPole);
  const state = Float64Array.of(0, 1, 0.7, -2);
  const push = (force: number, torque: number) => {
    const out = new Float64Array(4);
    instance.addPush!(state, force, torque, out);
    return out;
  };
  expect(push(1, 0)[3]).toBeCloseTo(push(0, 1)[1], 14); // Maxwell’s reciprocity: the inverse mass matrix is symmetric
  const [still, pushed] = [new Float64Array(4), new Float64Array(4)];
  instance.derivative(state, 0, still);
  instance.derivative(state, 3, pushed);
  for (const c of [1, 3]) expect(pushed[c] - still[c]).toBeCloseTo(push(3, 0)[c], 13);
});

test('what is drawn ends where the tip is', () => {
  for (const plant of [cartPole, pendulum]) {
    const instance = create(plant);
    const state = plant.hanging().map((value, c) => value + 0.3 * c + 0.1);
    const tip = new Float64Array(2);
    instance.tip(state, 0, tip, 0);
    const rod = instance.bodies(state).find((body) => body.kind === 'rod')!;
    expect([rod.x1, rod.y1]).toEqual([...tip]);
  }
});
