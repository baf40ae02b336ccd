import { angleDifference } from '../math/angles';
import { cos, sin } from '../math/elementary';
import type { Transitions } from '../episodes/transitions';
import type { Plant } from '../plants/plant';
import type { Prior } from './model';

/** One number that a learned model sees. */
export interface ModelInput {
  /** Name for headers and messages: `velocity`, `cos angle`, `action`. */
  readonly id: string;
  /** Index of the state channel; −1 for the action. */
  readonly channel: number;
  readonly form: 'value' | 'cosine' | 'sine';
  /** The value is divided by it. Fixed, so that nothing jumps when data arrives. */
  readonly scale: number;
  /** Sign under the mirror that swaps left and right. */
  readonly mirrorSign: -1 | 1;
  /** Belongs to a coordinate whose place does not matter (the cart's velocity, or its position when that prior is off). */
  readonly ofPlaceFree: boolean;
}
/** One number that a learned model states: an acceleration, or the change of a channel per second. */
export interface ModelOutput {
  readonly id: string;
  /** State channel that it changes: the rate for an acceleration. */
  readonly channel: number;
  /** Position channel that an acceleration moves too; −1 for a plain change. */
  readonly position: number;
  readonly mirrorSign: -1 | 1;
}

/** The priors among `wanted` that say something about this plant. */
export function applicablePriors(plant: Plant, wanted: readonly Prior[]): readonly Prior[] {
  const { coordinates, placeFree, mirror } = plant.structure;
  const fits: Readonly<Record<Prior, boolean>> = { integrates: coordinates.length > 0, placeFree: placeFree.length > 0, mirror };
  return (['integrates', 'placeFree', 'mirror'] as const).filter((prior) => fits[prior] && wanted.includes(prior));
}

/**
 * What goes into a learned model of a plant and what comes out, under the structural priors. With period T:
 *
 *   integrates  outputs are accelerations a = (v' − v) / T; a step is p += T v + T² a / 2, v += T a
 *               (off: outputs are the changes of every channel per second, angles on the circle)
 *   placeFree   channels on which the motion does not depend are no inputs
 *   mirror      is only described here (`mirrorSign`); each kind of model makes itself odd in its own way
 *
 * Angles enter as cosine and sine, everything else over its fixed scale, the action over its limit.
 */
export class Features {
  readonly priors: readonly Prior[];
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  readonly mirror: boolean;
  /** Number of state channels. */
  readonly size: number;
  private readonly bounds: Float64Array;

  constructor(
    readonly plant: Plant,
    actionLimit: number,
    readonly period: number,
    priors: readonly Prior[],
  ) {
    this.size = plant.channels.length;
    this.priors = applicablePriors(plant, priors);
    this.mirror = this.priors.includes('mirror');
    this.inputs = inputsOf(plant, actionLimit, this.priors.includes('placeFree'));
    this.outputs = outputsOf(plant, this.priors.includes('integrates'));
    this.bounds = Float64Array.from(plant.channels, (channel) => channel.bound);
  }

  /** Writes the inputs of the state at `offset` and of `action` to out[at …]. Plant units in, pure numbers out. */
  encode(states: Float64Array, offset: number, action: number, out: Float64Array, at: number): void {
    const inputs = this.inputs;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      const value = input.channel < 0 ? action : states[offset + input.channel];
      out[at + i] = input.form === 'value' ? value / input.scale : input.form === 'cosine' ? cos(value) : sin(value);
    }
  }

  /** Inputs of all transitions: [count × inputs]. */
  encodeAll(data: Transitions): Float64Array {
    const width = this.inputs.length;
    const all = new Float64Array(data.count * width);
    for (let row = 0; row < data.count; row++) this.encode(data.states, row * data.size, data.actions[row], all, row * width);
    return all;
  }

  /** What each transition says the outputs were: [outputs] columns of [count], channel units per second. */
  targets(data: Transitions): Float64Array[] {
    return this.outputs.map(({ channel, position }) => {
      const onCircle = position < 0 && this.plant.channels[channel].wraps === true;
      const column = new Float64Array(data.count);
      for (let row = 0; row < data.count; row++) {
        const at = row * data.size + channel;
        const change = onCircle ? angleDifference(data.nexts[at], data.states[at]) : data.nexts[at] - data.states[at];
        column[row] = change / this.period;
      }
      return column;
    });
  }

  /** Moves the state at `offset` on by one period under the outputs at `at`, and holds it within its bounds. */
  advance(states: Float64Array, offset: number, values: Float64Array, at: number): void {
    const { outputs, period, bounds, size } = this;
    for (let o = 0; o < outputs.length; o++) {
      const { channel, position } = outputs[o];
      const change = period * values[at + o];
      if (position >= 0) states[offset + position] += period * (states[offset + channel] + 0.5 * change);
      states[offset + channel] += change;
    }
    for (let c = 0; c < size; c++) {
      const value = states[offset + c];
      // NaN fails both comparisons and stays: a diverged future must be seen as one
      if (value > bounds[c]) states[offset + c] = bounds[c];
      else if (value < -bounds[c]) states[offset + c] = -bounds[c];
    }
  }

  /** Turns standard deviations of the outputs into those of the state after one step, to out[offset …]. */
  spreadOfState(deviations: Float64Array, out: Float64Array, offset: number): void {
    for (let c = 0; c < this.size; c++) out[offset + c] = 0;
    for (let o = 0; o < this.outputs.length; o++) {
      const { channel, position } = this.outputs[o];
      out[offset + channel] = this.period * deviations[o];
      if (position >= 0) out[offset + position] = 0.5 * this.period * this.period * deviations[o];
    }
  }
}

