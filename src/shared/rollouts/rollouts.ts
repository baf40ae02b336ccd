import type { DynamicsModel } from '../models/model';
import type { Plant, PlantInstance } from '../plants/plant';
import type { TaskCost } from '../tasks/task';

/**
 * Many imagined futures at once, from one state. A job may be evaluated in slices and on several threads: the result
 * of a candidate depends on nothing but its own row.
 */
export interface RolloutJob {
  /** [n], the state from which all candidates start. */
  readonly state: Float64Array;
  /** The action under way before the first one, action units; for the cost of changes. */
  readonly previousAction: number;
  /** [count × horizon], action units. */
  readonly actions: Float64Array;
  readonly horizon: number;
  /** Candidates from … to − 1 of this job. */
  readonly from: number;
  readonly to: number;
  /** [count], receives the cost of a candidate: its mean over members; Infinity where a future diverged. */
  readonly costs: Float64Array;
  /** [count × (horizon + 1) × 2] x, y of the tip in metres when wanted: the path through member (candidate mod members). */
  readonly tips?: Float32Array;
}
export interface RolloutSubject {
  readonly plant: Plant;
  readonly instance: PlantInstance;
  readonly model: DynamicsModel;
  readonly cost: TaskCost;
}
/** An engine that is ready to roll out futures of one subject. */
export interface Rollouts {
  evaluate(job: RolloutJob): void;
}
export interface RolloutEngine {
  readonly label: string;
  create(subject: RolloutSubject): Rollouts;
}
