import * as tf from '@tensorflow/tfjs-core';

/** A layer of one member: weights [outputs × inputs] and biases [outputs]. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

/**
 * Rollouts of the cart-pole through an ensemble in TensorFlow.js, on the backend that is current: what `upright bench` holds
 * the kernels against. In the best form that we know of: a fused product with its bias for each member and layer, on plain
 * matrices. The batched product of three dimensions is three times slower there.
 */
export class TensorNetworks {
  private readonly layers: readonly (readonly { readonly weights: tf.Tensor2D; readonly biases: tf.Tensor1D }[])[];

  /**
   * @param networks      [members][layers], SiLU between layers; outputs are 4 changes of the state and 4 log variances
   * @param logVariances  what the latter are held within
   */
  constructor(
    networks: readonly (readonly Layer[])[],
    private readonly logVariances: readonly [number, number],
  ) {
    this.layers = networks.map((layers) =>
      layers.map(({ inputs, outputs, weights, biases }) => ({
        weights: tf.tidy(() => tf.transpose(tf.tensor2d(Float32Array.from(weights), [outputs, inputs]))),
        biases: tf.tensor1d(Float32Array.from(biases)),
      })),
    );
  }

  /**
   * @param actions  [count × horizon], in units of the limit
   * @param costs    [count]
   * @param seed     of the noise that the networks state; none without it
   */
  costs(start: Float64Array, actions: Float64Array, horizon: number, costs: Float64Array, seed?: number): void {
    const count = costs.length;
    tf.tidy(() => {
      const all = tf.tensor2d(Float32Array.from(actions), [count, horizon]);
      let total: tf.Tensor = tf.zeros([count, 1]);
      this.layers.forEach((layers, member) => {
        let state: tf.Tensor = tf.tile(tf.tensor2d(Float32Array.from(start), [1, 4]), [count, 1]);
        let sum: tf.Tensor = tf.zeros([count, 1]);
        for (let t = 0; t < horizon; t++) {
          const [next, cost] = tf.tidy((): [tf.Tensor, tf.Tensor] => {
            const action = tf.slice(all, [0, t], [count, 1]);
            const after = tf.add(
              state,
              changes(layers, state, action, this.logVariances, seed === undefined ? undefined : seed + horizon * member + t),
            );
            return [after, tf.add(sum, stageCost(after, action))];
          });
          state.dispose();
          sum.dispose();
          state = next;
          sum = cost;
        }
        total = tf.add(total, sum);
      });
      costs.set(tf.div(total, this.layers.length).dataSync());
    });
  }
  dispose(): void {
    tf.dispose(this.layers.flatMap((layers) => layers.flatMap(({ weights, biases }) => [weights, biases])));
  }
}

function changes(
  layers: readonly { readonly weights: tf.Tensor2D; readonly biases: tf.Tensor1D }[],
  state: tf.Tensor,
  action: tf.Tensor,
  logVariances: readonly [number, number],
  seed: number | undefined,
): tf.Tensor {
  const [x, v, angle, rate] = tf.split(state, 4, 1);
  let h = tf.concat([tf.mul(x!, 0.5), tf.mul(v!, 0.5), tf.cos(angle!), tf.sin(angle!), tf.mul(rate!, 1 / 6), action], 1);
  layers.forEach(({ weights, biases }, l) => {
    h = tf.fused.matMul({ a: h as tf.Tensor2D, b: weights, bias: biases, activation: 'linear' });
    if (l < layers.length - 1) h = tf.mul(h, tf.sigmoid(h));
  });
  const [mean, logVariance] = tf.split(h, 2, 1);
  if (seed === undefined) return mean!;
  const deviation = tf.exp(tf.mul(tf.clipByValue(logVariance!, ...logVariances), 0.5));
  return tf.add(mean!, tf.mul(deviation, tf.randomNormal(mean!.shape, 0, 1, 'float32', seed)));
}

function stageCost(state: tf.Tensor, action: tf.Tensor): tf.Tensor {
  const [x, v, angle, rate] = tf.split(state, 4, 1);
  return tf.addN([
    tf.sub(1, tf.cos(angle!)),
    tf.mul(tf.square(x!), 0.05),
    tf.mul(tf.square(v!), 0.005),
    tf.mul(tf.square(rate!), 0.01),
    tf.mul(tf.square(action), 0.001),
  ]);
}
