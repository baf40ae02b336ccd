import { cos } from '../../math/elementary';
import { randomStream, streamKey, uniform, type Random } from '../../math/random';
import type { FitProgress } from '../model';
import type { Activation } from './activation';
import type { Moments } from './adamW';
import { eachRun, type NetworkLayout } from './layout';
import type { NetworkLoss } from './loss';
import { networkTrainer } from './trainer';

export interface Training {
  readonly layout: NetworkLayout;
  readonly activation: Activation;
  readonly loss: NetworkLoss;
  /** Inputs [rows × inputs] and targets [rows × outputs], normalised. */
  readonly X: Float64Array;
  readonly Y: Float64Array;
  readonly rows: number;
  /** Signs of inputs and outputs under the mirror; absent when nothing is mirrored. */
  readonly mirror?: { readonly inputs: readonly number[]; readonly outputs: readonly number[] };
  readonly bootstrap: boolean;
  readonly steps: number;
  readonly rate: number;
  readonly constantShare: number;
  readonly finalShare: number;
  readonly batch: number;
  readonly leastBatch: number;
  readonly weightDecay: number;
  readonly gradientNorm: number;
  readonly seed: number;
  onProgress?(progress: FitProgress): void;
  checkpoint?(): Promise<void>;
  /** Error on held-out data of the parameters as they are now. With it the best parameters are kept, and training stops early. */
  heldOut?(): number;
}

/** Every so many steps there is a checkpoint and a report. */
const SLICE = 10;
/** Every so many slices the held-out error is taken; training ends when it has not fallen for so large a share of the steps. */
const SLICES_A_LOOK = 5;
const PATIENCE = 1 / 3;

/**
 * Trains all members in place by AdamW, through the trainer of this process: the rate is constant at first, then a cosine
 * down to a share of it. Each member goes through the data in an order of its own and, under the mirror, sees each
 * transition as it was or mirrored with probability ½.
 */
export async function train(task: Training, parameters: Float32Array, moments: Moments): Promise<void> {
  const trainer = networkTrainer();
  if (trainer === undefined) throw new Error('No trainer was chosen in this process; networks train in the learner process.');
  const { layout, rows, steps } = task;
  const { members } = layout;
  let batch = Math.min(task.leastBatch, task.batch);
  while (batch < task.batch && batch < rows) batch = Math.min(task.batch, batch * 2);
  const D = layout.layers[0].inputs;
  const O = task.Y.length / rows;
  const inputs = new Float32Array(members * batch * D);
  const targets = new Float32Array(members * batch * O);
  const run = trainer.begin({ ...task, outputs: O, batch }, parameters, moments);
  const draws = Array.from({ length: members }, (_, member) => drawer(task, member));
  const lossName = task.loss === 'squaredError' ? 'half the squared error, over the targets’ mean square' : 'negative log likelihood';
  let recent = NaN;
  let best: Kept | undefined;
  for (let step = 0; step < steps; step++) {
    if (step % SLICE === 0 && task.checkpoint !== undefined) await task.checkpoint();
    for (let member = 0, x = 0, y = 0; member < members; member++) {
      for (let i = 0; i < batch; i++) {
        const { row, mirrored } = draws[member]();
        for (let d = 0; d < D; d++) inputs[x++] = (mirrored ? task.mirror!.inputs[d] : 1) * task.X[row * D + d];
        for (let o = 0; o < O; o++) targets[y++] = (mirrored ? task.mirror!.outputs[o] : 1) * task.Y[row * O + o];
      }
    }
    const loss = run.step(inputs, targets, rateAt(task, step));
    if (!Number.isFinite(loss))
      throw new Error(`The training of the network diverged at step ${step + 1}. Lower its learning rate or its gradient norm.`);
    recent = Number.isNaN(recent) ? loss : 0.9 * recent + 0.1 * loss;
    const done = step + 1;
    if (done % SLICE === 0 || done === steps) {
      const looks = task.heldOut !== undefined && (done % (SLICES_A_LOOK * SLICE) === 0 || done === steps);
      if (looks) run.bring();
      const heldOut = looks ? task.heldOut!() : undefined;
      if (heldOut !== undefined && heldOut < (best?.heldOut ?? Infinity)) best = kept(heldOut, done, parameters, moments);
      task.onProgress?.({
        phase: 'fit',
        done,
        total: steps,
        unit: 'steps',
        loss: recent,
        lossName,
        ...(heldOut === undefined ? {} : { heldOut }),
      });
      if (best !== undefined && done - best.step >= steps * PATIENCE) break;
    }
  }
  if (best === undefined) run.bring();
  else restore(best, parameters, moments);
}

