import type { Catalog, PartChoice, SettingsSection, SetupDescription } from '../../shared/contract/contract';
import type { Prior } from '../../shared/models/model';
import type { SettingValues } from '../../shared/settings';
import { builtInSetups } from '../../shared/setups/builtIn';
import { estimatorOf, registries, roomLabel, type ResolvedSetup, type Room } from '../../shared/setups/resolve';
import { setupHash } from '../../shared/setups/setupHash';

const ROOMS: readonly Room[] = ['task', 'planner', 'learning', 'model', 'controller', 'rig', 'plant', 'estimator', 'loop'];
const priors: Readonly<Record<Prior, { readonly label: string; readonly reason: string }>> = {
  integrates: { label: 'Rates integrate', reason: 'A rate is the derivative of its position: only accelerations have to be learnt.' },
  placeFree: { label: 'Place does not matter', reason: 'The motion is the same wherever the cart stands. False on a tilted track.' },
  mirror: {
    label: 'Left and right are alike',
    reason: 'Mirrored states and actions give mirrored motions. False with an offset in motor or track.',
  },
};

const choicesOf = (registry: Readonly<Record<string, { readonly label: string; readonly source: string }>>): PartChoice[] =>
  Object.entries(registry).map(([id, { label, source }]) => ({ id, label, source }));

/** Everything that can be chosen on this workbench. */
export function catalog(): Catalog {
  return {
    setups: Object.values(builtInSetups).map(({ name, plant }) => ({ name, label: `${registries.plant[plant]!.label}, ${name}`, plant })),
    models: choicesOf(registries.model),
    planners: choicesOf(registries.planner),
    controllers: choicesOf(registries.controller),
    algorithms: choicesOf(registries.algorithm),
    tasks: choicesOf(registries.task),
  };
}

/** A setup as a client shows it. */
export function describeSetup(resolved: ResolvedSetup): SetupDescription {
  const { setup, plant, instance } = resolved;
  const part = (registry: Readonly<Record<string, { readonly label: string; readonly source: string }>>, id: string): PartChoice => {
    const { label, source } = registry[id]!;
    return { id, label, source };
  };
  return {
    name: setup.name,
    plant: part(registries.plant, setup.plant),
    task: part(registries.task, setup.task),
    model: part(registries.model, setup.model),
    planner: part(registries.planner, setup.planner),
    controller: part(registries.controller, setup.controller),
    algorithm: part(registries.algorithm, setup.algorithm),
    estimator: part(registries.estimator, estimatorOf(setup)),
    channels: plant.channels,
    action: plant.action,
    actionLimit: instance.actionLimit,
    stateLimits: instance.stateLimits.map(([low, high]) => (Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null)),
    period: resolved.period,
    horizon: resolved.horizon,
    episodeSeconds: resolved.settings.learning.episode as number,
    seed: setup.seed,
    priors: (Object.keys(priors) as Prior[])
      .filter((id) => id !== 'placeFree' || plant.structure.placeFree.length > 0)
      .map((id) => ({ id, ...priors[id], on: setup.priors.includes(id) })),
    costTerms: resolved.cost.terms.map((term) => term.label),
    hash: setupHash(setup),
  };
}

/** The settings of a setup by room. `pending` are values that wait for the next episode. */
export function describeSettings(resolved: ResolvedSetup, defaults: ResolvedSetup, pending: SettingValues): SettingsSection[] {
  return ROOMS.map((room) => ({
    room,
    label: roomLabel(room),
    settings: Object.entries(resolved.schemas[room]).map(([key, setting]) => {
      const id = `${room}.${key}`;
      return {
        id,
        setting,
        value: resolved.settings[room][key]!,
        default: defaults.settings[room][key] ?? setting.default,
        ...(Object.hasOwn(pending, id) ? { pending: pending[id]! } : {}),
      };
    }),
  })).filter(({ settings }) => settings.length > 0);
}
