import { exp } from '../../math/elementary';
import type { Features } from '../features';
import type { DynamicsModel, ModelHeader, SavedModel } from '../model';
import type { Activation } from './activation';
import type { Moments } from './adamW';
import { Forward, TILE } from './forward';
import { LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE, type NetworkLoss } from './loss';
import type { NetworkLayout } from './layout';

export type Symmetry = 'exactlyOdd' | 'augmentation' | 'none';

/** What the networks are, beside their weights. */
export interface EnsembleShape {
  readonly layout: NetworkLayout;
  readonly activation: Activation;
  readonly loss: NetworkLoss;
  readonly symmetry: Symmetry;
  /** [outputs], what an output of 1 is worth in channel units per second. */
  readonly scales: Float64Array;
  /** Least and most log variance of the Gaussian likelihood; LOG_VARIANCES when absent. */
  readonly logVariances?: readonly [number, number];
}
/** Evaluates members elsewhere than in plain loops. */
export interface CompiledMembers {
  /** Most rows at once. */
  readonly rows: number;
  /** What the next outputs are asked for: `rows` states and actions from row `from` on, plant units. */
  ask(states: Float64Array, actions: Float64Array, from: number, rows: number): void;
  /** @param out  [rows × outputs] receives those of one member, channel units per second */
  answer(member: number, rows: number, out: Float64Array): void;
}
/** Log variances are held within these, in training and after it. */
export const LOG_VARIANCES: readonly [number, number] = [LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE];

/** Fitted networks, each a belief of its own; evaluated in plain loops or by a kernel, never by tensors. */
export class EnsembleModel implements DynamicsModel {
  readonly kind = 'ensemble';
  readonly plant: string;
  readonly period: number;
  readonly members: number;
  readonly spread: DynamicsModel['spread'];
  readonly spreadAndPredict: DynamicsModel['spreadAndPredict'];
  /** Outputs whose noise the networks state: all of them under the Gaussian likelihood. */
  readonly noisyOutputs: number;
  private readonly forward: Forward;
  /** The same with the log variances; made when they are first wanted. */
  private wholeForward: Forward | undefined;
  /** [rows × outputs] of one member, and their mean over members. */
  private readonly values: Float64Array;
  private readonly means: Float64Array;
  private readonly rowsAtOnce: number;
  /** [members × rows × outputs] and [outputs], of a disagreement; made when one is first wanted. */
  private opinions: Float64Array | undefined;
  private deviations: Float64Array | undefined;

  constructor(
    private readonly header: ModelHeader,
    readonly features: Features,
    readonly shape: EnsembleShape,
    readonly parameters: Float32Array,
    readonly moments: Moments,
    private readonly compiled?: CompiledMembers,
  ) {
    this.plant = header.plant;
    this.period = header.period;
    this.members = shape.layout.members;
    const outputs = features.outputs.length;
    this.forward = new Forward(shape.layout, parameters, outputs, shape.activation);
    this.rowsAtOnce = Math.min(compiled?.rows ?? TILE, shape.symmetry === 'exactlyOdd' ? TILE / 2 : TILE);
    this.values = new Float64Array(TILE * outputs);
    this.means = new Float64Array(TILE * outputs);
    this.noisyOutputs = shape.loss === 'gaussianLikelihood' ? outputs : 0;
    if (this.members > 1) {
      this.spread = (states, actions, count, out) => this.disagreement(states, actions, count, out, false);
      this.spreadAndPredict = (states, actions, count, out) => this.disagreement(states, actions, count, out, true);
    }
  }

  /** The same model for who asks for its mean, a member or their spread: as exact as what evaluates it. */
  compiledBy(compiled: CompiledMembers): EnsembleModel {
    return new EnsembleModel(this.header, this.features, this.shape, this.parameters, this.moments, compiled);
  }

