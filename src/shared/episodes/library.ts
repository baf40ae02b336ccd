/** What the library says of recordings: one line each, and what one is when it has been opened. */

/** Words that people put to a recording; they stand beside the file, never in it. */
export interface RecordingMarks {
  readonly tags: readonly string[];
  readonly note: string;
  /** Kept out of every fit, to judge models by. */
  readonly heldOut: boolean;
}
export const noMarks: RecordingMarks = { tags: [], note: '', heldOut: false };

/**
 * How a file of the folder stands. `open`: it is being written now. `part`: left in the middle, as by a crash. `damaged`: it is
 * no whole recording; `upright recover` saves what is good. `refused`: no episode that this program reads.
 */
export type RecordingState = 'whole' | 'open' | 'part' | 'damaged' | 'refused';

/** One line of the library. */
export interface RecordingSummary {
  /** Name of the file in the folder of recordings, with its ending; names the recording in every call. */
  readonly name: string;
  readonly state: RecordingState;
  /** Why it is not whole, a sentence; empty when it is. */
  readonly reason: string;
  readonly bytes: number;
  /** Wall clock at the first measurement, ISO 8601 in UTC; the time of the file where the recording does not say. */
  readonly startedAt: string;
  /** What was driven: 'simulated'. Empty, as the following ones, where nothing could be read. */
  readonly rig: string;
  readonly plant: string;
  readonly setup: string;
  /** Of the setup with all its settings, as the workbench shows it. */
  readonly hash: string;
  readonly seed: number;
  readonly episode: number;
  readonly software: string;
  /** Seconds. */
  readonly period: number;
  /** Measurements. */
  readonly rows: number;
  readonly seconds: number;
  /** Sum of the stage costs; NaN where unknown. */
  readonly cost: number;
  /** Second from which the pole was upright to the end (|θ| ≤ 0.2 rad for 2 s at least); NaN when it never was. */
  readonly uprightFrom: number;
  /** Whether its actions were random all the time. */
  readonly random: boolean;
  /** How it ended, a sentence. */
  readonly ended: string;
  /** At most 96 values of the first angle, rad on (−π, π], evenly over the time; empty where unknown. */
  readonly thumbnail: Float32Array;
  readonly marks: RecordingMarks;
}
/** The folder of recordings as it is. */
export interface Library {
  readonly folder: string;
  /** Of all recordings. */
  readonly bytes: number;
  /** Left on the disk. */
  readonly freeBytes: number;
  /** Newest first. */
  readonly recordings: readonly RecordingSummary[];
}
/** Something that happened in a recording, to be marked on its time axis. */
export interface RecordedMoment {
  /** Seconds of the episode. */
  readonly time: number;
  /** `model`: another model was installed, which happens often and moves nothing by itself. */
  readonly kind: 'setting' | 'event' | 'model' | 'fault' | 'upright' | 'end';
  /** A few words. */
  readonly label: string;
}
