import { uniform, word } from '../math/random';
import { colouredNoiseBank } from './colouredNoise';
import type { PlannerContext } from './planner';

const BANK = 4096;

export interface Sampler {
  /**
   * Draws one candidate around a mean: a sequence of the noise bank, either way up, held within the limit.
   * @param key      stream of this candidate; the result depends on nothing else that is drawn
   * @param mean     [horizon], as shares of the limit
   * @param spread   [horizon], standard deviations as shares of the limit
   * @param actions  [candidates × horizon], action units; row `row` is written
   */
  draw(key: number, mean: Float64Array, spread: Float64Array, actions: Float64Array, row: number): void;
}

/** Draws candidates with coloured noise of unit variance; `colour` as in `colouredNoiseBank`. */
export function noisySampler({ horizon, limit, seed }: Pick<PlannerContext, 'horizon' | 'limit' | 'seed'>, colour: number): Sampler {
  const bank = colouredNoiseBank(BANK, horizon, colour, seed);
  return {
    draw(key, mean, spread, actions, row) {
      const from = (word(key, 0) % BANK) * horizon;
      const sign = uniform(key, 1) < 0.5 ? -1 : 1;
      for (let t = 0; t < horizon; t++) {
        const action = mean[t]! + sign * spread[t]! * bank[from + t]!;
        actions[row * horizon + t] = limit * (action > 1 ? 1 : action < -1 ? -1 : action);
      }
    },
  };
}
