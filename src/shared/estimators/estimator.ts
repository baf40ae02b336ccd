import type { SettingsOf, SettingsSchema } from '../settings';
import type { Plant } from '../plants/plant';

/** What the sensors said at the end of one period. */
export interface Measurement {
  /** Periods since the start of the episode. */
  readonly step: number;
  /** Seconds since the start of the episode on the rig's clock. */
  readonly rigTime: number;
  /** Milliseconds on the host's monotonic clock. */
  readonly hostTime: number;
  /**
   * Readings of the positions since the measurement before, oldest first: [readings × coordinates], channel units;
   * the last one was taken now. The first measurement of an episode has one reading.
   */
  readonly positions: Float64Array;
  /** [coordinates] rates, when the rig measures them (for comparison only). */
  readonly rates?: Float64Array;
  /** Mean action that acted during the period that ends now, as the rig says; 0 at the first measurement. */
  readonly applied: number;
}
/** A transition smoothed from both sides, some periods late; what models are fitted on. */
export interface SmoothedTransition {
  /** The period in which it happened: from t_step to t_step+1. */
  readonly step: number;
  readonly state: Float64Array;
  readonly action: number;
  readonly next: Float64Array;
}
export interface EstimatorInstance {
  /** Takes one measurement in; `state` is then the estimate at its time. */
  update(measurement: Measurement): void;
  /** [n], plant units, angles unwrapped. Valid after the first update; the same array each time. */
  readonly state: Float64Array;
  /** The transition that this update finished smoothing, if any; valid until the next update. */
  readonly finished: SmoothedTransition | undefined;
  reset(): void;
}
export interface EstimatorContext {
  readonly plant: Plant;
  readonly period: number;
  /** Standard deviation of one reading, for each coordinate, channel units. */
  readonly noise: readonly number[];
  /** Readings a period. */
  readonly readings: number;
}
/** From measurements to state. */
export interface Estimator<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly settings: S;
  create(context: EstimatorContext, settings: SettingsOf<S>): EstimatorInstance;
}
export const defineEstimator = <const S extends SettingsSchema>(estimator: Estimator<S>): Estimator => estimator as unknown as Estimator;
