import type { SettingsOf, SettingsSchema } from '../settings';

/** What a controller is told once a period. */
export interface Moment {
  readonly step: number;
  /** Seconds of the episode so far. */
  readonly time: number;
  /** [n], the estimate at t_step. */
  readonly state: Float64Array;
  /** Commands under way, oldest first: they act before the one that is decided now. Action units. */
  readonly queue: Float64Array;
  /** The newest plan that has come in, if the controller plans. */
  readonly plan: ExecutablePlan | undefined;
  /** Whether there is a model to plan through. */
  readonly hasModel: boolean;
  /** Whether the learning algorithm wants random data now. */
  readonly explore: boolean;
}
/** A plan as the loop sees it. */
export interface ExecutablePlan {
  readonly id: number;
  /** Step at which `actions[0]` acts. */
  readonly actsFrom: number;
  readonly actions: Float64Array;
}
/** Where an action came from; recorded beside it and shown. Its place in the list is its code in telemetry. `given`: an imported table says it. */
export const bases = ['plan', 'olderPlan', 'random', 'damp', 'zero', 'given'] as const;
export type Basis = (typeof bases)[number];
export interface Decision {
  readonly action: number;
  readonly basis: Basis;
  /** Age of the plan in periods, 0 for one made for exactly this step; −1 without a plan. */
  readonly planAge: number;
}
export interface ControllerContext {
  /** |action| ≤ limit, action units. */
  readonly limit: number;
  /** Seconds. */
  readonly period: number;
  readonly seed: number;
  /** Index of the rate that the action drives directly (a positive action makes it grow), and its typical size. */
  readonly drivenRate: number;
  readonly rateScale: number;
}
export interface ControllerInstance {
  /** Whether a plan is wanted for this moment; the host then plans, and gives it to `act`. */
  wantsPlan(moment: Moment): boolean;
  act(moment: Moment): Decision;
  reset(episode: number): void;
}
/** Closes the loop. */
export interface Controller<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly settings: S;
  create(context: ControllerContext, settings: SettingsOf<S>): ControllerInstance;
}
export const defineController = <const S extends SettingsSchema>(controller: Controller<S>): Controller =>
  controller as unknown as Controller;