  predict(states: Float64Array, actions: Float64Array, count: number, member: number): void {
    const { features, rowsAtOnce } = this;
    const n = features.size;
    const outputs = features.outputs.length;
    for (let from = 0; from < count; from += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - from);
      this.ask(states, actions, from, rows);
      const values = member < 0 ? this.mean(rows) : this.evaluate(member, rows);
      for (let row = 0; row < rows; row++) features.advance(states, (from + row) * n, values, row * outputs);
    }
  }

  /** A member's outputs plus the noise that it states; the mean of all members with their mean log variance for member −1. */
  sample(states: Float64Array, actions: Float64Array, count: number, member: number, normals: Float64Array): void {
    const { features, rowsAtOnce, shape, members } = this;
    const n = features.size;
    const outputs = features.outputs.length;
    const forward = (this.wholeForward ??= new Forward(shape.layout, this.parameters, 2 * outputs, shape.activation));
    const odd = shape.symmetry === 'exactlyOdd';
    const [least, most] = shape.logVariances ?? LOG_VARIANCES;
    const held = (value: number) => (value < least ? least : value > most ? most : value);
    const [first, last] = member < 0 ? [0, members - 1] : [member, member];
    const sums = new Float64Array(rowsAtOnce * 2 * outputs);
    for (let from = 0; from < count; from += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - from);
      this.encode(states, actions, from, rows, forward);
      sums.fill(0);
      for (let m = first; m <= last; m++) {
        forward.run(m, odd ? 2 * rows : rows);
        const { outputs: raw, outputWidth } = forward;
        for (let row = 0; row < rows; row++)
          for (let o = 0; o < 2 * outputs; o++) {
            const straight = raw[row * outputWidth + o];
            const mirrored = odd ? raw[(rows + row) * outputWidth + o] : straight;
            const sign = odd && o < outputs ? features.outputs[o].mirrorSign : 1;
            const value = o < outputs ? straight + sign * mirrored : held(straight) + held(mirrored);
            sums[row * 2 * outputs + o] += (0.5 * value) / (last - first + 1);
          }
      }
      for (let row = 0; row < rows; row++) {
        for (let o = 0; o < outputs; o++) {
          const deviation = exp(0.5 * sums[row * 2 * outputs + outputs + o]);
          sums[row * 2 * outputs + o] = shape.scales[o] * (sums[row * 2 * outputs + o] + deviation * normals[(from + row) * outputs + o]);
        }
        features.advance(states, (from + row) * n, sums, row * 2 * outputs);
      }
    }
  }

  save(): SavedModel {
    const { size } = this.shape.layout;
    const block = new Float32Array(3 * size);
    block.set(this.parameters);
    block.set(this.moments.first, size);
    block.set(this.moments.second, 2 * size);
    return { header: this.header, weights: block.buffer };
  }

  /** Standard deviation of the members about their mean, by which the states then `advance`. Each member is evaluated once. */
  private disagreement(states: Float64Array, actions: Float64Array, count: number, out: Float64Array, advance: boolean): void {
    const { features, rowsAtOnce, members } = this;
    const n = features.size;
    const outputs = features.outputs.length;
    const opinions = (this.opinions ??= new Float64Array(members * TILE * outputs));
    const deviations = (this.deviations ??= new Float64Array(outputs));
    for (let from = 0; from < count; from += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - from);
      const length = rows * outputs;
      this.ask(states, actions, from, rows);
      const means = this.mean(rows, opinions);
      for (let row = 0; row < rows; row++) {
        for (let o = 0; o < outputs; o++) {
          const i = row * outputs + o;
          let squares = 0;
          for (let at = i; at < members * length; at += length) squares += (opinions[at] - means[i]) * (opinions[at] - means[i]);
          deviations[o] = Math.sqrt(squares / (members - 1));
        }
        features.spreadOfState(deviations, out, (from + row) * n);
        if (advance) features.advance(states, (from + row) * n, means, row * outputs);
      }
    }
  }

  private ask(states: Float64Array, actions: Float64Array, from: number, rows: number): void {
    if (this.compiled === undefined) this.encode(states, actions, from, rows);
    else this.compiled.ask(states, actions, from, rows);
  }
  /** Fills the networks' inputs; under exact oddness their mirror images follow in the same order. */
  private encode(states: Float64Array, actions: Float64Array, from: number, rows: number, forward = this.forward): void {
    const { features, shape } = this;
    const { inputs, width } = forward;
    for (let row = 0; row < rows; row++) features.encode(states, (from + row) * features.size, actions[from + row], inputs, row * width);
    if (shape.symmetry !== 'exactlyOdd') return;
    const described = features.inputs;
    for (let row = 0; row < rows; row++) {
      for (let d = 0; d < width; d++) inputs[(rows + row) * width + d] = described[d].mirrorSign * inputs[row * width + d];
    }
  }

  /** Outputs of one member for the rows asked for last, in channel units per second. */
  private evaluate(member: number, rows: number): Float64Array {
    const { forward, values, shape, features, compiled } = this;
    if (compiled !== undefined) {
      compiled.answer(member, rows, values);
      return values;
    }
    const { outputWidth, outputs: raw } = forward;
    const outputs = features.outputs.length;
    const odd = shape.symmetry === 'exactlyOdd';
    forward.run(member, odd ? 2 * rows : rows);
    for (let row = 0; row < rows; row++) {
      for (let o = 0; o < outputs; o++) {
        const straight = raw[row * outputWidth + o];
        const value = odd ? 0.5 * (straight + features.outputs[o].mirrorSign * raw[(rows + row) * outputWidth + o]) : straight;
        values[row * outputs + o] = value * shape.scales[o];
      }
    }
    return values;
  }

  /**
   * Their mean over members.
   * @param opinions  [members × rows × outputs] that receives what each of them says, where that is wanted too
   */
  private mean(rows: number, opinions?: Float64Array): Float64Array {
    const { means, members } = this;
    const length = rows * this.features.outputs.length;
    means.fill(0, 0, length);
    for (let member = 0; member < members; member++) {
      const values = this.evaluate(member, rows);
      for (let i = 0; i < length; i++) means[i] += values[i];
      if (opinions !== undefined) for (let i = 0; i < length; i++) opinions[member * length + i] = values[i];
    }
    for (let i = 0; i < length; i++) means[i] /= members;
    return means;
  }
}
