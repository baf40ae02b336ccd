import * as controllers from '../controllers';
import type { Controller } from '../controllers/controller';
import * as estimators from '../estimators';
import type { Estimator } from '../estimators/estimator';
import * as algorithms from '../learning';
import type { LearningAlgorithm } from '../learning/algorithm';
import * as models from '../models';
import type { ModelKind } from '../models/model';
import * as planners from '../planners';
import type { Planner } from '../planners/planner';
import * as plants from '../plants';
import type { Plant, PlantInstance } from '../plants/plant';
import type { Propagation } from '../rollouts/rollouts';
import { checkedValue, real, SettingError, type Setting, type SettingsOf, type SettingsSchema, type SettingValues } from '../settings';
import * as tasks from '../tasks';
import type { Task, TaskCost } from '../tasks/task';
import { loopSettings } from './loopSettings';
import { propagationOf, propagationSettings } from './propagationSettings';
import { rigSettings } from './rigSettings';
import type { Setup } from './setup';

/** The rooms of settings that a setup has, in the order in which forms show them. */
export type Room = 'task' | 'planner' | 'learning' | 'model' | 'controller' | 'plant' | 'rig' | 'estimator' | 'loop';
const labels: Readonly<Record<Room, string>> = {
  task: 'Task',
  planner: 'Planner',
  learning: 'Learning',
  model: 'Model',
  controller: 'Controller',
  plant: 'Plant',
  rig: 'Rig',
  estimator: 'Estimator',
  loop: 'Loop',
};

/** A setup with every part looked up and every setting settled. */
export interface ResolvedSetup {
  readonly setup: Setup;
  readonly plant: Plant;
  readonly instance: PlantInstance;
  readonly task: Task;
  readonly cost: TaskCost;
  readonly model: ModelKind;
  readonly planner: Planner;
  readonly controller: Controller;
  readonly estimator: Estimator;
  readonly algorithm: LearningAlgorithm;
  readonly settings: Readonly<Record<Room, SettingValues>>;
  readonly rig: SettingsOf<typeof rigSettings>;
  /** Seconds. */
  readonly period: number;
  /** Steps of a plan. */
  readonly horizon: number;
  /** How planning goes through a model that has members; undefined for others. */
  readonly propagation: Propagation | undefined;
  readonly schemas: Readonly<Record<Room, SettingsSchema>>;
}

/** Every id of one registry with its part. @throws SettingError naming the ids that exist */
export function lookUp<T>(registry: Readonly<Record<string, T>>, id: string, what: string): T {
  if (!Object.hasOwn(registry, id))
    throw new SettingError(what, `There is no ${what} "${id}". Known: ${Object.keys(registry).join(', ')}.`);
  return registry[id]!;
}
export const registries = {
  plant: plants as Readonly<Record<string, Plant>>,
  task: tasks as unknown as Readonly<Record<string, Task>>,
  model: models as unknown as Readonly<Record<string, ModelKind>>,
  planner: planners as Readonly<Record<string, Planner>>,
  controller: controllers as Readonly<Record<string, Controller>>,
  estimator: estimators as unknown as Readonly<Record<string, Estimator>>,
  algorithm: algorithms as Readonly<Record<string, LearningAlgorithm>>,
} as const;

/**
 * The schemas of a setup's settings by room. Defaults that depend on the choice of parts are settled here: planners say
 * what they try less of through networks, the pendulum gets the longer horizon.
 */
export function schemasOf(setup: Setup): Record<Room, SettingsSchema> {
  const { channels } = lookUp(registries.plant, setup.plant, 'plant');
  const here = (setting: Setting) => setting.needsChannel === undefined || channels.some(({ id }) => id === setting.needsChannel);
  const only = (schema: SettingsSchema) => Object.fromEntries(Object.entries(schema).filter(([, setting]) => here(setting)));
  const whole = wholeSchemasOf(setup);
  return { ...whole, task: only(whole.task), rig: only(whole.rig) };
}
/** With the settings that a plant without a cart has no use for: parts read them all the same. */
function wholeSchemasOf(setup: Setup): Record<Room, SettingsSchema> {
  const model = lookUp(registries.model, setup.model, 'model');
  const estimator = estimatorOf(setup);
  const planner = lookUp(registries.planner, setup.planner, 'planner');
  const algorithm = lookUp(registries.algorithm, setup.algorithm, 'algorithm');
  return {
    task: lookUp(registries.task, setup.task, 'task').settings,
    planner: {
      horizon: real({
        label: 'Horizon',
        unit: 's',
        min: 0.1,
        max: 30,
        step: 0.1,
        default: setup.plant === 'pendulum' ? 1.5 : 1.2,
        applies: 'nextEpisode',
        meaning: 'How far ahead a plan reaches.',
      }),
      ...(model.usesTensors
        ? withDefaults({ ...planner.settings, ...propagationSettings }, planner.throughNetworks ?? {})
        : planner.settings),
    },
    learning: model.usesTensors ? withDefaults(algorithm.settings, { refit: 0.5 }) : algorithm.settings,
    model: model.settings,
    controller: lookUp(registries.controller, setup.controller, 'controller').settings,
    plant: lookUp(registries.plant, setup.plant, 'plant').settings,
    rig: rigSettings,
    estimator: lookUp(registries.estimator, estimator, 'estimator').settings,
    loop: loopSettings,
  };
}
/** Id of the estimator in use: a rig that measures its rates leaves nothing to estimate. */
export const estimatorOf = (setup: Setup): string => (setup.values['rig.rates'] === 'measured' ? 'measuredState' : setup.estimator);

