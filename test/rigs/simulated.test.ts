import { describe, expect, test } from 'vitest';
import { SimulatedRig } from '../../src/main/rigs/simulated';
import type { Measurement } from '../../src/shared/estimators/estimator';
import { RungeKutta } from '../../src/shared/math/integrate';
import * as plants from '../../src/shared/plants';
import { settle, type SettingValues } from '../../src/shared/settings';
import { rigSettings } from '../../src/shared/setups/rigSettings';

const period = 0.05;
/** A rig without faults but for those given. */
function rigWith(
  faults: SettingValues = {},
  { plant = plants.cartPole, values = {} as SettingValues, seed = 7, readings = 4 } = {},
): SimulatedRig {
  const settings = settle(rigSettings, { delay: 0, angleNoise: 0, positionNoise: 0, rateNoise: 0, readings, ...faults });
  return new SimulatedRig({ plant, instance: plant.create(settle(plant.settings, values)), settings, period, seed, now: () => 0 });
}
/** Sends commands[k] at each step k and gives the measurements, the one at the start included. */
function drive(rig: SimulatedRig, commands: readonly number[], start?: Float64Array): Measurement[] {
  const measurements = [rig.start(start)];
  for (const [k, command] of commands.entries()) {
    rig.send(k, command);
    measurements.push(rig.advance());
  }
  return measurements;
}
const appliedOf = (measurements: readonly Measurement[]) => measurements.slice(1).map(({ applied }) => applied);
/** A cart on rails in empty space: the cart alone, so that x = F t² / 2 M is known. */
const weightless = { gravity: 0, cartViscous: 0, jointViscous: 0, cartMass: 1, poleMass: 0.001, poleLength: 0.01 };

describe('without faults', () => {
  test('the rig is its plant, integrated', () => {
    const rig = rigWith();
    const commands = Array.from({ length: 40 }, (_, k) => 10 * Math.sin(k));
    drive(rig, commands);
    const instance = plants.cartPole.create(settle(plants.cartPole.settings, {}));
    const state = plants.cartPole.hanging();
    for (const command of commands) new RungeKutta(instance, 4).advance(state, command, period, 400);
    for (let c = 0; c < 4; c++) expect(rig.truth[c]).toBeCloseTo(state[c], 9);
  });

  test('the readings are the true positions, at equal distances in time, the last at the end', () => {
    const rig = rigWith({}, { values: weightless });
    const [first, second] = drive(rig, [2], Float64Array.of(0, 0, 0, 0));
    expect([...first.positions]).toEqual([0, 0]);
    expect(second.positions.length).toBe(8);
    for (let j = 1; j <= 4; j++) expect(second.positions[2 * (j - 1)] / (j * 0.0125) ** 2).toBeCloseTo(1, 2); // the tiny pole adds 0.1 % of mass
    expect(second.positions[6]).toBe(rig.truth[0]);
    expect(second).toMatchObject({ step: 1, rigTime: 0.05, hostTime: 0, applied: 2, rates: undefined });
  });

  test('a start that is not a state of the plant is refused', () => {
    expect(() => rigWith().start(Float64Array.of(0, 1))).toThrow('has 4 finite numbers; got [0, 1]');
    expect(() => rigWith().start(Float64Array.of(0, 1, NaN, 0))).toThrow('4 finite numbers');
  });
});

