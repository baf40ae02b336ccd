import type { SettingsOf, SettingsSchema } from '../settings';
import type { Plant, PlantInstance } from '../plants/plant';

/** What a cost term looks at: a state channel by id, or a feature of state and action. */
export type CostFeature =
  | { readonly channel: string }
  /** The angle channel of this id, on the circle. */
  | { readonly angle: string }
  /** The action in units of its limit, −1 … 1. */
  | { readonly feature: 'action' }
  /** Change of the action since the period before, in units of the limit. */
  | { readonly feature: 'actionChange' }
  /** Distance in metres of the tip from where it would be, upright above the cart's place `target` (m); d is this distance. */
  | { readonly feature: 'tipDistance' };

/**
 * One term of a stage cost, as data: kernels, forms, the cost plot and a learned cost read the same list.
 * With d = value − target:
 *   square              weight · d²
 *   oneMinusCosine      weight · (1 − cos d)            (angles)
 *   saturating          weight · (1 − exp(−d² / 2 width²))
 *   hinge               min(cap, weight · e² + linear · e),  e = max(0, |d| − beyond)
 */
export interface CostTerm {
  readonly label: string;
  readonly of: CostFeature;
  readonly shape: 'square' | 'oneMinusCosine' | 'saturating' | 'hinge';
  readonly weight: number;
  readonly target: number;
  /** saturating: width in the feature's unit. */
  readonly width?: number;
  /** hinge: dead zone in the feature's unit, slope at its edge, and the most that one step may cost. */
  readonly beyond?: number;
  readonly linear?: number;
  readonly cap?: number;
}
/** Stage cost = sum of terms; the last step of a horizon counts `finalFactor` times for terms of the state. Costs have no unit. */
export interface TaskCost {
  readonly terms: readonly CostTerm[];
  readonly finalFactor: number;
}

/** What we want: cost, when it counts as done, and how long an episode is. */
export interface Task<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly settings: S;
  /** Plants it is meant for, by id. */
  readonly plants: readonly string[];
  cost(settings: SettingsOf<S>, plant: Plant, instance: PlantInstance): TaskCost;
  /** Where an episode begins, [n]; hanging at rest when absent. */
  start?(plant: Plant): Float64Array;
  /** Seconds of an episode, and seconds of random data before the first fit. */
  readonly episodeSeconds: number;
  readonly randomSeconds: number;
}
export const defineTask = <const S extends SettingsSchema>(task: Task<S>): Task => task as unknown as Task;