function withDefaults(schema: SettingsSchema, defaults: SettingValues): SettingsSchema {
  const changed: Record<string, Setting> = { ...schema };
  for (const [key, value] of Object.entries(defaults)) {
    const setting = changed[key];
    if (setting !== undefined && setting.kind !== 'choice') changed[key] = { ...setting, default: value } as Setting;
  }
  return changed;
}

/** The schema behind a dotted id. @throws SettingError when there is none, naming what the room has */
export function settingOf(schemas: Readonly<Record<Room, SettingsSchema>>, id: string): Setting {
  const dot = id.indexOf('.');
  const room = id.slice(0, dot) as Room;
  const key = id.slice(dot + 1);
  if (dot < 1 || !Object.hasOwn(schemas, room))
    throw new SettingError(id, `There is no setting "${id}". Rooms: ${Object.keys(schemas).join(', ')}.`);
  const schema = schemas[room];
  if (!Object.hasOwn(schema, key))
    throw new SettingError(id, `There is no setting "${id}". In ${room}: ${Object.keys(schema).join(', ') || 'none'}.`);
  return schema[key]!;
}

/** The setup with some values changed; each checked against its schema. */
export function withValues(setup: Setup, values: Readonly<Record<string, unknown>>): Setup {
  const schemas = schemasOf(setup);
  const checked: Record<string, SettingValues[string]> = { ...setup.values };
  for (const [id, value] of Object.entries(values)) checked[id] = checkedValue(settingOf(schemas, id), value, id);
  return { ...setup, values: checked };
}

/** @throws SettingError when a part or a setting is unknown or out of range, in words that name it */
export function resolveSetup(setup: Setup): ResolvedSetup {
  const schemas = schemasOf(setup);
  const settings = {} as Record<Room, Record<string, SettingValues[string]>>;
  for (const [room, schema] of Object.entries(wholeSchemasOf(setup)) as [Room, SettingsSchema][])
    settings[room] = Object.fromEntries(Object.entries(schema).map(([key, setting]) => [key, setting.default]));
  for (const [id, value] of Object.entries(setup.values)) {
    const dot = id.indexOf('.');
    // a value kept for a part that is not chosen now (another planner's setting) is no mistake and waits
    if (!Object.hasOwn(schemas, id.slice(0, dot)) || !Object.hasOwn(schemas[id.slice(0, dot) as Room], id.slice(dot + 1))) continue;
    settings[id.slice(0, dot) as Room][id.slice(dot + 1)] = checkedValue(settingOf(schemas, id), value, id);
  }
  const plant = registries.plant[setup.plant]!;
  const task = registries.task[setup.task]!;
  if (!task.plants.includes(setup.plant))
    throw new SettingError(
      'task',
      `The task "${setup.task}" is not meant for the plant "${setup.plant}". It knows: ${task.plants.join(', ')}.`,
    );
  const instance = plant.create(settings.plant as SettingsOf<SettingsSchema>);
  const period = settings.loop.period as number;
  return {
    setup,
    plant,
    instance,
    task,
    cost: task.cost(settings.task as SettingsOf<SettingsSchema>, plant, instance),
    model: registries.model[setup.model]!,
    planner: registries.planner[setup.planner]!,
    controller: registries.controller[setup.controller]!,
    estimator: registries.estimator[estimatorOf(setup)]!,
    algorithm: registries.algorithm[setup.algorithm]!,
    settings,
    rig: settings.rig as unknown as SettingsOf<typeof rigSettings>,
    period,
    horizon: Math.max(1, Math.round((settings.planner.horizon as number) / period)),
    propagation: propagationOf(settings.planner),
    schemas,
  };
}
export const roomLabel = (room: Room): string => labels[room];
