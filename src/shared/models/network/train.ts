import { randomStream, streamKey } from '../../math/random';
import type { FitProgress } from '../model';
import type { Moments } from './adamW';
import type { TrainingCourse } from './course';
import { eachRun, type NetworkLayout } from './layout';
import { networkTrainer } from './trainer';

export interface Training extends Omit<TrainingCourse, 'X' | 'Y' | 'outputs'> {
  /** Inputs [rows × inputs] and targets [rows × outputs], normalised. */
  readonly X: Float64Array;
  readonly Y: Float64Array;
  /** The batch while there are fewer rows than `batch`, which it then grows to. */
  readonly leastBatch: number;
  onProgress?(progress: FitProgress): void;
  checkpoint?(): Promise<void>;
  /** Error on held-out data of the parameters as they are now. With it the best parameters are kept, and training stops early. */
  heldOut?(): number;
}

/** Every so many steps there is a checkpoint and a report. */
const SLICE = 10;
/** Every so many steps, whole slices, the held-out error is taken; training ends when it has not fallen for so large a share of the steps. */
const STEPS_A_LOOK = 50;
const PATIENCE = 1 / 3;

/**
 * Trains all members in place by AdamW, through the trainer of this process: the rate is constant at first, then a cosine
 * down to a share of it. Each member goes through the data in an order of its own and, under the mirror, sees each
 * transition as it was or mirrored with probability ½.
 */
export async function train(task: Training, parameters: Float32Array, moments: Moments): Promise<void> {
  const trainer = networkTrainer();
  if (trainer === undefined) throw new Error('No trainer was chosen in this process; networks train in the learner process.');
  const { steps } = task;
  const run = trainer.begin(courseOf(task), parameters, moments);
  const lossName = task.loss === 'squaredError' ? 'half the squared error, over the targets’ mean square' : 'negative log likelihood';
  let recent = NaN;
  let best: Kept | undefined;
  try {
    for (let done = 0; done < steps;) {
      if (task.checkpoint !== undefined) await task.checkpoint();
      const to = Math.min(steps, done + SLICE);
      const look = task.heldOut === undefined ? steps : Math.min(steps, Math.ceil(to / STEPS_A_LOOK) * STEPS_A_LOOK);
      for (const loss of await run.take(to, look)) {
        done++;
        if (!Number.isFinite(loss))
          throw new Error(`The training of the network diverged at step ${done}. Lower its learning rate or its gradient norm.`);
        recent = Number.isNaN(recent) ? loss : 0.9 * recent + 0.1 * loss;
      }
      const looks = task.heldOut !== undefined && done === look;
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
    if (best === undefined) run.bring();
    else restore(best, parameters, moments);
  } finally {
    run.end();
  }
}

/** Without the reports and looks, which stay with who asked for them; in the numbers that networks are trained in. */
function courseOf(task: Training): TrainingCourse {
  const { layout, activation, loss, rows, mirror, bootstrap, seed, steps, rate, constantShare, finalShare, weightDecay, gradientNorm } =
    task;
  let batch = Math.min(task.leastBatch, task.batch);
  while (batch < task.batch && batch < rows) batch = Math.min(task.batch, batch * 2);
  return {
    ...{ layout, activation, loss, outputs: task.Y.length / rows, batch, weightDecay, gradientNorm },
    ...{ X: Float32Array.from(task.X), Y: Float32Array.from(task.Y), rows, ...(mirror && { mirror }) },
    ...{ bootstrap, seed, steps, rate, constantShare, finalShare },
  };
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
