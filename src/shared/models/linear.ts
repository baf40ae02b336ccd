import { angleDifference } from '../math/angles';
import { cos, sin } from '../math/elementary';
import type { Transitions } from '../episodes/transitions';
import type { Plant } from '../plants/plant';
import { checkData, Features } from './features';
import { defineModel, type DynamicsModel, type ModelHeader, type SavedModel } from './model';
import { checkHeader, finiteNumber, finiteNumbers, headerOf, structureOf, weightsOf } from './saved';

/**
 * Linear expectation s' = A s + B a + c by least squares; under the prior `integrates` the accelerations are linear and
 * positions follow from them. Angles are measured on the circle from the middle of their data, so that a pendulum that
 * hangs is not cut in two at ±π. Under the prior `mirror` that middle is hanging or upright and c is left out.
 */
export const linear = defineModel({
  label: 'Linear expectation',
  source: 'Ordinary least squares by singular values.',
  settings: {},
  needsData: true,
  usesTensors: false,

  async fit(request) {
    const { plant, data } = request;
    checkData(data, plant, 'A linear model');
    // brought when first fitted: threads that plan have no use for a matrix library, which takes longer to load than they do
    const { leastSquares } = await import('../math/leastSquares');
    await request.checkpoint?.();
    const features = new Features(plant, request.instance.actionLimit, request.period, request.priors);
    const centres = centresOf(plant, data, features.mirror);
    const columns = columnsOf(features);
    const rows = new Float64Array(data.count * columns.length);
    for (let row = 0; row < data.count; row++) {
      encode(features, columns, centres, data.states, row * data.size, data.actions[row], rows, row * columns.length);
    }
    const targets = features.targets(data);
    // An output sees the columns that behave as it does under the mirror: odd ones for all plants here, never the constant.
    const weights = new Float64Array(targets.length * columns.length);
    let squares = 0;
    targets.forEach((target, o) => {
      const seen = columns.flatMap((column, k) => (features.mirror && column.mirrorSign !== features.outputs[o].mirrorSign ? [] : [k]));
      const part = new Float64Array(data.count * seen.length);
      for (let row = 0; row < data.count; row++) seen.forEach((k, j) => (part[row * seen.length + j] = rows[row * columns.length + k]));
      const [solution] = leastSquares(part, data.count, seen.length, [target]);
      seen.forEach((k, j) => (weights[o * columns.length + k] = solution[j]));
      squares += meanSquareLeft(part, seen.length, solution, target) / targets.length;
    });
    request.onProgress?.({
      phase: 'fit',
      done: 1,
      total: 1,
      unit: 'solutions',
      loss: Math.sqrt(squares),
      lossName: 'residual of the outputs',
    });
    const header = {
      ...headerOf('linear', request, data.count, features.priors),
      structure: { actionLimit: request.instance.actionLimit, centres: [...centres], columns: columns.map((column) => column.id) },
    };
    return new LinearModel(header, features, centres, weights);
  },

  load(saved, plant) {
    checkHeader(saved, 'linear', plant);
    const structure = structureOf(saved.header);
    const features = new Features(plant, finiteNumber(structure['actionLimit'], 'actionLimit'), saved.header.period, saved.header.priors);
    const centres = Float64Array.from(finiteNumbers(structure['centres'], features.size, 'centres'));
    return new LinearModel(saved.header, features, centres, weightsOf(saved, features.outputs.length * columnsOf(features).length));
  },
});

/** A number that the linear map sees: a channel (angles from their centre), the action, or the constant 1. */
export interface Column {
  readonly id: string;
  /** State channel, −1 for the action, −2 for the constant. */
  readonly channel: number;
  readonly scale: number;
  readonly mirrorSign: -1 | 1;
}
const CONSTANT = -2;

export class LinearModel implements DynamicsModel {
  readonly kind = 'linear';
  readonly plant: string;
  readonly period: number;
  readonly members = 1;
  /** What the map sees, in the order of its weights. */
  readonly columns: readonly Column[];
  private readonly values: Float64Array;
  private readonly row: Float64Array;

  /**
   * @param centres  [n], where angles are measured from, rad; 0 for every other channel
   * @param weights  [outputs × columns], channel units per second for a column of 1
   */
  constructor(
    private readonly header: ModelHeader,
    readonly features: Features,
    readonly centres: Float64Array,
    readonly weights: Float64Array,
  ) {
    this.plant = header.plant;
    this.period = header.period;
    this.columns = columnsOf(features);
    this.values = new Float64Array(features.outputs.length);
    this.row = new Float64Array(this.columns.length);
  }

