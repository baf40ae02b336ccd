import type { SettingsOf, SettingsSchema } from '../settings';
import type { Channel, StateChannel } from '../signals';

/** A position channel and the channel of its rate, by index into the state. */
export interface Coordinate {
  readonly position: number;
  readonly rate: number;
}

/** What may be said of every such rig without knowing its masses or equations; models use it as priors. */
export interface PlantStructure {
  readonly coordinates: readonly Coordinate[];
  /** State channels on which the motion does not depend (the cart's place). Indices. */
  readonly placeFree: readonly number[];
  /** Whether left and right are alike on an ideal rig: (state, action) mirrored gives the mirrored motion. */
  readonly mirror: boolean;
}

/** A rigid part to draw, in the plane of motion (x right, y up, metres). The scene knows shapes, not plants. */
export type Body =
  | { readonly kind: 'rail'; readonly from: number; readonly to: number }
  | { readonly kind: 'cart'; readonly x: number; readonly width: number; readonly height: number }
  | { readonly kind: 'pivot'; readonly x: number; readonly y: number }
  | { readonly kind: 'rod'; readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number; readonly bob: boolean };

/** A plant with its parameters settled. Plain float64; safe to call in any thread. */
export interface PlantInstance {
  /** Number of state channels. */
  readonly size: number;
  /** |action| ≤ actionLimit, action units. */
  readonly actionLimit: number;
  /** [low, high] for each state channel; ±Infinity where there is no limit. Breaking one ends an episode. Channel units. */
  readonly stateLimits: readonly (readonly [number, number])[];
  /**
   * Time derivative of the state.
   * @param state   [size], channel units
   * @param action  torque (N m) or force (N); not clipped here
   * @param out     [size], receives the derivative in channel units per second
   */
  derivative(state: Float64Array, action: number, out: Float64Array): void;
  /**
   * Adds to `out` the accelerations that outside forces cause at this state: a force on the cart (N, along +x) and a
   * torque on the pendulum (N m, counter-clockwise), as a hand would. A plant without a cart ignores the force.
   * Absent: such a plant cannot be pushed.
   */
  addPush?(state: Float64Array, force: number, torque: number, out: Float64Array): void;
  /** Total mechanical energy in J; its zero is arbitrary but fixed. */
  energy(state: Float64Array): number;
  /** Tip of the pendulum in the plane of motion, metres: writes x, y to out[at], out[at + 1]. */
  tip(state: Float64Array, offset: number, out: Float64Array | Float32Array, at: number): void;
  /** What to draw at this state. */
  bodies(state: Float64Array): readonly Body[];
}

/**
 * What is: the equations of motion of one kind of rig, its channels and its parameters.
 * θ = 0 upright, counter-clockwise positive; a cart pushed right from upright makes θ grow.
 */
export interface Plant<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly channels: readonly StateChannel[];
  readonly action: Channel;
  readonly structure: PlantStructure;
  readonly settings: S;
  /** Ids of settings that are masses, lengths, inertias or frictions: what `--equations F` makes wrong and a physics fit finds. */
  readonly parameters: readonly string[];
  /** Hanging at rest: where an episode starts. [size] */
  hanging(): Float64Array;
  create(settings: SettingsOf<S>): PlantInstance;
}

export const definePlant = <const S extends SettingsSchema>(plant: Plant<S>): Plant => plant as unknown as Plant;