/** The state of a training at the step whose held-out error was least. */
interface Kept {
  readonly heldOut: number;
  readonly step: number;
  readonly parameters: Float32Array;
  readonly moments: Readonly<Moments>;
}
const kept = (heldOut: number, step: number, parameters: Float32Array, { first, second, steps }: Moments): Kept => ({
  heldOut,
  step,
  parameters: parameters.slice(),
  moments: { first: first.slice(), second: second.slice(), steps },
});
function restore({ parameters, moments }: Kept, into: Float32Array, intoMoments: Moments): void {
  into.set(parameters);
  intoMoments.first.set(moments.first);
  intoMoments.second.set(moments.second);
  intoMoments.steps = moments.steps;
}

function rateAt({ steps, rate, constantShare, finalShare }: Training, step: number): number {
  const constant = steps * constantShare;
  if (step < constant) return rate;
  const share = (step - constant) / (steps - constant);
  return rate * (finalShare + (1 - finalShare) * 0.5 * (1 + cos(Math.PI * share)));
}

/** Hands out the rows of one member in ever new orders, each as often as its bootstrap says. */
function drawer(task: Training, member: number): () => { row: number; mirrored: boolean } {
  const random = randomStream(streamKey(task.seed, 0x6e6e, member, task.rows));
  const order: number[] = [];
  // The count of a row belongs to the row, so that later fits of a member see the same sample of the past.
  const counts = streamKey(task.seed, 0x6274, member, 0);
  for (let row = 0; row < task.rows; row++) {
    const u = task.bootstrap ? uniform(counts, row) : 0.5;
    const times = u < 0.368 ? 0 : u < 0.736 ? 1 : u < 0.92 ? 2 : 3; // Poisson with mean 1, cut at 3
    for (let k = 0; k < times; k++) order.push(row);
  }
  if (order.length === 0) order.push(0);
  let next = order.length;
  return () => {
    if (next >= order.length) {
      shuffle(order, random);
      next = 0;
    }
    return { row: order[next++], mirrored: task.mirror !== undefined && random.uniform() < 0.5 };
  };
}

function shuffle(order: number[], random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

/**
 * Fresh parameters: weights normal with `weightScale` over the root of the fan-in (the first layer's counts as 5, whatever
 * the inputs, because they are correlated), hidden biases normal, the last layer small so that the first guess is 0.
 */
export function initialParameters(
  layout: NetworkLayout,
  seed: number,
  scales: { weightScale: number; biasScale: number; lastScale: number },
): Float32Array {
  const parameters = new Float32Array(layout.size);
  for (let member = 0; member < layout.members; member++) {
    const random = randomStream(streamKey(seed, 0x696e, member, 0));
    let layer = 0;
    let biases = false;
    eachRun(layout, member, (from, to) => {
      const last = layer === layout.layers.length - 1;
      const fanIn = layer === 0 ? 5 : layout.layers[layer].inputs;
      const sd = biases ? (last ? 0 : scales.biasScale) : (last ? scales.lastScale : scales.weightScale) / Math.sqrt(fanIn);
      for (let i = from; i < to; i++) parameters[i] = sd * random.normal();
      if (biases) layer++;
      biases = !biases;
    });
  }
  return parameters;
}
