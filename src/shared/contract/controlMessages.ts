import type { RecordingStatus, Telemetry } from './contract';
import type { EpisodePlan } from '../learning/algorithm';
import type { SavedModel } from '../models/model';
import type { TunedShape } from '../rollouts/kernels/tuner';
import type { Setup } from '../setups/setup';

/** What the workbench tells the control process. `stop` is obeyed in any state and waits behind nothing. */
export type ToControl =
  | { readonly kind: 'stop'; readonly reason: string }
  /**
   * Other parts: ends what runs, forgets model and plans. Nothing runs until the next `episode`. `tuned` are the kernels that
   * earlier runs found fastest on this machine.
   */
  | { readonly kind: 'configure'; readonly setup: Setup; readonly tuned?: readonly TunedShape[] }
  /** The same parts with settings changed that apply live. */
  | { readonly kind: 'settings'; readonly setup: Setup }
  /** Begins an episode (clearing a stop): the setup in full, so that what was pending applies now. */
  | {
      readonly kind: 'episode';
      readonly setup: Setup;
      readonly index: number;
      readonly plan: EpisodePlan;
      readonly pose: readonly number[] | undefined;
      /** Where and by whom it is recorded, wall clock in ISO 8601; not at all when absent. */
      readonly record?: { readonly folder: string; readonly software: string; readonly startedAt: string };
    }
  | { readonly kind: 'model'; readonly model: SavedModel; readonly label: string; readonly fit: number }
  /** No model will come soon: time must not stand still for it. */
  | { readonly kind: 'goOn' }
  | { readonly kind: 'pause'; readonly paused: boolean }
  | { readonly kind: 'speed'; readonly speed: number }
  | { readonly kind: 'push'; readonly force: number; readonly torque: number; readonly seconds: number }
  /** Some client can draw so many more plan frames. */
  | { readonly kind: 'credit'; readonly frames: number }
  | { readonly kind: 'alive' }
  | { readonly kind: 'leave' };

/** Transitions that the estimator finished, for the learner. */
export interface TransitionBlock {
  readonly count: number;
  readonly states: Float64Array;
  readonly actions: Float64Array;
  readonly nexts: Float64Array;
}
export interface ControlStatus {
  readonly running: boolean;
  readonly paused: boolean;
  readonly stopped: boolean;
  /** Time stands still until the first model is there. */
  readonly awaitsModel: boolean;
  readonly reason: string;
  readonly episode: number;
  readonly step: number;
  readonly time: number;
  readonly speedWanted: number;
  readonly speedNow: number;
  readonly planMs: { readonly last: number; readonly p50: number; readonly p99: number } | undefined;
  readonly late: number;
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number } | undefined;
  readonly planAge: number;
  readonly basis: string;
  readonly threads: number;
  /** What rolls futures out, for people. */
  readonly engine: string;
  readonly evaluations: number | undefined;
  readonly uprightFor: number | undefined;
}
export type FromControl =
  | { readonly kind: 'hello'; readonly pid: number }
  /** The answer to `configure`: what was said before it is of the setup before. */
  | { readonly kind: 'configured' }
  | { readonly kind: 'telemetry'; readonly block: Telemetry; readonly transitions: TransitionBlock }
  | { readonly kind: 'plan'; readonly frame: Uint8Array }
  | { readonly kind: 'status'; readonly status: ControlStatus }
  | {
      readonly kind: 'ended';
      readonly episode: number;
      readonly seconds: number;
      readonly cost: number;
      /** 'time' when it ran to its end, else why it ended. */
      readonly how: string;
      readonly trip: 'time' | 'stopped' | 'limit' | 'notFinite';
      readonly uprightFrom: number | undefined;
    }
  /** A kernel was found fastest; the next run need not measure it again. */
  | { readonly kind: 'tuned'; readonly tuned: TunedShape }
  | { readonly kind: 'recording'; readonly recording: RecordingStatus }
  /** It stopped by itself, though nobody said so. */
  | { readonly kind: 'halted'; readonly reason: string }
  | { readonly kind: 'notice'; readonly level: 'note' | 'warning' | 'fault'; readonly text: string }
  | { readonly kind: 'alive' };
