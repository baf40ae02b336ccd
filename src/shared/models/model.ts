import type { SettingsOf, SettingsSchema, SettingValues } from '../settings';
import type { Plant, PlantInstance } from '../plants/plant';
import type { Transitions } from '../episodes/transitions';

/** Structural priors (docs/learning.md); each holds for every such rig or can be switched off with its reason. */
export type Prior = 'integrates' | 'placeFree' | 'mirror';

/**
 * Belief: where a state goes in one control period under an action held for it.
 * A model belongs to a plant's channels and to one period. Plain numbers inside; usable in any thread.
 */
export interface DynamicsModel {
  /** Registry id of its kind. */
  readonly kind: string;
  readonly plant: string;
  /** Seconds. */
  readonly period: number;
  /** 1, or the number of members of an ensemble. */
  readonly members: number;
  /**
   * Mean prediction for a batch, in place.
   * @param states   [count × n], plant units, unwrapped angles; receives the next states
   * @param actions  [count], action units
   * @param member   index of one member, or −1 for the mean of all members
   */
  predict(states: Float64Array, actions: Float64Array, count: number, member: number): void;
  /** Outputs that state a noise of their own; absent or 0 when none does. */
  readonly noisyOutputs?: number;
  /**
   * As `predict`, with the noise that the model states added to its outputs.
   * @param normals  [count × noisyOutputs], standard normals
   */
  sample?(states: Float64Array, actions: Float64Array, count: number, member: number, normals: Float64Array): void;
  /**
   * Standard deviation of what the model does not know about one step, for each state channel, noise excluded.
   * Absent when the model states no uncertainty.
   * @param states   [count × n]; not changed
   * @param out      [count × n], plant units
   */
  spread?(states: Float64Array, actions: Float64Array, count: number, out: Float64Array): void;
  /** `spread`, and then `predict` of the mean, where a model has both from the same evaluations; the same numbers. */
  spreadAndPredict?(states: Float64Array, actions: Float64Array, count: number, out: Float64Array): void;
  /** Everything needed to make the same model again, bit for bit; structured-clone values only. */
  save(): SavedModel;
}

/** A model as a file or a message: a header in JSON and weights in one block. */
export interface SavedModel {
  readonly header: ModelHeader;
  /** Little endian; float32 for networks, float64 for everything else; layout is the kind's own business. */
  readonly weights: ArrayBuffer;
}
export interface ModelHeader {
  readonly format: 'upright model';
  readonly version: 1;
  readonly kind: string;
  readonly plant: string;
  readonly channels: readonly string[];
  readonly period: number;
  readonly priors: readonly Prior[];
  readonly settings: SettingValues;
  readonly seed: number;
  /** Number of transitions it was fitted on. */
  readonly rows: number;
  /** Kind-specific structure (sizes, scales, hyperparameters); plain JSON. Numbers must be finite. */
  readonly structure: unknown;
}

export interface FitProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Training loss of the kind, with its name in `lossName` (lower is better). */
  readonly loss?: number;
  readonly lossName?: string;
  /** Error on held-out data when there is some. */
  readonly heldOut?: number;
}
/** Everything a fit may use. Time, chance and cancellation are handed in. */
export interface FitRequest<V = SettingValues> {
  readonly plant: Plant;
  readonly plantId: string;
  /** What a learner may be told: ranges and limits, never the equations inside. */
  readonly instance: PlantInstance;
  /** Settings of the plant as somebody believes them; only kinds that are given the equations may look. */
  readonly plantValues?: SettingValues;
  readonly period: number;
  readonly data: Transitions;
  /** Data to stop early on; never trained on. */
  readonly heldOut?: Transitions;
  readonly settings: V;
  readonly priors: readonly Prior[];
  readonly seed: number;
  /** Warm start: the model fitted before, of the same kind. */
  readonly previous?: DynamicsModel;
  onProgress?(progress: FitProgress): void;
  /** Resolves when the fit may go on; throws FitCancelled when it must not. Awaited between slices of work. */
  checkpoint?(): Promise<void>;
}
export class FitCancelled extends Error {
  constructor() {
    super('The fit was cancelled.');
    this.name = 'FitCancelled';
  }
}

export interface ModelKind<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly settings: S;
  /** Whether `predict` needs no data: the plant's own equations. */
  readonly needsData: boolean;
  /** Whether fitting trains networks (a trainer is chosen and named). */
  readonly usesTensors: boolean;
  fit(request: FitRequest<SettingsOf<S>>): Promise<DynamicsModel>;
  /** @throws Error with one sentence when the saved model is not of this kind or is damaged */
  load(saved: SavedModel, plant: Plant, instance: PlantInstance): DynamicsModel;
}
export const defineModel = <const S extends SettingsSchema>(kind: ModelKind<S>): ModelKind => kind as unknown as ModelKind;