describe('a command', () => {
  test('acts in its own period without delay, and a period later with one of a period', () => {
    expect(appliedOf(drive(rigWith(), [1, 2, 3]))).toEqual([1, 2, 3]);
    expect(appliedOf(drive(rigWith({ delay: 0.05 }), [1, 2, 3]))).toEqual([0, 1, 2]);
    expect(appliedOf(drive(rigWith({ delay: 0.15 }), [1, 2, 3, 4, 5]))).toEqual([0, 0, 0, 1, 2]);
  });

  test.each([0.01, 0.0125, 0.02, 0.037])('acts in the middle of a period when the delay is %f s', (delay) => {
    const rig = rigWith({ delay }, { values: weightless });
    const measurements = drive(rig, [4, 4, -4], Float64Array.of(0, 0, 0, 0));
    const share = delay / period;
    expect(measurements[1].applied).toBeCloseTo(4 * (1 - share), 12);
    expect(measurements[3].applied).toBeCloseTo(4 * share - 4 * (1 - share), 12);
    // where the cart is after one period tells when the push really began; the weightless pole may turn, but has no weight
    const after = rigWith({ delay }, { values: weightless });
    drive(after, [4], Float64Array.of(0, 0, 0, 0));
    const instant = rigWith({}, { values: weightless });
    drive(instant, [4], Float64Array.of(0, 0, 0, 0));
    expect(after.truth[0] / instant.truth[0]).toBeCloseTo((1 - share) ** 2, 4);
  });

  test('tells the loop how many are under way, to the nearest period', () => {
    expect([0, 0.02, 0.05, 0.074, 0.1].map((delay) => rigWith({ delay }).commandsUnderWay)).toEqual([0, 0, 1, 1, 2]);
  });

  test('that comes late acts at once, and the one before holds until then', () => {
    const rig = rigWith();
    rig.start(undefined);
    rig.send(0, 5);
    expect(rig.advance().applied).toBe(5);
    expect(rig.advance().applied).toBe(5); // nothing was sent for step 1
    rig.send(1, -3);
    expect(rig.advance().applied).toBe(-3);
    rig.send(3, 1);
    rig.send(2, 9); // older than what was sent already
    expect(rig.advance().applied).toBe(1);
  });

  test('is clipped at the limit of the drive, and refused when it is not a number', () => {
    expect(appliedOf(drive(rigWith(), [25, -25]))).toEqual([10, -10]);
    expect(() => rigWith().send(0, NaN)).toThrow('finite numbers only');
  });

  test('below the dead band does nothing; a larger one loses as much', () => {
    expect(appliedOf(drive(rigWith({ deadBand: 0.1 }), [0.9, -1, 3, -10]))).toEqual([0, 0, 2, -9]);
  });

  test('is followed with the lag of the drive, and the mean that is reported is the exact integral', () => {
    const lag = 0.03;
    const applied = appliedOf(drive(rigWith({ actuatorLag: lag }), [6, 6, 6]));
    for (const [k, mean] of applied.entries()) {
      const [t0, t1] = [k * period, (k + 1) * period];
      expect(mean).toBeCloseTo(6 - (6 * lag * (Math.exp(-t0 / lag) - Math.exp(-t1 / lag))) / period, 12);
    }
  });

  test('of an earlier episode never reaches the next one', () => {
    const rig = rigWith({ delay: 0.1 });
    drive(rig, [5, 5, 5]);
    expect(appliedOf(drive(rig, [1, 1, 1]))).toEqual([0, 0, 1]);
  });
});

describe('the sensors', () => {
  test('have the noise that was asked for, of each kind its own', () => {
    const rig = rigWith({ angleNoise: 0.02, positionNoise: 0.003, rates: 'measured', rateNoise: 0.05 });
    const measurements = drive(rig, Array<number>(2000).fill(0)); // hanging at rest: whatever is read is noise
    const spread = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    const readings = measurements
      .slice(1)
      .flatMap(({ positions }) => [0, 1, 2, 3].map((j) => [positions[2 * j], positions[2 * j + 1] - Math.PI]));
    // of 8000 readings the spread strays by 1 % (one sigma); of 4002 rates by 1.1 %
    expect(spread(readings.map(([x]) => x)) / 0.003).toBeCloseTo(1, 1);
    expect(spread(readings.map(([, angle]) => angle)) / 0.02).toBeCloseTo(1, 1);
    expect(spread(measurements.flatMap(({ rates }) => [...rates!])) / 0.05).toBeCloseTo(1, 1);
    const products = readings.map(([x, angle]) => (x / 0.003) * (angle / 0.02));
    expect(Math.abs(products.reduce((sum, value) => sum + value, 0) / products.length)).toBeLessThan(0.05); // 4.5 sigma of independent noise
  });

  test('read whole counts, never more than half a count away', () => {
    const rig = rigWith({ angleCounts: 1024, positionCounts: 5000 });
    const commands = Array.from({ length: 60 }, (_, k) => (k % 8 < 4 ? 10 : -10));
    rig.start(undefined);
    for (const [k, command] of commands.entries()) {
      rig.send(k, command);
      const { positions } = rig.advance();
      const x = positions[6] * 5000;
      const angle = (positions[7] / (2 * Math.PI)) * 1024;
      expect(Math.abs(x - Math.round(x))).toBeLessThan(1e-9);
      expect(Math.abs(angle - Math.round(angle))).toBeLessThan(1e-9);
      expect(Math.abs(positions[6] - rig.truth[0])).toBeLessThanOrEqual(0.5 / 5000 + 1e-12);
      expect(Math.abs(positions[7] - rig.truth[2])).toBeLessThanOrEqual(Math.PI / 1024 + 1e-12);
    }
  });

  test('repeat themselves by seed and episode, whatever the commands', () => {
    const noise = (seed: number, command: number, episodes: number) => {
      const rig = rigWith({ angleNoise: 0.01, positionNoise: 0.01 }, { seed, values: { ...weightless, cartMass: 1000, poleLength: 10 } });
      let last: Measurement[] = [];
      for (let i = 0; i < episodes; i++) last = drive(rig, Array<number>(5).fill(command));
      return last.map(({ positions }) => positions[1] - Math.PI);
    };
    expect(noise(1, 0, 1)).toEqual(noise(1, 0, 1));
    expect(noise(1, 0, 2)).toEqual(noise(1, 0, 2));
    expect(noise(1, 0, 2)).not.toEqual(noise(1, 0, 1));
    expect(noise(2, 0, 1)).not.toEqual(noise(1, 0, 1));
    // a 10 N push on a ton hardly moves anything, so the noise can be seen to be the same
    for (const [i, value] of noise(1, 10, 1).entries()) expect(value).toBeCloseTo(noise(1, 0, 1)[i], 2);
  });

  test('measure rates only when they are there', () => {
    expect(drive(rigWith(), [0])[1].rates).toBeUndefined();
    const rig = rigWith({ rates: 'measured' });
    const [, measurement] = drive(rig, [10]);
    expect([...measurement.rates!]).toEqual([rig.truth[1], rig.truth[3]]);
  });
});

