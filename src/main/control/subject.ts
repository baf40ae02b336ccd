import { registries, lookUp } from '../../shared/setups/resolve';
import { reference } from '../../shared/rollouts';
import { kernelEngine } from '../../shared/rollouts/kernels/engine';
import type { KernelChoice, KernelSource } from '../../shared/rollouts/kernels/source';
import type { SavedModel } from '../../shared/models/model';
import type { SettingsOf, SettingsSchema, SettingValues } from '../../shared/settings';
import type { Propagation, Rollouts, RolloutSubject } from '../../shared/rollouts/rollouts';
import type { TaskCost } from '../../shared/tasks/task';

/** What futures are rolled out through, as data that crosses to another thread. */
export interface SubjectMessage {
  readonly plant: string;
  readonly plantSettings: SettingValues;
  readonly model: SavedModel;
  readonly cost: TaskCost;
  readonly propagation?: Propagation;
}
/** How futures are rolled out: by the kernels of this choice, or by the reference where there is none. */
export interface EngineChoice {
  readonly kernels: KernelSource;
  readonly choice: KernelChoice;
}
/** The kernels of a pool, and which of them each model is rolled out with. */
export interface PoolEngine {
  readonly kernels: KernelSource;
  choiceFor(subject: RolloutSubject): KernelChoice;
}
/** The same made ready on this thread. @throws Error in words when the model is damaged or of another plant */
export function loadSubject({ plant: plantId, plantSettings, model: saved, cost, propagation }: SubjectMessage): RolloutSubject {
  const plant = lookUp(registries.plant, plantId, 'plant');
  const instance = plant.create(plantSettings as SettingsOf<SettingsSchema>);
  const model = lookUp(registries.model, saved.header.kind, 'model').load(saved, plant, instance);
  return { plant, instance, model, cost, ...(propagation && { propagation }) };
}
export const rolloutsOf = (subject: RolloutSubject, engine?: EngineChoice): Rollouts =>
  (engine === undefined ? reference : kernelEngine(engine.kernels, engine.choice)).create(subject);
