import { cos } from '../../math/elementary';
import type { Activation } from './activation';
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

/** What batches are picked from, normalised. */
export interface TrainingData {
  /** [rows × inputs] */
  readonly X: Float32Array;
  /** [rows × outputs] */
  readonly Y: Float32Array;
  readonly rows: number;
  /** Signs of inputs and outputs under the mirror; absent when nothing is mirrored. */
  readonly mirror?: { readonly inputs: readonly number[]; readonly outputs: readonly number[] };
}

/** A training from its first step to its last, as data that crosses to threads. */
export interface TrainingCourse extends TrainingPlan, TrainingData {
  /** Whether each member has a sample of the rows of its own, drawn with repetition. */
  readonly bootstrap: boolean;
  readonly seed: number;
  readonly steps: number;
  readonly rate: number;
  /** Share of the steps at the full rate; after them it falls along a cosine to `finalShare` of it. */
  readonly constantShare: number;
  readonly finalShare: number;
}

/** The learning rate of a step, counted from 0. */
export function rateAt({ steps, rate, constantShare, finalShare }: TrainingCourse, step: number): number {
  const constant = steps * constantShare;
  if (step < constant) return rate;
  const share = (step - constant) / (steps - constant);
  return rate * (finalShare + (1 - finalShare) * 0.5 * (1 + cos(Math.PI * share)));
}
