import { cem } from '../../../../shared/planners';
import { PlanSearch } from '../../../../shared/planners/planSearch';
import type { DynamicsModel, SavedModel } from '../../../../shared/models/model';
import { meanThroughMembers, type Propagation } from '../../../../shared/rollouts/rollouts';
import { settle, type SettingsOf, type SettingsSchema } from '../../../../shared/settings';
import type { plannerThreads } from '../../../workers/plannerThreads';
import { LIMIT, PERIOD, type SearchSize } from './sizes';
import { COST, PLANT_SETTINGS } from './subjects';

/** What is searched, whoever evaluates it. */
export interface PooledSearch {
  readonly size: SearchSize;
  readonly model: SavedModel;
  /** How futures go through the members; each to its own end, without noise, when absent. */
  readonly propagation?: Propagation;
  readonly start: Float64Array;
  readonly seed: number;
}
export type Pool = ReturnType<typeof plannerThreads>;

/** A search as the product makes it, over a pool of Node's threads or of a browser's. */
export function pooledSearch({ size, model, propagation = meanThroughMembers, start, seed }: PooledSearch, pool: Pool) {
  const { population, horizon, iterations, elites } = size;
  const message = { plant: 'cartPole', plantSettings: PLANT_SETTINGS, model, cost: COST };
  const subject = pool.setSubject({ ...message, propagation });
  const settings = settle(
    cem.settings,
    {
      population,
      iterations,
      eliteShare: elites / population,
      spread: 0.5,
      leastSpread: 0,
      smoothing: 0.1,
      noiseColour: 0,
      keptElites: 0,
      warmStart: false,
      execute: 'mean',
    },
    'planner',
  ) as SettingsOf<SettingsSchema>;
  const search = new PlanSearch({
    plant: subject.plant,
    instance: subject.instance,
    horizon,
    evaluator: pool,
    createPlanner: ({ imagination }) => cem.create({ horizon, limit: LIMIT, period: PERIOD, seed, imagination }, settings),
  });
  search.setModel(subject.model);
  const plan = (id: number) => {
    const { actions } = search.plan({ id, step: id, state: start, queue: new Float64Array(0), wantsFan: false });
    if (actions === undefined) throw new Error('A planner that is measured found no plan.');
    return actions;
  };
  return {
    model: subject.model as DynamicsModel,
    plan,
    /** Costs [count] of action sequences [count × horizon] in units of the limit, without noise. */
    costs(actions: Float64Array): Float64Array {
      const count = actions.length / horizon;
      const costs = new Float64Array(count);
      pool.setSubject({ ...message, propagation: { ...propagation, noise: false } });
      const inNewtons = actions.map((action) => LIMIT * action);
      pool.evaluate({ state: start, previousAction: 0, actions: inNewtons, horizon, count, costs });
      pool.setSubject({ ...message, propagation });
      return costs;
    },
  };
}
