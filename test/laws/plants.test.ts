import { describe, expect, test } from 'vitest';
import { RungeKutta } from '../../src/shared/math/integrate';
import { randomStream } from '../../src/shared/math/random';
import * as plants from '../../src/shared/plants';
import type { Plant } from '../../src/shared/plants/plant';
import { checkedValue, settle, type SettingValues } from '../../src/shared/settings';

const registry: [string, Plant][] = Object.entries(plants);
/** Everything that takes energy out, by the word in its id. */
const withoutFriction = (plant: Plant): SettingValues =>
  Object.fromEntries(
    Object.keys(plant.settings)
      .filter((id) => /viscous|coulomb/i.test(id))
      .map((id) => [id, 0]),
  );

describe.each(registry)('every plant owes: %s', (_id, plant) => {
  const instance = plant.create(settle(plant.settings, {}));
  const n = instance.size;
  const random = randomStream(3);
  const randomState = (spread = 1) => Float64Array.from(plant.channels, ({ scale }) => spread * scale * random.normal());
  const randomAction = () => instance.actionLimit * (2 * random.uniform() - 1);
  const derivative = new Float64Array(n);

  test('channels, coordinates and limits that fit each other', () => {
    expect(plant.channels.length).toBe(n);
    expect(plant.hanging().length).toBe(n);
    expect(instance.stateLimits.length).toBe(n);
    expect(instance.actionLimit).toBeGreaterThan(0);
    expect(plant.action.id).toBe('action');
    expect(new Set(plant.channels.map(({ id }) => id)).size).toBe(n);
    const named = plant.structure.coordinates.flatMap(({ position, rate }) => [position, rate]);
    expect([...named].sort()).toEqual(Array.from({ length: n }, (_, i) => i));
    for (const channel of plant.channels) {
      expect(channel.scale).toBeGreaterThan(0);
      expect(channel.bound).toBeGreaterThan(channel.scale);
    }
    for (const [low, high] of instance.stateLimits) expect(low).toBeLessThan(high);
  });

  test('settings whose defaults lie in their own range, with a meaning each, and parameters among them', () => {
    for (const [id, setting] of Object.entries(plant.settings)) {
      expect(checkedValue(setting, setting.default, id)).toBe(setting.default);
      expect(setting.meaning).toMatch(/\.$/);
    }
    for (const id of plant.parameters) expect(plant.settings).toHaveProperty(id);
  });

  test('a finite derivative whose positions move at their rates', () => {
    for (let i = 0; i < 200; i++) {
      const state = randomState(2);
      instance.derivative(state, randomAction(), derivative);
      expect(derivative.every(Number.isFinite)).toBe(true);
      for (const { position, rate } of plant.structure.coordinates) expect(derivative[position]).toBe(state[rate]);
    }
  });

  test('energy that stays without friction and action', () => {
    const frictionless = plant.create(settle(plant.settings, withoutFriction(plant)));
    const integrator = new RungeKutta(frictionless, n);
    const swing = frictionless.energy(new Float64Array(n)) - frictionless.energy(plant.hanging());
    for (let i = 0; i < 5; i++) {
      const state = randomState(0.5);
      const before = frictionless.energy(state);
      integrator.advance(state, 0, 2, 4000);
      expect(Math.abs(frictionless.energy(state) - before) / swing).toBeLessThan(1e-7); // Runge–Kutta at 0.5 ms loses some 1e-9
    }
  });

  test('energy that only falls with friction and no action', () => {
    const coulomb = Object.fromEntries(
      Object.keys(plant.settings)
        .filter((id) => /coulomb/i.test(id))
        .map((id) => [id, 0.01]),
    );
    const rubbing = plant.create(settle(plant.settings, coulomb));
    const integrator = new RungeKutta(rubbing, n);
    const state = randomState(0.5);
    let last = rubbing.energy(state);
    for (let i = 0; i < 100; i++) {
      integrator.advance(state, 0, 0.05, 100);
      const now = rubbing.energy(state);
      expect(now).toBeLessThan(last + 1e-9);
      last = now;
    }
  });

  test('rest where it hangs and where it stands, and only the first is stable', () => {
    for (const state of [plant.hanging(), new Float64Array(n)]) {
      instance.derivative(state, 0, derivative);
      for (const value of derivative) expect(Math.abs(value)).toBeLessThan(1e-13);
    }
    const after = (start: Float64Array) => {
      const state = start.slice();
      for (const { position } of plant.structure.coordinates) if (plant.channels[position].wraps) state[position] += 1e-3;
      new RungeKutta(instance, n).advance(state, 0, 2, 2000);
      return Math.max(...plant.structure.coordinates.map(({ position }) => Math.abs(state[position] - start[position])));
    };
    expect(after(plant.hanging())).toBeLessThan(3e-3);
    expect(after(new Float64Array(n))).toBeGreaterThan(0.1);
  });

  test('a mirror that holds where it is declared', () => {
    if (!plant.structure.mirror) return;
    const mirrored = new Float64Array(n);
    for (let i = 0; i < 100; i++) {
      const state = randomState();
      const action = randomAction();
      instance.derivative(state, action, derivative);
      instance.derivative(
        state.map((value, c) => value * plant.channels[c].mirrorSign),
        -action,
        mirrored,
      );
      for (let c = 0; c < n; c++) expect(mirrored[c]).toBeCloseTo(plant.channels[c].mirrorSign * derivative[c], 10);
    }
  });

  test('no effect of the place where it is declared free, nor of whole turns', () => {
    const moved = new Float64Array(n);
    for (let i = 0; i < 50; i++) {
      const state = randomState();
      const action = randomAction();
      instance.derivative(state, action, derivative);
      const elsewhere = state.slice();
      for (const index of plant.structure.placeFree) elsewhere[index] += 7;
      for (const [c, channel] of plant.channels.entries()) if (channel.wraps) elsewhere[c] += 4 * Math.PI;
      instance.derivative(elsewhere, action, moved);
      for (let c = 0; c < n; c++) expect(Math.abs(moved[c] - derivative[c])).toBeLessThan(1e-11 * Math.max(1, Math.abs(derivative[c])));
    }
  });

  test('pushes that add to the motion and do nothing when they are nothing', () => {
    const state = randomState();
    instance.derivative(state, 0, derivative);
    const pushed = derivative.slice();
    instance.addPush!(state, 0, 0, pushed);
    expect([...pushed]).toEqual([...derivative]);
    instance.addPush!(state, 0, 1, pushed);
    const turning = plant.structure.coordinates.find(({ position }) => plant.channels[position].wraps)!;
    expect(pushed[turning.rate]).toBeGreaterThan(derivative[turning.rate]);
  });

  test('a tip and bodies that are finite, the tip highest when upright and lowest when hanging', () => {
    const tip = new Float32Array(4);
    instance.tip(new Float64Array(n), 0, tip, 0);
    const both = new Float64Array(2 * n);
    both.set(plant.hanging(), n);
    instance.tip(both, n, tip, 2); // read from the second of two states
    expect(tip[1]).toBeGreaterThan(0);
    expect(tip[3]).toBeCloseTo(-tip[1], 6);
    for (const body of instance.bodies(randomState())) {
      for (const value of Object.values(body)) if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }
  });
});
