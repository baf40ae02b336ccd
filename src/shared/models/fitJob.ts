import type { Transitions } from '../episodes/transitions';
import * as plants from '../plants';
import type { Plant } from '../plants/plant';
import { settle, type SettingValues } from '../settings';
import * as models from './index';
import type { DynamicsModel, FitProgress, ModelKind, Prior, SavedModel } from './model';

/** Everything one fit needs, as structured-clone values: a message to the learner process, or an argument in process. */
export interface FitJob {
  /** Registry ids. */
  readonly plant: string;
  readonly model: string;
  /** Settings of the plant: ranges and limits for all, the equations for kinds that are given them. */
  readonly plantSettings: SettingValues;
  readonly settings: SettingValues;
  readonly priors: readonly Prior[];
  /** Seconds. */
  readonly period: number;
  readonly data: Transitions;
  readonly heldOut?: Transitions;
  readonly seed: number;
  /** Warm start; one of another kind or plant counts for nothing. */
  readonly previous?: SavedModel;
}

/**
 * Fits a model as a job says. Pure: time, chance and cancellation come in.
 * @throws Error in one sentence: an unknown id, settings out of range, data that cannot be learnt from; FitCancelled
 */
export async function runFit(
  job: FitJob,
  host: { onProgress?(progress: FitProgress): void; checkpoint?(): Promise<void> } = {},
): Promise<DynamicsModel> {
  const plant = byId<Plant>(plants, job.plant, 'plant');
  const kind = kindOf(job);
  const instance = plant.create(settle(plant.settings, job.plantSettings, 'plant'));
  const { previous } = job;
  const warm = previous !== undefined && previous.header.kind === job.model && previous.header.plant === job.plant;
  return kind.fit({
    plant,
    plantId: job.plant,
    plantValues: job.plantSettings,
    instance,
    period: job.period,
    data: job.data,
    settings: settle(kind.settings, job.settings, 'model'),
    priors: job.priors,
    seed: job.seed,
    ...(job.heldOut && { heldOut: job.heldOut }),
    ...(warm && { previous: kind.load(previous, plant, instance) }),
    ...(host.onProgress && { onProgress: (progress) => host.onProgress?.(progress) }),
    ...(host.checkpoint && { checkpoint: () => host.checkpoint!() }),
  });
}

export const kindOf = (job: FitJob): ModelKind => byId<ModelKind>(models, job.model, 'model');

function byId<T>(registry: object, id: string, what: string): T {
  if (!Object.hasOwn(registry, id)) throw new RangeError(`There is no ${what} "${id}". Known: ${Object.keys(registry).join(', ')}.`);
  return (registry as Readonly<Record<string, T>>)[id];
}
