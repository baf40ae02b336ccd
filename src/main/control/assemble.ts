import type { ControllerInstance } from '../../shared/controllers/controller';
import type { EpisodePlan } from '../../shared/learning/algorithm';
import type { PlannerContext, PlannerInstance } from '../../shared/planners/planner';
import type { SettingsOf, SettingsSchema, SettingValues } from '../../shared/settings';
import type { ResolvedSetup } from '../../shared/setups/resolve';
import { compileCost } from '../../shared/tasks/cost';
import type { Rig } from '../rigs/rig';
import { SimulatedRig } from '../rigs/simulated';
import { CommandGate, type StopLatch } from './gate';
import { Interlock } from './interlock';
import { ControlLoop } from './loop';

type AnySettings = SettingsOf<SettingsSchema>;

/** The loop of a setup on its simulated rig, ready to start. */
export function assembleLoop(
  resolved: ResolvedSetup,
  latch: StopLatch & { readonly reason?: string },
  now: () => number,
  firstEpisode = 0,
): { loop: ControlLoop; rig: SimulatedRig } {
  const { plant, instance, period, rig: faults, setup } = resolved;
  const rig = new SimulatedRig({ plant, instance, settings: faults, period, seed: setup.seed, now, firstEpisode });
  return { loop: loopOn(rig, resolved, latch), rig };
}
/** The loop of a setup on any rig, ready to start. */
export function loopOn(rig: Rig, resolved: ResolvedSetup, latch: StopLatch & { readonly reason?: string }): ControlLoop {
  const { plant, instance, period, rig: faults } = resolved;
  const estimator = resolved.estimator.create(
    {
      plant,
      period,
      noise: plant.structure.coordinates.map(({ position }) => readingNoise(resolved, position)),
      readings: faults.readings,
    },
    resolved.settings.estimator as AnySettings,
  );
  return new ControlLoop({
    rig,
    estimator,
    controller: controllerOf(resolved, {}),
    gate: new CommandGate({ limit: instance.actionLimit, slew: Infinity }, latch),
    interlock: new Interlock(plant, instance, latch),
    cost: compileCost(resolved.cost, plant, instance),
    period,
    size: instance.size,
  });
}

/** Where an episode of this setup begins: hanging at rest, unless the task says otherwise. */
export const startOf = ({ task, plant }: ResolvedSetup): Float64Array => task.start?.(plant) ?? plant.hanging();

/** Steps of a plan: the setup's horizon, or the whole episode when it is planned once and executed without feedback. */
export const horizonOf = ({ horizon, period }: ResolvedSetup, { replan, seconds }: EpisodePlan): number =>
  replan === 'once' ? Math.max(1, Math.round(seconds / period)) : horizon;
/** A plan that is never made again is searched for longer. */
export const searchesOf = ({ replan }: EpisodePlan): number => (replan === 'once' ? 10 : 1);

/** Standard deviation of one reading, quantisation included: noise and the width of a count over √12, added as squares. */
function readingNoise({ plant, rig }: ResolvedSetup, position: number): number {
  const turns = plant.channels[position]!.wraps === true;
  const noise = turns ? rig.angleNoise : rig.positionNoise;
  const counts = turns ? rig.angleCounts : rig.positionCounts;
  const width = counts === 0 ? 0 : (turns ? 2 * Math.PI : 1) / counts;
  return Math.max(1e-6, Math.sqrt(noise * noise + (width * width) / 12));
}

export function controllerOf(
  { controller, instance, plant, period, setup, settings }: ResolvedSetup,
  changed: SettingValues,
): ControllerInstance {
  const driven = plant.structure.coordinates[0]!.rate;
  return controller.create(
    { limit: instance.actionLimit, period, seed: setup.seed, drivenRate: driven, rateScale: plant.channels[driven]!.scale },
    { ...settings.controller, ...changed } as AnySettings,
  );
}

export function plannerOf(
  { planner, instance, period, setup, settings }: ResolvedSetup,
  horizon: number,
  { imagination }: Pick<PlannerContext, 'imagination'>,
): PlannerInstance {
  const { horizon: _seconds, ...own } = settings.planner;
  return planner.create({ horizon, limit: instance.actionLimit, period, seed: setup.seed, imagination }, own as AnySettings);
}
