import { getHeapStatistics } from 'node:v8';
import * as planners from '../../../../shared/planners';
import type { Planner } from '../../../../shared/planners/planner';
import { PlanSearch } from '../../../../shared/planners/planSearch';
import type { SavedModel } from '../../../../shared/models/model';
import { settle, type SettingsOf, type SettingsSchema } from '../../../../shared/settings';
import { usualChoice } from '../../../../shared/rollouts/kernels/source';
import { loadKernels } from '../../../workers/kernels';
import { plannerThreads } from '../../../workers/plannerThreads';
import { aligned } from '../fit/errors';
import { LIMIT, PERIOD, START } from './sizes';
import { COST, equations, PLANT_SETTINGS, randomNetworks, randomProcess } from './subjects';
import type { BenchContext, WorkResult } from './work';

/** Bytes that a plan of a small and of a large search leaves on the heap of the planner's thread. */
export interface Allocation {
  readonly model: string;
  readonly planner: string;
  readonly small: number;
  readonly large: number;
}
interface Size {
  readonly population: number;
  readonly horizon: number;
  readonly iterations: number;
}
const SMALL: Size = { population: 64, horizon: 10, iterations: 2 };
const LARGE: Size = { population: 512, horizon: 20, iterations: 6 };
/**
 * What a large search may leave beyond a small one, bytes: a few for each iteration, until the engine has compiled all of it
 * for good. One number on the heap for each candidate would be 47,000; one for each elite is 5,000.
 */
export const GROWTH_LIMIT = 8_000;

const PLANS = 5;
/** The engine compiles while it measures: the least of so many measurements counts, or the first ones that are within the limit. */
const MOST_WINDOWS = 200;
const LEAST_WINDOWS = 5;

/** A plan leaves its answer and a few small objects to the collector, however large the search: memory is made ready once. */
export async function benchAllocation({ seed }: Pick<BenchContext, 'seed'>): Promise<WorkResult> {
  const rows = await allocations(seed);
  return {
    rows: [],
    ratios: [],
    parity: [],
    extra: { allocation: { small: SMALL, large: LARGE, bytesAPlan: rows } },
    text: aligned(
      [
        ['bytes a plan leaves', 'planner', sizeWord(SMALL), sizeWord(LARGE)],
        ...rows.map(({ model, planner, small, large }) => [model, planner, String(small), String(large)]),
      ],
      2,
    ),
  };
}
const sizeWord = ({ population, horizon, iterations }: Size) => `${population} x ${horizon} x ${iterations}`;

export async function allocations(seed: number): Promise<Allocation[]> {
  const models: Readonly<Record<string, SavedModel>> = {
    ensemble: randomNetworks(3, [16, 16], seed).saved,
    gaussianProcess: await randomProcess(40, seed),
    physics: equations(),
  };
  return Object.entries(models).flatMap(([model, saved]) =>
    Object.entries(planners).map(([planner, part]) => {
      const small = leastOf(plansOf(part, saved, SMALL, seed), 0);
      return { model, planner, small, large: leastOf(plansOf(part, saved, LARGE, seed), small + GROWTH_LIMIT) };
    }),
  );
}

/** @returns makes one more plan */
function plansOf(planner: Planner, model: SavedModel, { population, horizon, iterations }: Size, seed: number): () => void {
  const pool = plannerThreads(1, usualChoice(loadKernels().fuses ? 'fused' : 'portable'));
  const propagation = model.header.kind === 'ensemble' && ({ members: 'toTheEnd', particles: 3, noise: true } as const);
  const subject = pool.setSubject({
    plant: 'cartPole',
    plantSettings: PLANT_SETTINGS,
    model,
    cost: COST,
    ...(propagation && { propagation }),
  });
  const size = Object.hasOwn(planner.settings, 'iterations') ? { population, iterations } : { population };
  const settings = settle(planner.settings, size, 'planner') as SettingsOf<SettingsSchema>;
  const search = new PlanSearch({
    plant: subject.plant,
    instance: subject.instance,
    horizon,
    evaluator: pool,
    createPlanner: ({ imagination }) => planner.create({ horizon, limit: LIMIT, period: PERIOD, seed, imagination }, settings),
  });
  search.setModel(subject.model);
  const request = { id: 0, step: 0, state: START, queue: Float64Array.of(1), wantsFan: false };
  return () => {
    request.id = request.step = request.id + 1;
    search.plan(request);
  };
}

/** Bytes that one call leaves, the least that was found; no more is measured once it is within `enough`. */
function leastOf(work: () => void, enough: number): number {
  let least = Infinity;
  for (let window = 0; window < MOST_WINDOWS && (window < LEAST_WINDOWS || least > enough); window++) {
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < PLANS; i++) work();
    const bytes = (getHeapStatistics().used_heap_size - before) / PLANS;
    if (bytes >= 0) least = Math.min(least, bytes); // less than before: the collector ran meanwhile
  }
  return Math.round(least);
}
