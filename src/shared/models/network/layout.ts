/**
 * Sizes of a fully connected network with several members, and where its parameters stand: for each layer the weights
 * [members × inputs × outputs] and then the biases [members × 1 × outputs], row-major, all members of a layer together
 * because that is one tensor.
 */
export interface NetworkLayout {
  readonly members: number;
  readonly layers: readonly Layer[];
  /** Parameters of all members. */
  readonly size: number;
}
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Offset of the weights and of the biases. */
  readonly weights: number;
  readonly biases: number;
}

export function networkLayout(members: number, inputs: number, widths: readonly number[], outputs: number): NetworkLayout {
  const sizes = [inputs, ...widths, outputs];
  const layers: Layer[] = [];
  let at = 0;
  for (let l = 0; l + 1 < sizes.length; l++) {
    const weights = at;
    const biases = weights + members * sizes[l] * sizes[l + 1];
    at = biases + members * sizes[l + 1];
    layers.push({ inputs: sizes[l], outputs: sizes[l + 1], weights, biases });
  }
  return { members, layers, size: at };
}

/** Calls `use` with each run of parameters that belongs to one member: [from, to). */
export function eachRun(layout: NetworkLayout, member: number, use: (from: number, to: number) => void): void {
  for (const { inputs, outputs, weights, biases } of layout.layers) {
    use(weights + member * inputs * outputs, weights + (member + 1) * inputs * outputs);
    use(biases + member * outputs, biases + (member + 1) * outputs);
  }
}
