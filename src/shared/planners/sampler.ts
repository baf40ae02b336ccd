import { BANK, drawCandidate, drawCandidates } from '../rollouts/drawing';
import { colouredNoiseBank } from './colouredNoise';
import type { Imagination, PlannerContext } from './planner';

/** A population of candidates around a mean, most of them drawn where they are rolled out. */
export interface Sampler {
  /**
   * Has a population judged: candidates from … to − 1 are drawn around the mean, the others stand in `actions`; through few
   * particles where it is `early`.
   * @param family   as in `Drawing`
   * @param actions  [count × horizon], action units
   * @param costs    [count], receives costs
   */
  evaluate(family: number, from: number, to: number, early: boolean, actions: Float64Array, count: number, costs: Float64Array): void;
  /** Writes the rows of these candidates of the population that was judged last; mean and spread must be as they were. */
  show(candidates: Int32Array, count: number, actions: Float64Array): void;
}

/**
 * Draws candidates with coloured noise of unit variance.
 * @param mean    [horizon], as shares of the limit; the planner moves it between populations
 * @param spread  [horizon], standard deviations as shares of the limit; likewise
 * @param colour  as in `colouredNoiseBank`
 */
export function noisySampler(
  { horizon, limit, seed, imagination }: Pick<PlannerContext, 'horizon' | 'limit' | 'seed'> & { readonly imagination: Imagination },
  mean: Float64Array,
  spread: Float64Array,
  colour: number,
): Sampler {
  const drawing = { bank: colouredNoiseBank(BANK, horizon, colour, seed), mean, spread, limit, family: 0, from: 0, to: 0 };
  const how = { drawing, early: false };
  const given = { early: false };
  return {
    evaluate(family, from, to, early, actions, count, costs) {
      drawing.family = family;
      drawing.from = from;
      drawing.to = to;
      how.early = given.early = early;
      if (imagination.draws === true) return imagination.evaluate(actions, count, costs, how);
      drawCandidates(drawing, 0, count, actions);
      imagination.evaluate(actions, count, costs, given);
    },
    show(candidates, count, actions) {
      if (imagination.draws !== true) return; // they were drawn here
      for (let i = 0; i < count; i++) {
        const j = candidates[i]!;
        if (j >= drawing.from && j < drawing.to) drawCandidate(drawing, j, actions);
      }
    },
  };
}
