import type { DynamicsModel } from '../../../../shared/models/model';
import type { KernelChoice } from '../../../../shared/rollouts/kernels/source';
import { plannerThreads } from '../../../workers/plannerThreads';
import { pooledSearch, type PooledSearch } from './pooledSearch';
import type { Contender } from './rounds';

export interface OurSearch extends PooledSearch {
  readonly name: string;
  readonly note?: string;
  readonly threads: number;
  /** Kernels to roll out with; the plain reference when absent. */
  readonly kernels?: KernelChoice;
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

export function ourSearch({ name, note, threads, kernels, ...search }: OurSearch): OurContender {
  const pool = plannerThreads(threads, kernels);
  const { model, plan, costs } = pooledSearch(search, pool);
  return {
    name,
    ...(note === undefined ? {} : { note }),
    threads,
    model,
    usesKernel: pool.compiled,
    once: (time) => void plan(time),
    plan,
    costs,
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
