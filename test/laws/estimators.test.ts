import { describe, expect, test } from 'vitest';
import { SimulatedRig } from '../../src/main/rigs/simulated';
import * as estimators from '../../src/shared/estimators';
import type { Estimator, EstimatorInstance, Measurement } from '../../src/shared/estimators/estimator';
import * as plants from '../../src/shared/plants';
import type { Plant } from '../../src/shared/plants/plant';
import { checkedValue, settle } from '../../src/shared/settings';
import { rigSettings } from '../../src/shared/setups/rigSettings';

const period = 0.05;
const pairs = Object.entries(estimators as Readonly<Record<string, Estimator>>).flatMap(([id, estimator]) =>
  Object.entries(plants as Readonly<Record<string, Plant>>).map(([plantId, plant]): [string, string, Estimator, Plant] => [
    id,
    plantId,
    estimator,
    plant,
  ]),
);

describe.each(pairs)('every estimator owes: %s on %s', (_id, _plantId, estimator, plant) => {
  // rates are measured as well: an estimator that needs none ignores them
  const settings = settle(rigSettings, { rates: 'measured' });
  const instance = plant.create(settle(plant.settings, {}));
  const rig = new SimulatedRig({ plant, instance, settings, period, seed: 4, now: () => 0 });
  const noise = plant.structure.coordinates.map(() => 1e-3);
  const create = () => estimator.create({ plant, period, noise, readings: settings.readings }, settle(estimator.settings, {}));
  const episode = (steps: number): { measurement: Measurement; truth: Float64Array }[] => {
    const all = [{ measurement: rig.start(undefined), truth: rig.truth.slice() }];
    for (let k = 0; k < steps; k++) {
      rig.send(k, instance.actionLimit * Math.sin(k * 0.9));
      all.push({ measurement: rig.advance(), truth: rig.truth.slice() });
    }
    return all;
  };
  const [first, second] = [episode(60), episode(60)];
  /** All that an estimator says about an episode, as numbers. */
  const said = (instance: EstimatorInstance, steps: typeof first): number[] =>
    steps.flatMap(({ measurement }) => {
      instance.update(measurement);
      const finished = instance.finished;
      return [...instance.state, ...(finished === undefined ? [] : [finished.step, ...finished.state, finished.action, ...finished.next])];
    });

  test('settings whose defaults lie in their own range, with a meaning each', () => {
    for (const [id, setting] of Object.entries(estimator.settings)) {
      expect(checkedValue(setting, setting.default, id)).toBe(setting.default);
      expect(setting.meaning).toMatch(/\.$/);
    }
  });

  test('finite states from the first measurement on, near the truth, in one array', () => {
    const estimate = create();
    const { state } = estimate;
    for (const { measurement, truth } of first) {
      estimate.update(measurement);
      expect(estimate.state).toBe(state);
      for (const [c, { scale }] of plant.channels.entries()) expect(Math.abs(state[c] - truth[c]) / scale).toBeLessThan(0.15);
    }
  });

  test('after a reset, the same history gives the same states, bit for bit', () => {
    const fresh = said(create(), second);
    const used = create();
    said(used, first);
    used.reset();
    expect(said(used, second)).toEqual(fresh);
  });

  test('each transition at most once, in order, with the applied action of its own period', () => {
    const estimate = create();
    let last = -1;
    for (const { measurement } of first) {
      estimate.update(measurement);
      const finished = estimate.finished;
      if (finished === undefined) continue;
      expect(finished.step).toBe(last + 1);
      expect(finished.action).toBe(first[finished.step + 1].measurement.applied);
      last = finished.step;
    }
    expect(last).toBeGreaterThan(40);
  });

  test('measurements that it does not change or keep', () => {
    const estimate = create();
    const { measurement } = first[0];
    const copy = measurement.positions.slice();
    estimate.update(measurement);
    const before = estimate.state.slice();
    measurement.positions.fill(1e9);
    expect([...estimate.state]).toEqual([...before]);
    measurement.positions.set(copy);
  });
});
