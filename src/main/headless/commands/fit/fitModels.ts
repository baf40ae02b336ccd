import { runFit } from '../../../../shared/models/fitJob';
import * as models from '../../../../shared/models';
import { FitCancelled, type DynamicsModel, type ModelKind, type Prior } from '../../../../shared/models/model';
import type { Plant, PlantInstance } from '../../../../shared/plants/plant';
import type { Transitions } from '../../../../shared/episodes/transitions';
import type { SettingValues } from '../../../../shared/settings';
import type { World } from '../../command';

export interface FitTask {
  readonly model: string;
  readonly plantId: string;
  readonly plant: Plant;
  readonly instance: PlantInstance;
  readonly plantSettings: SettingValues;
  readonly settings: SettingValues;
  readonly priors: readonly Prior[];
  readonly period: number;
  readonly data: Transitions;
  readonly heldOut: Transitions | undefined;
  readonly seed: number;
}

export const kindOfModel = (id: string): ModelKind => (models as unknown as Readonly<Record<string, ModelKind>>)[id]!;

/** Fits one model and gives it back as it would be loaded from its file. @throws FitCancelled after a signal */
export async function fitModel(task: FitTask, world: World): Promise<DynamicsModel> {
  const { model, plantId, plantSettings, settings, priors, period, data, heldOut, seed } = task;
  const fitted = await runFit(
    { plant: plantId, model, plantSettings, settings, priors, period, data, seed, ...(heldOut === undefined ? {} : { heldOut }) },
    {
      onProgress({ done, total, unit, loss, heldOut: error }) {
        world.progress.report({
          phase: `fit ${model}`,
          done,
          total,
          unit: unit.replace(/s$/, ''),
          figures: { ...(loss === undefined ? {} : { loss }), ...(error === undefined ? {} : { heldOut: error }) },
        });
      },
      async checkpoint() {
        await new Promise((done) => setImmediate(done)); // lets a signal in
        if (world.signal.aborted) throw new FitCancelled();
      },
    },
  );
  return kindOfModel(model).load(fitted.save(), task.plant, task.instance);
}
