import { randomStream, streamKey } from '../../../../shared/math/random';
import { freshMoments } from '../../../../shared/models/network/adamW';
import type { TrainingCourse } from '../../../../shared/models/network/course';
import { kernelTrainer } from '../../../../shared/models/network/kernelTrainer';
import { networkLayout } from '../../../../shared/models/network/layout';
import { tensorTrainer } from '../../../../shared/models/network/tensorTrainer';
import { initialParameters } from '../../../../shared/models/network/train';
import type { NetworkTrainer } from '../../../../shared/models/network/trainer';
import { loadKernels } from '../../../workers/kernels';
import { chooseTensorBackend, TensorBackendMissing } from '../../../workers/tensors';
import { TrainerThreads } from '../../../workers/trainerThreads';
import { startPeers } from './peers/contenders';
import { peerKinds } from './peers/kinds';
import { plainTensorTrainer } from '../../../workers/plainTensors';
import { trainingPeers } from './peers/training';
import { closeAll, inTurn, rowsOf, type Contender } from './rounds';
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

interface Subject extends Pick<Contender, 'name' | 'note' | 'threads' | 'mostRounds'> {
  readonly trainer: NetworkTrainer;
  /** Makes its backend the current one, where it has one. */
  begin?(): Promise<unknown>;
}

/** One epoch of an ensemble under the Gaussian likelihood, by Adam: the kernels beside TensorFlow.js. */
export async function benchTraining(context: BenchContext, size = W4): Promise<WorkResult> {
  const { threads, world, seed, thorough } = context;
  const crews: TrainerThreads[] = [];
  const subjects = [...kernelSubjects(threads, crews), ...(await tensorSubjects(thorough, world.warn))];
  try {
    const data = transitionsOf(size, seed);
    const parity = await lossParity(subjects, size, data, seed);
    const contenders = subjects.map(({ trainer, begin, ...told }): Contender => {
      const { epoch } = epochs(trainer, size, data, seed);
      return {
        ...told,
        async once() {
          await begin?.();
          await epoch();
        },
      };
    });
    const libraries = await libraryPeers(subjects[0]!.trainer, size, data, context);
    const measured = await inTurn('W4', [...contenders, ...libraries.contenders], context);
    await closeAll(libraries.contenders);
    return { ...rowsOf('W4', measured), parity: [...parity, ...libraries.parity] };
  } finally {
    for (const crew of crews) await crew.close();
  }
}

/** Each arithmetic on all threads, and on one. */
function kernelSubjects(threads: number, crews: TrainerThreads[]): Subject[] {
  const kernels = loadKernels();
  return (['fused', 'portable'] as const).flatMap((arithmetic): Subject[] => {
    if (arithmetic === 'fused' && !kernels.fuses) return [];
    const module = kernels.module('training', arithmetic);
    const ours = { name: arithmetic === 'fused' ? 'kernel fused' : 'kernel mul+add', note: 'forward, backward and Adam' };
    const alone = { ...ours, threads: 1, trainer: kernelTrainer(module) };
    if (threads === 1) return [alone];
    const crew = new TrainerThreads(threads - 1); // of its own: a thread goes on with a training until that is over
    crews.push(crew);
    return [{ ...ours, threads, trainer: kernelTrainer(module, crew) }, alone];
  });
}

/**
 * TensorFlow.js in WebAssembly, as one writes it and in the best form that we know, which is the truth of the parity; and the
 * latter in JavaScript, which takes seconds.
 */