  predict(states: Float64Array, actions: Float64Array, count: number): void {
    const { features, columns, centres, weights, values, row } = this;
    const width = columns.length;
    for (let i = 0, at = 0; i < count; i++, at += features.size) {
      encode(features, columns, centres, states, at, actions[i], row, 0);
      for (let o = 0; o < values.length; o++) {
        let sum = 0;
        for (let k = 0; k < width; k++) sum += weights[o * width + k] * row[k];
        values[o] = sum;
      }
      features.advance(states, at, values, 0);
    }
  }

  /** s' − r = A (s − r) + B a + c about the centres r (0 for what is no angle): A [n × n], B [n], c [n], plant units. */
  matrices(): { readonly A: Float64Array; readonly B: Float64Array; readonly c: Float64Array } {
    const { features, columns, weights } = this;
    const n = features.size;
    const { period } = features;
    const [A, B, c] = [new Float64Array(n * n), new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < n; i++) A[i * n + i] = 1;
    features.outputs.forEach(({ channel, position }, o) => {
      columns.forEach((column, k) => {
        const gain = (period * weights[o * columns.length + k]) / column.scale;
        const add = (row: number, share: number) => {
          if (column.channel >= 0) A[row * n + column.channel] += share;
          else if (column.channel === CONSTANT) c[row] += share;
          else B[row] += share;
        };
        add(channel, gain);
        if (position >= 0) add(position, 0.5 * period * gain);
      });
      if (position >= 0) A[position * n + channel] += period;
    });
    return { A, B, c };
  }

  save(): SavedModel {
    return { header: this.header, weights: this.weights.slice().buffer };
  }
}

function columnsOf(features: Features): Column[] {
  const { plant } = features;
  const leaveOut = features.priors.includes('placeFree') ? plant.structure.placeFree : [];
  const action = features.inputs[features.inputs.length - 1];
  return [
    ...plant.channels
      .map(({ id, scale, mirrorSign }, channel) => ({ id, channel, scale, mirrorSign }))
      .filter(({ channel }) => !leaveOut.includes(channel)),
    { id: action.id, channel: -1, scale: action.scale, mirrorSign: action.mirrorSign },
    { id: 'constant', channel: CONSTANT, scale: 1, mirrorSign: 1 as const },
  ];
}

function encode(
  features: Features,
  columns: readonly Column[],
  centres: Float64Array,
  states: Float64Array,
  offset: number,
  action: number,
  out: Float64Array,
  at: number,
): void {
  const { channels } = features.plant;
  for (let k = 0; k < columns.length; k++) {
    const { channel, scale } = columns[k];
    if (channel >= 0)
      out[at + k] =
        (channels[channel].wraps ? angleDifference(states[offset + channel], centres[channel]) : states[offset + channel]) / scale;
    else out[at + k] = channel === CONSTANT ? 1 : action / scale;
  }
}

/**
 * Middle of each angle's data on the circle, rad; 0 for every other channel. Found from the nearest quarter turn, by
 * additions alone. Under the mirror only upright and hanging will do.
 */
function centresOf(plant: Plant, data: Transitions, mirror: boolean): Float64Array {
  return Float64Array.from(plant.channels, (channel, c) => {
    if (!channel.wraps) return 0;
    let x = 0;
    let y = 0;
    for (let row = 0; row < data.count; row++) {
      x += cos(data.states[row * data.size + c]);
      y += sin(data.states[row * data.size + c]);
    }
    if (mirror && channel.mirrorSign === -1) return x < 0 ? Math.PI : 0;
    const quarter = Math.abs(x) > Math.abs(y) ? (x > 0 ? 0 : Math.PI) : y > 0 ? Math.PI / 2 : -Math.PI / 2;
    let off = 0;
    for (let row = 0; row < data.count; row++) off += angleDifference(data.states[row * data.size + c], quarter);
    return quarter + off / data.count;
  });
}

function meanSquareLeft(rows: Float64Array, width: number, solution: Float64Array, target: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < target.length; i++) {
    let left = target[i];
    for (let k = 0; k < width; k++) left -= rows[i * width + k] * solution[k];
    squares += left * left;
  }
  return squares / target.length;
}
