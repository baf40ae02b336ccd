import { cem } from '../../../../shared/planners';
import { PlanSearch } from '../../../../shared/planners/planSearch';
import type { DynamicsModel, SavedModel } from '../../../../shared/models/model';
import type { KernelChoice } from '../../../../shared/rollouts/kernels/source';
import { meanThroughMembers, type Propagation } from '../../../../shared/rollouts/rollouts';
import { settle, type SettingsOf, type SettingsSchema } from '../../../../shared/settings';
import { plannerThreads } from '../../../workers/plannerThreads';
import type { Contender } from './rounds';
import { LIMIT, PERIOD, type SearchSize } from './sizes';
import { COST, PLANT_SETTINGS } from './subjects';

export interface OurSearch {
  readonly name: string;
  readonly note?: string;
  readonly threads: number;
  /** Kernels to roll out with; the plain reference when absent. */
  readonly kernels?: KernelChoice;
  readonly size: SearchSize;
  readonly model: SavedModel;
  /** How futures go through the members; each to its own end, without noise, when absent. */
  readonly propagation?: Propagation;
  readonly start: Float64Array;
  readonly seed: number;
}
/** A search as the product makes it: planner, pool, threads; from nothing each time, white noise, and the mean is executed. */
export interface OurContender extends Contender {
  readonly model: DynamicsModel;
  /** Whether kernels take this model; else the reference does. */
  readonly usesKernel: boolean;
  /** Costs [count] of action sequences [count × horizon] in units of the limit, without noise. */
  costs(actions: Float64Array): Float64Array;
  /** The plan of a certain number, N. */
  plan(id: number): Float64Array;
}

export function ourSearch({
  name,
  note,
  threads,
  kernels,
  size,
  model,
  propagation = meanThroughMembers,
  start,
  seed,
}: OurSearch): OurContender {
  const { population, horizon, iterations, elites } = size;
  const pool = plannerThreads(threads, kernels);
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
    name,
    ...(note === undefined ? {} : { note }),
    threads,
    model: subject.model,
    usesKernel: pool.compiled,
    once: (time) => void plan(time),
    plan,
    costs(actions) {
      const count = actions.length / horizon;
      const costs = new Float64Array(count);
      pool.setSubject({ ...message, propagation: { ...propagation, noise: false } });
      const inNewtons = actions.map((action) => LIMIT * action);
      pool.evaluate({ state: start, previousAction: 0, actions: inNewtons, horizon, count, costs });
      pool.setSubject({ ...message, propagation });
      return costs;
    },
    close: () => pool.close(),
  };
}

/** Random action sequences [count × horizon] in units of the limit, on which contenders are compared; exact in 32 bits. */
export function trialActions(count: number, horizon: number, uniform: () => number): Float64Array {
  return Float64Array.from({ length: count * horizon }, () => Math.fround(2 * uniform() - 1));
}
/** Largest relative distance of costs. NaN where one is not finite. */
export function farthest(costs: Float64Array, truth: Float64Array): number {
  let most = 0;
  for (let i = 0; i < truth.length; i++) {
    const distance = Math.abs(costs[i]! - truth[i]!) / Math.abs(truth[i]!);
    if (!(distance <= most)) most = distance;
    if (Number.isNaN(most)) break;
  }
  return most;
}
/** Largest distance of two plans; 0, or threads change results. */
export const apart = (a: Float64Array, b: Float64Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
