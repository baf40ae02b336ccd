import type { Moments } from './adamW';
import type { TrainingData, TrainingPlan } from './course';
import { FREE, VECTOR } from './kernelLayout';
import type { NetworkLayout } from './layout';

/** Samples that go through the network together: at 64 units a layer's tile stays in the first cache. */
export const TILE = 64;

/** A member is its parameters, its first moments and its second moments, each as many numbers. */
export const ARRAYS_A_MEMBER = 3;

/** A layer with its widths rounded up to whole vectors; numbers, not bytes. */
export interface PaddedLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Where its weights and biases stand among the parameters of a member. */
  readonly weights: number;
  readonly biases: number;
  /** Addresses of what a tile leaves here: results, slopes of the activation, and the weights transposed. */
  readonly results: number;
  readonly slopes: number;
  readonly transposed: number;
}

/** Where everything of a training stands in the memory of the kernel: addresses in bytes, sizes in numbers. */
export interface KernelPlaces {
  readonly layers: readonly PaddedLayer[];
  /** Parameters of one member. */
  readonly size: number;
  readonly targetWidth: number;
  /** Of all members, one after the other: parameters, then first and second moments in the same order. */
  readonly members: number;
  /** Of the member at work. */
  readonly gradient: number;
  readonly picks: number;
  readonly inputs: number;
  readonly targets: number;
  readonly zeros: number;
  readonly wanted: number;
  readonly deltas: readonly [number, number];
  /** All that batches are picked from, and the signs of mirror images. */
  readonly allInputs: number;
  readonly allTargets: number;
  readonly inputSigns: number;
  readonly targetSigns: number;
  /** Bytes in all. */
  readonly end: number;
}

export function layOut({ layout, loss, outputs, batch, rows }: TrainingPlan & TrainingData): KernelPlaces {
  let end = FREE;
  /** Makes room for so many numbers. */
  const place = (numbers: number) => {
    const from = end;
    end = (end + 4 * numbers + 63) & ~63;
    return from;
  };
  const targetWidth = roundedUp(outputs);
  let size = 0;
  const layers = layout.layers.map((layer, l): PaddedLayer => {
    const inputs = roundedUp(layer.inputs);
    const last = l === layout.layers.length - 1;
    const width = last ? targetWidth * (loss === 'gaussianLikelihood' ? 2 : 1) : roundedUp(layer.outputs);
    const weights = size;
    const biases = weights + inputs * width;
    size = biases + width;
    return {
      inputs,
      outputs: width,
      weights,
      biases,
      results: place(TILE * width),
      slopes: place(TILE * width),
      transposed: place(inputs * width),
    };
  });
  const widest = Math.max(...layers.flatMap((layer) => [layer.inputs, layer.outputs]));
  const samples = roundedUp(batch);
  return {
    layers,
    size,
    targetWidth,
    members: place(layout.members * ARRAYS_A_MEMBER * size),
    gradient: place(size),
    picks: place(samples),
    inputs: place(samples * layers[0].inputs),
    targets: place(samples * targetWidth),
    zeros: place(widest),
    wanted: place(targetWidth),
    deltas: [place(TILE * widest), place(TILE * widest)],
    allInputs: place(rows * layers[0].inputs),
    allTargets: place(rows * targetWidth),
    inputSigns: place(layers[0].inputs),
    targetSigns: place(targetWidth),
    end,
  };
}

/**
 * Calls `use` with each run of numbers of a member that lies in one piece both in the layout of the network and in the
 * kernel's: the rows of weights and biases, those of the last layer in two parts when log variances stand beside the means.
 */
export function eachPiece(
  layout: NetworkLayout,
  { layers, targetWidth }: KernelPlaces,
  outputs: number,
  member: number,
  use: (outside: number, inside: number, count: number) => void,
): void {
  layout.layers.forEach((layer, l) => {
    const inner = layers[l];
    const last = l === layout.layers.length - 1;
    const row = (outside: number, inside: number) => {
      use(outside, inside, last ? outputs : layer.outputs);
      if (last && layer.outputs > outputs) use(outside + outputs, inside + targetWidth, layer.outputs - outputs);
    };
    for (let k = 0; k < layer.inputs; k++)
      row(layer.weights + (member * layer.inputs + k) * layer.outputs, inner.weights + k * inner.outputs);
    row(layer.biases + member * layer.outputs, inner.biases);
  });
}

/** Copies a member, in the kernel's order, from `parameters` and `moments`. */
export function packMember(
  plan: TrainingPlan,
  places: KernelPlaces,
  member: number,
  parameters: Float32Array,
  { first, second }: Moments,
  into: Float32Array,
): void {
  eachPiece(plan.layout, places, plan.outputs, member, (outside, inside, count) =>
    [parameters, first, second].forEach((from, array) => into.set(from.subarray(outside, outside + count), array * places.size + inside)),
  );
}
/** The way back. */
export function unpackMember(
  plan: TrainingPlan,
  places: KernelPlaces,
  member: number,
  packed: Float32Array,
  parameters: Float32Array,
  { first, second }: Moments,
): void {
  eachPiece(plan.layout, places, plan.outputs, member, (outside, inside, count) =>
    [parameters, first, second].forEach((into, array) => {
      const from = array * places.size + inside;
      into.set(packed.subarray(from, from + count), outside);
    }),
  );
}

const roundedUp = (width: number) => Math.ceil(width / VECTOR) * VECTOR;
