import { streamFamily } from '../math/random';
import { choice, integer } from '../settings';
import { elitesOf, rankByCost } from './elites';
import { definePlanner, type PlannerInstance } from './planner';
import { refit } from './refit';
import { noisySampler } from './sampler';
import { searchSettings } from './searchSettings';
import { shiftRow } from './shiftRow';

/**
 * Cross-entropy method: sample action sequences around a mean, keep the elites, refit mean and spread, repeat.
 * What differs from the textbook, and what it is good for (docs/learning.md): coloured noise (swings need
 * pushes that last), warm start from the last plan, part of the last elites kept and shifted, the mean always among
 * the candidates, and execution of the best sample instead of the mean (the mean of two good plans may be a bad one).
 */
export const cem = definePlanner({
  label: 'Cross-entropy method',
  source:
    'Rubinstein & Kroese 2004; for MPC: Chua et al. 2018 (PETS) section 5; coloured noise and kept elites: Pinneri et al. 2020 (iCEM)',
  settings: {
    population: integer({
      label: 'Population',
      unit: 'rollouts',
      min: 8,
      max: 4096,
      step: 16,
      default: 480,
      applies: 'live',
      meaning: 'Action sequences tried in each iteration.',
    }),
    ...searchSettings,
    execute: choice({
      label: 'Execute',
      choices: ['best', 'mean'],
      choiceLabels: ['best sample', 'mean of elites'],
      default: 'best',
      applies: 'live',
      expert: true,
      meaning: 'Which sequence is executed when the search ends.',
    }),
  },
  throughNetworks: { population: 256, iterations: 4 },
  create({ horizon, limit, seed, imagination }, settings): PlannerInstance {
    const { population, iterations } = settings;
    const elites = Math.max(2, Math.min(population - 1, Math.floor(population * settings.eliteShare)));
    const kept = Math.floor(elites * settings.keptElites);
    const mean = new Float64Array(horizon);
    const spread = new Float64Array(horizon);
    const sampler = noisySampler({ horizon, limit, seed, imagination }, mean, spread, settings.noiseColour);
    const actions = new Float64Array(population * horizon);
    const costs = new Float64Array(population);
    const order = new Int32Array(population);
    const lastElites = new Float64Array(elites * horizon);
    const best = new Float64Array(horizon);
    let hasElites = false;

    function shift(by: number): void {
      if (by <= 0) return;
      shiftRow(mean, 0, horizon, by);
      for (let e = 0; e < elites; e++) shiftRow(lastElites, e * horizon, horizon, by);
    }
    function evaluate(planNumber: number, iteration: number): void {
      for (let t = 0; t < horizon; t++) actions[t] = limit * mean[t]!; // the mean itself is always candidate 0
      const given = hasElites ? kept : 0;
      for (let e = 0; e < given; e++)
        for (let t = 0; t < horizon; t++) actions[(population - 1 - e) * horizon + t] = limit * lastElites[e * horizon + t]!;
      const family = streamFamily(seed, planNumber, iteration);
      sampler.evaluate(family, 1, population - given, false, actions, population, costs);
    }
    function keepElites(): void {
      for (let e = 0; e < elites; e++)
        for (let t = 0; t < horizon; t++) lastElites[e * horizon + t] = actions[order[e]! * horizon + t]! / limit;
      hasElites = true;
    }
    return {
      get warmStart() {
        return mean.map((m) => limit * m);
      },
      carry(warmStart) {
        if (warmStart.length === horizon) for (let t = 0; t < horizon; t++) mean[t] = warmStart[t]! / limit;
      },
      reset() {
        mean.fill(0);
        hasElites = false;
      },
      plan(planNumber, advanced, deadline) {
        if (settings.warmStart) shift(advanced);
        else {
          mean.fill(0);
          hasElites = false;
        }
        spread.fill(settings.spread);
        let bestCost = Infinity;
        let evaluations = 0;
        for (let iteration = 0; iteration < iterations; iteration++) {
          evaluate(planNumber, iteration);
          evaluations += population * horizon;
          rankByCost(costs, order, elites);
          sampler.show(order, elites, actions);
          const leader = order[0]!;
          if (costs[leader]! < bestCost) {
            bestCost = costs[leader]!;
            for (let t = 0; t < horizon; t++) best[t] = actions[leader * horizon + t]!;
          }
          if (costs[leader] === Infinity) break; // nothing finite to refit to; what an earlier iteration found still stands
          keepElites();
          refit(lastElites, elitesOf(costs, order, elites), mean, spread, settings);
          if (deadline?.() === true) break;
        }
        if (bestCost === Infinity) {
          mean.fill(0);
          hasElites = false;
          return { cost: Infinity, evaluations, reason: `All ${population} imagined futures diverged.` };
        }
        const executed = settings.execute === 'best' ? best.slice() : Float64Array.from(mean, (m) => limit * m);
        return { actions: executed, cost: bestCost, evaluations };
      },
    };
  },
});
