import type { Plant, PlantInstance } from '../plants/plant';
import { real, type NumberSetting } from '../settings';
import type { CostTerm, TaskCost } from './task';

/** Values of the settings of a cost whose aim is upright. */
export interface UprightWeights {
  readonly upright: number;
  readonly position: number;
  readonly velocity: number;
  readonly rate: number;
  readonly effort: number;
  readonly target: number;
  readonly track: number;
  readonly trackMargin: number;
  readonly finalFactor: number;
}

/**
 * Stage cost around upright: 1 − cos θ, squares of place, rates and action, and a steep edge before the track's end.
 * A plant without a cart has only the terms of the channels it has.
 */
export function uprightCost(weights: UprightWeights, plant: Plant, instance: PlantInstance): TaskCost {
  const has = (id: string) => plant.channels.some((channel) => channel.id === id);
  const square = (label: string, channel: string, weight: number, target = 0): CostTerm => ({
    label,
    of: { channel },
    shape: 'square',
    weight,
    target,
  });
  const terms: CostTerm[] = [{ label: 'Upright', of: { angle: 'angle' }, shape: 'oneMinusCosine', weight: weights.upright, target: 0 }];
  if (has('position')) terms.push(square('Cart position', 'position', weights.position, weights.target));
  if (has('velocity')) terms.push(square('Cart velocity', 'velocity', weights.velocity));
  terms.push(square('Angular velocity', 'rate', weights.rate));
  terms.push({ label: 'Effort', of: { feature: 'action' }, shape: 'square', weight: weights.effort, target: 0 });
  if (has('position')) terms.push(trackEdge(weights, plant, instance));
  return { terms, finalFactor: weights.finalFactor };
}

/**
 * 50 e² + 5 e with e the metres beyond 2.0 m on a track that ends at 2.4 m, at most 100. A shorter track has a
 * narrower and steeper edge, so that it always costs the same (10 by default) where the track ends.
 */
function trackEdge({ track, trackMargin }: UprightWeights, plant: Plant, instance: PlantInstance): CostTerm {
  const limit = instance.stateLimits[plant.channels.findIndex((channel) => channel.id === 'position')][1];
  const margin = 6 * trackMargin < limit * (1 + 1e-9) ? trackMargin : limit / 6; // the slack is for rounding: 2.4 m has exactly 0.4 m
  const steeper = 0.4 / margin;
  const share = track / 10;
  return {
    label: 'Track end',
    of: { channel: 'position' },
    shape: 'hinge',
    target: 0,
    weight: 50 * share * steeper * steeper,
    linear: 5 * share * steeper,
    beyond: limit - margin,
    cap: 10 * track,
  };
}

/** Settings of the cost but for `upright`, with the weights a task begins with. */
export function settingsOfCost(start: {
  readonly position: number;
  readonly velocity: number;
  readonly rate: number;
  readonly effort: number;
}) {
  const weight = (label: string, meaning: string, value: number, step: number, needsChannel?: string): NumberSetting =>
    real({ label, meaning, unit: '', default: value, min: 0, max: 100, step, applies: 'live', ...(needsChannel && { needsChannel }) });
  return {
    position: weight('Cart position', 'Weight of the squared distance (m) of the cart from its target.', start.position, 0.05, 'position'),
    velocity: weight('Cart velocity', 'Weight of the squared velocity (m/s) of the cart.', start.velocity, 0.005, 'velocity'),
    rate: weight(
      'Angular velocity',
      'Weight of the squared angular velocity (rad/s); too much of it and the swing-up never starts.',
      start.rate,
      0.005,
    ),
    effort: weight('Effort', 'Weight of the squared action, as a share of its limit.', start.effort, 0.001),
    target: real({
      label: 'Cart target',
      meaning: 'Where the cart should stand, from the middle of the track.',
      unit: 'm',
      default: 0,
      min: -100,
      max: 100,
      step: 0.1,
      applies: 'live',
      needsChannel: 'position',
    }),
    track: weight('Track end', 'Cost of a step that ends exactly at the track’s end.', 10, 1, 'position'),
    trackMargin: real({
      label: 'Track margin',
      meaning: 'How far before the track’s end it begins to cost; at most a sixth of the way from the middle.',
      unit: 'm',
      default: 0.4,
      min: 0.001,
      max: 10,
      step: 0.05,
      applies: 'live',
      expert: true,
      needsChannel: 'position',
    }),
    finalFactor: real({
      label: 'Final factor',
      meaning: 'How many times the last step of the horizon counts, but for its action.',
      unit: '',
      default: 1,
      min: 0,
      max: 1000,
      step: 1,
      applies: 'live',
      expert: true,
    }),
  };
}
