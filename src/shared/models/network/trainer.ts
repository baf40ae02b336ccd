import type { TensorBackend } from '../tensorBackend';
import type { Activation } from './activation';
import type { Moments } from './adamW';
import type { NetworkLayout } from './layout';
import type { NetworkLoss } from './loss';

/** What stays the same over all steps of a training. */
export interface TrainingPlan {
  readonly layout: NetworkLayout;
  readonly activation: Activation;
  readonly loss: NetworkLoss;
  /** Wanted outputs; under the Gaussian likelihood the network has as many log variances beside them. */
  readonly outputs: number;
  /** Samples of each member in one step. */
  readonly batch: number;
  readonly weightDecay: number;
  /** Longest gradient of a member. */
  readonly gradientNorm: number;
}

/** What takes the steps. One is chosen for each process by its entry; see `setNetworkTrainer`. */
export interface NetworkTrainer {
  readonly name: 'kernels' | 'tensorflow';
  /** Begins a training from these values; they are up to date again after `bring`. */
  begin(plan: TrainingPlan, parameters: Float32Array, moments: Moments): TrainingRun;
}
export interface TrainingRun {
  /**
   * One step of all members, each on its own batch; without effect when the loss is no number.
   *
   * @param inputs   [members × batch × inputs]
   * @param targets  [members × batch × outputs]
   * @returns        the loss before the step, averaged over members and outputs
   */
  step(inputs: Float32Array, targets: Float32Array, rate: number): number;
  /** Brings the parameters and moments that the training began with up to date. */
  bring(): void;
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
