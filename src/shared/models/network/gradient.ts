import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './activation';
import type { NetworkLayout } from './layout';

export type NetworkLoss = 'squaredError' | 'gaussianLikelihood';

/** Log variances are held within these; a pull of 0.1 per unit brings back what strays. */
const LEAST_LOG_VARIANCE = -8;
const MOST_LOG_VARIANCE = 2;

/**
 * Loss and gradient of all members at once by TensorFlow.js, each member on its own batch. The loss is summed over
 * members and outputs and averaged over the batch, so that no member feels another:
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
  layout: NetworkLayout, activation: Activation, loss: NetworkLoss, parameters: Float32Array,
  inputs: Float32Array, targets: Float32Array, batch: number, gradient: Float32Array,
): number {
  const { members, layers } = layout;
  const places = layers.flatMap((layer) => [
    { from: layer.weights, to: layer.biases, shape: [members, layer.inputs, layer.outputs] },
    { from: layer.biases, to: layer.biases + members * layer.outputs, shape: [members, 1, layer.outputs] },
  ]);
  const outputs = targets.length / (members * batch);
  const { value, parts } = tf.tidy(() => {
    const x = tf.tensor(inputs, [members, batch, layers[0].inputs]);
    const y = tf.tensor(targets, [members, batch, outputs]);
    const variables = places.map(({ from, to, shape }) => tf.tensor(parameters.slice(from, to), shape));
    const result = tf.valueAndGrads((...given: tf.Tensor[]) => tf.mul(summedLoss(forward(x, given, activation), y, loss), 1 / batch))(variables);
    return { value: result.value.dataSync()[0], parts: result.grads.map((part) => part.dataSync()) };
  });
  parts.forEach((part, i) => gradient.set(part, places[i].from));
  return value / (members * outputs);
}

function forward(x: tf.Tensor, parameters: readonly tf.Tensor[], activation: Activation): tf.Tensor {
  let h = x;
  for (let i = 0; i < parameters.length; i += 2) {
    h = tf.add(tf.matMul(h, parameters[i]), parameters[i + 1]);
    if (i + 2 < parameters.length) h = activation === 'silu' ? tf.mul(h, tf.sigmoid(h)) : activation === 'tanh' ? tf.tanh(h) : tf.relu(h);
  }
  return h;
}

function summedLoss(f: tf.Tensor, y: tf.Tensor, loss: NetworkLoss): tf.Tensor {
  if (loss === 'squaredError') return tf.mul(tf.sum(tf.square(tf.sub(f, y))), 0.5);
  const [mean, free] = tf.split(f, 2, 2);
  const held = tf.clipByValue(free, LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE);
  const misfit = tf.add(tf.mul(tf.square(tf.sub(mean, y)), tf.exp(tf.neg(held))), held);
  return tf.add(tf.mul(tf.sum(misfit), 0.5), tf.mul(tf.sum(tf.square(tf.sub(free, held))), 0.05));
}
