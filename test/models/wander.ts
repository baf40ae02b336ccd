import { TransitionStore, type Transitions } from '../../src/shared/episodes/transitions';
import { RungeKutta } from '../../src/shared/math/integrate';
import { randomStream } from '../../src/shared/math/random';
import type { FitRequest, ModelKind, Prior } from '../../src/shared/models/model';
import * as plants from '../../src/shared/plants';
import type { Plant } from '../../src/shared/plants/plant';
import { defaultsOf, settle } from '../../src/shared/settings';

export const allPriors: readonly Prior[] = ['integrates', 'placeFree', 'mirror'];
export const period = 0.05;
export type PlantId = keyof typeof plants;

/**
 * A walk of a plant under random actions, begun anew every three seconds: hanging, or thrown to a random state so that
 * the whole space is seen.
 * @param noise  measurement noise in multiples of 0.001 (positions) and 0.02 (rates)
 */
export function wander(plant: PlantId | Plant, rows: number, seed: number, noise = 0): TransitionStore {
  const kind = typeof plant === 'string' ? plants[plant] : plant;
  const instance = kind.create(defaultsOf(kind.settings));
  const integrator = new RungeKutta(instance, instance.size);
  const random = randomStream(seed);
  const store = new TransitionStore(instance.size);
  const rates = new Set(kind.structure.coordinates.map((c) => c.rate));
  const measured = (state: Float64Array) => state.map((value, c) => value + noise * (rates.has(c) ? 0.02 : 0.001) * random.normal());
  let state = kind.hanging();
  for (let k = 0; k < rows; k++) {
    if (k % 60 === 0) {
      state = kind.hanging();
      if (k % 120 !== 0) kind.channels.forEach((channel, c) => (state[c] = channel.scale * (2 * random.uniform() - 1)));
    }
    const action = instance.actionLimit * (2 * random.uniform() - 1);
    const next = state.slice();
    integrator.advance(next, action, period);
    store.add(measured(state), action, measured(next));
    state = next;
  }
  return store;
}

/** What `fit` wants, with all priors and seed 1. */
export function requestOf(plant: PlantId | Plant, kind: ModelKind, data: Transitions, settings: Record<string, unknown> = {}): FitRequest {
  const part = typeof plant === 'string' ? plants[plant] : plant;
  return {
    plant: part,
    plantId: typeof plant === 'string' ? plant : 'custom',
    instance: part.create(defaultsOf(part.settings)),
    period,
    data,
    settings: settle(kind.settings, settings),
    priors: allPriors,
    seed: 1,
  };
}
