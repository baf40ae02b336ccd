import type { TensorBackend } from '../tensorBackend';
import type { Moments } from './adamW';
import type { TrainingCourse } from './course';

/** What takes the steps. One is chosen for each process by its entry; see `setNetworkTrainer`. */
export interface NetworkTrainer {
  readonly name: 'kernels' | 'tensorflow';
  /** Begins a training from these values; they are up to date again after `bring`. */
  begin(course: TrainingCourse, parameters: Float32Array, moments: Moments): TrainingRun;
}
export interface TrainingRun {
  /**
   * Trains until every member has taken `to` steps; each takes its batches as `draws.ts` picks them. A member that comes to a
   * loss that is no number stays there.
   *
   * @param ahead  members may meanwhile take further steps, up to so many
   * @returns      for each step since the last call the loss before it, averaged over members and outputs
   */
  take(to: number, ahead: number): Promise<number[]>;
  /** Brings the parameters and moments that the training began with up to date. All members have to have taken equally many steps. */
  bring(): void;
  /** Nothing is taken any more. */
  end(): void;
}

/** What trains in a process, as it is told to others. */
export interface ChosenTrainer {
  readonly name: NetworkTrainer['name'];
  /** Of TensorFlow.js; the kernels have none. */
  readonly backend?: TensorBackend;
}

let chosen: NetworkTrainer | undefined;

/** Leaves word which trainer this process has: kernels and tensor libraries need files, which this room cannot see. */
export const setNetworkTrainer = (trainer: NetworkTrainer): void => {
  chosen = trainer;
};
export const networkTrainer = (): NetworkTrainer | undefined => chosen;
