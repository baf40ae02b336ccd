import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './activation';
import type { NetworkLayout } from './layout';
import { LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE, PULL_BACK, type NetworkLoss } from './loss';

/**
 * Members as one tensor [members × …], or one after the other as plain matrices: the fast product of the WebAssembly
 * backend takes single matrices only, and no transposed ones (three times faster there, slower on the plain backend).
 */
export type Form = 'together' | 'oneByOne';

/**
 * Loss and gradient of all members by TensorFlow.js, each member on its own batch. The loss is summed over members and
 * outputs and averaged over the batch, so that no member feels another:
 *
 *   squaredError        ½ (f − y)²
 *   gaussianLikelihood  ½ (f − y)² e^−λ + ½ λ, the second half of the outputs being the log variances λ
 *
 * @param inputs    [members × batch × inputs]
 * @param targets   [members × batch × outputs], without log variances
 * @param gradient  in the order of the layout; written
 * @returns         the loss, averaged over members and outputs
 */
export function lossAndGradient(
  layout: NetworkLayout,
  activation: Activation,
  loss: NetworkLoss,
  parameters: Float32Array,
  inputs: Float32Array,
  targets: Float32Array,
  batch: number,
  gradient: Float32Array,
  form: Form = tf.getBackend() === 'wasm' ? 'oneByOne' : 'together',
): number {
  const { members, layers } = layout;
  const groups = form === 'together' ? [{ lead: [members], places: placesOf(layout, 0, members) }] : [];
  if (form === 'oneByOne') for (let m = 0; m < members; m++) groups.push({ lead: [], places: placesOf(layout, m, m + 1) });
  const each = layers.length * 2;
  const part = <A extends Float32Array>(values: A, group: number) =>
    values.slice((group * values.length) / groups.length, ((group + 1) * values.length) / groups.length);
  const outputs = targets.length / (members * batch);

  let value = NaN;
  tf.tidy(() => {
    const variables = groups.flatMap(({ lead, places }) =>
      places.map(({ from, to, shape }) => tf.tensor(parameters.slice(from, to), [...lead, ...shape])),
    );
    const total = (...given: tf.Tensor[]) => {
      const losses = groups.map(({ lead }, group) => {
        const x = tf.tensor(part(inputs, group), [...lead, batch, layers[0].inputs]);
        const y = tf.tensor(part(targets, group), [...lead, batch, outputs]);
        return summedLoss(forward(x, given.slice(group * each, (group + 1) * each), activation), y, loss);
      });
      return tf.mul(losses.length === 1 ? losses[0] : tf.addN(losses), 1 / batch) as tf.Scalar;
    };
    const result = tf.valueAndGrads(total)(variables);
    value = result.value.dataSync()[0];
    groups.flatMap(({ places }) => places).forEach(({ from }, i) => gradient.set(result.grads[i].dataSync(), from));
    // nothing is returned: tidy would look for tensors in every single number of it
  });
  return value / (members * outputs);
}

/** Where the tensors of some members stand among the parameters: weights and biases, layer after layer. */
function placesOf(layout: NetworkLayout, from: number, to: number) {
  return layout.layers.flatMap(({ inputs, outputs, weights, biases }) => [
    { from: weights + from * inputs * outputs, to: weights + to * inputs * outputs, shape: [inputs, outputs] },
    { from: biases + from * outputs, to: biases + to * outputs, shape: [1, outputs] },
  ]);
}

function forward(x: tf.Tensor, parameters: readonly tf.Tensor[], activation: Activation): tf.Tensor {
  let h = x;
  for (let i = 0; i < parameters.length; i += 2) {
    h = tf.add(h.rank === 2 ? product(h, parameters[i]) : tf.matMul(h, parameters[i]), parameters[i + 1]);
    if (i + 2 < parameters.length) h = activation === 'silu' ? silu(h) : activation === 'tanh' ? tf.tanh(h) : tf.relu(h);
  }
  return h;
}

/** The product of two matrices whose gradient transposes first and then multiplies. */
const product = tf.customGrad((...given) => {
  const [a, b, save] = given as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  save([a, b]);
  const gradFunc = (dy: tf.Tensor, [left, right]: tf.Tensor[]) => [tf.matMul(dy, tf.transpose(right)), tf.matMul(tf.transpose(left), dy)];
  return { value: tf.matMul(a, b), gradFunc };
});

/** x σ(x) with a gradient of five operations: σ + y (1 − σ). */
const silu = tf.customGrad((...given) => {
  const [x, save] = given as [tf.Tensor, tf.GradSaveFunc];
  const s = tf.sigmoid(x);
  const value = tf.mul(x, s);
  save([s, value]);
  return { value, gradFunc: (dy: tf.Tensor, [σ, y]: tf.Tensor[]) => tf.mul(dy, tf.add(σ, tf.mul(y, tf.sub(1, σ)))) };
});

function summedLoss(f: tf.Tensor, y: tf.Tensor, loss: NetworkLoss): tf.Tensor {
  if (loss === 'squaredError') return tf.mul(tf.sum(tf.square(tf.sub(f, y))), 0.5);
  const [mean, free] = tf.split(f, 2, f.rank - 1);
  const held = tf.clipByValue(free, LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE);
  const misfit = tf.add(tf.mul(tf.square(tf.sub(mean, y)), tf.exp(tf.neg(held))), held);
  return tf.add(tf.mul(tf.sum(misfit), 0.5), tf.mul(tf.sum(tf.square(tf.sub(free, held))), PULL_BACK / 2));
}
