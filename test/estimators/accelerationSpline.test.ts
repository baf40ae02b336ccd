import { expect, test } from 'vitest';
import { SimulatedRig } from '../../src/main/rigs/simulated';
import type { EstimatorInstance, Measurement } from '../../src/shared/estimators/estimator';
import { accelerationSpline } from '../../src/shared/estimators/accelerationSpline';
import { randomStream } from '../../src/shared/math/random';
import { cartPole } from '../../src/shared/plants';
import { settle, type SettingValues } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { rigSettings } from '../../src/shared/setups/rigSettings';

const period = 0.05;
const estimatorOf = (settings: SettingValues = {}): EstimatorInstance =>
  accelerationSpline.create({ plant: cartPole, period, noise: [1e-3, 1e-3], readings: 4 }, settle(accelerationSpline.settings, settings));

interface Step {
  readonly measurement: Measurement;
  readonly truth: Float64Array;
}
/** An episode of a swinging cart-pole on the default rig: pushes of random length and strength, as before a first fit. */
function swing(setup: 'light' | 'pilco', seed: number, steps: number, faults: SettingValues = {}, strength = 1): Step[] {
  const own = Object.entries(builtInSetups[setup].values).filter(([id]) => id.startsWith('plant.'));
  const instance = cartPole.create(settle(cartPole.settings, Object.fromEntries(own.map(([id, value]) => [id.slice(6), value]))));
  const rig = new SimulatedRig({ plant: cartPole, instance, settings: settle(rigSettings, faults), period, seed, now: () => 0 });
  const random = randomStream(seed);
  const episode = [{ measurement: rig.start(undefined), truth: rig.truth.slice() }];
  let command = 10;
  let held = 0;
  for (let k = 0; k < steps; k++) {
    if (held-- <= 0) {
      command = -Math.sign(command) * 10 * strength * (0.5 + 0.5 * random.uniform());
      held = 1 + random.below(6);
    }
    rig.send(k, command);
    episode.push({ measurement: rig.advance(), truth: rig.truth.slice() });
  }
  return episode;
}

/** Root mean square errors of velocity and rate, at the end of the path and smoothed. */
function errorsOf(setup: 'light' | 'pilco', strength: number) {
  const errors = { velocity: [] as number[], rate: [] as number[], smoothVelocity: [] as number[], smoothRate: [] as number[] };
  for (let seed = 1; seed <= 10; seed++) {
    const estimator = estimatorOf();
    const episode = swing(setup, seed, 160, {}, strength);
    for (const { measurement, truth } of episode) {
      estimator.update(measurement);
      errors.velocity.push(estimator.state[1] - truth[1]);
      errors.rate.push(estimator.state[3] - truth[3]);
      const finished = estimator.finished;
      if (finished === undefined) continue;
      errors.smoothVelocity.push(finished.next[1] - episode[finished.step + 1].truth[1]);
      errors.smoothRate.push(finished.next[3] - episode[finished.step + 1].truth[3]);
    }
  }
  return {
    velocity: rms(errors.velocity),
    rate: rms(errors.rate),
    smoothVelocity: rms(errors.smoothVelocity),
    smoothRate: rms(errors.smoothRate),
  };
}
const rms = (errors: readonly number[]) => Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);

// The C++ study that this estimator was chosen by states 0.07 m/s and 0.06 rad/s in closed loop; run again it gave 0.066 and
// 0.065 on light, 0.067 and 0.074 on pilco, whose short pole turns faster. Full pushes would spin it at 16 rad/s.
test.each([
  ['light', 1],
  ['pilco', 0.4],
] as const)('on a swinging cart-pole (%s) rates are estimated as well as in the study, and smoothed ones better', (setup, strength) => {
  const errors = errorsOf(setup, strength);
  expect(errors.velocity).toBeLessThan(0.072); // 0.065 and 0.066 over these seeds
  expect(errors.rate).toBeLessThan(0.082); // 0.067 and 0.077
  expect(errors.smoothVelocity).toBeLessThan(0.032); // 0.027 and 0.029
  expect(errors.smoothRate).toBeLessThan(0.046); // 0.030 and 0.042
});

test('a finished transition joins the states of one period with the action that acted in it', () => {
  const estimator = estimatorOf();
  const episode = swing('light', 3, 40);
  const steps: number[] = [];
  let before: Float64Array | undefined;
  for (const { measurement } of episode) {
    estimator.update(measurement);
    const finished = estimator.finished;
    if (finished === undefined) continue;
    steps.push(finished.step);
    expect(measurement.step - finished.step).toBe(5); // four periods of readings lie behind it
    expect(finished.action).toBe(episode[finished.step + 1].measurement.applied);
    for (let c = 0; c < 4; c++) expect(finished.next[c]).toBeCloseTo(episode[finished.step + 1].truth[c], 0);
    if (before !== undefined) for (const c of [0, 2]) expect(Math.abs(finished.state[c] - before[c])).toBeLessThan(5e-3);
    before = finished.next.slice();
  }
  expect(steps).toEqual(Array.from({ length: 36 }, (_, i) => i)); // every period but the last four, once
});

test('with exact readings of a motion that it can represent, the states are exact', () => {
  const estimator = estimatorOf({ linearAcceleration: 1e4, angularAcceleration: 1e4 });
  const instance = cartPole.create(
    settle(cartPole.settings, { gravity: 0, cartViscous: 0, jointViscous: 0, poleLength: 10, poleMass: 0.001, cartMass: 100 }),
  );
  const faults = settle(rigSettings, { delay: 0, angleNoise: 0, positionNoise: 0 });
  const rig = new SimulatedRig({ plant: cartPole, instance, settings: faults, period, seed: 1, now: () => 0 });
  estimator.update(rig.start(undefined));
  for (let k = 0; k < 30; k++) {
    rig.send(k, k % 4 < 2 ? 10 : -7);
    estimator.update(rig.advance());
    expect(estimator.state[1]).toBeCloseTo(rig.truth[1], 4);
    expect(estimator.state[0]).toBeCloseTo(rig.truth[0], 6);
  }
});

test('an angle that a sensor folds into one turn comes out unwrapped, with the same estimates', () => {
  const [plain, folded] = [estimatorOf(), estimatorOf()];
  for (const { measurement } of swing('pilco', 2, 120)) {
    plain.update(measurement);
    const positions = measurement.positions.map((value, i) =>
      i % 2 === 1 ? value - 2 * Math.PI * Math.floor(value / (2 * Math.PI)) : value,
    );
    folded.update({ ...measurement, positions });
    for (let c = 0; c < 4; c++) expect(folded.state[c]).toBeCloseTo(plain.state[c], 9);
  }
  expect(Math.abs(plain.state[2])).toBeGreaterThan(2 * Math.PI); // or nothing was folded
});

test('after a gap it begins anew, keeps the turns, and has a good rate again within two periods', () => {
  const estimator = estimatorOf();
  const episode = swing('light', 5, 60);
  for (const { measurement, truth } of episode) {
    if (measurement.step >= 30 && measurement.step < 33) continue;
    estimator.update(measurement);
    if (measurement.step === 33) expect(estimator.finished).toBeUndefined();
    if (measurement.step >= 33) for (const c of [0, 2]) expect(estimator.state[c]).toBeCloseTo(truth[c], 1);
    if (measurement.step >= 35) for (const c of [1, 3]) expect(Math.abs(estimator.state[c] - truth[c])).toBeLessThan(0.3);
  }
});
