import { keyWithin, word } from '../math/random';

/** Sequences of a noise bank: a power of 2, so that a random word names one by its lowest bits. */
export const BANK = 4096;

/**
 * Candidates around a mean, told so briefly that whoever rolls them out draws them himself: each is a sequence of a noise
 * bank, either way up, held within the limit. A candidate depends on its own number alone.
 */
export interface Drawing {
  /** [BANK × horizon], noise of unit variance; the same array as long as its numbers are the same. */
  readonly bank: Float64Array;
  /** [horizon], shares of the limit. */
  readonly mean: Float64Array;
  /** [horizon], standard deviations, shares of the limit. */
  readonly spread: Float64Array;
  /** |action| ≤ limit, action units. */
  readonly limit: number;
  /** `streamFamily` of the candidates' random streams. */
  readonly family: number;
  /** Candidates from … to − 1 are drawn; the others stand in the job's actions. */
  readonly from: number;
  readonly to: number;
}

/**
 * Draws one candidate.
 * @param actions  [candidates × horizon], action units; row `candidate` is written
 */
export function drawCandidate({ bank, mean, spread, limit, family }: Drawing, candidate: number, actions: Float64Array): void {
  const horizon = mean.length;
  const key = keyWithin(family, candidate);
  const from = (word(key, 0) & (BANK - 1)) * horizon;
  const sign = word(key, 1) < 0x80000000 ? -1 : 1;
  for (let t = 0; t < horizon; t++) {
    const action = mean[t]! + sign * spread[t]! * bank[from + t]!;
    actions[candidate * horizon + t] = limit * (action > 1 ? 1 : action < -1 ? -1 : action);
  }
}

/** Draws what a drawing says of the candidates from … to − 1. */
export function drawCandidates(drawing: Drawing, from: number, to: number, actions: Float64Array): void {
  for (let j = Math.max(from, drawing.from); j < Math.min(to, drawing.to); j++) drawCandidate(drawing, j, actions);
}
