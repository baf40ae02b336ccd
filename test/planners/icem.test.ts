import { expect, test } from 'vitest';
import { icem } from '../../src/shared/planners';
import { reference } from '../../src/shared/rollouts';
import { settle, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';
import { scalarWorld } from '../support/scalarModel';

const HORIZON = 12;
const LIMIT = 10;

/** A planner on s' = s + a, and every population that it asked about, with the costs. */
function plannerOf(start: number, settings: Record<string, unknown> = {}, seed = 1) {
  const rollouts = reference.create(scalarWorld(1, LIMIT));
  const state = new Float64Array([start]);
  const asked: { readonly rows: number[][]; readonly costs: Float64Array }[] = [];
  const planner = icem.create(
    {
      horizon: HORIZON,
      limit: LIMIT,
      period: 1,
      seed,
      imagination: {
        evaluate(actions, count, costs) {
          rollouts.evaluate({ state, previousAction: 0, actions, horizon: HORIZON, from: 0, to: count, costs });
          const rows = Array.from({ length: count }, (_, j) => Array.from(actions.subarray(j * HORIZON, (j + 1) * HORIZON)));
          asked.push({ rows, costs: costs.slice(0, count) });
        },
      },
    },
    settle(icem.settings, settings) as SettingsOf<SettingsSchema>,
  );
  return { planner, state, asked };
}
/** The k cheapest sequences of a population, cheapest first. */
const cheapest = ({ rows, costs }: { rows: number[][]; costs: Float64Array }, k: number) =>
  Array.from(costs.keys())
    .sort((a, b) => costs[a]! - costs[b]! || a - b)
    .slice(0, k)
    .map((j) => rows[j]!);
const expectRow = (row: readonly number[], wanted: readonly number[]) =>
  row.forEach((action, t) => expect(action).toBeCloseTo(wanted[t]!, 12)); // went through shares of the limit and back

test('the population shrinks by its factor, to twice the elites and no further; evaluations count what was asked', () => {
  const { planner, asked } = plannerOf(5, { population: 100, eliteShare: 0.1, shrink: 2, iterations: 5 });
  const { evaluations } = planner.plan(1, 0);
  expect(asked.map(({ rows }) => rows.length)).toEqual([100, 50, 25, 20, 20]);
  expect(evaluations).toBe(215 * HORIZON);
});
test('without shrinking each iteration tries as many', () => {
  const { planner, asked } = plannerOf(5, { population: 40, shrink: 1, iterations: 3 });
  planner.plan(1, 0);
  expect(asked.map(({ rows }) => rows.length)).toEqual([40, 40, 40]);
});
test('the kept share of the elites is tried again in the next iteration', () => {
  const { planner, asked } = plannerOf(5, { population: 100, eliteShare: 0.1, keptElites: 0.3, iterations: 3 });
  planner.plan(1, 0);
  for (let i = 1; i < 3; i++) cheapest(asked[i - 1]!, 3).forEach((elite, e) => expectRow(asked[i]!.rows.at(-1 - e)!, elite));
});
test('the kept elites go over into the next plan, shifted, their last action held', () => {
  const { planner, asked } = plannerOf(5, { population: 100, eliteShare: 0.1, keptElites: 0.3, iterations: 2 });
  planner.plan(1, 0);
  planner.plan(2, 2);
  cheapest(asked[1]!, 3).forEach((elite, e) => {
    const last = elite.at(-1)!;
    expectRow(asked[2]!.rows.at(-1 - e)!, [...elite.slice(2), last, last]);
  });
});
test('no iteration is worse than the one before, and the next plan begins with the best of the last one', () => {
  const { planner, asked } = plannerOf(5, { population: 32, keptElites: 0, iterations: 6 });
  const { actions } = planner.plan(1, 0);
  const bests = asked.map(({ costs }) => Math.min(...costs));
  for (let i = 1; i < bests.length; i++) expect(bests[i]).toBeLessThanOrEqual(bests[i - 1]! + 1e-9);
  planner.plan(2, 0);
  expectRow(asked[6]!.rows.at(-1)!, Array.from(actions!));
});
test('the mean is a candidate in the last iteration alone, and the best of all is the plan', () => {
  const { planner, asked } = plannerOf(5, { population: 64, eliteShare: 0.1, iterations: 4, smoothing: 0 });
  const { actions, cost } = planner.plan(1, 0);
  const elites = cheapest(asked[2]!, 6);
  expectRow(
    asked[3]!.rows[0]!,
    Array.from({ length: HORIZON }, (_, t) => elites.reduce((sum, elite) => sum + elite[t]!, 0) / 6),
  );
  expect(asked[0]!.rows[0]!.some((action) => action !== 0)).toBe(true);
  expect(cost).toBe(Math.min(...asked.flatMap(({ costs }) => Array.from(costs))));
  expect(asked.some(({ rows, costs }) => rows.some((row, j) => costs[j] === cost && row.join() === actions!.join()))).toBe(true);
});
test('a plan depends on seed, number and start, and on nothing that was asked in between', () => {
  const first = plannerOf(5, {}, 7);
  const second = plannerOf(5, {}, 7);
  expect(first.planner.plan(3, 0)).toEqual(second.planner.plan(3, 0));
  second.planner.plan(4, 1);
  second.planner.reset();
  first.planner.reset();
  expect(second.planner.plan(5, 0)).toEqual(first.planner.plan(5, 0));
});
test('answers at the deadline with the best so far', () => {
  const { planner, asked } = plannerOf(5, { iterations: 20 });
  let turns = 0;
  const { actions, cost } = planner.plan(1, 0, () => ++turns === 3);
  expect(asked).toHaveLength(3);
  expect(actions).toBeDefined();
  expect(cost).toBe(Math.min(...asked.flatMap(({ costs }) => Array.from(costs))));
});
test('finds the gain of the scalar integrator', () => {
  for (const seed of [1, 2, 3]) {
    const { planner } = plannerOf(
      1,
      { population: 400, shrink: 1, eliteShare: 0.1, spread: 0.1, leastSpread: 0, noiseColour: 0, iterations: 30 },
      seed,
    );
    expect(planner.plan(1, 0).actions![0]).toBeCloseTo(-0.618, 1); // the best sample strays further than a mean would
  }
});
test('all but the last two populations are early ones, and what they cost is not compared with the others', () => {
  const early: boolean[] = [];
  const costs = [5, 4, 3, 9, 8]; // of the cheapest in each population: few members flatter
  const planner = icem.create(
    {
      horizon: 2,
      limit: 1,
      period: 1,
      seed: 1,
      imagination: {
        evaluate(_actions, count, into, how) {
          into.fill(100, 0, count);
          into[0] = costs[early.length]!;
          early.push(how?.early === true);
        },
      },
    },
    settle(icem.settings, { population: 16, iterations: 5 }) as SettingsOf<SettingsSchema>,
  );
  expect(planner.plan(1, 0).cost).toBe(8);
  expect(early).toEqual([true, true, true, false, false]);
});
