import { streamFamily } from '../math/random';
import { integer, real } from '../settings';
import { elitesOf, rankByCost } from './elites';
import { definePlanner, type PlannerInstance } from './planner';
import { refit } from './refit';
import { noisySampler } from './sampler';
import { searchSettings } from './searchSettings';
import { shiftRow } from './shiftRow';

/**
 * Improved cross-entropy method: as much as the cross-entropy method finds, for fewer rollouts. The population shrinks
 * from iteration to iteration, the best elites are tried again in the next one and, shifted, in the next plan; the mean is
 * a candidate in the last iteration, and the best sequence of all is executed.
 * What differs from the paper: the cheapest elite is always among those that are kept, so that no iteration and no plan
 * begins worse than the last one ended; and a shifted sequence holds its last action on instead of drawing it.
 */
export const icem = definePlanner({
  label: 'Improved CEM (iCEM)',
  source: 'Pinneri et al. 2020 (iCEM), algorithm 1',
  settings: {
    population: integer({
      label: 'Population',
      unit: 'rollouts',
      min: 8,
      max: 4096,
      step: 8,
      default: 384,
      applies: 'live',
      meaning: 'Action sequences tried in the first iteration; later ones try fewer.',
    }),
    shrink: real({
      label: 'Shrink',
      unit: '',
      min: 1,
      max: 4,
      step: 0.05,
      default: 1.25,
      applies: 'live',
      meaning: 'Each iteration tries so many times fewer sequences than the one before, but twice the elites at least.',
    }),
    ...searchSettings,
  },
  throughNetworks: { population: 256, membersEarly: 1 },
  create({ horizon, limit, seed, imagination }, settings): PlannerInstance {
    const { population, iterations } = settings;
    const elites = Math.max(2, Math.min(population >> 1, Math.floor(population * settings.eliteShare)));
    const kept = Math.max(1, Math.floor(elites * settings.keptElites));
    const mean = new Float64Array(horizon);
    const spread = new Float64Array(horizon);
    const sampler = noisySampler({ horizon, limit, seed, imagination }, mean, spread, settings.noiseColour);
    const actions = new Float64Array(population * horizon);
    const costs = new Float64Array(population);
    const order = new Int32Array(population);
    const lastElites = new Float64Array(elites * horizon);
    const best = new Float64Array(horizon);
    let lastUsed = 0; // elites of finite cost that the last iteration left

    function forget(): void {
      mean.fill(0);
      lastUsed = 0;
    }
    function shift(by: number): void {
      if (by <= 0) return;
      shiftRow(mean, 0, horizon, by);
      for (let e = 0; e < lastUsed; e++) shiftRow(lastElites, e * horizon, horizon, by);
    }
    function put(row: number, shares: Float64Array, at: number): void {
      for (let t = 0; t < horizon; t++) actions[row * horizon + t] = limit * shares[at + t]!;
    }
    function evaluate(planNumber: number, iteration: number, count: number): void {
      const given = Math.min(kept, lastUsed);
      for (let e = 0; e < given; e++) put(count - 1 - e, lastElites, e * horizon);
      const isLast = iteration === iterations - 1;
      if (isLast) put(0, mean, 0);
      const family = streamFamily(seed, planNumber, iteration);
      sampler.evaluate(family, isLast ? 1 : 0, count - given, isEarly(iteration), actions, count, costs);
    }
    /** All but the last two populations: where they stand is all that is wanted of them. */
    const isEarly = (iteration: number) => iteration < iterations - 2;
    function keepElites(): void {
      for (let e = 0; e < elites; e++)
        for (let t = 0; t < horizon; t++) lastElites[e * horizon + t] = actions[order[e]! * horizon + t]! / limit;
    }
    return {
      get warmStart() {
        return mean.map((m) => limit * m);
      },
      carry(warmStart) {
        if (warmStart.length === horizon) for (let t = 0; t < horizon; t++) mean[t] = warmStart[t]! / limit;
      },
      reset: forget,
      plan(planNumber, advanced, deadline) {
        if (settings.warmStart) shift(advanced);
        else forget();
        spread.fill(settings.spread);
        let bestCost = Infinity;
        let evaluations = 0;
        let tried = 0;
        let wanted = population;
        for (let iteration = 0; iteration < iterations; iteration++) {
          const count = Math.max(2 * elites, Math.floor(wanted));
          wanted /= settings.shrink;
          evaluate(planNumber, iteration, count);
          tried += count;
          evaluations += count * horizon;
          rankByCost(costs, order, elites, count);
          sampler.show(order, elites, actions);
          const leader = order[0]!;
          // costs of few particles are not compared with those of all
          if (iteration > 0 && isEarly(iteration - 1) && !isEarly(iteration)) bestCost = Infinity;
          if (costs[leader]! < bestCost) {
            bestCost = costs[leader]!;
            for (let t = 0; t < horizon; t++) best[t] = actions[leader * horizon + t]!;
          }
          if (costs[leader] === Infinity) break; // nothing finite to refit to; what an earlier iteration found still stands
          keepElites();
          lastUsed = elitesOf(costs, order, elites);
          refit(lastElites, lastUsed, mean, spread, settings);
          if (deadline?.() === true) break;
        }
        if (bestCost === Infinity) {
          forget();
          return { cost: Infinity, evaluations, reason: `All ${tried} imagined futures diverged.` };
        }
        return { actions: best.slice(), cost: bestCost, evaluations };
      },
    };
  },
});
