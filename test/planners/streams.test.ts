import { expect, test } from 'vitest';
import { PlanSearch } from '../../src/shared/planners/planSearch';
import { scalarWorld } from '../support/scalarModel';

/** The streams that a search names, population by population. */
function streamsOf(seed: number, ids: readonly number[]): number[] {
  const { plant, instance, model } = scalarWorld(1);
  const streams: number[] = [];
  const search = new PlanSearch({
    plant,
    instance,
    horizon: 1,
    seed,
    evaluator: { evaluate: ({ stream, costs }) => void (streams.push(stream ?? -1), costs.fill(1)) },
    createPlanner: ({ imagination }) => ({
      reset() {},
      plan() {
        const actions = new Float64Array(2);
        for (let population = 0; population < 3; population++) imagination.evaluate(actions, 2, new Float64Array(2));
        return { actions: new Float64Array(1), cost: 1, evaluations: 6 };
      },
    }),
  });
  search.setModel(model);
  for (const id of ids) search.plan({ id, step: 0, state: new Float64Array(1), queue: new Float64Array(0), wantsFan: false });
  return streams;
}

test('every population of every plan has random streams of its own, named by seed, plan and population alone', () => {
  const streams = streamsOf(1, [4, 5]);
  expect(new Set(streams).size).toBe(6);
  expect(streamsOf(1, [5])).toEqual(streams.slice(3)); // whatever was planned before
  expect(streamsOf(2, [4])).not.toEqual(streams.slice(0, 3));
});