async function tensorSubjects(thorough: boolean, warn: BenchContext['world']['warn']): Promise<Subject[]> {
  const own = { note: 'as one writes it: gradients and Adam of the library', trainer: plainTensorTrainer };
  const tuned = { note: 'one by one, a gradient of our own for products and SiLU', trainer: tensorTrainer };
  const kinds = [
    { backend: 'wasm', name: 'tfjs-wasm', ...own },
    ...(thorough ? ([{ backend: 'cpu', name: 'tfjs-cpu', ...tuned, mostRounds: 1 }] as const) : []),
    { backend: 'wasm', name: 'tfjs-wasm tuned', ...tuned },
  ] as const;
  const subjects: Subject[] = [];
  for (const { backend, ...told } of kinds) {
    const begin = () => chooseTensorBackend(backend);
    try {
      await begin();
      subjects.push({ ...told, threads: 1, begin });
    } catch (error) {
      if (!(error instanceof TensorBackendMissing)) throw error;
      warn({ code: 'peerAbsent', text: `${told.name}: not installed.` });
    }
  }
  return subjects;
}

/** Libraries of others, checked by the losses of two epochs. */
async function libraryPeers(trainer: NetworkTrainer, size: TrainingSize, data: Data, context: BenchContext) {
  if (context.peers === undefined) return { contenders: [], parity: [] };
  const { course, parameters } = beginning(size, data, context.seed);
  const { epoch, end } = epochs(trainer, size, data, context.seed);
  const losses = [await epoch(), await epoch()];
  end();
  return startPeers(trainingPeers(peerKinds(context.threads).W4, course, parameters, stepsOf(size), losses), context);
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

/** A training before its first step. */
function beginning({ members, widths, transitions, batch }: TrainingSize, { X, Y }: Data, seed: number) {
  const layout = networkLayout(members, INPUTS, widths, 2 * OUTPUTS);
  const course: TrainingCourse = {
    ...{ layout, activation: 'silu', loss: 'gaussianLikelihood', outputs: OUTPUTS, batch, weightDecay: 0, gradientNorm: 1e6 },
    ...{ X, Y, rows: transitions, bootstrap: false, seed },
    ...{ steps: MOST_STEPS, rate: 1e-3, constantShare: 1, finalShare: 1 },
  };
  return { course, parameters: initialParameters(layout, seed, { weightScale: 1, biasScale: 0.1, lastScale: 0.1 }) };
}
/** Of an epoch. */
const stepsOf = ({ transitions, batch }: TrainingSize): number => Math.floor(transitions / batch);

/** A training that goes on by an epoch at each call, which gives the mean loss of its steps. */
function epochs(trainer: NetworkTrainer, size: TrainingSize, data: Data, seed: number) {
  const { course, parameters } = beginning(size, data, seed);
  const run = trainer.begin(course, parameters, freshMoments(course.layout.size));
  const steps = stepsOf(size);
  let taken = 0;
  return {
    async epoch(): Promise<number> {
      taken += steps;
      const losses = await run.take(taken, taken);
      return losses.reduce((sum, loss) => sum + loss / steps, 0);
    },
    end: () => run.end(),
  };
}
/** More than any bench takes. */
const MOST_STEPS = 1e8;

/** The loss of the second epoch by each trainer, against TensorFlow.js where there is one. */
async function lossParity(subjects: readonly Subject[], size: TrainingSize, data: Data, seed: number): Promise<Parity[]> {
  const quick = subjects.filter(({ mostRounds }) => mostRounds === undefined);
  const losses: number[] = [];
  for (const { trainer, begin } of quick) {
    await begin?.();
    const { epoch, end } = epochs(trainer, size, data, seed);
    await epoch();
    losses.push(await epoch());
    end();
  }
  const [truth, against] = [losses.at(-1)!, quick.at(-1)!];
  const apart = (loss: number, other: number) => Math.abs(loss - other) / Math.abs(other);
  return quick.slice(0, -1).flatMap(({ name, threads }, i) => {
    if (threads === 1) return [parityOf(`W4: loss of ${name} against ${against.name}`, apart(losses[i]!, truth), LOSS_LIMIT)];
    const alone = quick.findIndex((other) => other.name === name && other.threads === 1);
    return [parityOf(`W4: loss of ${name} on ${threads} threads against 1`, apart(losses[i]!, losses[alone]!), 0)];
  });
}
