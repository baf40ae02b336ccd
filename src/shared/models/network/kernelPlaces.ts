import { FREE, VECTOR } from './kernelLayout';
import type { NetworkLayout } from './layout';
import type { TrainingPlan } from './trainer';

/** Samples that go through the network together: at 64 units a layer's tile stays in the first cache. */
export const TILE = 64;

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
  /** Of all members, one after the other. */
  readonly parameters: number;
  readonly first: number;
  readonly second: number;
  /** Of the member at work. */
  readonly gradient: number;
  readonly inputs: number;
  readonly targets: number;
  readonly zeros: number;
  readonly wanted: number;
  readonly deltas: readonly [number, number];
  /** Bytes in all. */
  readonly end: number;
}

export function layOut({ layout, loss, outputs, batch }: TrainingPlan): KernelPlaces {
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
    parameters: place(layout.members * size),
    first: place(layout.members * size),
    second: place(layout.members * size),
    gradient: place(size),
    inputs: place(samples * layers[0].inputs),
    targets: place(samples * targetWidth),
    zeros: place(widest),
    wanted: place(targetWidth),
    deltas: [place(TILE * widest), place(TILE * widest)],
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

const roundedUp = (width: number) => Math.ceil(width / VECTOR) * VECTOR;
