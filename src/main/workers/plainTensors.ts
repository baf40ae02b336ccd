import * as tf from '@tensorflow/tfjs-core';
import { drawBatch, drawsOf } from '../../shared/models/network/draws';
import { LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE, PULL_BACK } from '../../shared/models/network/loss';
import type { NetworkTrainer } from '../../shared/models/network/trainer';

/**
 * An ensemble under the Gaussian likelihood with SiLU, trained as one writes it in TensorFlow.js: a variable for each weight
 * matrix, the operations' own gradients, the library's own Adam. The same batches as ours, so that losses can be compared.
 * The members go one after the other: in tensors of three dimensions they are slower still.
 */
export const plainTensorTrainer: NetworkTrainer = {
  name: 'tensorflow',
  begin(course, parameters) {
    const { layout, batch, outputs, X, Y } = course;
    const width = layout.layers[0]!.inputs;
    const members = Array.from({ length: layout.members }, (_, member) => {
      const part = (from: number, rows: number, columns: number) => {
        const size = rows * columns;
        return tf.variable(tf.tensor2d(parameters.slice(from + member * size, from + (member + 1) * size), [rows, columns]));
      };
      const layers = layout.layers.map(({ inputs, outputs: units, weights, biases }) => ({
        weights: part(weights, inputs, units),
        biases: part(biases, 1, units),
      }));
      return { layers, adam: tf.train.adam(course.rate, 0.9, 0.999, 1e-8) };
    });
    const draws = drawsOf(course, layout.members);
    const picks = new Int32Array(batch);
    let taken = 0;

    /** Mean loss of the member's outputs before the step. */
    function step(member: number): number {
      drawBatch(course, member, draws[member]!, picks);
      const inputs = new Float32Array(batch * width);
      const targets = new Float32Array(batch * outputs);
      picks.forEach((pick, i) => {
        const row = pick >> 1;
        inputs.set(X.subarray(row * width, (row + 1) * width), i * width);
        targets.set(Y.subarray(row * outputs, (row + 1) * outputs), i * outputs);
      });
      const { layers, adam } = members[member]!;
      return tf.tidy(() => {
        const x = tf.tensor2d(inputs, [batch, width]);
        const y = tf.tensor2d(targets, [batch, outputs]);
        const loss = adam.minimize(
          () => likelihood(forward(x, layers), y, batch),
          true,
          layers.flatMap(({ weights, biases }) => [weights, biases]),
        );
        return loss!.dataSync()[0]! / outputs;
      });
    }
    return {
      take(to) {
        const losses: number[] = [];
        for (; taken < to; taken++) {
          let sum = 0;
          for (let member = 0; member < members.length; member++) sum += step(member);
          losses.push(sum / members.length);
        }
        return Promise.resolve(losses);
      },
      bring() {}, // nobody asks for the weights
      end() {
        for (const { layers, adam } of members) {
          adam.dispose();
          for (const { weights, biases } of layers) tf.dispose([weights, biases]);
        }
      },
    };
  },
};

function forward(x: tf.Tensor2D, layers: readonly { readonly weights: tf.Variable; readonly biases: tf.Variable }[]): tf.Tensor {
  let h: tf.Tensor = x;
  layers.forEach(({ weights, biases }, l) => {
    h = tf.add(tf.matMul(h, weights), biases);
    if (l + 1 < layers.length) h = tf.mul(h, tf.sigmoid(h));
  });
  return h;
}

function likelihood(f: tf.Tensor, y: tf.Tensor, batch: number): tf.Scalar {
  const [mean, free] = tf.split(f, 2, 1) as [tf.Tensor, tf.Tensor];
  const held = tf.clipByValue(free, LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE);
  const misfit = tf.add(tf.mul(tf.square(tf.sub(mean, y)), tf.exp(tf.neg(held))), held);
  const pull = tf.mul(tf.sum(tf.square(tf.sub(free, held))), PULL_BACK / 2);
  return tf.div(tf.add(tf.mul(tf.sum(misfit), 0.5), pull), batch) as tf.Scalar;
}
