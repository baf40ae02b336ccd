import { drawBatch, drawsOf } from '../../../../../shared/models/network/draws';
import type { TrainingCourse } from '../../../../../shared/models/network/course';
import { lossesCheck, type PeersAsked } from './contenders';
import type { PeerKind } from './kinds';
import { packed } from './numbers';

/** Losses of two epochs of 32 bits, each library summing in its own order. */
const LOSSES_LIMIT = 1e-5;

/**
 * A training as libraries of others get it: the same data, first parameters and, for the epochs that are checked, the same
 * rows in the same order.
 *
 * @param parameters  in the order of the layout
 * @param steps       of an epoch
 * @param losses      ours, of the first epochs
 */
export function trainingPeers(
  kinds: readonly PeerKind[],
  course: TrainingCourse,
  parameters: Float32Array,
  steps: number,
  losses: readonly number[],
): PeersAsked {
  const { X, Y, rows, batch, rate, layout, outputs } = course;
  const { members, layers } = layout;
  const part = (from: number, shape: readonly number[]) =>
    packed(parameters.subarray(from, from + shape.reduce((product, size) => product * size, 1)), shape);
  const work = {
    work: 'training',
    batch,
    rate,
    inputs: packed(X, [rows, X.length / rows]),
    targets: packed(Y, [rows, outputs]),
    orders: packed(ordersOf(course, steps, losses.length), [losses.length, members, steps * batch]),
    layers: layers.map(({ inputs, outputs: width, weights, biases }) => ({
      weights: part(weights, [members, inputs, width]),
      biases: part(biases, [members, 1, width]),
    })),
  };
  return { id: 'W4', kinds, work, check: lossesCheck(losses), what: 'losses', limit: LOSSES_LIMIT };
}

/** Rows of the first epochs [epochs × members × steps · batch], as a training of ours draws them. */
export function ordersOf(course: TrainingCourse, steps: number, epochs: number): Int32Array {
  const { members } = course.layout;
  const { batch } = course;
  const orders = new Int32Array(epochs * members * steps * batch);
  const picks = new Int32Array(batch);
  drawsOf(course, members).forEach((draws, member) => {
    for (let epoch = 0; epoch < epochs; epoch++)
      for (let step = 0; step < steps; step++) {
        drawBatch(course, member, draws, picks);
        const at = ((epoch * members + member) * steps + step) * batch;
        for (let i = 0; i < batch; i++) orders[at + i] = picks[i]! >> 1; // the low bit would tell a mirror image
      }
  });
  return orders;
}
