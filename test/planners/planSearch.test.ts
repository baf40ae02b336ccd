import { expect, test } from 'vitest';
import { PlanSearch } from '../../src/shared/planners/planSearch';
import { scalarWorld } from '../support/scalarModel';

const POPULATIONS = 3;
/** How often a plan of so many searches asks for its deadline. */
function asksOf(searches: number): number {
  const { plant, instance, model } = scalarWorld(1);
  const search = new PlanSearch({
    plant,
    instance,
    horizon: 1,
    searches,
    evaluator: { evaluate: ({ costs }) => void costs.fill(1) },
    createPlanner: ({ imagination }) => ({
      reset() {},
      plan(_number, _advanced, deadline) {
        for (let population = 0; population < POPULATIONS; population++) {
          imagination.evaluate(new Float64Array(2), 2, new Float64Array(2));
          deadline?.();
        }
        return { actions: new Float64Array(1), cost: 1, evaluations: 2 * POPULATIONS };
      },
    }),
  });
  search.setModel(model);
  let asks = 0;
  const deadline = () => ++asks < 0;
  search.plan({ id: 1, step: 0, state: new Float64Array(1), queue: new Float64Array(0), wantsFan: false, deadline });
  return asks;
}

// a deadline learns from the time between two asks how long a population takes
test('a deadline is asked once after each population, and between searches', () => {
  expect(asksOf(1)).toBe(POPULATIONS);
  expect(asksOf(3)).toBe(3 * POPULATIONS + 2);
});
