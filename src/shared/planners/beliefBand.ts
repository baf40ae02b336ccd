import type { DynamicsModel } from '../models/model';
import type { Plant } from '../plants/plant';

/** Quantiles of the band, low to high. */
export const BAND_LEVELS = [0.05, 0.25, 0.75, 0.95] as const;
/** Enough for four quantiles; each costs a variance at every step, the dearest thing in a picture. */
const PARTICLES = 12;

/**
 * How unsure the model is of the chosen plan: particles that each hold one fixed opinion, so many standard deviations
 * off the mean at every step, because a model that is wrong is wrong the same way along the whole plan. Not the
 * planner's search spread, which says nothing about belief.
 *
 * @param start    [n] state from which the plan acts
 * @param actions  [horizon]
 * @returns        [4 × (horizon + 1) × n] quantiles by level, step, channel; empty when the model states no uncertainty
 * Source: trajectory sampling with persistent particles, Chua et al. 2018 (TS∞), with quantiles in place of draws.
 */
export function beliefBand(model: DynamicsModel, plant: Plant, start: Float64Array, actions: Float64Array): Float32Array {
  if (model.spread === undefined) return new Float32Array(0);
  const n = start.length;
  const points = actions.length + 1;
  const { coordinates } = plant.structure;
  const states = new Float64Array(PARTICLES * n);
  for (let p = 0; p < PARTICLES; p++) states.set(start, p * n);
  const spread = new Float64Array(PARTICLES * n);
  const held = new Float64Array(PARTICLES);
  const band = new Float32Array(BAND_LEVELS.length * points * n);
  const column = new Float64Array(PARTICLES);
  const record = (step: number) => {
    for (let c = 0; c < n; c++) {
      for (let p = 0; p < PARTICLES; p++) column[p] = states[p * n + c]!;
      column.sort();
      BAND_LEVELS.forEach((level, l) => void (band[(l * points + step) * n + c] = quantile(column, level)));
    }
  };
  record(0);
  for (let t = 0; t < actions.length; t++) {
    held.fill(actions[t]!);
    if (model.spreadAndPredict !== undefined) model.spreadAndPredict(states, held, PARTICLES, spread);
    else {
      model.spread(states, held, PARTICLES, spread);
      model.predict(states, held, PARTICLES, -1);
    }
    for (let p = 0; p < PARTICLES; p++)
      coordinates.forEach(({ position, rate }, j) => {
        const opinion = OPINIONS[(p * (j === 0 ? 1 : 5)) % PARTICLES]!; // each coordinate in another order: no false correlation
        states[p * n + rate]! += opinion * spread[p * n + rate]!;
        states[p * n + position]! += opinion * spread[p * n + position]!;
      });
    record(t + 1);
  }
  return band;
}

/** Standard normal quantiles at (p + ½) / 12, by symmetry from the upper half. */
const UPPER = [0.1046, 0.3186, 0.5485, 0.8122, 1.1503, 1.7317];
const OPINIONS = Float64Array.from([...UPPER.map((q) => -q).reverse(), ...UPPER]);

function quantile(sorted: Float64Array, level: number): number {
  const at = level * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
