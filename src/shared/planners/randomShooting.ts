import { streamKey, uniform } from '../math/random';
import { integer } from '../settings';
import { definePlanner, type PlannerInstance } from './planner';

/** Random shooting: try many uniform action sequences, execute the best. The baseline of every sampling planner. */
export const randomShooting = definePlanner({
  label: 'Random shooting',
  source: 'Rao 2009; as a baseline for learned models: Nagabandi et al. 2018, section IV.C',
  settings: {
    population: integer({
      label: 'Population',
      unit: 'rollouts',
      min: 8,
      max: 16384,
      step: 16,
      default: 2400,
      applies: 'live',
      meaning: 'Action sequences tried for one plan.',
    }),
  },
  throughNetworks: { population: 256 },
  create({ horizon, limit, seed, imagination }, { population }): PlannerInstance {
    const actions = new Float64Array(population * horizon);
    const costs = new Float64Array(population);
    return {
      reset() {},
      plan(planNumber) {
        for (let j = 0; j < population; j++) {
          const key = streamKey(seed, planNumber, 0, j);
          for (let t = 0; t < horizon; t++) actions[j * horizon + t] = limit * (2 * uniform(key, t) - 1);
        }
        imagination.evaluate(actions, population, costs);
        let leader = 0;
        for (let j = 1; j < population; j++) if (costs[j]! < costs[leader]!) leader = j;
        const evaluations = population * horizon;
        if (costs[leader] === Infinity) return { cost: Infinity, evaluations, reason: `All ${population} imagined futures diverged.` };
        return { actions: actions.slice(leader * horizon, (leader + 1) * horizon), cost: costs[leader]!, evaluations };
      },
    };
  },
});
