import { randomStream, streamKey } from '../../../../shared/math/random';
import { freshMoments } from '../../../../shared/models/network/adamW';
import { kernelTrainer } from '../../../../shared/models/network/kernelTrainer';
import { networkLayout } from '../../../../shared/models/network/layout';
import { tensorTrainer } from '../../../../shared/models/network/tensorTrainer';
import { initialParameters } from '../../../../shared/models/network/train';
import type { NetworkTrainer } from '../../../../shared/models/network/trainer';
import { loadKernels } from '../../../workers/kernels';
import { chooseTensorBackend, TensorBackendMissing } from '../../../workers/tensors';
import { inTurn, rowsOf, type Contender } from './rounds';
import { parityOf, type BenchContext, type Parity, type WorkResult } from './work';

export interface TrainingSize {
  readonly members: number;
  readonly widths: readonly number[];
  readonly transitions: number;
  readonly batch: number;
}
const W4: TrainingSize = { members: 5, widths: [64, 64], transitions: 10_000, batch: 256 };
const INPUTS = 6;
const OUTPUTS = 4;

/** Loss after two epochs: 32 bits, summed in another order by each. */
const LOSS_LIMIT = 1e-4;

/** One epoch of an ensemble under the Gaussian likelihood, by Adam: the kernels beside TensorFlow.js. */
export async function benchTraining(context: BenchContext, size = W4): Promise<WorkResult> {
  const { world, seed } = context;
  const kernels = loadKernels();
  const trainers: { readonly name: string; readonly note: string; readonly trainer: NetworkTrainer }[] = [];
  const kernel = (arithmetic: 'fused' | 'portable') => kernelTrainer(kernels.module('training', arithmetic));
  if (kernels.fuses) trainers.push({ name: 'kernel fused', note: 'forward, backward and Adam', trainer: kernel('fused') });
  trainers.push({ name: 'kernel mul+add', note: 'forward, backward and Adam', trainer: kernel('portable') });
  try {
    await chooseTensorBackend('wasm');
    trainers.push({ name: 'tfjs-wasm', note: 'plain matrices, a gradient of our own for products and SiLU', trainer: tensorTrainer });
  } catch (error) {
    if (!(error instanceof TensorBackendMissing)) throw error;
    world.warn({ code: 'peerAbsent', text: 'tfjs-wasm: not installed.' });
  }
  const data = transitionsOf(size, seed);
  const parity = lossParity(trainers, size, data, seed);
  const contenders: Contender[] = trainers.map(({ name, note, trainer }) => {
    const epoch = epochs(trainer, size, data, seed);
    return { name, note, threads: 1, once: () => void epoch() };
  });
  return { ...rowsOf('W4', await inTurn('W4', contenders, context)), parity };
}

interface Data {
  /** [transitions × inputs] and [transitions × outputs]. */
  readonly X: Float32Array;
  readonly Y: Float32Array;
}
function transitionsOf({ transitions }: TrainingSize, seed: number): Data {
  const random = randomStream(streamKey(seed, 0x7734, 0, 0));
  const X = Float32Array.from({ length: transitions * INPUTS }, () => 2 * random.uniform() - 1);
  const Y = new Float32Array(transitions * OUTPUTS);
  for (let row = 0; row < transitions; row++)
    for (let o = 0; o < OUTPUTS; o++) {
      const [a, b] = [X[row * INPUTS + o]!, X[row * INPUTS + o + 1]!];
      Y[row * OUTPUTS + o] = Math.sin(2 * a) * b + 0.1 * random.normal();
    }
  return { X, Y };
}

/** A training that goes on by an epoch at each call, each member in an order of its own. @returns the mean loss of the epoch */
function epochs(
  trainer: NetworkTrainer,
  { members, widths, transitions, batch }: TrainingSize,
  { X, Y }: Data,
  seed: number,
): () => number {
  const layout = networkLayout(members, INPUTS, widths, 2 * OUTPUTS);
  const parameters = initialParameters(layout, seed, { weightScale: 1, biasScale: 0.1, lastScale: 0.1 });
  const plan = {
    layout,
    activation: 'silu',
    loss: 'gaussianLikelihood',
    outputs: OUTPUTS,
    batch,
    weightDecay: 0,
    gradientNorm: 1e6,
  } as const;
  const run = trainer.begin(plan, parameters, freshMoments(layout.size));
  const random = randomStream(streamKey(seed, 0x7734, 1, 0));
  const orders = Array.from({ length: members }, () => Int32Array.from({ length: transitions }, (_, row) => row));
  const inputs = new Float32Array(members * batch * INPUTS);
  const targets = new Float32Array(members * batch * OUTPUTS);
  const steps = Math.floor(transitions / batch);
  return () => {
    let loss = 0;
    for (const order of orders)
      for (let i = order.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        const kept = order[i]!;
        order[i] = order[j]!;
        order[j] = kept;
      }
    for (let step = 0; step < steps; step++) {
      for (let member = 0, x = 0, y = 0; member < members; member++)
        for (let i = 0; i < batch; i++) {
          const row = orders[member]![step * batch + i]!;
          for (let d = 0; d < INPUTS; d++) inputs[x++] = X[row * INPUTS + d]!;
          for (let o = 0; o < OUTPUTS; o++) targets[y++] = Y[row * OUTPUTS + o]!;
        }
      loss += run.step(inputs, targets, 1e-3) / steps;
    }
    return loss;
  };
}

/** The loss of the second epoch by each trainer, against TensorFlow.js where there is one. */
function lossParity(
  trainers: readonly { readonly name: string; readonly trainer: NetworkTrainer }[],
  size: TrainingSize,
  data: Data,
  seed: number,
): Parity[] {
  const losses = trainers.map(({ trainer }) => {
    const epoch = epochs(trainer, size, data, seed);
    epoch();
    return epoch();
  });
  const truth = losses[losses.length - 1]!;
  const against = trainers[trainers.length - 1]!.name;
  return trainers
    .slice(0, -1)
    .map(({ name }, i) => parityOf(`W4: loss of ${name} against ${against}`, Math.abs(losses[i]! - truth) / Math.abs(truth), LOSS_LIMIT));
}
