import { LOG_VARIANCES } from '../sizes';
import { gaussian, type Chance } from './plainSearch';

/** A layer of one member: weights [outputs × inputs] and biases [outputs]. */
export interface PlainLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}
/** [members][layers] of a network with SiLU between its layers. Its outputs are 4 changes of the state and 4 log variances. */
export type PlainNetworks = readonly (readonly PlainLayer[])[];

/**
 * Costs of action sequences through an ensemble, in 64-bit loops as one writes them first: a row at a time, a dot product
 * for each unit, `Math.exp`. Without noise these costs are also what every other contender is held to.
 *
 * @param actions  [population × horizon], in units of the limit
 * @param random   source of the noise that the networks state; none without it
 */
export function plainNetworkCosts(
  networks: PlainNetworks,
  start: Float64Array,
  actions: Float64Array,
  horizon: number,
  costs: Float64Array,
  random?: Chance,
): void {
  const widest = Math.max(...networks[0]!.map(({ outputs }) => outputs));
  const buffers = [new Float64Array(widest), new Float64Array(widest)] as const;
  const features = new Float64Array(6);
  for (let i = 0; i < costs.length; i++) {
    let total = 0;
    for (const layers of networks) {
      let [x, v, angle, rate] = start as unknown as [number, number, number, number];
      let cost = 0;
      for (let t = 0; t < horizon; t++) {
        const u = actions[i * horizon + t]!;
        features[0] = x / 2;
        features[1] = v / 2;
        features[2] = Math.cos(angle);
        features[3] = Math.sin(angle);
        features[4] = rate / 6;
        features[5] = u;
        const y = outputsOf(layers, features, buffers);
        x += y[0]! + noise(y, 0, random);
        v += y[1]! + noise(y, 1, random);
        angle += y[2]! + noise(y, 2, random);
        rate += y[3]! + noise(y, 3, random);
        cost += 1 - Math.cos(angle) + 0.05 * x * x + 0.005 * v * v + 0.01 * rate * rate + 0.001 * u * u;
      }
      total += cost;
    }
    costs[i] = total / networks.length;
  }
}

function outputsOf(layers: readonly PlainLayer[], inputs: Float64Array, buffers: readonly [Float64Array, Float64Array]): Float64Array {
  let from = inputs;
  for (let l = 0; l < layers.length; l++) {
    const { inputs: width, outputs, weights, biases } = layers[l]!;
    const to = buffers[l & 1]!;
    const isLast = l === layers.length - 1;
    for (let o = 0; o < outputs; o++) {
      let sum = biases[o]!;
      for (let k = 0; k < width; k++) sum += weights[o * width + k]! * from[k]!;
      to[o] = isLast ? sum : sum / (1 + Math.exp(-sum));
    }
    from = to;
  }
  return from;
}

function noise(outputs: Float64Array, channel: number, random: Chance | undefined): number {
  if (random === undefined) return 0;
  const logVariance = Math.min(LOG_VARIANCES[1], Math.max(LOG_VARIANCES[0], outputs[4 + channel]!));
  return Math.exp(0.5 * logVariance) * gaussian(random);
}
