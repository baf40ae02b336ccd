import { wrapAngle } from '../math/angles';
import { cos, exp } from '../math/elementary';
import type { Plant, PlantInstance } from '../plants/plant';
import type { CostTerm, TaskCost } from './task';

/** A task's cost made ready for one plant. Holds scratch memory: one for each thread. */
export interface CompiledCost {
  /** Labels of the terms, in order. */
  readonly labels: readonly string[];
  /**
   * Adds the stage cost of each candidate to `out`. A stage counts the state *after* the step that the action made.
   * What is not finite in a state makes the cost NaN or Infinity, never a small number.
   *
   * @param states           [count × n] states after the step, plant units
   * @param actions          [count] actions of the step, action units
   * @param previousActions  [count] actions of the step before
   * @param isFinal          whether this is the last step of the horizon: terms of the state count `finalFactor` times
   * @param out              [count], added to
   */
  stage(
    states: Float64Array,
    actions: Float64Array,
    previousActions: Float64Array,
    count: number,
    isFinal: boolean,
    out: Float64Array,
  ): void;
  /** The terms of one stage that is not final, one by one: [terms] to `out`. */
  stageTerms(state: Float64Array, action: number, previousAction: number, out: Float64Array): void;
}

/**
 * Makes a cost ready to be evaluated over batches: the outer loop is over terms, the inner over candidates.
 *
 * @throws RangeError when a term names a channel that the plant does not have
 */
export function compileCost(cost: TaskCost, plant: Plant, instance: PlantInstance): CompiledCost {
  const measures = cost.terms.map((term) => measureOf(term, plant, instance));
  const shapes = cost.terms.map(shapeOf);
  const factors = cost.terms.map((term) => ('feature' in term.of && term.of.feature !== 'tipDistance' ? 1 : cost.finalFactor));
  const distances = new Float64Array(BLOCK);
  const one = { action: new Float64Array(1), previous: new Float64Array(1), cost: new Float64Array(1) };

  return {
    labels: cost.terms.map((term) => term.label),
    stage(states, actions, previousActions, count, isFinal, out) {
      for (let from = 0; from < count; from += BLOCK) {
        const size = Math.min(BLOCK, count - from);
        for (let t = 0; t < shapes.length; t++) {
          measures[t](states, actions, previousActions, from, size, distances);
          shapes[t](distances, size, isFinal ? factors[t] : 1, out, from);
        }
      }
    },
    stageTerms(state, action, previousAction, out) {
      one.action[0] = action;
      one.previous[0] = previousAction;
      for (let t = 0; t < shapes.length; t++) {
        one.cost[0] = 0;
        measures[t](state, one.action, one.previous, 0, 1, distances);
        shapes[t](distances, 1, 1, one.cost, 0);
        out[t] = one.cost[0];
      }
    },
  };
}

/** Candidates between two turns of the loop over terms: their distances stay in the first-level cache. */
const BLOCK = 64;

/** Writes the distance from the target of `count` candidates, beginning with candidate `from`, to `distances` 0 … count − 1. */
type Measure = (
  states: Float64Array,
  actions: Float64Array,
  previousActions: Float64Array,
  from: number,
  count: number,
  distances: Float64Array,
) => void;

function measureOf({ of, target, shape, label }: CostTerm, plant: Plant, instance: PlantInstance): Measure {
  const n = instance.size;
  const indexOf = (id: string) => {
    const index = plant.channels.findIndex((channel) => channel.id === id);
    if (index < 0) {
      const known = plant.channels.map((channel) => channel.id).join(', ');
      throw new RangeError(`The cost term "${label}" looks at "${id}"; the ${plant.label.toLowerCase()} has ${known}.`);
    }
    return index;
  };
  const difference =
    (channel: number): Measure =>
    (states, _actions, _previous, from, count, distances) => {
      for (let i = 0, at = from * n + channel; i < count; i++, at += n) distances[i] = states[at] - target;
    };
  if ('channel' in of) return difference(indexOf(of.channel));
  if ('angle' in of) {
    const channel = indexOf(of.angle);
    if (shape === 'oneMinusCosine') return difference(channel); // the cosine goes round the circle by itself
    return (states, _actions, _previous, from, count, distances) => {
      for (let i = 0, at = from * n + channel; i < count; i++, at += n) distances[i] = wrapAngle(states[at] - target);
    };
  }
  const limit = instance.actionLimit;
  if (of.feature === 'action') {
    return (_states, actions, _previous, from, count, distances) => {
      for (let i = 0; i < count; i++) distances[i] = actions[from + i] / limit - target;
    };
  }
  if (of.feature === 'actionChange') {
    return (_states, actions, previousActions, from, count, distances) => {
      for (let i = 0; i < count; i++) distances[i] = (actions[from + i] - previousActions[from + i]) / limit - target;
    };
  }
  const goal = uprightTip(target, plant, instance);
  const tip = new Float64Array(2);
  return (states, _actions, _previous, from, count, distances) => {
    for (let i = 0; i < count; i++) {
      instance.tip(states, (from + i) * n, tip, 0);
      const dx = tip[0] - goal[0];
      const dy = tip[1] - goal[1];
      distances[i] = Math.sqrt(dx * dx + dy * dy);
    }
  };
}

/** Where the tip is with everything upright and at rest, the cart (if there is one) at `place`, m. */
function uprightTip(place: number, plant: Plant, instance: PlantInstance): Float64Array {
  const upright = new Float64Array(instance.size);
  for (const index of plant.structure.placeFree) upright[index] = place;
  const tip = new Float64Array(2);
  instance.tip(upright, 0, tip, 0);
  return tip;
}

/** Adds the cost of `count` distances, times `factor`, to out[from …]. */
type Shape = (distances: Float64Array, count: number, factor: number, out: Float64Array, from: number) => void;

function shapeOf({ shape, weight, width = 1, beyond = 0, linear = 0, cap = Infinity }: CostTerm): Shape {
  switch (shape) {
    case 'square':
      return (distances, count, factor, out, from) => {
        const scale = weight * factor;
        for (let i = 0; i < count; i++) out[from + i] += scale * distances[i] * distances[i];
      };
    case 'oneMinusCosine':
      return (distances, count, factor, out, from) => {
        const scale = weight * factor;
        for (let i = 0; i < count; i++) out[from + i] += scale * (1 - cos(distances[i]));
      };
    case 'saturating': {
      const sharpness = -0.5 / (width * width);
      return (distances, count, factor, out, from) => {
        const scale = weight * factor;
        for (let i = 0; i < count; i++) {
          const d = distances[i];
          out[from + i] += scale * (1 - exp(sharpness * d * d)) + 0 * d; // an infinite distance is NaN, not a saturated cost
        }
      };
    }
    case 'hinge':
      return (distances, count, factor, out, from) => {
        for (let i = 0; i < count; i++) {
          const d = distances[i];
          const excess = Math.max(0, Math.abs(d) - beyond);
          out[from + i] += factor * Math.min(cap, weight * excess * excess + linear * excess) + 0 * d; // as above
        }
      };
  }
}
