import type { SettingValues } from '../settings';
import type { Prior } from '../models/model';

/**
 * Plant, task, model, planner, controller, estimator and rig with their settings, chosen together.
 * Plain data: a file, a message, the header of a recording.
 */
export interface Setup {
  readonly name: string;
  readonly plant: string;
  readonly task: string;
  readonly model: string;
  readonly planner: string;
  readonly controller: string;
  readonly estimator: string;
  readonly algorithm: string;
  readonly priors: readonly Prior[];
  readonly seed: number;
  /** Values that differ from the defaults of their schemas, by dotted id: `plant.poleMass`, `rig.delay`, `loop.period`. */
  readonly values: SettingValues;
}

/** Plant and setup in one word for the names of files: `pendulum`, `cartPole-light`. */
export const wordOf = ({ name, plant }: Pick<Setup, 'name' | 'plant'>): string => (name === plant ? plant : `${plant}-${name}`);
