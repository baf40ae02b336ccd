import { registries, lookUp } from '../../shared/setups/resolve';
import { reference } from '../../shared/rollouts';
import type { SavedModel } from '../../shared/models/model';
import type { SettingsOf, SettingsSchema, SettingValues } from '../../shared/settings';
import type { Rollouts, RolloutSubject } from '../../shared/rollouts/rollouts';
import type { TaskCost } from '../../shared/tasks/task';

/** What futures are rolled out through, as data that crosses to another thread. */
export interface SubjectMessage {
  readonly plant: string;
  readonly plantSettings: SettingValues;
  readonly model: SavedModel;
  readonly cost: TaskCost;
}
/** The same made ready on this thread. @throws Error in words when the model is damaged or of another plant */
export function loadSubject({ plant: plantId, plantSettings, model: saved, cost }: SubjectMessage): RolloutSubject {
  const plant = lookUp(registries.plant, plantId, 'plant');
  const instance = plant.create(plantSettings as SettingsOf<SettingsSchema>);
  const model = lookUp(registries.model, saved.header.kind, 'model').load(saved, plant, instance);
  return { plant, instance, model, cost };
}
export const rolloutsOf = (subject: RolloutSubject): Rollouts => reference.create(subject);
