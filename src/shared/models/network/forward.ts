import { activate, type Activation } from './activation';
import type { NetworkLayout } from './layout';

/** Rows that go through the network together; their activations stay in the first-level cache. */
export const TILE = 64;

/**
 * Evaluates the members of a network in plain loops: tiles of rows, blocks of 4 rows by 4 outputs held in registers. Weights
 * of 32 bits are unpacked to 64 once, so that the loops convert nothing. A row's result does not depend on its neighbours.
 */
export class Forward {
  /** [TILE × inputs], to be filled before `run`; inputs are `width` apart. */
  readonly inputs: Float64Array;
  /** [TILE × outputWidth] after `run`. */
  readonly outputs: Float64Array;
  readonly width: number;
  readonly outputWidth: number;
  private readonly members: readonly (readonly PackedLayer[])[];
  private readonly hidden: readonly Float64Array[];

  /**
   * @param parameters  of all members, in the order of the layout
   * @param outputs     how many of the last layer's outputs are wanted, from the first
   */
  constructor(
    layout: NetworkLayout,
    parameters: Float32Array,
    outputs: number,
    private readonly activation: Activation,
  ) {
    this.width = layout.layers[0].inputs;
    this.outputWidth = roundedUp(outputs);
    this.members = Array.from({ length: layout.members }, (_, member) => packed(layout, parameters, member, outputs));
    this.inputs = new Float64Array(TILE * this.width);
    this.hidden = this.members[0].map((layer) => new Float64Array(TILE * layer.outputs));
    this.outputs = this.hidden[this.hidden.length - 1];
  }

  /** Runs the first `rows` rows of `inputs`, at most TILE, through one member. Rows are done in fours; those past `rows` are left as they come. */
  run(member: number, rows: number): void {
    const layers = this.members[member];
    let from = this.inputs;
    for (let l = 0; l < layers.length; l++) {
      const to = this.hidden[l];
      multiply(layers[l], from, to, rows);
      if (l + 1 < layers.length) activate(this.activation, to, rows * layers[l].outputs);
      from = to;
    }
  }
}

/** A layer of one member: outputs in blocks of four, each block [inputs × 4]; what fills up the last block is 0. */
interface PackedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

function multiply({ inputs, outputs, weights, biases }: PackedLayer, x: Float64Array, y: Float64Array, rows: number): void {
  for (let r = 0; r < rows; r += 4) {
    const x0 = r * inputs;
    const x1 = x0 + inputs;
    const x2 = x1 + inputs;
    const x3 = x2 + inputs;
    for (let o = 0; o < outputs; o += 4) {
      let a0 = biases[o];
      let a1 = biases[o + 1];
      let a2 = biases[o + 2];
      let a3 = biases[o + 3];
      let b0 = a0;
      let b1 = a1;
      let b2 = a2;
      let b3 = a3;
      let c0 = a0;
      let c1 = a1;
      let c2 = a2;
      let c3 = a3;
      let d0 = a0;
      let d1 = a1;
      let d2 = a2;
      let d3 = a3;
      let w = o * inputs;
      for (let k = 0; k < inputs; k++, w += 4) {
        const w0 = weights[w];
        const w1 = weights[w + 1];
        const w2 = weights[w + 2];
        const w3 = weights[w + 3];
        const a = x[x0 + k];
        a0 += a * w0;
        a1 += a * w1;
        a2 += a * w2;
        a3 += a * w3;
        const b = x[x1 + k];
        b0 += b * w0;
        b1 += b * w1;
        b2 += b * w2;
        b3 += b * w3;
        const c = x[x2 + k];
        c0 += c * w0;
        c1 += c * w1;
        c2 += c * w2;
        c3 += c * w3;
        const d = x[x3 + k];
        d0 += d * w0;
        d1 += d * w1;
        d2 += d * w2;
        d3 += d * w3;
      }
      let at = r * outputs + o;
      y[at] = a0;
      y[at + 1] = a1;
      y[at + 2] = a2;
      y[at + 3] = a3;
      at += outputs;
      y[at] = b0;
      y[at + 1] = b1;
      y[at + 2] = b2;
      y[at + 3] = b3;
      at += outputs;
      y[at] = c0;
      y[at + 1] = c1;
      y[at + 2] = c2;
      y[at + 3] = c3;
      at += outputs;
      y[at] = d0;
      y[at + 1] = d1;
      y[at + 2] = d2;
      y[at + 3] = d3;
    }
  }
}

const roundedUp = (width: number) => (width + 3) & ~3;

function packed(layout: NetworkLayout, parameters: Float32Array, member: number, wanted: number): PackedLayer[] {
  return layout.layers.map((layer, l) => {
    const last = l === layout.layers.length - 1;
    const used = last ? wanted : layer.outputs;
    const outputs = roundedUp(used);
    const inputs = l === 0 ? layer.inputs : roundedUp(layer.inputs); // the rows of the layer before are filled up with 0
    const weights = new Float64Array(inputs * outputs);
    const biases = new Float64Array(outputs);
    for (let o = 0; o < used; o++) {
      biases[o] = parameters[layer.biases + member * layer.outputs + o];
      for (let k = 0; k < layer.inputs; k++) {
        weights[(o & ~3) * inputs + 4 * k + (o & 3)] = parameters[layer.weights + (member * layer.inputs + k) * layer.outputs + o];
      }
    }
    return { inputs, outputs, weights, biases };
  });
}