/** Root mean square of a column plus a little, so that a motionless channel divides nothing by zero. */
export function rootMeanSquare(column: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i] * column[i];
  return Math.sqrt(sum / Math.max(1, column.length)) + 1e-6;
}

/** @throws RangeError when there is nothing to learn from, or a number in it is not finite */
export function checkData(data: Transitions, plant: Plant, what: string): void {
  if (data.size !== plant.channels.length) {
    throw new RangeError(
      `The data has ${data.size} state channels; ${plant.label} has ${plant.channels.length}. Fit on data of this plant.`,
    );
  }
  if (data.count < 1) throw new RangeError(`${what} needs at least one transition; none came. Record something first.`);
  for (let row = 0; row < data.count; row++) {
    let sum = data.actions[row];
    for (let c = 0; c < data.size; c++) sum += data.states[row * data.size + c] + data.nexts[row * data.size + c];
    if (!Number.isFinite(sum)) throw new RangeError(`Transition ${row} of ${data.count} holds a number that is not finite. Leave it out.`);
  }
}

function inputsOf(plant: Plant, actionLimit: number, leaveOutPlace: boolean): ModelInput[] {
  const { coordinates, placeFree } = plant.structure;
  const ofPlaceFree = new Set(coordinates.filter((c) => placeFree.includes(c.position)).flatMap((c) => [c.position, c.rate]));
  const inputs: ModelInput[] = [];
  plant.channels.forEach((channel, index) => {
    if (leaveOutPlace && placeFree.includes(index)) return;
    const common = { channel: index, ofPlaceFree: ofPlaceFree.has(index) || placeFree.includes(index) };
    if (channel.wraps) {
      inputs.push({ ...common, id: `cos ${channel.id}`, form: 'cosine', scale: 1, mirrorSign: 1 });
      inputs.push({ ...common, id: `sin ${channel.id}`, form: 'sine', scale: 1, mirrorSign: channel.mirrorSign });
    } else inputs.push({ ...common, id: channel.id, form: 'value', scale: channel.scale, mirrorSign: channel.mirrorSign });
  });
  inputs.push({ id: plant.action.id, channel: -1, form: 'value', scale: actionLimit, mirrorSign: -1, ofPlaceFree: false });
  return inputs;
}

function outputsOf(plant: Plant, integrates: boolean): ModelOutput[] {
  const { coordinates } = plant.structure;
  const outputs: ModelOutput[] = [];
  plant.channels.forEach((channel, index) => {
    const asRate = integrates ? coordinates.find((c) => c.rate === index) : undefined;
    const asPosition = integrates && coordinates.some((c) => c.position === index);
    if (asRate)
      outputs.push({
        id: `acceleration of ${plant.channels[asRate.position].id}`,
        channel: index,
        position: asRate.position,
        mirrorSign: channel.mirrorSign,
      });
    else if (!asPosition) outputs.push({ id: `change of ${channel.id}`, channel: index, position: -1, mirrorSign: channel.mirrorSign });
  });
  return outputs;
}
