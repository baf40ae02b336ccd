import { runFit } from '../../../../shared/models/fitJob';
import * as models from '../../../../shared/models';
import { FitCancelled, type DynamicsModel, type ModelKind, type Prior } from '../../../../shared/models/model';
import type { Plant, PlantInstance } from '../../../../shared/plants/plant';
import { TransitionStore, type Transitions } from '../../../../shared/episodes/transitions';
import { randomStream, streamKey } from '../../../../shared/math/random';
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
    {
      plant: plantId,
      model,
      plantSettings,
      settings,
      priors,
      period,
      data: shuffled(data, seed),
      seed,
      ...(heldOut === undefined ? {} : { heldOut }),
    },
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

/**
 * The rows in another order. A log has no newest end that would matter most, as it has while a rig is learned: a model
 * that keeps its newest rows and some of the rest would mostly see the file that was named last.
 */
function shuffled(data: Transitions, seed: number): Transitions {
  const random = randomStream(streamKey(seed, 0x6c6f67, data.count, 0));
  const order = Uint32Array.from({ length: data.count }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const store = new TransitionStore(data.size, Math.max(1, data.count));
  const { size, states, actions, nexts } = data;
  for (const row of order)
    store.add(states.subarray(row * size, (row + 1) * size), actions[row]!, nexts.subarray(row * size, (row + 1) * size));
  return store.head(store.count);
}
