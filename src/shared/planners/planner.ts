import type { Drawing } from '../rollouts/drawing';
import type { SettingsOf, SettingsSchema, SettingValues } from '../settings';

/** Judges action sequences through the model. Synchronous, whether one thread does it or a pool. */
export interface Imagination {
  /** Whether it draws candidates itself when it is told how; otherwise all of them must stand in `actions`. */
  readonly draws?: boolean;
  /**
   * @param actions  [count × horizon], action units, within ± limit
   * @param costs    [count], receives costs; Infinity for a diverged future, never NaN
   * @param how      candidates that are to be drawn, only where it `draws`; and whether the search is coarse yet, so that fewer
   *                 particles of a candidate do
   */
  evaluate(actions: Float64Array, count: number, costs: Float64Array, how?: { readonly drawing?: Drawing; readonly early?: boolean }): void;
}
export interface PlannerContext {
  /** Steps of a plan. */
  readonly horizon: number;
  /** |action| ≤ limit, action units. */
  readonly limit: number;
  /** Control period in seconds. */
  readonly period: number;
  /** Seed of the random streams; results depend on it and on the plan's number alone. */
  readonly seed: number;
  readonly imagination: Imagination;
}
/** A searched plan, or why there is none. */
export interface PlannerResult {
  /** [horizon], the sequence to execute, action units; undefined when every imagined future diverged. */
  readonly actions?: Float64Array;
  /** Imagined cost of `actions`; Infinity without a plan. */
  readonly cost: number;
  readonly evaluations: number;
  /** One sentence when there is no plan. */
  readonly reason?: string;
}
export interface PlannerInstance {
  /**
   * @param planNumber  counts plans since the start of the episode; names the random streams of this plan
   * @param advanced    whole periods that passed since the last plan's first action (the warm start is shifted by it)
   * @param deadline    called between iterations; true means: answer now with the best so far
   */
  plan(planNumber: number, advanced: number, deadline?: () => boolean): PlannerResult;
  /** Forgets the warm start. */
  reset(): void;
  /** [horizon] where the next search would begin, action units; for a successor after a change of settings. */
  readonly warmStart?: Float64Array;
  /** Begins the next search there; ignored when the horizon differs. */
  carry?(warmStart: Float64Array): void;
}
/** Searches action sequences by imagining them. */
export interface Planner<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly settings: S;
  /** Defaults of its settings where futures go through networks, which cost more each. */
  readonly throughNetworks?: SettingValues;
  create(context: PlannerContext, settings: SettingsOf<S>): PlannerInstance;
}
export const definePlanner = <const S extends SettingsSchema>(planner: Planner<S>): Planner => planner as unknown as Planner;