describe('frictions that no model is told about', () => {
  test('are the same as the plant’s own, which is what the rig’s are measured by', () => {
    const hidden = { cartViscous: 0.7, cartCoulomb: 0.5, jointViscous: 0.02, jointCoulomb: 0.004 };
    const own = { cartViscous: 0.1 + 0.7, cartCoulomb: 0.5, jointViscous: 0.001 + 0.02, jointCoulomb: 0.004 };
    const commands = Array.from({ length: 40 }, (_, k) => (k % 10 < 5 ? 8 : -8));
    const [a, b] = [rigWith(hidden), rigWith({}, { values: own })];
    drive(a, commands);
    drive(b, commands);
    for (let c = 0; c < 4; c++) expect(a.truth[c]).toBeCloseTo(b.truth[c], 11);
    const free = rigWith();
    drive(free, commands);
    expect(Math.abs(free.truth[0] - a.truth[0])).toBeGreaterThan(0.01);
  });

  test('stop a coasting cart by the closed form: v²/2a metres at constant friction', () => {
    const rig = rigWith({ cartCoulomb: 0.5 }, { values: weightless });
    drive(rig, Array<number>(60).fill(0), Float64Array.of(0, 1, 0, 0));
    expect(rig.truth[0]).toBeCloseTo((1.001 * 1) / (2 * 0.5), 2); // the smoothing near standstill costs less than 1 cm
    expect(Math.abs(rig.truth[1])).toBeLessThan(1e-3);
  });

  test('on a joint alone leave the pendulum without a cart slower', () => {
    const rig = rigWith({ jointViscous: 0.2, cartViscous: 50 }, { plant: plants.pendulum, values: { gravity: 0, jointViscous: 0 } });
    drive(rig, Array<number>(20).fill(0), Float64Array.of(0, 3));
    expect(rig.truth[1]).toBeCloseTo(3 * Math.exp((-0.2 / (0.57288 * 0.25)) * 1), 9); // the cart’s 50 N s/m have no cart to act on
  });
});

describe('a push', () => {
  test('by hand is a force for its time and no longer, however it lies between readings', () => {
    const rig = rigWith({}, { values: { ...weightless, poleMass: 0.001 } });
    rig.start(Float64Array.of(0, 0, 0, 0));
    rig.push({ force: 3, torque: 0, seconds: 0.06 });
    for (let k = 0; k < 4; k++) rig.advance();
    // momentum of the whole: (M + m) v − m l θ̇ cos θ = F t
    const momentum = 1.001 * rig.truth[1] - 0.001 * 0.005 * rig.truth[3] * Math.cos(rig.truth[2]);
    expect(momentum).toBeCloseTo(3 * 0.06, 7);
  });

  test('on the pendulum is a torque, counter-clockwise', () => {
    const rig = rigWith({}, { plant: plants.pendulum, values: { gravity: 0, jointViscous: 0 } });
    rig.start(Float64Array.of(0, 0));
    rig.push({ force: 40, torque: 0.5, seconds: 0.1 });
    rig.push({ force: 0, torque: 0.25, seconds: 0.2 });
    for (let k = 0; k < 8; k++) expect(rig.advance().applied).toBe(0);
    expect(rig.truth[1]).toBeCloseTo((0.5 * 0.1 + 0.25 * 0.2) / (0.57288 * 0.25), 10);
  });

  test('without a time or with a number that is none is refused, and ends with the episode', () => {
    const rig = rigWith({}, { plant: plants.pendulum });
    expect(() => rig.push({ force: 1, torque: 0, seconds: 0 })).toThrow('above 0 s');
    expect(() => rig.push({ force: NaN, torque: 0, seconds: 1 })).toThrow('finite');
    rig.start(undefined);
    rig.push({ force: 0, torque: 1, seconds: 10 });
    rig.start(undefined);
    rig.advance();
    expect(rig.truth[0]).toBeCloseTo(Math.PI, 12);
  });
});

test('a cart beyond its track is reported where it is', () => {
  const rig = rigWith({}, { values: weightless });
  const measurements = drive(rig, Array<number>(30).fill(10), Float64Array.of(2, 2, 0, 0));
  expect(measurements[30].positions[6]).toBeGreaterThan(2.4);
  expect(measurements[30].positions[6]).toBe(rig.truth[0]);
});
